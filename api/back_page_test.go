package api

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
)

// Who comes back from the provider before its answer is not asked to pay again at once: for a while the page
// says that the bank is being asked, however often it is loaded.
func TestWhoComesBackIsNotAskedToPayAgainAtOnce(t *testing.T) {
	now := time.Now()
	f := newFriends(t, func(d *Deps) { d.Clock = func() time.Time { return now } })
	id := f.place()
	v := f.visit(id).logIn("13800138000")
	v.pay()
	page := func() string { return v.get("/pay/result").Body.String() }
	require.Contains(t, page(), "等你付款", "he has not been there, as far as we know")

	back := v.get("/pay/result?back=1&out_trade_no=x&sign=made-up")
	require.Equal(t, http.StatusSeeOther, back.Code)
	require.Equal(t, "/pay/result", back.Header().Get("Location"), "nothing of it stays in the address")
	for range 2 {
		html := page()
		require.Contains(t, html, "正在向银行确认")
		require.Contains(t, html, "我还没付，继续付款")
		require.Contains(t, html, bankPage)
		require.NotRegexp(t, `class="(button )?main"`, html)
		require.Contains(t, html, `http-equiv="refresh"`)
	}
	require.Equal(t, "/pay/result", v.get("/f/"+f.secret(id)).Header().Get("Location"), "so does the link")
	again := f.visitAs(v)
	require.Contains(t, again.get("/pay/result").Body.String(), "等你付款", "another browser knows of no return")

	now = now.Add(askingFor)
	require.Contains(t, page(), "等你付款")
	require.Contains(t, page(), `class="button main"`)
	v.get("/pay/result?back=1")
	require.Contains(t, page(), "正在向银行确认", "he was there once more")
	f.happen(id, captured12900())
	require.Contains(t, page(), "正在确认付款结果", "what we know comes before what a browser says")
}

// UnionPay sends payers back by a form.
func TestAFormLeadsBackTheSameWay(t *testing.T) {
	f := newFriends(t)
	v := f.visit(f.place()).logIn("13800138000")
	v.pay()
	sent := v.call(post, "/pay/result", "", "orderId=1&respCode=00", "Accept", "text/html",
		"Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "cross-site")
	require.Equal(t, "/pay/result?back=1", sent.Header().Get("Location"))
}

// What is kept of a return is not believed for anything: not for another payment, not for ever.
func TestAReturnIsOfOnePaymentAndForAWhile(t *testing.T) {
	f := newFriends(t)
	id := f.place()
	v := f.visit(id).logIn("13800138000")
	v.pay()
	r, err := f.store.Request(t.Context(), id)
	require.NoError(t, err)
	number := r.Attempts[0].Number
	unix := func(at time.Time) string { return strconv.FormatInt(at.Unix(), 10) }
	for made, asks := range map[string]bool{
		number + "." + unix(time.Now()): true, number: false, number + ".x": false, "." + unix(time.Now()): false,
		"other." + unix(time.Now()):                     false,
		number + "." + unix(time.Now().Add(time.Hour)):  false,
		number + "." + unix(time.Now().Add(-askingFor)): false,
	} {
		v.others = map[string]string{BackCookie: made}
		page := v.get("/pay/result").Body.String()
		if asks {
			require.Contains(t, page, "正在向银行确认", made)
		} else {
			require.Contains(t, page, "等你付款", made)
		}
	}
	f.happen(id, models.Event{Kind: models.SlotLapsed})
	f.happen(id, models.Event{Kind: models.PaymentClosed})
	require.Contains(t, v.get("/pay/result").Body.String(), "没有付款")
	stranger := f.visit(f.place()).logIn("13900139000")
	require.Equal(t, "/pay", stranger.get("/pay/result?back=1").Header().Get("Location"))
}

// A code to scan is paid on another device: nobody comes back from there.
func TestACodeToScanStays(t *testing.T) {
	f := newFriends(t)
	f.door.shown = providers.Presentation{Kind: providers.QR, URL: "weixin://wxpay/a"}
	v := f.visit(f.place()).logIn("13800138000")
	v.pay()
	v.get("/pay/result?back=1")
	page := v.get("/pay/result").Body.String()
	require.Contains(t, page, `<svg class="qr"`)
	require.Contains(t, page, "等你付款")
}

// visitAs is the same person in another browser.
func (f *friends) visitAs(v *visitor) *visitor { return &visitor{friends: f, cookie: v.cookie} }
