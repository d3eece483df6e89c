package paysim_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/friendpay/friendpay/internal/paysim"
	"github.com/friendpay/friendpay/internal/paysim/journal"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// receiver answers callbacks as a test likes and counts them.
func receiver(t *testing.T, answer http.HandlerFunc) (string, *atomic.Int64) {
	t.Helper()
	came := new(atomic.Int64)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		came.Add(1)
		answer(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL, came
}

func sayOK(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "OK") }

func TestTheNextRunGoesOnWhereThisOneStopped(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var up atomic.Bool
	url, _ := receiver(t, func(w http.ResponseWriter, r *http.Request) {
		if up.Load() {
			sayOK(w, r)
			return
		}
		w.WriteHeader(http.StatusServiceUnavailable)
	})
	first := open(t, paysim.Options{StateDir: dir, Speed: 1})
	unpaid, payURL := first.order(url)
	number, _ := first.order(url)
	first.pay(number)
	first.eventually(number, "callback_sent", 1)
	refund := members{
		"number": newNumber(), "order": number, "total": fen(12900), "amount": fen(900),
	}
	status, _ := first.call(http.MethodPost, "/mockpay/v1/refunds", refund)
	require.Equal(t, http.StatusCreated, status)
	first.stop()

	up.Store(true)
	second := open(t, paysim.Options{StateDir: dir, Speed: 10_000})
	require.Equal(t, first.account, second.account, "keys are kept")
	require.Equal(t, first.sim.SMSKey(), second.sim.SMSKey())
	second.eventually(number, "refund_done", 1)
	second.eventually(number, "callback_sent", 3) // one of before, one resent, one of the refund
	_, statement := second.call(http.MethodGet, "/mockpay/v1/statements/"+today(), nil)
	require.Len(t, statement["lines"], 2)
	status, _ = second.do(post(t, second.base+strings.TrimPrefix(payURL, first.base), "action=pay"))
	require.Equal(t, http.StatusSeeOther, status, "the payer's address still works")
	second.eventually(unpaid, "captured", 1)
}

func today() string {
	return time.Now().In(time.FixedZone("CST", 8*60*60)).Format(time.DateOnly)
}

func TestKeysAreReadableByTheirOwnerOnly(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new")
	m := open(t, paysim.Options{StateDir: dir})
	m.order("http://127.0.0.1:1")
	for _, name := range []string{"keys.json", "journal.jsonl"} {
		info, err := os.Stat(filepath.Join(dir, name))
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), name)
	}
}

func TestTheRetryTableEnds(t *testing.T) {
	t.Parallel()
	url, came := receiver(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok") })
	m := open(t, paysim.Options{Speed: 1e7})
	number, _ := m.order(url)
	m.pay(number)
	m.eventually(number, "callback_given_up", 1)
	require.EqualValues(t, 16, came.Load())
}

func TestABlackHoleDoesNotHoldUpOthers(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	hole, _ := receiver(t, func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-release:
		case <-r.Context().Done():
		}
	})
	defer close(release)
	url, _ := receiver(t, sayOK)
	m := open(t, paysim.Options{Speed: 1})
	for range 20 {
		stuck, _ := m.order(hole)
		m.pay(stuck)
	}
	number, _ := m.order(url)
	m.pay(number)
	m.eventually(number, "callback_sent", 1)
	m.stop() // ends what is stuck without waiting for its five seconds
}

func TestSwitchesAreForThisMachineOnly(t *testing.T) {
	t.Parallel()
	m := open(t, paysim.Options{})
	for name, spoil := range map[string]func(*http.Request){
		"other machine": func(r *http.Request) { r.RemoteAddr = "192.0.2.7:1234" },
		"no address":    func(r *http.Request) { r.RemoteAddr = "" },
		"behind proxy":  func(r *http.Request) { r.Header.Set("X-Forwarded-For", "127.0.0.1") },
		"other site":    func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") },
	} {
		r := httptest.NewRequest(http.MethodPost, "/sim/reset", nil)
		r.RemoteAddr = "127.0.0.1:1234"
		spoil(r)
		w := httptest.NewRecorder()
		m.sim.Handler().ServeHTTP(w, r)
		require.Equal(t, http.StatusForbidden, w.Code, name)
	}
}

func TestResetForgetsEverythingButKeys(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	m := open(t, paysim.Options{StateDir: dir})
	number, _ := m.order("http://127.0.0.1:1")
	m.pay(number)
	m.simulate("/sim/faults", members{"op": "create", "mode": "error_before"})
	status, _ := m.simulate("/sim/reset", nil)
	require.Equal(t, http.StatusNoContent, status)
	require.Empty(t, m.sim.Journal().Read(journal.Filter{}).Entries)
	status, _ = m.call(http.MethodGet, "/mockpay/v1/orders/"+number, nil)
	require.Equal(t, http.StatusNotFound, status)
	m.order("http://127.0.0.1:1")
	m.stop()
	again := open(t, paysim.Options{StateDir: dir})
	require.Len(t, again.sim.Journal().Read(journal.Filter{}).Entries, 1)
}

func TestAFullJournalRefusesNewWork(t *testing.T) {
	t.Parallel()
	m := open(t, paysim.Options{JournalCap: 2})
	number, _ := m.order("http://127.0.0.1:1")
	m.order("http://127.0.0.1:1")
	status, said := m.call(http.MethodPost, "/mockpay/v1/orders", wanted(newNumber(), "http://127.0.0.1:1"))
	require.Equal(t, http.StatusServiceUnavailable, status)
	require.Equal(t, "JOURNAL_FULL", said["code"])
	status, _ = m.simulate("/sim/mockpay/pay", members{"number": number})
	require.Equal(t, http.StatusServiceUnavailable, status)
	status, _ = m.call(http.MethodGet, "/mockpay/v1/orders/"+number, nil)
	require.Equal(t, http.StatusOK, status, "reading goes on")
}

func TestAClosedSimulatorSaysSo(t *testing.T) {
	t.Parallel()
	sim, err := paysim.New(paysim.Options{})
	require.NoError(t, err)
	require.NoError(t, sim.Close())
	require.Error(t, sim.Close())
	w := httptest.NewRecorder()
	sim.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	require.Equal(t, http.StatusServiceUnavailable, w.Code)
}

func TestOptionsAreChecked(t *testing.T) {
	t.Parallel()
	good := open(t, paysim.Options{}).account
	weak, nameless := good, good
	weak.Secret, nameless.KeyID = "short", ""
	for name, options := range map[string]paysim.Options{
		"speed":  {Speed: -1},
		"weak":   {Accounts: append(accounts(), weak)},
		"no key": {Accounts: append(accounts(), nameless)},
		"twice":  {Accounts: append(accounts(), good, good)},
	} {
		_, err := paysim.New(options)
		require.Error(t, err, name)
	}
}
