package unionpay_test

import (
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/providers/unionpay"
)

func TestABrowsersOrderIsASignedFormAndCallsNobody(t *testing.T) {
	t.Parallel()
	g := open(t, says(nil))
	a := adapter(t, g, nil)
	for product, channel := range map[string]string{"wap": "08", "pc": "07"} {
		p := payment(product)
		shown, err := a.Create(t.Context(), p)
		require.NoError(t, err)
		require.Equal(t, providers.Form, shown.Kind)
		require.Equal(t, g.URL+"/gateway/api/frontTransReq.do", shown.URL)
		said := form(shown.Fields)
		require.True(t, ours(said), "UnionPay takes the signature")
		for key, want := range map[string]string{
			"txnType": "01", "txnSubType": "01", "bizType": "000201", "channelType": channel, "orderId": number,
			"txnTime": "20250101100000", "txnAmt": "12900", "currencyCode": "156", "backUrl": p.NotifyURL,
			"frontUrl": p.ReturnURL, "payTimeout": p.ExpiresAt.In(shanghai).Format("20060102150405"),
			"riskRateInfo": "{commodityName=代付-耳机 AB x1}", "reqReserved": product,
		} {
			require.Equal(t, want, said[key], key)
		}
		again, err := a.Create(t.Context(), p)
		require.NoError(t, err)
		require.Equal(t, shown, again)
	}
	require.Empty(t, g.calls())
}

func TestACodeAndATnAreMadeByACall(t *testing.T) {
	t.Parallel()
	g := open(t, says(form{
		"respCode": "00", "qrCode": "https://qr.95516.com/00010000/62100000000000000000000000000001?a=b",
		"tn": "842567346120346239410",
	}))
	a := adapter(t, g, nil)
	shown, err := a.Create(t.Context(), payment("qr"))
	require.NoError(t, err)
	require.Equal(t, providers.Presentation{
		Kind: providers.QR, URL: "https://qr.95516.com/00010000/62100000000000000000000000000001?a=b",
	}, shown)
	shown, err = a.Create(t.Context(), payment("app"))
	require.NoError(t, err)
	require.Equal(t, providers.Presentation{
		Kind: providers.Bridge, Fields: map[string]string{"tn": "842567346120346239410"},
	}, shown)
	for i, want := range []form{
		{"path": "/gateway/api/backTransReq.do", "txnSubType": "07", "bizType": "000000"},
		{"path": "/gateway/api/appTransReq.do", "txnSubType": "01", "bizType": "000201"},
	} {
		came := g.calls()[i]
		require.Equal(t, want["path"], came.path)
		require.Equal(t, want["txnSubType"], came.said["txnSubType"])
		require.Equal(t, want["bizType"], came.said["bizType"])
		require.Equal(t, "08", came.said["channelType"])
		require.LessOrEqual(t, len(came.said["orderDesc"]), 32)
		require.NotEmpty(t, came.said["payTimeout"])
		require.NotContains(t, came.said, "frontUrl")
	}
}

func TestTheEndIsInWholeSecondsOfShanghaiAndNotLater(t *testing.T) {
	t.Parallel()
	p := payment("wap")
	p.ExpiresAt = time.Date(2999, 12, 31, 20, 0, 0, 999_999_999, time.UTC)
	shown, err := adapter(t, nil, nil).Create(t.Context(), p)
	require.NoError(t, err)
	require.Equal(t, "30000101040000", shown.Fields["payTimeout"])
}

func TestOrdersThatUnionPayWouldNotTakeAreNotSent(t *testing.T) {
	t.Parallel()
	long := "https://pay.example.cn/" + strings.Repeat("x", 256)
	for code, spoil := range map[string][]func(*providers.Payment){
		"NUMBER": {
			func(p *providers.Payment) { p.Number = "ABCDEFGH-IJKLMNOPQRSTUVWXY" },
			func(p *providers.Payment) { p.Number = "ABCDEFGH_IJKLMNOPQRSTUVWXY" },
			func(p *providers.Payment) { p.CreatedAt = time.Time{} },
		},
		"AMOUNT": {
			func(p *providers.Payment) { p.Amount = models.CNY(0) },
			func(p *providers.Payment) { p.Amount = models.CNY(1_000_000_000_000) },
			func(p *providers.Payment) { p.Amount.Currency = "USD" },
		},
		"PRODUCT": {func(p *providers.Payment) { p.Product = "jsapi" }},
		"SUBJECT": {func(p *providers.Payment) { p.Subject = "&={}\n" }},
		"EXPIRES_TOO_SOON": {
			func(p *providers.Payment) { p.ExpiresAt = time.Now().Add(59 * time.Second) },
			func(p *providers.Payment) { p.ExpiresAt = time.Now().Add(-time.Hour) },
		},
		"NOTIFY_URL": {
			func(p *providers.Payment) { p.NotifyURL = "" },
			func(p *providers.Payment) { p.NotifyURL = "http://pay.example.cn/" },
			func(p *providers.Payment) { p.NotifyURL = long },
			func(p *providers.Payment) { p.NotifyURL = "https://a:b@pay.example.cn/" },
		},
		"RETURN_URL": {
			func(p *providers.Payment) { p.ReturnURL = "" },
			func(p *providers.Payment) { p.ReturnURL = long },
		},
	} {
		for _, change := range spoil {
			p := payment("wap")
			change(&p)
			shown, err := adapter(t, nil, nil).Create(t.Context(), p)
			classed(t, err, providers.Definite, code)
			require.Zero(t, shown)
		}
	}
}

func TestWhatHasAMeaningInAMessageIsTakenOutOfTexts(t *testing.T) {
	t.Parallel()
	g := open(t, says(form{"respCode": "00", "qrCode": "https://qr.95516.com/1"}))
	p := payment("qr")
	p.Subject = "a\x00\xff" + strings.Repeat("代", 40)
	_, err := adapter(t, g, nil).Create(t.Context(), p)
	require.NoError(t, err)
	desc := g.calls()[0].said["orderDesc"]
	require.Equal(t, "a"+strings.Repeat("代", 10), desc)
	require.True(t, utf8.ValidString(desc))
}

func TestASecondCreationIsADuplicate(t *testing.T) {
	t.Parallel()
	_, err := asked(t, form{"respCode": "12", "respMsg": "重复交易[2040004]"}).Create(t.Context(), payment("qr"))
	failed := classed(t, err, providers.Definite, "12")
	require.Equal(t, "重复交易[2040004]", failed.Message)
}

func TestAnAnswerWithNothingToPayWithIsNoOrder(t *testing.T) {
	t.Parallel()
	for _, product := range []string{"qr", "app"} {
		_, err := asked(t, form{"respCode": "00"}).Create(t.Context(), payment(product))
		classed(t, err, providers.Ambiguous, "ANSWER")
	}
}

func TestSettingsThatCannotWorkAreRefused(t *testing.T) {
	t.Parallel()
	stranger := issue(nil, "stranger", nil)
	for want, change := range map[string]func(*unionpay.Settings){
		"gateway is https":        func(s *unionpay.Settings) { s.Gateway = "http://gateway.95516.com" },
		"statement_url is https":  func(s *unionpay.Settings) { s.StatementURL = "https://a/?x=1" },
		"mer_id is 15 digits":     func(s *unionpay.Settings) { s.MerID = "1" },
		"private_key is one PKCS": func(s *unionpay.Settings) { s.PrivateKey = "canary" },
		"sign_cert is one":        func(s *unionpay.Settings) { s.SignCert += s.SignCert },
		"does not belong":         func(s *unionpay.Settings) { s.SignCert = s.RootCert },
		"root_cert is":            func(s *unionpay.Settings) { s.RootCert = "" },
		"middle_cert is":          func(s *unionpay.Settings) { s.MiddleCert = s.SignCert },
		"does not descend":        func(s *unionpay.Settings) { s.RootCert = stranger.pem },
		"min_expiry is":           func(s *unionpay.Settings) { s.MinExpiry = "canary" },
	} {
		settings := good("https://gateway.95516.com")
		change(&settings)
		_, err := unionpay.New(settings, http.DefaultClient)
		require.ErrorContains(t, err, want)
		require.NotContains(t, err.Error(), "canary")
	}
	_, err := unionpay.Open([]byte(`{"mer_id":"canary","pfx":""}`), nil)
	require.ErrorContains(t, err, "pfx")
	require.NotContains(t, err.Error(), "canary")
	usual := good("")
	usual.Gateway, usual.StatementURL = "", ""
	a, err := unionpay.New(usual, nil)
	require.NoError(t, err)
	shown, err := a.Create(t.Context(), payment("wap"))
	require.NoError(t, err)
	require.Equal(t, "https://gateway.95516.com/gateway/api/frontTransReq.do", shown.URL)
	require.Equal(t, providers.Seller{Account: mer}, a.Seller())
	require.Equal(t, []string{"wap", "pc", "qr", "app"}, a.Products())
}
