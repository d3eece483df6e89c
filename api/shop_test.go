package api

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/client"
	"github.com/friendpay/friendpay/internal/shop"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
)

func newShop(t *testing.T) *visitor {
	t.Helper()
	f := newFriends(t)
	f.openShop()
	return &visitor{friends: f}
}

// openShop lets the tea house have its demo shop before the API, to which it speaks by HTTP.
func (w *world) openShop() {
	w.t.Helper()
	api, err := client.NewWith("https://pay.example.com", teaKey, client.Options{Transport: inside{w}})
	require.NoError(w.t, err)
	w.shop, err = shop.New(shop.Options{
		API: api, App: "app_tea", Channel: "mock", URL: "https://pay.example.com", Clock: w.server.Clock,
	})
	require.NoError(w.t, err)
}

// front is what a browser reaches: the API, and the shop if there is one.
func (w *world) front() http.Handler {
	if w.shop == nil {
		return w.server.Handler()
	}
	return w.shop.Before(w.server.Handler())
}

// inside is the way from the shop's client to the API, without a network.
type inside struct{ *world }

func (i inside) RoundTrip(request *http.Request) (*http.Response, error) {
	recorder, arrived := httptest.NewRecorder(), request.Clone(request.Context())
	if arrived.Body == nil {
		arrived.Body = http.NoBody // as it arrives over a network
	}
	i.server.Handler().ServeHTTP(recorder, arrived)
	return recorder.Result(), nil
}

// ask presses "ask a friend" and returns the page's address.
func (v *visitor) ask() string {
	v.t.Helper()
	got := v.post("/shop/requests")
	require.Equal(v.t, http.StatusSeeOther, got.Code, got.Body)
	address := got.Header().Get("Location")
	require.Regexp(v.t, `^/shop/requests/fpr_`, address)
	return address
}

func TestTheShopAsksAFriendAndTurnsToPaid(t *testing.T) {
	v := newShop(t)
	require.Equal(t, "/shop", v.get("/").Header().Get("Location"))
	require.Contains(t, v.get("/shop").Body.String(), "请朋友帮我付")
	address := v.ask()
	id := address[strings.LastIndex(address, "/")+1:]
	page := v.get(address).Body.String()
	require.Contains(t, page, "等朋友付款")
	require.Contains(t, page, "https://pay.example.com/f/"+v.secret(id))
	require.Contains(t, page, v.code(id))
	require.Contains(t, page, `<svg class="qr"`)
	require.Contains(t, page, "帮我付一下这笔订单，谢谢！\nhttps://pay.example.com/f/", "in the API's own words")
	require.Contains(t, page, `http-equiv="refresh"`, "without a script it asks again")
	require.Regexp(t, `data-stream="/shop/requests/`+id+`/stream\?after=\d+-\d+"`, page)

	friend := v.visit(id).logIn("13800138000")
	require.Contains(t, friend.get("/pay").Body.String(), "王** 请你帮忙付款")
	require.NotContains(t, friend.get("/pay").Body.String(), "小明")
	require.Contains(t, v.get(address).Body.String(), " 打开了")
	friend.pay()
	require.Contains(t, v.get(address).Body.String(), "朋友正在付款")
	v.happen(id, captured12900())
	require.Contains(t, v.get(address).Body.String(), "正在入账")
	const refund = "0123456789ABCDEFGHIJKLMNOP"
	v.happen(id, models.Event{Kind: models.OrderRefused, Reason: "order_gone", Spare: refund})
	require.Contains(t, v.get(address).Body.String(), "退款中")
	receipt := v.get(address + "/receipt").Body.String()
	require.Contains(t, receipt, "朋友付款")
	require.Contains(t, receipt, refund)
	require.Contains(t, receipt, "¥0.00", "nothing stayed with the order")

	other := v.ask()
	settled := other[strings.LastIndex(other, "/")+1:]
	v.world.pay(settled)
	page = v.get(other).Body.String()
	require.Contains(t, page, "朋友已付款")
	require.NotContains(t, page, `http-equiv="refresh"`)
	require.NotContains(t, page, v.secret(settled), "a link that is of no more use is not shown")
	require.Contains(t, v.get("/shop").Body.String(), "朋友已付款")
}

func TestTheBuyerCancelsOrPaysHimself(t *testing.T) {
	v := newShop(t)
	address := v.ask()
	require.Equal(t, address, v.post(address+"/cancel").Header().Get("Location"))
	require.Contains(t, v.get(address).Body.String(), "你取消了这个请求")
	again := v.post(address + "/cancel")
	require.Equal(t, http.StatusGone, again.Code)
	require.Contains(t, again.Body.String(), "这个请求已结束")

	address = v.ask()
	id := address[strings.LastIndex(address, "/")+1:]
	paying := v.post(address + "/pay")
	require.Equal(t, bankPage, paying.Header().Get("Location"))
	require.True(t, v.door.event.Pay.ByBuyer)
	own := v.get(address).Body.String()
	require.Contains(t, own, "你正在付款")
	require.NotContains(t, own, "朋友正在付款")
	require.Contains(t, own, `href="https://bank.example/pay/1?k=capability"`, "the way back to the cashier")
	friend := &visitor{friends: v.friends}
	require.Contains(t, friend.get("/f/"+v.secret(id)).Body.String(), "有人正在付款", "the slot is one")
	require.NotContains(t, friend.get("/f/"+v.secret(id)).Body.String(), "我付过款")

	// He comes back without a link, or with a friend's: neither is told of here.
	back := friend.post(ownPath)
	require.Equal(t, ownPath, back.Header().Get("Location"), "Cloud QuickPass sends him back by a form")
	page := friend.get(ownPath)
	require.Equal(t, http.StatusOK, page.Code)
	require.Contains(t, page.Body.String(), "请回到商家的页面看结果")

	v.door.shown = providers.Presentation{Kind: providers.QR, URL: "x"}
	address = v.ask()
	require.Equal(t, address, v.post(address+"/pay").Header().Get("Location"))
	require.Contains(t, v.get(address).Body.String(), "扫码付款")
}

func TestTheShopShowsItsOwnRequestsOnly(t *testing.T) {
	v := newShop(t)
	foreign := v.place() // of the same app, and another buyer
	for _, path := range []string{"", "/receipt", "/stream"} {
		got := v.get("/shop/requests/" + foreign + path)
		require.Equal(t, http.StatusNotFound, got.Code, path)
	}
	require.NotContains(t, v.get("/shop").Body.String(), foreign)
	for _, nothing := range []string{"/shop/nope", "/shop/requests"} { // the latter is a form's address
		got := v.get(nothing)
		require.Equal(t, http.StatusNotFound, got.Code, nothing)
		require.Contains(t, got.Body.String(), "没有找到这个请求", nothing)
	}
}

func TestTheShopsStreamTellsTheChange(t *testing.T) {
	v := newShop(t)
	address := v.ask()
	page := v.get(address).Body.String()
	found := regexp.MustCompile(`data-stream="([^"]+)"`).FindStringSubmatch(page)
	require.Len(t, found, 2)
	secret := v.listenInShop()
	stream := v.listen(found[1], "")
	stream.until("retry:")
	id := address[strings.LastIndex(address, "/")+1:]
	ended := v.happen(id, models.Event{Kind: models.BuyerCancelled})
	told := client.NoticeData{Request: id, Seq: ended.Seq, State: "cancelled_buyer"}
	require.Equal(t, http.StatusUnauthorized, v.send("whsec_c3RyYW5nZXI=", "msg_1", told).Code)
	old := client.NoticeData{Request: id, Seq: 1, State: "open"}
	require.Equal(t, http.StatusNoContent, v.send(secret, "msg_0", old).Code)
	require.Equal(t, http.StatusNoContent, v.send(secret, "msg_1", told).Code)
	require.Equal(t, http.StatusNoContent, v.send(secret, "msg_1", told).Code, "again, and acted on once")
	require.Equal(t, "event: transition", stream.until("event:"), "what app.js listens for")
	first, where := stream.until("data:"), `{"seq":`+strconv.FormatInt(ended.Seq, 10)+`,`
	require.Contains(t, first, where, "what the page shows already is not told again")
	stream.close()

	late := v.listen(found[1], "")
	require.Contains(t, late.until("data:"), where, "what came before the stream was open")
}

// listenInShop registers the shop's endpoint twice, as two starts do, and gives the secret in force.
func (v *visitor) listenInShop() (secret string) {
	v.t.Helper()
	moved := v.create("/v1/webhook-endpoints", teaKey,
		`{"app":"app_tea","url":"https://old.example.com/shop/webhooks"}`)
	require.Equal(v.t, http.StatusCreated, moved.Code, moved.Body)
	for range 2 {
		require.NoError(v.t, v.shop.Listen(v.t.Context()))
	}
	list, err := v.store.Endpoints(v.t.Context(), "app_tea")
	require.NoError(v.t, err)
	require.Len(v.t, list, 1, "one, and none of an earlier address")
	require.Equal(v.t, "https://pay.example.com/shop/webhooks", list[0].URL)
	secrets, err := v.store.EndpointSecrets(v.t.Context(), list[0].ID)
	require.NoError(v.t, err)
	return secrets[0]
}

// send is a webhook to the shop.
func (v *visitor) send(secret, id string, data client.NoticeData) answer {
	v.t.Helper()
	body, err := json.Marshal(client.Notice{Type: client.RequestEnded, Timestamp: time.Now(), Data: data})
	require.NoError(v.t, err)
	now := time.Now()
	signature, err := client.Sign(secret, id, now, body)
	require.NoError(v.t, err)
	return v.call(post, "/shop/webhooks", "", string(body), client.HeaderID, id,
		client.HeaderTimestamp, strconv.FormatInt(now.Unix(), 10), client.HeaderSignature, signature)
}

// The shop's answers are as careful as the API's, and another site's form orders nothing.
func TestTheShopKeepsToItself(t *testing.T) {
	v := newShop(t)
	address := v.ask()
	before := v.rows()
	for _, path := range []string{"/shop/requests", address + "/cancel", address + "/pay"} {
		for _, from := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://evil.example"}} {
			require.Equal(t, http.StatusForbidden, v.call(post, path, "", "", from...).Code, path)
		}
	}
	require.Equal(t, before, v.rows())
	for _, path := range []string{"/shop", address, "/shop/requests/fpr_1", "/shop/nowhere"} {
		got := v.call(get, path, "", "", "Cookie", PayerCookie+"=x")
		require.Equal(t, "no-store", got.Header().Get("Cache-Control"), path)
		require.Contains(t, got.Header().Get("Content-Security-Policy"), "frame-ancestors 'none'", path)
		require.Equal(t, "same-origin", got.Header().Get("Referrer-Policy"), path)
		require.Empty(t, got.Header().Get("Set-Cookie"), path)
	}
	var seen http.Header
	v.shop.Before(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { seen = r.Header })).
		ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(get, "/shopping", nil))
	require.NotNil(t, seen, "only what is below /shop is the shop's")
}

func TestTheFriendsStreamTellsTheChange(t *testing.T) {
	f := newFriends(t)
	id := f.place()
	v := f.visit(id).logIn("13800138000")
	v.pay()
	page := v.get("/pay/result").Body.String()
	found := regexp.MustCompile(`data-stream="([^"]+)"`).FindStringSubmatch(page)
	require.Len(t, found, 2)
	stream := v.listen(found[1], "", "Cookie", v.cookie)
	f.happen(id, models.Event{Kind: models.SlotLapsed})
	data := stream.until("data:")
	require.Contains(t, data, `"state":"confirming"`)
	require.NotContains(t, data, "pay_", "nobody's names")
}

func TestWithoutAShopThereIsNone(t *testing.T) {
	f := newFriends(t)
	v := &visitor{friends: f}
	for _, path := range []string{"/shop", "/", "/shop/requests/fpr_1"} {
		require.Equal(t, http.StatusNotFound, v.get(path).Code)
	}
}
