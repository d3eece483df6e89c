package paysim_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/paysim"
)

// aliUser opens an address as an Alipay user, pressing a button if there is one.
func aliUser(t *testing.T, address, user, action string) *http.Request {
	t.Helper()
	r := get(t, address)
	if action != "" {
		r = post(t, address, "action="+action)
	}
	r.AddCookie(&http.Cookie{Name: "paysim_alipay_user", Value: user})
	return r
}

func TestAlipayShowsWhoScansWhat(t *testing.T) {
	t.Parallel()
	s := openStall(t, paysim.Options{})
	number, code := s.coded(nowhere)
	status, header, text := s.see(aliUser(t, code, "friend01", ""))
	require.Equal(t, http.StatusOK, status)
	for _, want := range []string{
		"支付宝", "良品小店", "代付-咖啡 &lt;b&gt;%25", "129.00", "friend01", number, "确认付款", "取消",
	} {
		require.Contains(t, text, want)
	}
	require.NotContains(t, text, "<script")
	require.Contains(t, header.Get("Content-Security-Policy"), "default-src 'none'")
	_, _, text = s.see(aliUser(t, code, "friend01", "cancel"))
	require.Contains(t, text, "已取消支付")
	status, _, _ = s.see(aliUser(t, code, "friend01", "steal"))
	require.Equal(t, http.StatusBadRequest, status)
	_, _, text = s.see(aliUser(t, code, s.account.SellerID, "pay"))
	require.Contains(t, text, "不能向自己付款")
	status, _, text = s.see(aliUser(t, code, "friend02", "pay"))
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, text, "支付成功")
	require.Equal(t, "friend02", s.query(number).get("buyer_open_id"), "whoever presses first")
	_, _, text = s.see(aliUser(t, code, "friend01", "pay"))
	require.Contains(t, text, "已支付")
	s.look(code+"x", http.StatusForbidden, "无效")
	s.eventually(number, "captured", 1)
}

func TestAnAlipayLinkLeadsToTheCashierAndBack(t *testing.T) {
	t.Parallel()
	s := openStall(t, paysim.Options{})
	for _, method := range []string{aliWap, aliPage} {
		number := newNumber()
		link := s.link(method, number, "https://shop.example/back?x=1")
		require.Equal(t, "ACQ.TRADE_NOT_EXIST", s.query(number).code())
		status, header, _ := s.see(aliUser(t, link, "friend01", ""))
		require.Equal(t, http.StatusFound, status)
		require.Equal(t, "ACQ.TRADE_NOT_EXIST", s.query(number).code(), "not before the cashier")
		cashier := s.base + header.Get("Location")
		status, _, text := s.see(aliUser(t, cashier, "friend01", ""))
		require.Equal(t, http.StatusOK, status)
		require.Contains(t, text, "确认付款")
		require.Equal(t, "WAIT_BUYER_PAY", s.query(number).get("trade_status"))
		status, header, _ = s.see(aliUser(t, cashier, "friend01", "pay"))
		require.Equal(t, http.StatusSeeOther, status)
		back, err := url.Parse(header.Get("Location"))
		require.NoError(t, err)
		form := back.Query()
		require.Equal(t, "1", form.Get("x"))
		form.Del("x")
		require.True(t, s.genuine(form), "Alipay signs its own only")
		require.Equal(t, method+".return", form.Get("method"))
		require.Equal(t, number, form.Get("out_trade_no"))
		require.Equal(t, "129.00", form.Get("total_amount"))
		_, header, _ = s.see(aliUser(t, link, "friend01", ""))
		s.look(s.base+header.Get("Location"), http.StatusOK, "已支付")
	}
}

func TestAnAlipayLinkIsSignedAndLastsUntilItsTime(t *testing.T) {
	t.Parallel()
	s := openStall(t, paysim.Options{Now: func() time.Time { return time.Now().Add(time.Hour) }})
	s.clock = func() time.Time { return time.Now().Add(30 * time.Minute) } // made half an hour ago
	link := s.link(aliWap, newNumber(), "")
	status, _, _ := s.see(get(t, link))
	require.Equal(t, http.StatusFound, status, "a link may be old")
	status, _, text := s.see(get(t, link+"&x=1"))
	require.Equal(t, http.StatusBadRequest, status)
	require.Contains(t, text, "isv.invalid-signature")
	s.clock = func() time.Time { return time.Now().Add(-time.Hour) } // for one hour, of which two are over
	over := s.link(aliWap, newNumber(), "")
	status, header, _ := s.see(get(t, over))
	require.Equal(t, http.StatusFound, status)
	s.look(s.base+header.Get("Location"), http.StatusForbidden, "订单已过期")
	code, said := s.payment(members{"url": over})
	require.Equal(t, http.StatusConflict, code)
	require.Equal(t, "TRADE_EXPIRED", said)
}

func TestGivingUpAtAlipayLeadsToTheQuitURL(t *testing.T) {
	t.Parallel()
	s := openStall(t, paysim.Options{})
	biz := s.goods(aliWap, newNumber())
	biz["quit_url"] = "https://shop.example/quit"
	_, header, _ := s.see(get(t, s.base+aliGateway+"?"+s.sign(s.form(aliWap, biz)).Encode()))
	status, header, _ := s.see(post(t, s.base+header.Get("Location"), "action=cancel"))
	require.Equal(t, http.StatusSeeOther, status)
	require.Equal(t, "https://shop.example/quit", header.Get("Location"))
}

func TestInsideAlipayAPageGoesBackToTheShop(t *testing.T) {
	t.Parallel()
	s := openStall(t, paysim.Options{})
	trade := s.ask(aliCreate, s.goods(aliCreate, newNumber())).get("trade_no")
	cashier := s.base + "/alipay/cashier?tradeNO=" + trade + "&return="
	status, _, text := s.see(aliUser(t, cashier, "friend02", ""))
	require.Equal(t, http.StatusForbidden, status)
	require.Contains(t, text, "交易买家不匹配")
	require.NotContains(t, text, "129.00", "who may not pay does not see it")
	s.look(s.base+"/alipay/cashier?tradeNO=1", http.StatusForbidden, "交易不存在")
	_, _, text = s.see(aliUser(t, cashier+"https://evil.example/", "friend01", ""))
	require.Contains(t, text, "返回地址的域名未登记")
	status, header, _ := s.see(aliUser(t, cashier+"https://shop.example/pay/result", "friend01", "pay"))
	require.Equal(t, http.StatusSeeOther, status)
	require.Equal(t, "https://shop.example/pay/result", header.Get("Location"))

	status, header, text = s.see(get(t, s.base+"/alipay/bridge.js"))
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, header.Get("Content-Type"), "text/javascript")
	for _, want := range []string{"window.AlipayJSBridge", "tradePay", "tradeNO", "AlipayJSBridgeReady"} {
		require.Contains(t, text, want)
	}
}

func TestAlipaysCodesWaitToBeScanned(t *testing.T) {
	t.Parallel()
	s := openStall(t, paysim.Options{})
	number, code := s.coded(nowhere)
	u, err := url.Parse(code)
	require.NoError(t, err)
	s.look(s.base+"/sim/alipay/codes", http.StatusOK, "/alipay/cashier?qr="+u.Query().Get("qr"))
	status, _ := s.payment(members{"number": number})
	require.Equal(t, http.StatusOK, status)
	s.look(s.base+"/sim/alipay/codes", http.StatusOK, "现在没有等待扫描的付款码")
}

func TestAlipayGoesOnWhereItStopped(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	before := openStall(t, paysim.Options{StateDir: dir})
	number, code := before.coded(nowhere)
	seen, other := before.coded(nowhere)
	before.look(other, http.StatusOK, "付款给")
	paid := before.paid(nowhere)
	before.fault(members{"op": "refund", "mode": "slow_refund"})
	before.refund(paid, "RF1", "9.00")
	trade := before.query(paid).get("trade_no")
	before.stop()

	after := openStall(t, paysim.Options{StateDir: dir, Speed: 1000})
	after.eventually("RF1", "refund_done", 1)
	require.Equal(t, paid, after.ask(aliQuery, members{"trade_no": trade}).get("out_trade_no"))
	require.Equal(t, "REFUND_SUCCESS", after.refundStatus(paid, "RF1"))
	require.Equal(t, "ACQ.TRADE_NOT_EXIST", after.query(number).code())
	require.Equal(t, "WAIT_BUYER_PAY", after.query(seen).get("trade_status"))
	status, _ := after.payment(members{"qr_code": code})
	require.Equal(t, http.StatusOK, status, "the code is known")
	require.Contains(t, after.firstTable(), "RF1")
}

func TestAlipaysTotalsAreTheTruth(t *testing.T) {
	t.Parallel()
	s := openStall(t, paysim.Options{})
	number := s.paid(nowhere)
	s.refund(number, "RF1", "9.00")
	s.fault(members{"op": "refund", "mode": "stuck_processing"})
	s.refund(number, "RF2", "1.00")
	status, twice := s.simulate("/sim/alipay/capture", members{"number": number, "amount": 5})
	require.Equal(t, http.StatusOK, status, twice)
	_, all := s.do(get(t, s.base+"/sim/totals?account="+s.account.SellerID))
	require.Equal(t, []any{map[string]any{
		"provider": "alipay", "account": s.account.SellerID, "number": number, "status": "TRADE_SUCCESS",
		"currency": "CNY", "asked": 12900., "captured": 12905., "refunded": 900., "pending": 100.,
	}}, all["orders"])
}

func TestAlipaysOwnNameLeadsToTheSimulator(t *testing.T) {
	t.Parallel()
	s := openStall(t, paysim.Options{PublicURL: "https://pay.example"})
	_, code := s.coded(nowhere)
	require.Contains(t, code, "https://pay.example/alipay/cashier?qr=")
}
