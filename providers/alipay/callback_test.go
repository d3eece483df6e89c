package alipay_test

import (
	"crypto/rsa"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/providers/alipay"
)

// heard is a callback of a payment, after change, signed by a key.
func heard(key *rsa.PrivateKey, change func(url.Values)) (http.Header, []byte) {
	said := url.Values{
		"notify_time": {"2025-01-01 10:02:04"}, "notify_type": {"trade_status_sync"},
		"notify_id": {"2025010100222100204012345678901234"}, "app_id": {app}, "auth_app_id": {app},
		"charset": {"utf-8"}, "version": {"1.0"}, "trade_no": {"2025010122001"}, "out_trade_no": {number},
		"seller_id": {seller}, "trade_status": {"TRADE_SUCCESS"}, "total_amount": {"129.00"},
		"subject":       {"代付 100%25 = +"},
		"buyer_open_id": {payer}, "fund_bill_list": {`[{"amount":"129.00","fundChannel":"BANKCARD"}]`},
		"sign_type": {"RSA2"},
	}
	if change != nil {
		change(said)
	}
	said.Set("sign", sign(key, signedText(said, "sign", "sign_type", "alipay_cert_sn")))
	return form(), []byte(said.Encode())
}

func form() http.Header {
	return http.Header{"Content-Type": {"application/x-www-form-urlencoded; charset=utf-8"}}
}

func silent(t *testing.T, change func(*alipay.Settings)) *alipay.Adapter {
	t.Helper()
	return adapter(t, open(t, nil).URL, change)
}

func TestCallbacksAreReadByTheirKind(t *testing.T) {
	t.Parallel()
	a := silent(t, nil)
	for name, c := range map[string]struct {
		change func(url.Values)
		want   providers.Notice
	}{
		"payment": {nil, providers.Notice{Kind: providers.PaymentNotice, Type: "TRADE_SUCCESS"}},
		"refund": {func(v url.Values) {
			v.Set("out_biz_no", refundNo)
			v.Set("refund_fee", "9.00")
			v.Set("gmt_refund", "2025-01-01 10:02:03.000")
		}, providers.Notice{Kind: providers.RefundNotice, Refund: refundNo, Type: "TRADE_SUCCESS"}},
		"refund by hand": {func(v url.Values) {
			v.Set("out_biz_no", "by hand")
			v.Set("trade_status", "TRADE_CLOSED")
		},
			providers.Notice{Kind: providers.PaymentNotice, Type: "TRADE_CLOSED"}},
		"an empty value": {func(v url.Values) { v.Set("body", "") },
			providers.Notice{Kind: providers.PaymentNotice, Type: "TRADE_SUCCESS"}},
	} {
		header, body := heard(keys().alipay, c.change)
		c.want.Key, c.want.Number = "2025010100222100204012345678901234", number
		for _, now := range []time.Time{time.Now(), time.Now().AddDate(1, 0, 0)} { // no fresh time is signed
			notice, err := a.ParseNotice(header, body, now)
			require.NoError(t, err, name)
			require.Equal(t, c.want, notice, name)
		}
	}
	for name, change := range map[string]func(url.Values){
		"another kind":   func(v url.Values) { v.Set("notify_type", "servicemarket_order_notify") },
		"another number": func(v url.Values) { v.Set("out_trade_no", "MALL-1") },
	} {
		header, body := heard(keys().alipay, change)
		notice, err := a.ParseNotice(header, body, time.Now())
		require.Error(t, err, name)
		require.NotErrorIs(t, err, providers.ErrForged, name)
		require.Empty(t, notice)
	}
}

func TestForgedCallbacksAreRefused(t *testing.T) {
	t.Parallel()
	a := silent(t, nil)
	header, genuine := heard(keys().alipay, nil)
	text := string(genuine)
	_, forged := heard(keys().stranger, nil)
	for name, body := range map[string]string{
		"another's key":   string(forged),
		"another amount":  strings.Replace(text, "129.00", "1.00", 1),
		"unsigned":        text[:strings.Index(text, "&sign=")] + text[strings.Index(text, "&sign_type"):],
		"RSA":             strings.Replace(text, "sign_type=RSA2", "sign_type=RSA", 1),
		"one more":        text + "&account=a",
		"one twice":       text + "&out_trade_no=" + number,
		"a certificate":   text + "&alipay_cert_sn=1",
		"no certificate":  text + "&alipay_cert_sn=",
		"sign and a line": strings.Replace(text, "&sign=", "&sign=%0A", 1),
		"half an escape":  text + "%2",
		"semicolons":      strings.Replace(text, "&", ";", 1),
		"too long":        text + "&body=" + strings.Repeat("a", 64<<10),
		"nothing":         "",
	} {
		notice, err := a.ParseNotice(header, []byte(body), time.Now())
		require.ErrorIs(t, err, providers.ErrForged, name)
		require.Empty(t, notice, name)
		require.NotContains(t, err.Error(), payer)
	}
}

func TestForeignCallbacksAreRefused(t *testing.T) {
	t.Parallel()
	a := silent(t, nil)
	for name, change := range map[string]func(url.Values){
		"app":    func(v url.Values) { v.Set("app_id", "2021000000000002") },
		"seller": func(v url.Values) { v.Set("seller_id", "2088000000000002") },
		"nobody": func(v url.Values) { v.Del("seller_id") },
		"no id":  func(v url.Values) { v.Del("notify_id") },
	} {
		header, body := heard(keys().alipay, change)
		_, err := a.ParseNotice(header, body, time.Now())
		require.ErrorIs(t, err, providers.ErrForged, name)
	}
}

func TestCallbacksAreReadAsFormsOnly(t *testing.T) {
	t.Parallel()
	a := silent(t, nil)
	_, body := heard(keys().alipay, nil)
	for _, kinds := range [][]string{
		nil, {"text/plain"}, {"multipart/form-data; boundary=a"},
		{"application/x-www-form-urlencoded; charset=gbk"},
		{"application/x-www-form-urlencoded", "text/plain"}, {";"},
	} {
		_, err := a.ParseNotice(http.Header{"Content-Type": kinds}, body, time.Now())
		require.ErrorIs(t, err, providers.ErrForged)
	}
	_, err := a.ParseNotice(http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, body, time.Now())
	require.NoError(t, err)
}

// What is signed are values with & between them: cut elsewhere, they are others.
func TestASignedTextIsReadInOneWayOnly(t *testing.T) {
	t.Parallel()
	a := silent(t, nil)
	header, body := heard(keys().alipay, func(v url.Values) {
		v.Set("body", "x&buyer_id=2088000000000009")
		v.Del("buyer_open_id")
	})
	_, err := a.ParseNotice(header, body, time.Now())
	require.ErrorIs(t, err, providers.ErrForged)
	const two = "x&buyer_id=2088000000000009"
	split := strings.Replace(string(body), url.QueryEscape(two), two, 1)
	require.NotEqual(t, string(body), split)
	_, err = a.ParseNotice(header, []byte(split), time.Now())
	require.NoError(t, err, "as Alipay would have meant it")
	_, body = heard(keys().alipay, func(v url.Values) { v.Set("a b", "1") })
	_, err = a.ParseNotice(header, body, time.Now())
	require.ErrorIs(t, err, providers.ErrForged)
}

func TestCallbacksNameTheCertificateThatWeKnow(t *testing.T) {
	t.Parallel()
	g := open(t, nil) // a call would make the test fail
	a := adapter(t, g.URL, certificateMode)
	for serial, believed := range map[string]bool{
		serialOf("CN=Root of tests,C=CN", 12): true, "0123456789abcdef0123456789abcdef": false, "": false,
	} {
		header, body := heard(keys().alipay, func(v url.Values) { v.Set("alipay_cert_sn", serial) })
		_, err := a.ParseNotice(header, body, time.Now())
		require.Equal(t, believed, err == nil, serial)
	}
	header, body := heard(keys().alipay, nil)
	_, err := a.ParseNotice(header, body, time.Now())
	require.NoError(t, err, "it need not be named")
	require.Empty(t, g.calls())
}

func TestAcknowledgementsAreWhatAlipayUnderstands(t *testing.T) {
	t.Parallel()
	a := silent(t, nil)
	stored, again := a.Ack(true), a.Ack(false)
	require.Equal(t, []any{http.StatusOK, "success"}, []any{stored.Status, stored.Body})
	require.Equal(t, http.StatusServiceUnavailable, again.Status)
	require.NotContains(t, again.Body, "success")
}
