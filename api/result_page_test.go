package api

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/store"
)

func captured12900() models.Event {
	return models.Event{
		Kind: models.PaymentSucceeded, Spare: mint.Number(),
		Capture: &models.Capture{Money: models.CNY(12900), Transaction: "T1", PaidAt: time.Now().UTC()},
	}
}

func TestTheResultFollowsTheMoney(t *testing.T) {
	f := newFriends(t)
	id := f.place()
	v := f.visit(id).logIn("13800138000")
	v.pay()
	says := func(what string, live bool) {
		t.Helper()
		page := v.get("/pay/result")
		require.Equal(t, http.StatusOK, page.Code)
		require.Contains(t, page.Body.String(), what)
		if live {
			require.Contains(t, page.Body.String(), `http-equiv="refresh"`)
		} else {
			require.NotContains(t, page.Body.String(), `http-equiv="refresh"`)
		}
	}
	says("等你付款", true)
	f.happen(id, models.Event{Kind: models.SlotLapsed})
	says("正在确认付款结果", true)
	r := f.happen(id, captured12900())
	says("正在确认付款结果", true)
	refused, err := f.store.ClaimOrder(t.Context(), store.Claim{
		Order: r.Order, Request: id, Attempt: r.Winner, Price: r.Payable, PriceVersion: r.PriceVersion,
	})
	require.NoError(t, err)
	require.Empty(t, refused)
	f.happen(id, models.Event{Kind: models.OrderAccepted, Spare: mint.Number()})
	says("付好了，谢谢你", false)
	require.Contains(t, v.get("/pay/result").Body.String(), "¥129.00")
	require.Equal(t, "paid", stateNotices[models.Settled])

	refund := mint.Number()
	back := models.CNY(12900)
	f.happen(id, models.Event{Kind: models.RefundAsked, Refund: refund, Money: &back, Reason: "wrong_size"})
	says("钱正在退回给你", true)
	says("商家退款", true)
	told := v.json(get, "/v1/link", "").Body.String()
	require.Contains(t, told, `"reason":"after_sale"`)
	require.NotContains(t, told, "wrong_size", "the merchant's word is between him and us")
	f.happen(id, models.Event{Kind: models.RefundBroke, Refund: refund, Reason: "overdue"})
	says("退款需要人工处理", false)
	f.happen(id, models.Event{Kind: models.RefundRetried, Refund: refund, Spare: mint.Number()})
	f.happen(id, models.Event{Kind: models.RefundDone, Refund: refund})
	says("钱已退回给你", false)
}

// An h5 address is good for five minutes, the slot for longer.
func TestAWayInThatIsOverIsNotOffered(t *testing.T) {
	for kind, shown := range map[string]providers.Presentation{
		"hop":     {Kind: providers.Redirect, URL: bankPage, Referer: true},
		"address": {Kind: providers.Redirect, URL: bankPage},
		"bridge":  {Kind: providers.Bridge, Fields: map[string]string{"paySign": "s"}},
		"code":    {Kind: providers.QR, URL: "weixin://wxpay/a"},
	} {
		t.Run(kind, func(t *testing.T) {
			now := time.Now()
			f := newFriends(t, func(d *Deps) { d.Clock = func() time.Time { return now } })
			f.door.shown = shown
			f.door.shown.GoodUntil = now.Add(5 * time.Minute)
			v := f.visit(f.place()).logIn("13800138000")
			v.pay()
			leads := func(page string) bool {
				return strings.Contains(page, `rel="noreferrer"`) || strings.Contains(page, `<svg class="qr"`)
			}
			page := v.get("/pay/result").Body.String()
			require.True(t, leads(page))
			require.NotContains(t, page, "付款入口已经过期")

			now = now.Add(5 * time.Minute)
			page = v.get("/pay/result").Body.String()
			require.False(t, leads(page))
			require.Contains(t, page, "付款入口已经过期")
			require.Contains(t, page, "放弃这次付款，重新付")
			require.Contains(t, page, `action="/pay/withdraw"`)
			require.Equal(t, "/pay/result", v.get("/pay/hop").Header().Get("Location"))
			require.Equal(t, "/pay/result", v.pay().Header().Get("Location"), "the same attempt again")
		})
	}
}

func TestMoneyThatCameLateIsSeenByWhoPaid(t *testing.T) {
	f := newFriends(t)
	id := f.place()
	v := f.visit(id).logIn("13800138000")
	v.pay()
	f.happen(id, models.Event{Kind: models.BuyerCancelled})
	f.happen(id, models.Event{Kind: models.PaymentClosed})
	require.Contains(t, v.get("/pay/result").Body.String(), "没有付款")
	require.NotContains(t, v.get("/pay/result").Body.String(), "重新选择", "the request has ended")
	f.happen(id, captured12900())
	require.Contains(t, v.get("/pay/result").Body.String(), "钱正在退回给你")
	require.Contains(t, v.get("/pay/result").Body.String(), "钱到的时候，请求已经结束了")

	later := &visitor{friends: f}
	page := later.get("/f/" + f.secret(id))
	require.Contains(t, page.Body.String(), "我付过款，看我的结果", "his session is over; the link knows the way")
	require.Equal(t, "/pay/result", later.post("/f/"+f.secret(id), "then", "mine").Header().Get("Location"))
	look := later.get("/pay/result").Body.String()
	require.Contains(t, look, "看你的付款结果")
	require.NotContains(t, look, "钱正在退回给你")

	f.forgetCodes(t)
	code := later.post("/pay/code", "phone", "13800138000", "then", "look")
	require.Equal(t, "/pay/result", code.Header().Get("Location"))
	require.Contains(t, later.get("/pay/result").Body.String(), `name="then" value="look"`)
	in := later.post("/pay/login", "phone", "13800138000", "then", "look", "code", f.sms.codes["13800138000"])
	require.Equal(t, "/pay/result", in.Header().Get("Location"))
	require.Contains(t, later.get("/pay/result").Body.String(), "钱正在退回给你")

	stranger := f.visit(id)
	stranger.post("/pay/code", "phone", "13900139000", "then", "look")
	stranger.post("/pay/login", "phone", "13900139000", "then", "look", "code", f.sms.codes["13900139000"])
	require.Equal(t, "/pay", stranger.get("/pay/result").Header().Get("Location"), "he paid nothing")
}

func TestMoneyThatCameBackMayBePaidAgain(t *testing.T) {
	f := newFriends(t)
	id := f.place()
	v := f.visit(id).logIn("13800138000")
	v.pay()
	dearer := models.Price{Payable: models.CNY(13900), Version: 2}
	f.happen(id, models.Event{Kind: models.PriceChanged, Price: &dearer})
	r := f.happen(id, captured12900())
	if r.State == models.Paused {
		r = f.happen(id, models.Event{Kind: models.PriceAccepted})
	}
	require.Equal(t, models.Open, r.State)
	page := v.get("/pay/result").Body.String()
	require.Contains(t, page, "价格在你付款之前变了")
	require.Contains(t, page, "钱正在退回给你")
	require.Contains(t, page, "重新选择付款方式")
	again := v.get("/pay")
	require.Equal(t, http.StatusOK, again.Code)
	require.Contains(t, again.Body.String(), "¥139.00")
	paid := v.post("/pay/attempts", "channel", "mock", "minor", "13900", "currency", "CNY", "price_version", "2")
	require.Equal(t, bankPage, paid.Header().Get("Location"))
}

// Two tabs, two ways to pay: the page says that the first is being closed, and does not
// leave the friend to wonder whether he paid.
func TestWhoPicksAnotherWayIsToldThatTheFirstIsClosed(t *testing.T) {
	f := newWallet(t)
	v := f.visit(f.place()).logIn("13800138000")
	v.pay()
	form := []string{"channel", "wx_qr", "minor", "12900", "currency", "CNY", "price_version", "1"}
	require.Equal(t, http.StatusSeeOther, v.post("/pay/attempts", form...).Code)
	page := v.get("/pay/result").Body.String()
	require.Contains(t, page, "正在换付款方式")
	require.Contains(t, page, `http-equiv="refresh"`)
	require.NotContains(t, page, bankPage, "the first is not to be paid any more")
}
