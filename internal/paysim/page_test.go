package paysim_test

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/paysim"
)

// see opens a payer's page.
func (m *merchant) see(r *http.Request) (int, http.Header, string) {
	m.t.Helper()
	response, err := m.client.Do(r)
	require.NoError(m.t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(m.t, err)
	return response.StatusCode, response.Header, string(text)
}

func get(t *testing.T, url string) *http.Request {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, url, nil)
	require.NoError(t, err)
	return r
}

func TestThePayerSeesWhatIsAskedAndPaysOnce(t *testing.T) {
	t.Parallel()
	m := open(t, paysim.Options{Accounts: accounts()})
	number, url := m.order(nowhere)
	status, header, text := m.see(get(t, url))
	require.Equal(t, http.StatusOK, status)
	for _, want := range []string{"咖啡店", "咖啡 &lt;b&gt;", "129.00", "确认付款", "取消"} {
		require.Contains(t, text, want)
	}
	require.NotContains(t, text, "<script")
	require.Equal(t, "no-referrer", header.Get("Referrer-Policy"))
	require.Equal(t, "no-store", header.Get("Cache-Control"))
	require.Contains(t, header.Get("Content-Security-Policy"), "default-src 'none'")

	status, header, _ = m.see(post(t, url, "action=pay"))
	require.Equal(t, http.StatusSeeOther, status)
	require.Equal(t, "https://shop.example/back", header.Get("Location"))
	status, _, text = m.see(post(t, url, "action=pay"))
	require.Equal(t, http.StatusConflict, status)
	require.Contains(t, text, "已支付")
	require.NotContains(t, text, "<form")
	m.eventually(number, "captured", 1)
}

func TestLookingChangesNothing(t *testing.T) {
	t.Parallel()
	m := open(t, paysim.Options{Accounts: accounts()})
	number, url := m.order(nowhere)
	for range 3 {
		m.see(get(t, url))
	}
	status, header, _ := m.see(post(t, url, "action=cancel"))
	require.Equal(t, http.StatusSeeOther, status)
	require.Equal(t, "https://shop.example/back", header.Get("Location"))
	status, _, _ = m.see(post(t, url, "action=steal"))
	require.Equal(t, http.StatusBadRequest, status)
	require.Equal(t, []string{"order_created"}, m.kinds(number))
}

func TestManyPressesAtOnceAreOnePayment(t *testing.T) {
	t.Parallel()
	m := open(t, paysim.Options{Accounts: accounts()})
	number, url := m.order(nowhere)
	var group sync.WaitGroup
	for range 16 {
		r := post(t, url, "action=pay")
		group.Go(func() {
			if response, err := m.client.Do(r); err == nil {
				_ = response.Body.Close() // only the effect counts
			}
		})
	}
	group.Wait()
	m.eventually(number, "captured", 1)
}

func TestClosedExpiredAndUnknownSayWhy(t *testing.T) {
	t.Parallel()
	var clock struct {
		sync.Mutex
		shift time.Duration
	}
	now := func() time.Time {
		clock.Lock()
		defer clock.Unlock()
		return time.Now().Add(clock.shift)
	}
	m := open(t, paysim.Options{Accounts: accounts(), Now: now})
	closed, closedURL := m.order(nowhere)
	expired, expiredURL := m.order(nowhere)
	require.Equal(t, 204, first(m.call(http.MethodPost, "/mockpay/v1/orders/"+closed+"/close", nil)))
	clock.Lock()
	clock.shift = 2 * time.Hour
	clock.Unlock()
	for url, want := range map[string]string{
		closedURL: "订单已关闭", expiredURL: "订单已过期",
		m.base + "/mockpay/pay/" + strings.Repeat("x", 43): "链接无效",
	} {
		_, _, text := m.see(get(t, url))
		require.Contains(t, text, want)
		status, _, text := m.see(post(t, url, "action=pay"))
		require.GreaterOrEqual(t, status, 400)
		require.Contains(t, text, want)
	}
	require.Equal(t, []string{"order_created"}, m.kinds(expired))
	require.Equal(t, 200, first(m.simulate("/sim/mockpay/pay", members{"number": expired, "late": true})))
	_, _, text := m.see(get(t, expiredURL))
	require.Contains(t, text, "已支付", "money that came counts")
}

func TestWithoutAReturnAddressThePageTellsTheEnd(t *testing.T) {
	t.Parallel()
	m := open(t, paysim.Options{Accounts: accounts(), PublicURL: "https://pay.example"})
	body := wanted(newNumber(), nowhere)
	delete(body, "return_url")
	body["amount"] = fen(100_000_000)
	_, made := m.call(http.MethodPost, "/mockpay/v1/orders", body)
	path, public := strings.CutPrefix(made["pay_url"].(string), "https://pay.example")
	require.True(t, public)
	_, _, text := m.see(get(t, m.base+path))
	require.Contains(t, text, "1,000,000.00")
	status, header, _ := m.see(post(t, m.base+path, "action=pay"))
	require.Equal(t, http.StatusSeeOther, status)
	require.Equal(t, path, header.Get("Location"))
}

func TestTroubleAtTheCounterIsNoProof(t *testing.T) {
	t.Parallel()
	m := open(t, paysim.Options{Accounts: accounts()})
	for mode, captures := range map[string]int{"error_before": 0, "error_after": 1, "rate_limited": 0} {
		number, url := m.order(nowhere)
		m.simulate("/sim/faults", members{"op": "pay", "mode": mode, "number": number})
		status, _, text := m.see(post(t, url, "action=pay"))
		require.GreaterOrEqual(t, status, 400, mode)
		require.Contains(t, text, "系统繁忙")
		m.eventually(number, "captured", captures)
	}
}

func TestTheIndexLinksItsParts(t *testing.T) {
	t.Parallel()
	m := open(t, paysim.Options{})
	_, _, text := m.see(get(t, m.base+"/"))
	for _, path := range []string{"/sim/journal", "/sim/totals", "/sim/faults", "/sim/sms/inbox"} {
		require.Contains(t, text, path)
		status, _, _ := m.see(get(t, m.base+path))
		require.Equal(t, http.StatusOK, status, path)
	}
}
