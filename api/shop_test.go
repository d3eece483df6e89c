package api

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
)

func newShop(t *testing.T) *visitor {
	t.Helper()
	return &visitor{friends: newFriends(t, func(d *Deps) {
		d.Config.Shop = &Shop{Merchant: "mer_tea", App: "app_tea", Channel: "mock"}
	})}
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
	require.Contains(t, page, "帮我付一下这个订单，¥129.00")
	require.Contains(t, page, `http-equiv="refresh"`, "without a script it asks again")
	require.Regexp(t, `data-stream="/shop/requests/`+id+`/stream\?after=\d+"`, page)

	friend := v.visit(id).logIn("13800138000")
	require.Contains(t, friend.get("/pay").Body.String(), "王** 请你帮忙付款")
	require.NotContains(t, friend.get("/pay").Body.String(), "小明")
	require.Contains(t, v.get(address).Body.String(), "已打开 1 次")
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

	v.door.shown = providers.Presentation{Kind: providers.QR, URL: "x"}
	address = v.ask()
	require.Equal(t, address, v.post(address+"/pay").Header().Get("Location"))
	require.Contains(t, v.get(address).Body.String(), "扫码付款")
}

func TestTheShopShowsItsOwnRequestsOnly(t *testing.T) {
	v := newShop(t)
	foreign := v.create("/v1/requests", coffeeKey, `{"order":`+
		strings.ReplaceAll(orderBody("X1"), "app_tea", "app_coffee")+`}`)
	for _, path := range []string{"", "/receipt", "/stream"} {
		got := v.get("/shop/requests/" + foreign.text("id") + path)
		require.Equal(t, http.StatusNotFound, got.Code, path)
	}
}

func TestTheShopsStreamTellsTheChange(t *testing.T) {
	v := newShop(t)
	address := v.ask()
	page := v.get(address).Body.String()
	found := regexp.MustCompile(`data-stream="([^"]+)"`).FindStringSubmatch(page)
	require.Len(t, found, 2)
	stream := v.listen(found[1], "")
	v.happen(address[strings.LastIndex(address, "/")+1:], models.Event{Kind: models.BuyerCancelled})
	require.Equal(t, "event: transition", stream.until("event:"), "what app.js listens for")
	first := stream.until("data:")
	require.Contains(t, first, `"state":"cancelled_buyer"`, "what the page shows already is not told again")
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
