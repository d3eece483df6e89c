package browser

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/local"
	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/store"
)

// While a payment is being checked, the page survives a reload, and its own end: the link leads back to it,
// and nobody is asked to pay again.
func TestCheckingSurvivesEverything(t *testing.T) {
	t.Parallel()
	merchant := newSlowMerchant(t)
	house := houseOf(t, local.Options{HookURL: merchant.URL})
	buyer, browser := newVisit(t, house), newVisit(t, house)
	friend := browser.beside()
	link := buyer.ask()
	friend.open(link)
	friend.turn("form.choices button[value=alipay_wap]")
	friend.login(phone)
	friend.press(payButton)
	friend.press("button.pay")
	friend.sees("article.notice.confirming")
	friend.fits()
	for range 2 {
		friend.mark()
		friend.do(chromedp.Reload(), "reloading")
		friend.sees("article.notice.confirming")
		require.Zero(t, friend.count("button.main, a.button.main"))
	}
	require.NoError(t, chromedp.Cancel(friend.tab)) // the tab is closed
	again := browser.beside()
	again.open(link)
	again.sees("article.notice.confirming")
	require.Zero(t, again.count(payButton))
	merchant.says()
	again.sees("article.notice.paid")
	buyer.sees("article.notice.settled")
	require.Len(t, requestOf(t, house, link).Attempts, 1)
}

// slowMerchant has an order hook that does not answer until it is told to.
type slowMerchant struct {
	*httptest.Server
	says func()
}

func newSlowMerchant(t *testing.T) slowMerchant {
	t.Helper()
	ready := make(chan struct{})
	says := sync.OnceFunc(func() { close(ready) })
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-ready:
			_, _ = w.Write([]byte(`{"accepted":true}`)) // the asker may be gone
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(server.Close)
	t.Cleanup(says)
	return slowMerchant{Server: server, says: says}
}

// No provider makes orders any more: the page says that the clock is stopped, and goes on by itself when one
// answers again.
func TestAnOutageStopsTheClock(t *testing.T) {
	t.Parallel()
	house := newHouse(t)
	buyer, friend := newVisit(t, house), newVisit(t, house)
	link := buyer.ask()
	friend.open(link)
	friend.turn("form.choices button[value=alipay_wap]")
	friend.sees("input[name=phone]")
	simulate(t, house, "faults", `{"op":"query","mode":"error_before","count":-1}`)
	breakAll(t, house)
	friend.open(link)
	friend.sees("article.notice.outage")
	require.Contains(t, friend.text("article"), "不计时")
	friend.fits()
	buyer.sees("article.notice.paused")
	buyer.fits()
	release(t, house)
	friend.sees("form.choices button.main") // by itself, as soon as one way is back
	buyer.sees("article.notice.open")
	friend.turn("form.choices button.main")
	friend.login(phone)
	friend.press(payButton)
	friend.press("button.pay")
	friend.sees("article.notice.paid")
}

// breakAll opens the breaker of each way to pay, as so many failures do.
func breakAll(t *testing.T, house *local.House) {
	t.Helper()
	channels, err := house.Parts.Store.Channels(t.Context(), local.DemoApp)
	require.NoError(t, err)
	require.NotEmpty(t, channels)
	for _, c := range channels {
		for range 5 {
			_, err := house.Parts.Store.NoteMade(t.Context(), store.Made{
				App: local.DemoApp, Channel: c.ID, Failed: true, Reason: "SYSTEM_ERROR", Speed: 10, At: time.Now(),
			})
			require.NoError(t, err)
		}
	}
}

// release takes all faults away and lets every held answer go.
func release(t *testing.T, house *local.House) {
	t.Helper()
	call, err := http.NewRequestWithContext(t.Context(), http.MethodDelete, house.SimURL+"/sim/faults", nil)
	require.NoError(t, err)
	answer, err := http.DefaultClient.Do(call)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Less(t, answer.StatusCode, 300)
}

// Somebody is paying, gives it up, and whoever waited goes on without touching his page.
func TestWhoWaitsIsLetInWithoutAReload(t *testing.T) {
	t.Parallel()
	house := openHouse(t)
	first, second := newVisit(t, house), newVisit(t, house)
	link := newVisit(t, house).ask()
	first.open(link)
	first.turn("form.choices button[value=alipay_wap]")
	first.login(ownPhone())
	first.press(anyWay)
	first.sees("button.pay")
	second.open(link)
	second.sees("article.notice.taken time[data-left]")
	second.fits()
	first.open(house.APIURL + "/pay/result")
	first.turn("form[action='/pay/withdraw'] button")
	first.sees("article.notice.not_paid")
	second.sees("form.choices button[value=alipay_wap]")
	second.turn("form.choices button[value=alipay_wap]")
	second.login(ownPhone())
	second.press(anyWay)
	second.press("button.pay")
	second.sees("article.notice.paid")
	first.open(house.APIURL + "/pay/result")
	first.sees("article.notice.not_paid, article.notice.paid")
}

// On a network of many years ago everything takes its time, and a friend who taps again meanwhile pays once.
func TestASlowNetworkPaysOnce(t *testing.T) {
	t.Parallel()
	house := openHouse(t)
	friend := newVisit(t, house)
	slow := &network.Conditions{Latency: 400, DownloadThroughput: 50_000, UploadThroughput: 25_000}
	_, err := chromedp.Call(friend.tab, network.EmulateNetworkConditionsByRule,
		network.EmulateNetworkConditionsByRuleParams{MatchedNetworkConditions: []*network.Conditions{slow}})
	require.NoError(t, err)
	began := time.Now()
	link := newVisit(t, house).ask()
	friend.open(link)
	friend.sees("form.choices button.main")
	require.Greater(t, time.Since(began), 400*time.Millisecond, "the network is slow")
	friend.turn("form.choices button[value=alipay_wap]")
	friend.login(ownPhone())
	friend.do(chromedp.Click(chromedp.CSS(payButton), calmly), "the first tap")
	again := `(document.querySelector("` + payButton + `") || {click() {}}).click()`
	_, err = chromedp.Run(friend.tab, chromedp.Evaluate[chromedp.Void](again, chromedp.EvalIgnoreExceptions))
	require.NoError(t, err)
	friend.sees("button.pay")
	require.Len(t, requestOf(t, house, link).Attempts, 1)
	friend.press("button.pay")
	friend.sees("article.notice.paid")
	require.Len(t, requestOf(t, house, link).Attempts, 1)
}

// The request ends while the friend stands before the button: pressing it says so, and pays nothing. Without
// scripts, which would turn the page before he gets to it.
func TestTheTimeRunsOutWhileTyping(t *testing.T) {
	t.Parallel()
	house := openHouse(t)
	quick, slow := newVisit(t, house), newVisit(t, house).withoutScripts()
	link := askFor(t, house, 200*time.Second)
	for _, friend := range []*visit{quick, slow} {
		friend.open(link)
		friend.turn("form.choices button[value=alipay_wap]")
		friend.login(ownPhone())
	}
	quick.sees("article.notice.expired") // by itself
	quick.fits()
	slow.turn(anyWay)
	slow.sees("article.notice.expired, p.problem[role=alert]")
	require.Regexp(t, "已过期|付款时间已过|已结束", slow.text("main"))
	slow.fits()
	require.Empty(t, requestOf(t, house, link).Attempts)
}

// askFor is the merchant's server asking, with a time to live before the house's speed divides it.
func askFor(t *testing.T, house *local.House, life time.Duration) (link string) {
	t.Helper()
	var made struct {
		ID   string `json:"id"`
		Link struct {
			URL string `json:"url"`
		} `json:"link"`
	}
	order := `{"app":"` + local.DemoApp + `","number":"` + mint.Number() + `","title":"手冲咖啡壶套装",
		"payable":{"minor":12900,"currency":"CNY"},"buyer":{"id":"shop-buyer","name":"王小明"}}`
	body := `{"expires_in_seconds":` + strconv.Itoa(int(life.Seconds())) + `,"order":` + order + `}`
	merchantCall(t, house, http.MethodPost, "/v1/requests", body, &made)
	require.NotEmpty(t, made.Link.URL)
	asked.Store(made.Link.URL, made.ID)
	return made.Link.URL
}
