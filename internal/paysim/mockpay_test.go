package paysim_test

import (
	"crypto/rand"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/paysim"
	"github.com/friendpay/friendpay/internal/paysim/journal"
	"github.com/friendpay/friendpay/internal/paysim/mockpay"
)

const nowhere = "http://127.0.0.1:1/notify"

func accounts() []mockpay.Account {
	return []mockpay.Account{mockpay.NewAccount("咖啡店", "a", "m")}
}

func TestOnlyWhatIsSignedIsHeard(t *testing.T) {
	t.Parallel()
	m := open(t, paysim.Options{Accounts: accounts()})
	number, _ := m.order(nowhere)
	path := "/mockpay/v1/orders/" + number
	cases := map[string]func(*http.Request){
		"KEY_UNKNOWN":       func(r *http.Request) { r.Header.Set("Mockpay-Key", "key_other") },
		"NONCE_INVALID":     func(r *http.Request) { m.sign(r, "", time.Now(), "short") },
		"SIGNATURE_INVALID": func(r *http.Request) { r.URL.RawQuery = "x=1" },
		"TIMESTAMP_INVALID": func(r *http.Request) { m.sign(r, "", time.Now().Add(-302*time.Second), rand.Text()) },
	}
	for code, spoil := range cases {
		r := m.request(http.MethodGet, path, nil)
		spoil(r)
		status, said := m.do(r)
		require.Equal(t, http.StatusUnauthorized, status, code)
		require.Equal(t, code, said["code"])
	}
	for _, shift := range []time.Duration{-295 * time.Second, 295 * time.Second} {
		r := m.request(http.MethodGet, path, nil)
		m.sign(r, "", time.Now().Add(shift), rand.Text())
		status, _ := m.do(r)
		require.Equal(t, http.StatusOK, status)
	}
}

func TestANonceServesOnce(t *testing.T) {
	t.Parallel()
	m := open(t, paysim.Options{Accounts: accounts()})
	r := m.request(http.MethodGet, "/mockpay/v1/orders/"+newNumber(), nil)
	status, _ := m.do(r)
	require.Equal(t, http.StatusNotFound, status)
	status, said := m.do(r)
	require.Equal(t, http.StatusUnauthorized, status)
	require.Equal(t, "NONCE_REPLAYED", said["code"])
}

func TestBodiesAreBoundedAndStrict(t *testing.T) {
	t.Parallel()
	m := open(t, paysim.Options{Accounts: accounts()})
	big := wanted(newNumber(), nowhere)
	big["subject"] = strings.Repeat("x", 70_000)
	status, _ := m.call(http.MethodPost, "/mockpay/v1/orders", big)
	require.Equal(t, http.StatusRequestEntityTooLarge, status)
	for name, value := range map[string]any{
		"surprise": 1, "amount": 1.5, "product": "app", "subject": "", "number": "abc",
		"notify_url": "ftp://x", "return_url": "javascript:alert(1)", "expires_at": "tomorrow",
	} {
		body := wanted(newNumber(), nowhere)
		body[name] = value
		status, said := m.call(http.MethodPost, "/mockpay/v1/orders", body)
		require.Equal(t, http.StatusBadRequest, status, name)
		require.Equal(t, "PARAM_INVALID", said["code"])
	}
}

func TestOneMerchantNeverSeesAnother(t *testing.T) {
	t.Parallel()
	both := append(accounts(), mockpay.NewAccount("茶馆", "b", "m2"))
	m := open(t, paysim.Options{Accounts: both})
	number, _ := m.order(nowhere)
	m.pay(number)
	m.account = both[1]
	path := "/mockpay/v1/orders/" + number
	for _, status := range []int{
		first(m.call(http.MethodGet, path, nil)), first(m.call(http.MethodPost, path+"/close", nil)),
		first(m.call(http.MethodPost, "/mockpay/v1/refunds", members{
			"number": newNumber(), "order": number, "total": fen(12900), "amount": fen(1)})),
	} {
		require.Equal(t, http.StatusNotFound, status)
	}
	_, statement := m.call(http.MethodGet, "/mockpay/v1/statements/"+today(), nil)
	require.Empty(t, statement["lines"])
	status, _ := m.call(http.MethodPost, "/mockpay/v1/orders", wanted(number, nowhere))
	require.Equal(t, http.StatusConflict, status)
}

func first(status int, _ map[string]any) int { return status }

func TestForcedMoneyAddsUp(t *testing.T) {
	t.Parallel()
	m := open(t, paysim.Options{Accounts: accounts()})
	number, _ := m.order(nowhere)
	require.Equal(t, 204, first(m.call(http.MethodPost, "/mockpay/v1/orders/"+number+"/close", nil)))
	require.Equal(t, 409, first(m.simulate("/sim/mockpay/pay", members{"number": number})))
	require.Equal(t, 200, first(m.simulate("/sim/mockpay/capture", members{"number": number})))
	require.Equal(t, 200, first(m.simulate("/sim/mockpay/capture", members{"number": number, "amount": 100})))
	require.Equal(t, 404, first(m.simulate("/sim/mockpay/capture", members{"number": newNumber()})))
	require.Equal(t, 400, first(m.simulate("/sim/mockpay/capture", members{"number": number, "amount": -1})))
	_, found := m.call(http.MethodGet, "/mockpay/v1/orders/"+number, nil)
	require.Equal(t, "PAID", found["status"])
	require.Equal(t, members{"minor": 13000.0, "currency": "CNY"}, found["captured"])
	totals := sim(m, "/sim/totals?account=m&number="+number)
	require.EqualValues(t, 13000, totals["captured"])
	_, statement := m.call(http.MethodGet, "/mockpay/v1/statements/"+today(), nil)
	require.Len(t, statement["lines"], 2)
}

// sim reads one of the simulator's own pages.
func sim(m *merchant, path string) map[string]any {
	r, err := http.NewRequest(http.MethodGet, m.base+path, nil)
	require.NoError(m.t, err)
	status, said := m.do(r)
	require.Equal(m.t, http.StatusOK, status)
	return said
}

func TestStuckRefundsAreEndedByHand(t *testing.T) {
	t.Parallel()
	m := open(t, paysim.Options{Accounts: accounts(), Speed: 1e6})
	number, _ := m.order(nowhere)
	m.pay(number)
	refund := newNumber()
	m.simulate("/sim/faults", members{"op": "refund", "mode": "stuck_processing", "number": number})
	require.Equal(t, 201, first(m.call(http.MethodPost, "/mockpay/v1/refunds", members{
		"number": refund, "order": number, "total": fen(12900), "amount": fen(900)})))
	totals := sim(m, "/sim/totals?number="+number)["orders"].([]any)[0].(members)
	require.EqualValues(t, 900, totals["pending"])
	for _, step := range []struct {
		number, state string
		status        int
	}{{refund, "lost", 409}, {number, "done", 404}, {refund, "done", 200}, {refund, "closed", 409}} {
		status, _ := m.simulate("/sim/mockpay/refunds", members{"number": step.number, "state": step.state})
		require.Equal(t, step.status, status, step)
	}
	require.EqualValues(t, 900, sim(m, "/sim/totals?number="+number)["refunded"])
}

func TestTheJournalTellsTheOrderOfThings(t *testing.T) {
	t.Parallel()
	url, _ := receiver(t, sayOK)
	m := open(t, paysim.Options{Accounts: accounts()})
	number := newNumber()
	body := wanted(number, url)
	for _, status := range []int{201, 200} {
		require.Equal(t, status, first(m.call(http.MethodPost, "/mockpay/v1/orders", body)))
	}
	body["subject"] = "other"
	require.Equal(t, 409, first(m.call(http.MethodPost, "/mockpay/v1/orders", body)))
	m.pay(number)
	m.eventually(number, "callback_sent", 1)
	require.Equal(t, 409, first(m.call(http.MethodPost, "/mockpay/v1/orders/"+number+"/close", nil)))
	require.Equal(t, []string{
		"order_created", "order_repeated", "order_refused", "captured", "callback_sent", "close_refused",
	}, m.kinds(number))
	sent := m.sim.Journal().Read(journal.Filter{Number: number, Kind: "callback_sent"}).Entries[0]
	require.Equal(t, 200, sent.Status)
	require.Equal(t, "accepted", sent.Note)
	page := sim(m, "/sim/journal?limit=2&number="+number)
	require.Len(t, page["entries"], 2)
	require.Equal(t, true, page["more"])
	require.NotContains(t, page["entries"].([]any)[0], "record")
}

func TestLongListsComeInPages(t *testing.T) {
	t.Parallel()
	m := open(t, paysim.Options{Accounts: accounts()})
	number, _ := m.order(nowhere)
	for range 1001 {
		m.simulate("/sim/mockpay/capture", members{"number": number, "amount": 1})
	}
	path := "/mockpay/v1/statements/" + today()
	_, page := m.call(http.MethodGet, path, nil)
	require.Len(t, page["lines"], 1000)
	require.EqualValues(t, 1000, page["next"])
	_, rest := m.call(http.MethodGet, path+"?after=1000", nil)
	require.Len(t, rest["lines"], 1)
	require.Nil(t, rest["next"])
	require.Equal(t, 400, first(m.call(http.MethodGet, path+"?after=-1", nil)))
	require.Equal(t, 400, first(m.call(http.MethodGet, "/mockpay/v1/statements/yesterday", nil)))
}

func post(t *testing.T, url, form string) *http.Request {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, url, io.NopCloser(strings.NewReader(form)))
	require.NoError(t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}
