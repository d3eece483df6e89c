package paysim_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/paysim"
)

// native is where a scanned code leads.
func (s *shop) native(codeURL string) string {
	return s.base + "/wechatpay/native?pr=" + strings.TrimPrefix(codeURL, "weixin://wxpay/bizpayurl?pr=")
}

// press posts a button of a page as a WeChat user.
func press(t *testing.T, address, openid, action string) *http.Request {
	t.Helper()
	r := post(t, address, "action="+action)
	r.AddCookie(&http.Cookie{Name: "paysim_wechat_user", Value: openid})
	return r
}

func TestWeChatShowsWhoScansWhat(t *testing.T) {
	t.Parallel()
	s := openShop(t, paysim.Options{})
	number, code := s.made("native", nowhere)
	page := s.native(code)
	status, header, text := s.see(come(t, page, "oScanner"))
	require.Equal(t, http.StatusOK, status)
	for _, want := range []string{"良品小店", "代付-咖啡 &lt;b&gt;&amp;", "129.00", "oScanner", number, "确认付款", "取消"} {
		require.Contains(t, text, want)
	}
	require.NotContains(t, text, "<script")
	require.Contains(t, header.Get("Content-Security-Policy"), "default-src 'none'")
	status, _, text = s.see(come(t, page, "oOther"))
	require.Equal(t, http.StatusForbidden, status)
	require.Contains(t, text, "下单账号与支付账号不一致")
	require.NotContains(t, text, "129.00", "who may not pay does not see it")
	require.NotContains(t, text, "<form")
	status, _, _ = s.see(press(t, page, "oOther", "pay"))
	require.Equal(t, http.StatusForbidden, status)
	_, _, text = s.see(press(t, page, "oScanner", "cancel"))
	require.Contains(t, text, "已取消支付")
	status, _, text = s.see(press(t, page, "oScanner", "pay"))
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, text, "支付成功")
	_, _, text = s.see(come(t, page, "oScanner"))
	require.Contains(t, text, "已支付")
	require.Equal(t, members{"openid": "oScanner"}, s.query(number).said["payer"])
	status, _, text = s.see(come(t, page+"x", "oScanner"))
	require.Equal(t, http.StatusNotFound, status)
	require.Contains(t, text, "无效")
	status, _, _ = s.see(press(t, s.native(second(s.made("native", nowhere))), "oScanner", "steal"))
	require.Equal(t, http.StatusBadRequest, status)
}

func second(_, lead string) string { return lead }

func TestWeChatsCashierBelongsToOnePerson(t *testing.T) {
	t.Parallel()
	s := openShop(t, paysim.Options{})
	number, prepay := s.made("jsapi", nowhere)
	query := url.Values{"return": {"https://shop.example/pay/result"}}
	for name, value := range s.bridge(prepay) {
		query.Set(name, value.(string))
	}
	page := s.base + "/wechatpay/jsapi?" + query.Encode()
	status, _, text := s.see(come(t, page, "oOther"))
	require.Equal(t, http.StatusForbidden, status)
	require.Contains(t, text, "不一致")
	status, _, _ = s.see(come(t, strings.Replace(page, "paySign=", "paySign=A", 1), "oFriend01"))
	require.Equal(t, http.StatusForbidden, status)
	status, _, text = s.see(come(t, strings.Replace(page, "shop.example", "evil.example", 1), "oFriend01"))
	require.Equal(t, http.StatusBadRequest, status)
	require.NotContains(t, text, "evil.example")
	status, _, text = s.see(come(t, page, "oFriend01"))
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, text, "129.00")
	for _, action := range []string{"cancel", "pay"} {
		status, header, _ := s.see(press(t, page, "oFriend01", action))
		require.Equal(t, http.StatusSeeOther, status)
		require.Equal(t, "https://shop.example/pay/result", header.Get("Location"))
	}
	s.eventually(number, "captured", 1)
}

func TestWeChatsH5LinkIsFollowedFromTheShop(t *testing.T) {
	t.Parallel()
	var clock movable
	s := openShop(t, paysim.Options{Now: clock.now})
	number, link := s.made("h5", nowhere)
	from := func(address, openid, referer string) *http.Request {
		r := come(t, address, openid)
		r.Header.Set("Referer", referer)
		return r
	}
	back := link + "&redirect_url=" + url.QueryEscape("https://shop.example/pay/result?no=1")
	for referer, want := range map[string]int{
		"": 403, "https://evil.example/": 403, "https://shop.example/": 200,
	} {
		status, _, _ := s.see(from(back, "oMe", referer))
		require.Equal(t, want, status, referer)
	}
	status, _, _ := s.see(from(back, "oYou", "https://shop.example/"))
	require.Equal(t, http.StatusForbidden, status, "a second person")
	status, _, _ = s.see(press(t, back, "oYou", "pay"))
	require.Equal(t, http.StatusForbidden, status)
	status, _, _ = s.see(press(t, back, "oYou", "cancel"))
	require.Equal(t, http.StatusForbidden, status)
	evil := link + "&redirect_url=https%3A%2F%2Fevil.example%2F"
	status, _, _ = s.see(from(evil, "oMe", "https://shop.example/"))
	require.Equal(t, http.StatusBadRequest, status)
	status, header, _ := s.see(press(t, back, "oMe", "pay"))
	require.Equal(t, http.StatusSeeOther, status)
	require.Equal(t, "https://shop.example/pay/result?no=1", header.Get("Location"))
	s.eventually(number, "captured", 1)

	_, link = s.made("h5", nowhere)
	clock.move(301 * time.Second)
	s.clock = clock.now
	status, _, text := s.see(from(link, "oMe", "https://shop.example/"))
	require.Equal(t, http.StatusConflict, status)
	require.Contains(t, text, "失效")
}

func TestWeChatsPagesSayWhyNot(t *testing.T) {
	t.Parallel()
	var clock movable
	s := openShop(t, paysim.Options{Now: clock.now})
	closed, closedCode := s.made("native", nowhere)
	s.closing(closed)
	_, lateCode := s.made("native", nowhere)
	_, busyCode := s.made("native", nowhere)
	s.simulate("/sim/faults", members{"op": "pay", "mode": "error_before"})
	_, _, text := s.see(press(t, s.native(busyCode), "oMe", "pay"))
	require.Contains(t, text, "系统繁忙")
	clock.move(61 * time.Minute)
	for code, want := range map[string]string{closedCode: "订单已关闭", lateCode: "订单已过期"} {
		for _, r := range []*http.Request{come(t, s.native(code), "oMe"), press(t, s.native(code), "oMe", "pay")} {
			_, _, text := s.see(r)
			require.Contains(t, text, want)
			require.NotContains(t, text, "<form")
		}
	}
}

func TestABrowserWithoutABridgeGetsOne(t *testing.T) {
	t.Parallel()
	s := openShop(t, paysim.Options{})
	status, header, text := s.see(get(t, s.base+"/wechatpay/bridge.js"))
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, header.Get("Content-Type"), "text/javascript")
	for _, want := range []string{
		"window.WeixinJSBridge", "getBrandWCPayRequest", "/wechatpay/jsapi", "WeixinJSBridgeReady",
	} {
		require.Contains(t, text, want)
	}
}

func TestWeChatGoesOnWhereItStopped(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	before := openShop(t, paysim.Options{StateDir: dir, Speed: 1})
	number, code := before.made("native", nowhere)
	before.see(come(t, before.native(code), "oScanner"))
	order := before.paid("jsapi", nowhere)
	refund := newNumber()
	before.giveBack(back(order, refund, 900))
	id := before.query(order).said["transaction_id"].(string)
	before.eventually(order, "callback_sent", 1)
	before.stop()

	after := openShop(t, paysim.Options{StateDir: dir, Speed: 1000})
	after.eventually(refund, "refund_done", 1)
	found := after.ask(http.MethodGet, trades+"id/"+id+"?mchid="+after.account.MchID, nil)
	require.Equal(t, order, found.said["out_trade_no"])
	require.Equal(t, "REFUND", found.said["trade_state"])
	_, wrong := after.payment(members{"code_url": code, "openid": "oOther"})
	require.Equal(t, "PAYER_MISMATCH", wrong, "who scanned is remembered")
	status, _ := after.payment(members{"code_url": code, "openid": "oScanner"})
	require.Equal(t, http.StatusOK, status)
	after.eventually(number, "captured", 1)
	require.Contains(t, after.bill("tradebill?bill_date="+today()), refund)
}

func TestWeChatsOwnNameLeadsToTheSimulator(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]string{
		"api.mch.weixin.qq.com": "", "api2.mch.weixin.qq.com": "", "sim.example": "http://sim.example",
	} {
		s := openShop(t, paysim.Options{})
		r := s.request(http.MethodPost, trades+"h5", s.desired("h5", newNumber(), nowhere))
		r.Host = host
		if want == "" {
			want = s.base
		}
		require.Contains(t, s.send(r).said["h5_url"], want+"/wechatpay/h5?prepay_id=")
	}
	s := openShop(t, paysim.Options{PublicURL: "https://pay.example"})
	require.Contains(t, second(s.made("h5", nowhere)), "https://pay.example/wechatpay/h5?")
}

func TestDemoAccountsAreMadeAndKept(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	one := open(t, paysim.Options{StateDir: dir})
	made, ali := one.sim.WeChatAccounts(), one.sim.AlipayAccounts()
	require.Equal(t, "良品小店", made[0].Name)
	require.Equal(t, "良品小店", one.sim.Accounts()[0].Name)
	one.stop()
	two := open(t, paysim.Options{StateDir: dir})
	require.Equal(t, made, two.sim.WeChatAccounts())
	require.Equal(t, ali, two.sim.AlipayAccounts())
}
