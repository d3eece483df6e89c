package alipay_test

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/providers/alipay"
)

// end is the end of payment's orders, as Alipay is told it.
const end = "2090-01-02 11:04:05"

func TestACashierIsASignedAddressAndCallsNobody(t *testing.T) {
	t.Parallel()
	for product, want := range map[string][2]string{
		"wap":  {"alipay.trade.wap.pay", "QUICK_WAP_WAY"},
		"page": {"alipay.trade.page.pay", "FAST_INSTANT_TRADE_PAY"},
	} {
		g := open(t, nil)
		asked := payment(product)
		shown, err := adapter(t, g.URL, nil).Create(t.Context(), asked)
		require.NoError(t, err)
		require.Equal(t, providers.Redirect, shown.Kind)
		require.WithinDuration(t, time.Now().Add(10*time.Minute), shown.GoodUntil, time.Minute)
		require.Empty(t, g.calls())
		address, err := url.Parse(shown.URL)
		require.NoError(t, err)
		require.True(t, strings.HasPrefix(shown.URL, g.URL+"/gateway.do?"))
		call := address.Query()
		require.Equal(t, want[0], call.Get("method"))
		require.Equal(t, asked.NotifyURL, call.Get("notify_url"))
		require.Equal(t, asked.ReturnURL, call.Get("return_url"))
		said := map[string]any{
			"out_trade_no": number, "total_amount": "129.00", "subject": "代付 耳机", "product_code": want[1],
			"time_expire": end,
		}
		if product == "wap" {
			said["quit_url"] = "https://pay.example.cn/pay/result" // without the mark of a return
		}
		require.Equal(t, said, content(t, call))
		verified(t, call)
	}
}

func TestTheMoneyMayHaveToComeFromOnePlace(t *testing.T) {
	t.Parallel()
	g := open(t, nil)
	asked := payment("wap")
	asked.Sources = []string{"pcredit", "balance"}
	shown, err := adapter(t, g.URL, nil).Create(t.Context(), asked)
	require.NoError(t, err)
	address, err := url.Parse(shown.URL)
	require.NoError(t, err)
	require.Equal(t, "pcredit,balance", content(t, address.Query())["enable_pay_channels"])
	asked.Sources = []string{"pcredit", "debt"}
	_, err = adapter(t, g.URL, nil).Create(t.Context(), asked)
	require.Equal(t, providers.Definite, providers.ClassOf(err))
}

func TestACodeIsForAnybodyAndATradeForOne(t *testing.T) {
	t.Parallel()
	for product, want := range map[string]struct {
		payer, answer, kind string
		content             map[string]any
	}{
		"qr": {payer, `"qr_code":"https://qr.alipay.com/bax1"`, providers.QR, map[string]any{
			"product_code": "QR_CODE_OFFLINE",
		}},
		"jsapi": {payer, `"trade_no":"2025"`, providers.Bridge, map[string]any{
			"product_code": "JSAPI_PAY", "buyer_open_id": payer,
		}},
		"jsapi of old": {"2088000000000009", `"trade_no":"2025"`, providers.Bridge, map[string]any{
			"product_code": "JSAPI_PAY", "buyer_id": "2088000000000009",
		}},
	} {
		product, _, _ = strings.Cut(product, " ")
		g := open(t, says(`{"code":"10000","out_trade_no":"`+number+`",`+want.answer+`}`))
		asked := payment(product)
		asked.Payer = want.payer
		shown, err := adapter(t, g.URL, nil).Create(t.Context(), asked)
		require.NoError(t, err)
		require.Equal(t, want.kind, shown.Kind)
		require.Contains(t, []string{"https://qr.alipay.com/bax1", ""}, shown.URL)
		if product == "jsapi" {
			require.Equal(t, map[string]string{"tradeNO": "2025"}, shown.Fields)
			require.Equal(t, asked.ExpiresAt.Truncate(time.Second), shown.GoodUntil)
		} else {
			require.WithinDuration(t, time.Now().Add(2*time.Hour), shown.GoodUntil, time.Minute)
		}
		want.content["out_trade_no"], want.content["total_amount"] = number, "129.00"
		want.content["subject"], want.content["time_expire"] = "代付 耳机", end
		require.Equal(t, want.content, content(t, g.calls()[0]), "nothing more, and nothing empty")
		require.Equal(t, asked.NotifyURL, g.calls()[0].Get("notify_url"))
	}
}

func TestAnEmptyPresentationIsNoOrder(t *testing.T) {
	t.Parallel()
	for _, product := range []string{"qr", "jsapi"} {
		for _, node := range []string{
			`{"code":"10000","out_trade_no":"` + number + `"}`,
			`{"code":"10000","out_trade_no":"ANOTHER","qr_code":"https://qr.alipay.com/1","trade_no":"2025"}`,
			`{"code":"10003","out_trade_no":"` + number + `","qr_code":"https://qr.alipay.com/1","trade_no":"2025"}`,
		} {
			_, err := asked(t, node).Create(t.Context(), payment(product))
			classed(t, err, providers.Ambiguous, "")
		}
	}
}

func TestOrdersThatAlipayWouldNotTakeAreNotSent(t *testing.T) {
	t.Parallel()
	g := open(t, nil)
	a := adapter(t, g.URL, nil)
	for code, change := range map[string]func(*providers.Payment){
		"PRODUCT":          func(p *providers.Payment) { p.Product = "app" },
		"NUMBER":           func(p *providers.Payment) { p.Number = "1" },
		"AMOUNT":           func(p *providers.Payment) { p.Amount.Minor = 100_000_000_01 },
		"SUBJECT":          func(p *providers.Payment) { p.Subject = `/=&,"` },
		"PAYER":            func(p *providers.Payment) { p.Payer = "" },
		"NOTIFY_URL":       func(p *providers.Payment) { p.NotifyURL += "?account=a" },
		"RETURN_URL":       func(p *providers.Payment) { p.ReturnURL = "javascript:alert(1)" },
		"EXPIRES_TOO_SOON": func(p *providers.Payment) { p.ExpiresAt = time.Now().Add(59 * time.Second) },
	} {
		asked := payment("jsapi")
		change(&asked)
		_, err := a.Create(t.Context(), asked)
		classed(t, err, providers.Definite, code)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := a.Create(gone, payment("wap"))
	classed(t, err, providers.Ambiguous, "WIRE")
	require.ErrorIs(t, err, context.Canceled)
	require.Empty(t, g.calls())
}

func TestTheEndIsInWholeSecondsAndNotLater(t *testing.T) {
	t.Parallel()
	g := open(t, nil)
	asked := payment("wap")
	asked.ExpiresAt = time.Now().Add(3 * time.Minute)
	shown, err := adapter(t, g.URL, nil).Create(t.Context(), asked)
	require.NoError(t, err)
	address, err := url.Parse(shown.URL)
	require.NoError(t, err)
	told, err := time.ParseInLocation(time.DateTime, content(t, address.Query())["time_expire"].(string),
		time.FixedZone("", 8*60*60))
	require.NoError(t, err)
	require.Equal(t, asked.ExpiresAt.Truncate(time.Second).UTC(), told.UTC())
	require.Equal(t, told.UTC(), shown.GoodUntil)
}

func TestSubjectsAreWhatAlipayTakes(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"a/b=c&d,e\"f\ng":          "a b c d e f g",
		strings.Repeat("字", 300):   strings.Repeat("字", 256),
		"whole \xff characters":    "whole  characters",
		" <b>'quoted'</b> + 100% ": "<b>'quoted'< b> + 100%",
	} {
		asked := payment("wap")
		asked.Subject = given
		shown, err := adapter(t, "http://127.0.0.1:1", nil).Create(t.Context(), asked)
		require.NoError(t, err)
		address, err := url.Parse(shown.URL)
		require.NoError(t, err)
		require.Equal(t, want, content(t, address.Query())["subject"])
		verified(t, address.Query())
	}
}

func TestAmountsAreYuanToTheFen(t *testing.T) {
	t.Parallel()
	for minor, want := range map[int64]string{
		1: "0.01", 10: "0.10", 100: "1.00", 12345678901 / 10: "12345678.90", 100_000_000_00: "100000000.00",
	} {
		asked := payment("page")
		asked.Amount = models.CNY(minor)
		shown, err := adapter(t, "http://127.0.0.1:1", nil).Create(t.Context(), asked)
		require.NoError(t, err)
		address, err := url.Parse(shown.URL)
		require.NoError(t, err)
		require.Equal(t, want, content(t, address.Query())["total_amount"])
	}
}

func TestACashierInCertificateModeNamesTheCertificates(t *testing.T) {
	t.Parallel()
	shown, err := adapter(t, "http://127.0.0.1:1", certificateMode).Create(t.Context(), payment("wap"))
	require.NoError(t, err)
	address, err := url.Parse(shown.URL)
	require.NoError(t, err)
	require.Equal(t, serialOf("CN=Root of tests,C=CN", 11), address.Query().Get("app_cert_sn"))
	verified(t, address.Query())
}

func TestTheLeastLifeIsASetting(t *testing.T) {
	t.Parallel()
	a := adapter(t, "http://127.0.0.1:1", func(s *alipay.Settings) { s.MinExpiry = "3m" })
	asked := payment("wap")
	asked.ExpiresAt = time.Now().Add(2 * time.Minute)
	_, err := a.Create(t.Context(), asked)
	classed(t, err, providers.Definite, "EXPIRES_TOO_SOON")
}
