package paysim_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/paysim"
	"github.com/friendpay/friendpay/internal/paysim/journal"
	"github.com/friendpay/friendpay/internal/paysim/mockpay"
)

// How long and how often tests look for what must come.
const (
	eventual = 10 * time.Second
	tick     = 2 * time.Millisecond
)

// merchant speaks the protocol as its description says it, with code of its own.
type merchant struct {
	t       *testing.T
	sim     *paysim.Sim
	base    string
	account mockpay.Account
	client  *http.Client
	stop    func()
}

// open starts a simulator on a real port; it is stopped with the test at the latest.
func open(t *testing.T, options paysim.Options) *merchant {
	t.Helper()
	sim, err := paysim.New(options)
	require.NoError(t, err)
	server := httptest.NewServer(sim.Handler())
	client := &http.Client{
		Transport:     &http.Transport{},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	m := &merchant{t: t, sim: sim, base: server.URL, account: sim.Accounts()[0], client: client}
	stopped := false
	m.stop = func() {
		if stopped {
			return
		}
		stopped = true
		sim.Faults().Clear()
		client.CloseIdleConnections()
		server.Close()
		require.NoError(t, sim.Close())
	}
	t.Cleanup(m.stop)
	return m
}

func sign(secret, text string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = io.WriteString(mac, text)
	return hex.EncodeToString(mac.Sum(nil))
}

// request is a signed call that a test may still spoil.
func (m *merchant) request(method, path string, body any) *http.Request {
	m.t.Helper()
	var text []byte
	if body != nil {
		var err error
		text, err = json.Marshal(body)
		require.NoError(m.t, err)
	}
	r, err := http.NewRequest(method, m.base+path, bytes.NewReader(text))
	require.NoError(m.t, err)
	m.sign(r, string(text), time.Now(), rand.Text())
	return r
}

func (m *merchant) sign(r *http.Request, body string, at time.Time, nonce string) {
	stamp := strconv.FormatInt(at.Unix(), 10)
	r.Header.Set("Mockpay-Key", m.account.KeyID)
	r.Header.Set("Mockpay-Timestamp", stamp)
	r.Header.Set("Mockpay-Nonce", nonce)
	r.Header.Set("Mockpay-Signature", sign(m.account.Secret,
		r.Method+"\n"+r.URL.RequestURI()+"\n"+stamp+"\n"+nonce+"\n"+body))
}

// do sends and returns status and JSON; a signed answer's signature must hold.
func (m *merchant) do(r *http.Request) (int, map[string]any) {
	m.t.Helper()
	response, err := m.client.Do(r)
	require.NoError(m.t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(m.t, err)
	if signature := response.Header.Get("Mockpay-Signature"); signature != "" {
		require.Equal(m.t, sign(m.account.Secret, strconv.Itoa(response.StatusCode)+"\n"+
			response.Header.Get("Mockpay-Timestamp")+"\n"+r.Header.Get("Mockpay-Nonce")+"\n"+string(text)), signature)
	}
	members := map[string]any{}
	_ = json.Unmarshal(text, &members) // not every answer is JSON
	return response.StatusCode, members
}

func (m *merchant) call(method, path string, body any) (int, map[string]any) {
	m.t.Helper()
	return m.do(m.request(method, path, body))
}

// simulate works the switches, which need no signature.
func (m *merchant) simulate(path string, body any) (int, map[string]any) {
	m.t.Helper()
	text, err := json.Marshal(body)
	require.NoError(m.t, err)
	r, err := http.NewRequest(http.MethodPost, m.base+path, bytes.NewReader(text))
	require.NoError(m.t, err)
	return m.do(r)
}

type members = map[string]any

func fen(minor int64) members { return members{"minor": minor, "currency": "CNY"} }

func newNumber() string { return rand.Text()[:26] }

// wanted is the body of create for an order that calls back to url.
func wanted(number, url string) members {
	return members{
		"number": number, "product": "qr", "amount": fen(12900), "subject": "咖啡 <b>",
		"expires_at": time.Now().Add(time.Hour), "notify_url": url, "return_url": "https://shop.example/back",
	}
}

// order makes an order and returns its number and the payer's address.
func (m *merchant) order(url string) (number, payURL string) {
	m.t.Helper()
	number = newNumber()
	status, made := m.call(http.MethodPost, "/mockpay/v1/orders", wanted(number, url))
	require.Equal(m.t, http.StatusCreated, status, made)
	return number, made["pay_url"].(string)
}

func (m *merchant) pay(number string) {
	m.t.Helper()
	status, said := m.simulate("/sim/mockpay/pay", members{"number": number})
	require.Equal(m.t, http.StatusOK, status, said)
}

// kinds is what happened to an order, in order.
func (m *merchant) kinds(number string) []string {
	var list []string
	for _, entry := range m.sim.Journal().Read(journal.Filter{Number: number}).Entries {
		list = append(list, entry.Kind)
	}
	return list
}

// eventually waits until something of that kind happened n times.
func (m *merchant) eventually(number, kind string, n int) {
	m.t.Helper()
	require.Eventually(m.t, func() bool {
		page := m.sim.Journal().Read(journal.Filter{Number: number, Kind: kind})
		return len(page.Entries) == n
	}, eventual, tick, kind)
}
