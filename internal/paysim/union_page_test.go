package paysim_test

import (
	"html"
	"net/http"
	"path"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/paysim"
)

var hidden = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`)

// carried are the fields that a page's form takes back to the merchant.
func carried(text string) pairs {
	p := pairs{}
	for _, found := range hidden.FindAllStringSubmatch(text, -1) {
		p[found[1]] = html.UnescapeString(found[2])
	}
	return p
}

func (s *till) press(page, action string) (int, http.Header, string) {
	s.t.Helper()
	return s.see(post(s.t, page, "action="+action))
}

func TestUnionPaysCashierPaysAndGoesBack(t *testing.T) {
	t.Parallel()
	s := openTill(t, paysim.Options{})
	for product, brand := range map[string]string{"wap": "云闪付 模拟收银台", "pc": "银联在线支付 模拟收银台"} {
		call, said := s.placed(product, nowhere)
		page := s.base + said["location"]
		status, header, text := s.see(come(t, page, ""))
		require.Equal(t, http.StatusOK, status)
		for _, want := range []string{
			brand, "良品小店", "咖啡 &lt;b&gt;", "129.00", call["orderId"], "银联卡付款", "用微信支付付款", "取消",
		} {
			require.Contains(t, text, want)
		}
		require.NotContains(t, text, "<script")
		require.Contains(t, header.Get("Content-Security-Policy"), "default-src 'none'")
		status, header, _ = s.press(page, "cancel")
		require.Equal(t, http.StatusSeeOther, status)
		require.Equal(t, "https://shop.example/back", header.Get("Location"))
		status, _, text = s.press(page, "fail")
		require.Equal(t, http.StatusOK, status)
		require.Contains(t, text, "余额不足")
		require.Equal(t, "64", s.inquire(call)["origRespCode"])
		status, _, text = s.press(page, "wechat")
		require.Equal(t, http.StatusOK, status)
		require.Contains(t, text, `<form method="post" action="https://shop.example/back">`)
		back := carried(text)
		require.Empty(t, s.wrong(back), "the front notification is signed")
		for name, want := range map[string]string{
			"respCode": "00", "orderId": call["orderId"], "txnAmt": "12900", "payType": "1501",
		} {
			require.Equal(t, want, back[name], name)
		}
		status, _, text = s.press(page, "pay")
		require.Equal(t, http.StatusConflict, status)
		require.Contains(t, text, "已支付")
		require.Equal(t, "1501", s.inquire(call)["payType"], "it was paid once")
	}
}

func TestUnionPaysCodeIsScanned(t *testing.T) {
	t.Parallel()
	var clock movable
	s := openTill(t, paysim.Options{Now: clock.now})
	call, said := s.placed("qr", nowhere)
	_, _, list := s.see(come(t, s.base+"/sim/unionpay/codes", ""))
	token := path.Base(said["qrCode"])
	require.Contains(t, list, "/unionpay/cashier?tn="+token)
	page := s.base + "/unionpay/cashier?tn=" + token
	require.Equal(t, "34", s.inquire(call)["respCode"])
	_, _, text := s.see(come(t, page, ""))
	require.Contains(t, text, "云闪付 模拟收银台")
	require.Equal(t, "05", s.inquire(call)["origRespCode"], "somebody is at it")
	status, _, text := s.press(page, "pay")
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, text, "支付成功")
	require.NotContains(t, text, "<form", "there is no way back from a phone that scanned")
	_, _, list = s.see(come(t, s.base+"/sim/unionpay/codes", ""))
	require.NotContains(t, list, token)

	late, said := s.placed("qr", nowhere)
	page = s.base + "/unionpay/cashier?tn=" + path.Base(said["qrCode"])
	clock.move(time.Hour)
	status, _, text = s.press(page, "pay")
	require.Equal(t, http.StatusConflict, status)
	require.Contains(t, text, "已过期")
	require.Equal(t, "34", s.inquire(late)["respCode"])
	status, _, text = s.press(page, "cancel")
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, text, "已取消支付")
	status, _, _ = s.press(page, "steal")
	require.Equal(t, http.StatusBadRequest, status)
	status, _, _ = s.see(come(t, page+"1", ""))
	require.Equal(t, http.StatusNotFound, status)
}

func TestUnionPaysFrontRefusesInPages(t *testing.T) {
	t.Parallel()
	s := openTill(t, paysim.Options{})
	for name, want := range map[string]string{"frontUrl": "13", "signature": "13", "txnAmt": "13"} {
		call := s.sign(s.ordered("wap", newNumber(), nowhere))
		delete(call, name)
		answer := s.post(frontDo, call)
		require.Equal(t, http.StatusBadRequest, answer.status, name)
		require.Contains(t, string(answer.text), "应答码："+want)
	}
}

func TestUnionPaysCashierMeetsTrouble(t *testing.T) {
	t.Parallel()
	s := openTill(t, paysim.Options{})
	call, said := s.placed("wap", nowhere)
	for _, mode := range []string{"error_before", "error_after"} {
		s.simulate("/sim/faults", members{"op": "pay", "mode": mode, "number": call["orderId"]})
		status, _, text := s.press(s.base+said["location"], "pay")
		require.Equal(t, http.StatusInternalServerError, status)
		require.Contains(t, text, "系统繁忙")
	}
	require.Equal(t, "00", s.inquire(call)["origRespCode"], "the second time it was paid")
	s.simulate("/sim/faults", members{"op": "create", "mode": "error_before", "provider": "unionpay"})
	answer := s.post(frontDo, s.sign(s.ordered("wap", newNumber(), nowhere)))
	require.Equal(t, http.StatusInternalServerError, answer.status)
	require.Contains(t, string(answer.text), "系统繁忙")
}
