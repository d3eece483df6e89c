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

func TestAlipayLooksAtEveryCall(t *testing.T) {
	t.Parallel()
	s := openStall(t, paysim.Options{})
	set := func(name, value string) func(url.Values) { return func(f url.Values) { f.Set(name, value) } }
	without := func(name string) func(url.Values) { return func(f url.Values) { f.Del(name) } }
	at := func(off time.Duration) func(url.Values) { return set("timestamp", inShanghai(time.Now().Add(off))) }
	for name, c := range map[string]struct {
		spoil  func(url.Values)
		code   string
		signed bool
	}{
		"no method":     {without("method"), "isv.missing-method", false},
		"no app":        {without("app_id"), "isv.missing-app-id", false},
		"no time":       {without("timestamp"), "isv.missing-timestamp", false},
		"no version":    {without("version"), "isv.missing-version", false},
		"unknown app":   {set("app_id", "1"), "isv.invalid-app-id", false},
		"another app":   {set("app_id", stalls()[1].AppID), "isv.invalid-signature", false},
		"old kind":      {set("sign_type", "RSA"), "isv.invalid-signature-type", true},
		"old":           {at(-16 * time.Minute), "isv.invalid-timestamp", true},
		"of the future": {at(16 * time.Minute), "isv.invalid-timestamp", true},
		"UTC":           {at(-8 * time.Hour), "isv.invalid-timestamp", true},
		"odd time":      {set("timestamp", time.Now().Format(time.RFC3339)), "isv.invalid-timestamp", true},
		"version":       {set("version", "2.0"), "isv.invalid-version", true},
		"format":        {set("format", "xml"), "isv.invalid-format", true},
		"charset":       {set("charset", "gbk"), "isv.invalid-charset", true},
		"certificates":  {set("app_cert_sn", "0"), "isv.invalid-app-cert-sn", true},
		"no such":       {set("method", "alipay.trade.pay"), "isv.invalid-method", false},
		"no biz":        {without("biz_content"), "isv.missing-biz-content", true},
		"biz":           {set("biz_content", "{"), "ACQ.INVALID_PARAMETER", true},
	} {
		form := s.form(aliQuery, members{"out_trade_no": "1"})
		c.spoil(form)
		answer := s.post(s.sign(form))
		require.Equal(t, c.code, answer.code(), name)
		require.Equal(t, c.signed, answer.signed, name)
		require.Equal(t, http.StatusOK, answer.status, name)
	}
}

func TestAlipayBelievesNothingUnsigned(t *testing.T) {
	t.Parallel()
	s := openStall(t, paysim.Options{})
	form := func() url.Values { return s.sign(s.form(aliQuery, members{"out_trade_no": "1"})) }
	require.Equal(t, "ACQ.TRADE_NOT_EXIST", s.post(form()).code())
	for name, spoil := range map[string]func(url.Values){
		"other body":  func(f url.Values) { f.Set("biz_content", `{"out_trade_no":"2"}`) },
		"other time":  func(f url.Values) { f.Set("timestamp", inShanghai(time.Now().Add(time.Second))) },
		"added":       func(f url.Values) { f.Set("app_auth_token", "x") },
		"no base64":   func(f url.Values) { f.Set("sign", "!"+f.Get("sign")) },
		"two methods": func(f url.Values) { f.Add("method", aliRefund) },
	} {
		spoiled := form()
		spoil(spoiled)
		answer := s.post(spoiled)
		require.Equal(t, "isv.invalid-signature", answer.code(), name)
		require.True(t, answer.signed, name)
	}
	blank := s.form(aliQuery, members{"out_trade_no": "1"})
	signed := s.sign(blank)
	signed.Set("app_auth_token", "")
	require.Equal(t, "ACQ.TRADE_NOT_EXIST", s.post(signed).code(), "what is empty is not signed")

	r, err := http.NewRequest(http.MethodPost, s.base+aliGateway+"?"+form().Encode(), strings.NewReader(""))
	require.NoError(t, err)
	_, _, text := s.see(r)
	require.Contains(t, text, "ACQ.TRADE_NOT_EXIST", "parameters may stand in the address")
}

func TestAlipayKnowsAppsByTheirCertificates(t *testing.T) {
	t.Parallel()
	s := openStall(t, paysim.Options{})
	s.become(s.sim.AlipayAccounts()[1])
	require.Equal(t, "ACQ.TRADE_NOT_EXIST", s.query("1").code())
	for name, spoil := range map[string]func(url.Values){
		"none":          func(f url.Values) { f.Del("app_cert_sn"); f.Del("alipay_root_cert_sn") },
		"other app":     func(f url.Values) { f.Set("app_cert_sn", strings.Repeat("0", 32)) },
		"one root only": func(f url.Values) { f.Set("alipay_root_cert_sn", f.Get("alipay_root_cert_sn")[:32]) },
	} {
		form := s.form(aliQuery, members{"out_trade_no": "1"})
		s.certify(form)
		spoil(form)
		answer := s.post(s.sign(form))
		require.Equal(t, "isv.invalid-app-cert-sn", answer.code(), name)
		require.True(t, answer.signed, name)
	}
	s.fault(members{"op": "query", "mode": "wrong_serial"})
	form := s.form(aliQuery, members{"out_trade_no": "1"})
	s.certify(form)
	require.Contains(t, s.post(s.sign(form)).text, `"alipay_cert_sn":"00000000000000000000000000000000"`)
}

func TestAlipaysAnswersAreSpoiled(t *testing.T) {
	t.Parallel()
	s := openStall(t, paysim.Options{})
	number := s.paid(nowhere)
	spoiled := func(rule members) aliSaid {
		rule["op"], rule["number"] = "query", number
		s.fault(rule)
		return s.post(s.sign(s.form(aliQuery, members{"out_trade_no": number})))
	}
	require.False(t, spoiled(members{"mode": "bad_signature"}).signed)
	require.False(t, spoiled(members{"mode": "foreign_account"}).signed)
	unsigned := spoiled(members{"mode": "unsigned"})
	require.NotContains(t, unsigned.text, `"sign"`)
	require.Equal(t, "TRADE_SUCCESS", unsigned.get("trade_status"))
	require.Equal(t, `{"alipay_trade_query_response":null}`, spoiled(members{"mode": "null_answer"}).text)
	lie := spoiled(members{"mode": "say_status", "value": "TRADE_FINISHED"})
	require.True(t, lie.signed)
	require.Equal(t, "TRADE_FINISHED", lie.get("trade_status"))
	require.Equal(t, "isp.unknow-error", spoiled(members{"mode": "error_before"}).code())
	require.Equal(t, "20000", spoiled(members{"mode": "error_after"}).get("code"))
	require.Equal(t, "ACQ.SYSTEM_ERROR", spoiled(members{"mode": "system_error"}).code())
	require.Equal(t, "40005", spoiled(members{"mode": "rate_limited"}).get("code"))
	require.Equal(t, http.StatusBadGateway, spoiled(members{"mode": "bad_gateway"}).status)
	require.Equal(t, http.StatusFound, spoiled(members{"mode": "redirect"}).status)
	require.Greater(t, len(spoiled(members{"mode": "huge_body"}).text), 8<<20)
	require.Empty(t, spoiled(members{"mode": "bad_json"}).name)
	s.fault(members{"op": "query", "mode": "unsigned_errors"})
	refused := s.post(s.sign(s.form(aliQuery, members{"out_trade_no": "1"})))
	require.False(t, refused.signed)
	require.Equal(t, "ACQ.TRADE_NOT_EXIST", refused.code())
	require.True(t, s.query(number).signed, "the rule was used up")
}

func TestAnAlipayAnswerIsLostAfterTheDeed(t *testing.T) {
	t.Parallel()
	s := openStall(t, paysim.Options{})
	for _, mode := range []string{"drop_after", "error_after", "system_error", "bad_gateway"} {
		number, request := s.paid(nowhere), newNumber()
		s.fault(members{"op": "refund", "mode": mode, "number": request})
		biz := members{"out_trade_no": number, "refund_amount": "9.00", "out_request_no": request}
		response, err := s.client.PostForm(s.base+aliGateway, s.sign(s.form(aliRefund, biz)))
		if err == nil {
			require.NoError(t, response.Body.Close())
		}
		require.Equal(t, mode == "drop_after", err != nil, mode)
		s.eventually(number, "refund_done", 1)
		require.Equal(t, "N", s.ask(aliRefund, biz).get("fund_change"), mode)
	}
}
