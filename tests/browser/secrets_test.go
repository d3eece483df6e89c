package browser

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/api"
	"github.com/friendpay/friendpay/internal/local"
)

// sent is one call that a browser made, as it went over the wire.
type sent struct{ method, address, referer string }

// wire is the network log of one browser: what its pages asked for, and the headers
// that went with it.
type wire struct {
	mu      sync.Mutex
	calls   []sent
	headers []map[string]string // in another order, and without addresses
}

// listen keeps the log from now on.
func (v *visit) listen() *wire {
	v.t.Helper()
	w := &wire{}
	require.NoError(v.t, chromedp.Listen(v.tab, func(event any) {
		w.mu.Lock()
		defer w.mu.Unlock()
		switch e := event.(type) {
		case *network.EventRequestWillBeSent:
			call := sent{method: e.Request.Method, address: e.Request.URL, referer: text(e.Request.Headers)["referer"]}
			w.calls = append(w.calls, call)
		case *network.EventRequestWillBeSentExtraInfo:
			w.headers = append(w.headers, text(e.Headers))
		}
	}))
	return w
}

func text(headers network.Headers) map[string]string {
	list := map[string]string{}
	for name, value := range headers {
		list[strings.ToLower(name)] = fmt.Sprint(value)
	}
	return list
}

// keeps holds the whole log against the secrets of a visit.
func (w *wire) keeps(t *testing.T, house *local.House, link string) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	secret := link[strings.LastIndex(link, "/")+1:]
	require.Greater(t, len(w.calls), 8)
	require.Greater(t, len(w.headers), 8, "the log has what went over the wire")
	exchanged := false
	known := []string{house.APIURL, house.SimURL, elsewhere(house.SimURL)}
	for _, call := range w.calls {
		at, err := url.Parse(call.address)
		require.NoError(t, err)
		here := "http://" + at.Host
		require.Contains(t, known, here, "nobody else is called")
		if at.Path != "/f/"+secret {
			require.NotContains(t, call.address, secret, "a later address")
			exchanged = exchanged || at.Path == "/pay" || strings.HasPrefix(at.Path, "/connect/")
		} else {
			require.False(t, exchanged, "once exchanged, the secret is not sent again")
		}
		requireReferer(t, call.referer, here, secret)
	}
	require.True(t, exchanged)
	for _, headers := range w.headers {
		requireReferer(t, headers["referer"], "http://"+headers["host"], secret)
		for name, value := range headers {
			require.NotContains(t, value, secret, "header %s", name)
			if name != "cookie" && name != "set-cookie" {
				require.NotRegexp(t, session, value, "header %s", name)
			}
		}
	}
}

// session is how a token of ours begins.
var session = regexp.MustCompile(`eyJ[0-9A-Za-z_-]{20,}\.eyJ`)

// requireReferer: none with the secret at all, and to another origin no more than our own.
func requireReferer(t *testing.T, referer, to, secret string) {
	t.Helper()
	require.NotContains(t, referer, secret)
	require.NotRegexp(t, session, referer)
	if referer == "" || strings.HasPrefix(referer, to+"/") {
		return
	}
	at, err := url.Parse(referer)
	require.NoError(t, err)
	require.Contains(t, []string{"", "/"}, at.Path, "%s is told more than an origin: %s", to, referer)
	require.Empty(t, at.RawQuery)
}

// The whole way of a friend who logs in by phone and leaves for the provider's page.
func TestNoSecretTravelsWithAFriendOnHisWay(t *testing.T) {
	t.Parallel()
	house := openHouse(t)
	buyer, friend := newVisit(t, house), newVisit(t, house)
	link := buyer.ask()
	log := friend.listen()
	friend.open(link)
	friend.press("form.choices button[value=alipay_wap]")
	friend.login(ownPhone())
	friend.press("form[action='/pay/attempts'] button.main")
	friend.sees("button.pay")
	friend.press("button.pay")
	friend.sees("article.notice.paid")
	log.keeps(t, house, link)
}

// The whole way inside WeChat: known without a word, paid over the app's own bridge.
func TestNoSecretTravelsInsideWeChat(t *testing.T) {
	t.Parallel()
	house := openHouse(t)
	buyer := newVisit(t, house)
	link := buyer.ask()
	const iPhone = "Mozilla/5.0 (iPhone; CPU iPhone OS 26_0) Mobile/15E148 MicroMessenger/8.0.60"
	friend := newVisitIn(t, house, iPhone)
	log := friend.listen()
	friend.open(link)
	friend.press("form.choices button.main")
	friend.sees("form[action='/pay/attempts']")
	require.NotContains(t, friend.address(), "code=")
	friend.press("form[action='/pay/attempts'] button.main")
	friend.sees("button.pay")
	require.True(t, strings.HasPrefix(friend.address(), house.SimURL+"/wechatpay/"), friend.address())
	friend.press("button.pay")
	friend.sees("article.notice.paid")
	log.keeps(t, house, link)
	require.True(t, log.saw("/connect/oauth2/authorize") && log.saw("/pay/login/return"), "the login was silent")
}

// The whole way to Alipay's cashier, whose address is long and signed, and back.
func TestNoSecretTravelsToAlipaysCashier(t *testing.T) {
	t.Parallel()
	house := openHouse(t)
	buyer, friend := newVisit(t, house), newVisit(t, house)
	link := buyer.ask()
	log := friend.listen()
	friend.open(link)
	friend.press("form.choices button[value=alipay_wap]")
	friend.login(ownPhone())
	friend.press("form[action='/pay/attempts'] button.main")
	friend.sees("button.pay")
	friend.press("button.pay")
	friend.sees("article.notice.paid")
	log.keeps(t, house, link)
	require.True(t, log.saw("/alipay/gateway.do"))
}

// The whole way inside Alipay: known without a word, paid over the app's own bridge.
func TestNoSecretTravelsInsideAlipay(t *testing.T) {
	t.Parallel()
	house := openHouse(t)
	buyer, friend := newVisit(t, house), newVisitIn(t, house, inAlipay)
	link := buyer.ask()
	log := friend.listen()
	friend.open(link)
	friend.press("form.choices button.main")
	friend.sees("form[action='/pay/attempts']")
	require.NotContains(t, friend.address(), "code=")
	friend.press("form[action='/pay/attempts'] button.main")
	friend.sees("button.pay")
	friend.press("button.pay")
	friend.sees("article.notice.paid")
	log.keeps(t, house, link)
	require.True(t, log.saw("/alipay/oauth2/publicAppAuthorize.htm") && log.saw("/pay/login/return"))
}

// The whole way by a form to UnionPay, and by one of theirs back: what the two say
// stands in no address.
func TestNoSecretTravelsWithTheFormsOfCloudQuickPass(t *testing.T) {
	t.Parallel()
	house := openHouse(t)
	buyer, friend := newVisit(t, house), newVisit(t, house)
	link := buyer.ask()
	log := friend.listen()
	friend.open(link)
	friend.press("form.choices button[value=unionpay_wap]")
	friend.login(ownPhone())
	friend.press("form[action='/pay/attempts'] button.main")
	friend.sees("button.pay")
	friend.press("button.pay")
	friend.sees("form[action^='" + house.APIURL + "/pay/result'] button.pay")
	friend.press("form button.pay")
	friend.sees("article.notice.paid")
	log.keeps(t, house, link)
	require.True(t, log.saw("/pay/hop") && log.saw("/unionpay/gateway/api/frontTransReq.do"))
	for _, told := range []string{"signature", "merId", "orderId", "txnAmt", "phone", "1380013"} {
		require.False(t, log.addressed(told), told)
	}
}

// addressed says whether an address of the log has this in it.
func (w *wire) addressed(text string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.ContainsFunc(w.calls, func(c sent) bool { return strings.Contains(c.address, text) })
}

func (w *wire) saw(path string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, call := range w.calls {
		if at, err := url.Parse(call.address); err == nil && at.Path == path {
			return true
		}
	}
	return false
}

// cameBackFromAway says that another site's form brought the browser home without its
// session, and that the session was there when our answer had it come again.
func (w *wire) cameBackFromAway(t *testing.T, house *local.House) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	posted, came := 0, 0
	for _, h := range w.headers {
		if "http://"+h["host"] != house.APIURL || h["sec-fetch-site"] != "cross-site" {
			continue
		}
		known := strings.Contains(h["cookie"], api.PayerCookie+"=")
		if h["content-type"] == "application/x-www-form-urlencoded" {
			require.False(t, known, "a browser sends a Lax cookie with no other site's form")
			posted++
		} else if known {
			came++
		}
	}
	// It comes again with the mark of a return, and once more without it.
	require.Equal(t, [2]int{1, 2}, [2]int{posted, came}, "%v", w.headers)
}
