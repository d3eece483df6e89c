package wechatpay_test

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/providers/wechatpay"
)

// wanted is the body of the first call that came.
func wanted(t *testing.T, s *wechat) map[string]any {
	t.Helper()
	require.NotEmpty(t, s.calls())
	var body map[string]any
	require.NoError(t, json.Unmarshal(s.calls()[0].body, &body))
	return body
}

func TestANativeOrderIsACode(t *testing.T) {
	t.Parallel()
	s := open(t, says(200, `{"code_url":"weixin://wxpay/bizpayurl?pr=Ab12Cd3"}`))
	p := payment("native")
	shown, err := adapter(t, s, nil).Create(t.Context(), p)
	require.NoError(t, err)
	require.Equal(t, providers.Presentation{
		Kind: providers.QR, URL: "weixin://wxpay/bizpayurl?pr=Ab12Cd3", GoodUntil: shown.GoodUntil,
	}, shown)
	require.Equal(t, "/v3/pay/transactions/native", s.calls()[0].URL.Path)
	require.Equal(t, map[string]any{
		"appid": app, "mchid": mch, "description": p.Subject, "out_trade_no": number, "notify_url": p.NotifyURL,
		"time_expire": p.ExpiresAt.In(time.FixedZone("", 8*60*60)).Format(time.RFC3339),
		"amount":      map[string]any{"total": 12900.0, "currency": "CNY"},
	}, wanted(t, s), "a payer and a scene belong to other products")
}

func TestTheNewlineAfterTheBodyIsSigned(t *testing.T) {
	t.Parallel()
	s := open(t, says(200, `{"code_url":"weixin://wxpay/bizpayurl?pr=A"}`))
	_, err := adapter(t, s, nil).Create(t.Context(), payment("native")) // the server verified the raw bytes
	require.NoError(t, err)
	body := string(s.calls()[0].body)
	require.True(t, strings.HasSuffix(body, "}\n"))
	require.Contains(t, body, `\u003ca\u003e \u0026 b`)
}

func TestABridgeOrderIsBoundAndSignedWithTheMerchantsKey(t *testing.T) {
	t.Parallel()
	s := open(t, says(200, `{"prepay_id":"wx201410272009395522657a690389285100"}`))
	shown, err := adapter(t, s, nil).Create(t.Context(), payment("jsapi"))
	require.NoError(t, err)
	require.Equal(t, map[string]any{"openid": "oFriend01"}, wanted(t, s)["payer"])
	require.Equal(t, providers.Bridge, shown.Kind)
	f := shown.Fields
	require.Len(t, f, 6)
	require.Equal(t, "RSA", f["signType"])
	require.Equal(t, "prepay_id=wx201410272009395522657a690389285100", f["package"])
	signature, err := base64.StdEncoding.DecodeString(f["paySign"])
	require.NoError(t, err)
	sum := sha256.Sum256([]byte(app + "\n" + f["timeStamp"] + "\n" + f["nonceStr"] + "\n" + f["package"] + "\n"))
	require.NoError(t, rsa.VerifyPKCS1v15(&keys().merchant.PublicKey, crypto.SHA256, sum[:], signature))
	require.Equal(t, app, f["appId"])
}

func TestAnH5OrderIsAnAddressThatWantsTheOrigin(t *testing.T) {
	t.Parallel()
	s := open(t, says(200, `{"h5_url":"https://wx.tenpay.com/checkmweb?prepay_id=wx1&package=2"}`))
	shown, err := adapter(t, s, nil).Create(t.Context(), payment("h5"))
	require.NoError(t, err)
	require.Equal(t, providers.Presentation{
		Kind: providers.Redirect, Referer: true, GoodUntil: shown.GoodUntil,
		URL: "https://wx.tenpay.com/checkmweb?prepay_id=wx1&package=2" +
			"&redirect_url=https%3A%2F%2Fpay.example.cn%2Fpay%2Fresult%3Fx%3D1",
	}, shown)
	require.Equal(t, map[string]any{
		"payer_client_ip": "203.0.113.9", "h5_info": map[string]any{"type": "Wap"},
	}, wanted(t, s)["scene_info"])
}

func TestAPresentationSaysHowLongItIsGood(t *testing.T) {
	t.Parallel()
	s := open(t, says(200, `{"code_url":"weixin://a","prepay_id":"wx1","h5_url":"https://wx.tenpay.com/a?b=c"}`))
	for product, life := range map[string]time.Duration{
		"native": 2 * time.Hour, "jsapi": 2 * time.Hour, "h5": 5 * time.Minute,
	} {
		p, before := payment(product), time.Now()
		p.ExpiresAt = before.Add(24 * time.Hour)
		shown, err := adapter(t, s, nil).Create(t.Context(), p)
		require.NoError(t, err)
		require.False(t, shown.GoodUntil.Before(before.Add(life)), product)
		require.False(t, shown.GoodUntil.After(time.Now().Add(life)), product)
		p.ExpiresAt = before.Add(2 * time.Minute).Truncate(time.Second)
		shown, err = adapter(t, s, nil).Create(t.Context(), p)
		require.NoError(t, err)
		require.True(t, shown.GoodUntil.Equal(p.ExpiresAt), "not beyond the order's own end")
	}
	before := time.Now()
	faster := adapter(t, s, func(s *wechatpay.Settings) { s.H5Life = "20s" })
	shown, err := faster.Create(t.Context(), payment("h5"))
	require.NoError(t, err)
	require.WithinRange(t, shown.GoodUntil, before.Add(20*time.Second), time.Now().Add(20*time.Second))
}

func TestTheEndIsInWholeSecondsOfShanghaiAndNotLater(t *testing.T) {
	t.Parallel()
	s := open(t, says(200, `{"code_url":"weixin://a"}`))
	p := payment("native")
	p.ExpiresAt = time.Now().Add(time.Hour).Truncate(time.Second).Add(999 * time.Millisecond).UTC()
	_, err := adapter(t, s, nil).Create(t.Context(), p)
	require.NoError(t, err)
	sent := wanted(t, s)["time_expire"].(string)
	require.True(t, strings.HasSuffix(sent, "+08:00"), sent)
	at, err := time.Parse(time.RFC3339, sent)
	require.NoError(t, err)
	require.Equal(t, 999*time.Millisecond, p.ExpiresAt.Sub(at))
}

func TestAnOrderThatWeChatPayWouldLengthenIsRefused(t *testing.T) {
	t.Parallel()
	s := open(t, says(200, `{"code_url":"weixin://a"}`))
	p := payment("native")
	for _, life := range []time.Duration{-time.Hour, 0, time.Second, 58 * time.Second} {
		p.ExpiresAt = time.Now().Add(life)
		_, err := adapter(t, s, nil).Create(t.Context(), p)
		classed(t, err, providers.Definite, "EXPIRES_TOO_SOON")
	}
	require.Empty(t, s.calls())
	p.ExpiresAt = time.Now().Add(50 * time.Second)
	_, err := adapter(t, s, func(s *wechatpay.Settings) { s.MinExpiry = "60ms" }).Create(t.Context(), p)
	require.NoError(t, err)
}

func TestSubjectsAreCutToWholeCharacters(t *testing.T) {
	t.Parallel()
	s := open(t, says(200, `{"code_url":"weixin://a"}`))
	p := payment("native")
	p.Subject = "\xff" + strings.Repeat("付", 200)
	_, err := adapter(t, s, nil).Create(t.Context(), p)
	require.NoError(t, err)
	require.Equal(t, strings.Repeat("付", 127), wanted(t, s)["description"])
}

func TestOrdersThatWeChatPayWouldNotTakeAreNotSent(t *testing.T) {
	t.Parallel()
	s := open(t, says(200, `{}`))
	a := adapter(t, s, nil)
	for code, spoil := range map[string]func(*providers.Payment){
		"PRODUCT":    func(p *providers.Payment) { p.Product = "app" },
		"NUMBER":     func(p *providers.Payment) { p.Number = "../../x" },
		"AMOUNT":     func(p *providers.Payment) { p.Amount = models.CNY(0) },
		"SUBJECT":    func(p *providers.Payment) { p.Subject = "\xff" },
		"PAYER":      func(p *providers.Payment) { p.Product, p.Payer = "jsapi", "" },
		"PAYER_IP":   func(p *providers.Payment) { p.Product, p.PayerIP = "h5", "fe80::1%eth0" },
		"NOTIFY_URL": func(p *providers.Payment) { p.NotifyURL += "?a=b" },
	} {
		p := payment("native")
		spoil(&p)
		_, err := a.Create(t.Context(), p)
		classed(t, err, providers.Definite, code)
	}
	require.Empty(t, s.calls())
}

func TestCallbackAddressesAreWhatWeChatPayTakes(t *testing.T) {
	t.Parallel()
	a, err := wechatpay.New(good("https://api.mch.weixin.qq.com"), nil)
	require.NoError(t, err)
	for _, address := range []string{
		"http://pay.example.cn/a", "https://pay.example.cn/a?", "https://pay.example.cn/a#b", "/a",
		"https://a:b@pay.example.cn/a", "https://pay.example.cn/" + strings.Repeat("a", 255), "",
	} {
		p, r := payment("native"), refund()
		p.NotifyURL, r.NotifyURL = address, address
		_, err := a.Create(t.Context(), p)
		classed(t, err, providers.Definite, "NOTIFY_URL")
		if address != "" { // a refund without one takes the address that is set at WeChat Pay
			_, err = a.Refund(t.Context(), r)
			classed(t, err, providers.Definite, "NOTIFY_URL")
		}
	}
}

func TestAnEmptyPresentationIsNoOrder(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{}`, `null`, `{"prepay_id":"","code_url":"","h5_url":""}`, `{"h5_url":"javascript:alert(1)?a=b"}`,
	} {
		a := asked(t, 200, body)
		for _, product := range []string{"native", "jsapi", "h5"} {
			_, err := a.Create(t.Context(), payment(product))
			classed(t, err, providers.Ambiguous, "ANSWER")
		}
	}
}

func TestTheSameOrderAgainIsTheSameCallWithAFreshCode(t *testing.T) {
	t.Parallel()
	s := open(t, says(200, `{"code_url":"weixin://a"}`))
	a, p := adapter(t, s, nil), payment("native")
	for range 2 {
		_, err := a.Create(t.Context(), p)
		require.NoError(t, err)
	}
	require.Equal(t, s.calls()[0].body, s.calls()[1].body)
}
