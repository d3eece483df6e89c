package wechatpay_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/providers/wechatpay"
)

// told is the body of a callback about this, encrypted with the key.
func told(key, kind, eventType, plain string) string {
	return text(map[string]any{
		"id": "EV-1", "create_time": "2025-01-01T10:02:03+08:00", "event_type": eventType,
		"resource_type": "encrypt-resource", "summary": "支付成功", "resource": sealed(key, kind, plain),
	})
}

func aPayment(key string) string { return told(key, "transaction", "TRANSACTION.SUCCESS", paidOrder) }

const refunded = `{"mchid":"` + mch + `","out_trade_no":"` + number + `","transaction_id":"42",
	"out_refund_no":"` + refundNo + `","refund_id":"50","refund_status":"SUCCESS",
	"success_time":"2025-01-01T10:06:00+08:00","user_received_account":"招商银行信用卡0403",
	"amount":{"total":12900,"refund":900,"payer_total":12900,"payer_refund":900}}`

// reader reads callbacks with settings after change.
func reader(t *testing.T, change func(*wechatpay.Settings)) *wechatpay.Adapter {
	t.Helper()
	settings := good(nowhere(t))
	if change != nil {
		change(&settings)
	}
	a, err := wechatpay.New(settings, &http.Client{Transport: &http.Transport{}})
	require.NoError(t, err)
	return a
}

func TestCallbacksAreReadByTheirKind(t *testing.T) {
	t.Parallel()
	now := time.Now()
	body := aPayment(apiKey)
	for range 2 { // a copy has the same key
		notice, err := reader(t, nil).ParseNotice(signedBy(keys().wechat, keyID, body, now), []byte(body), now)
		require.NoError(t, err)
		require.Equal(t, providers.Notice{
			Key: "EV-1", Kind: providers.PaymentNotice, Number: number, Type: "TRANSACTION.SUCCESS",
		}, notice)
	}
	for _, kind := range []string{"REFUND.SUCCESS", "REFUND.ABNORMAL", "REFUND.CLOSED"} {
		body := told(apiKey, "refund", kind, refunded)
		notice, err := reader(t, nil).ParseNotice(signedBy(keys().wechat, keyID, body, now), []byte(body), now)
		require.NoError(t, err)
		require.Equal(t, providers.Notice{
			Key: "EV-1", Kind: providers.RefundNotice, Number: number, Refund: refundNo, Type: kind,
		}, notice)
	}
}

func TestTheWindowOfACallbackIsOfTheCallersClock(t *testing.T) {
	t.Parallel()
	sent := time.Unix(1735696923, 0)
	body := aPayment(apiKey)
	header := signedBy(keys().wechat, keyID, body, sent)
	for off, believed := range map[int]bool{
		-301: false, -300: false, -299: true, 0: true, 299: true, 300: false, 301: false,
	} {
		_, err := reader(t, nil).ParseNotice(header, []byte(body), sent.Add(time.Duration(off)*time.Second))
		require.Equal(t, believed, err == nil, off)
	}
}

func TestForgedCallbacksAreRefused(t *testing.T) {
	t.Parallel()
	now, body := time.Now(), aPayment(apiKey)
	genuine := signedBy(keys().wechat, keyID, body, now)
	for name, spoil := range map[string]func(h http.Header){
		"no time":         func(h http.Header) { h.Del("Wechatpay-Timestamp") },
		"odd time":        func(h http.Header) { h.Set("Wechatpay-Timestamp", "+"+h.Get("Wechatpay-Timestamp")) },
		"no nonce":        func(h http.Header) { h.Del("Wechatpay-Nonce") },
		"no signature":    func(h http.Header) { h.Del("Wechatpay-Signature") },
		"no serial":       func(h http.Header) { h.Del("Wechatpay-Serial") },
		"two signatures":  func(h http.Header) { h.Add("Wechatpay-Signature", h.Get("Wechatpay-Signature")) },
		"two serials":     func(h http.Header) { h.Add("Wechatpay-Serial", "x") },
		"two types":       func(h http.Header) { h.Add("Wechatpay-Signature-Type", "x") },
		"another type":    func(h http.Header) { h.Set("Wechatpay-Signature-Type", "WECHATPAY2-SM2-WITH-SM3") },
		"another serial":  func(h http.Header) { h.Set("Wechatpay-Serial", "PUB_KEY_ID_2") },
		"a blank more":    func(h http.Header) { h.Set("Wechatpay-Nonce", h.Get("Wechatpay-Nonce")+" ") },
		"another base64":  func(h http.Header) { h.Set("Wechatpay-Signature", h.Get("Wechatpay-Signature")+"\n") },
		"other last bits": respell,
		"the other time":  func(h http.Header) { h.Set("Wechatpay-Timestamp", "1735696923") },
		"not base64":      func(h http.Header) { h.Set("Wechatpay-Signature", "%%%") },
		"a stranger's":    func(h http.Header) { copyInto(h, signedBy(keys().stranger, keyID, body, now)) },
		"the merchant's":  func(h http.Header) { copyInto(h, signedBy(keys().merchant, keyID, body, now)) },
		"of another body": func(h http.Header) { copyInto(h, signedBy(keys().wechat, keyID, body+" ", now)) },
	} {
		header := genuine.Clone()
		spoil(header)
		notice, err := reader(t, nil).ParseNotice(header, []byte(body), now)
		require.ErrorIs(t, err, providers.ErrForged, name)
		require.Zero(t, notice, name)
	}
	genuine.Del("Wechatpay-Signature-Type") // it is not signed, and there is but one
	_, err := reader(t, nil).ParseNotice(genuine, []byte(body), now)
	require.NoError(t, err)
}

// respell gives a signature the base64 of the same bytes with other bits behind them.
func respell(h http.Header) {
	signature := h.Get("Wechatpay-Signature")
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	last := len(signature) - len("==") - 1
	next := letters[strings.IndexByte(letters, signature[last])+1]
	h.Set("Wechatpay-Signature", signature[:last]+string(next)+"==")
}

func copyInto(h, from http.Header) {
	for name, values := range from {
		h[name] = values
	}
}

func TestProbesAreRefused(t *testing.T) {
	t.Parallel()
	now, body := time.Now(), aPayment(apiKey)
	for _, rest := range []string{"", "x", "AAAA"} {
		header := signedBy(keys().wechat, keyID, body, now)
		header.Set("Wechatpay-Signature", "WECHATPAY/SIGNTEST/"+rest)
		_, err := reader(t, nil).ParseNotice(header, []byte(body), now)
		require.ErrorIs(t, err, providers.ErrForged)
	}
}

func TestGenuineNonsenseIsRefusedWithoutPanic(t *testing.T) {
	t.Parallel()
	now := time.Now()
	short := sealed(apiKey, "transaction", paidOrder)
	short["nonce"] = "short"
	for _, body := range []string{
		`{"id":"EV-1","event_type":"TRANSACTION.SUCCESS"}`, `{"id":"EV-1","resource":null}`, `null`, `[]`, `1`, ``,
		`{"id":"EV-1","resource":{}}`, text(map[string]any{"id": "EV-1", "resource": short}),
		strings.Replace(aPayment(apiKey), "AEAD_AES_256_GCM", "NONE", 1),
		strings.Replace(aPayment(apiKey), `"EV-1"`, `""`, 1),
		aPayment(oldKey), told(apiKey, "transaction", "TRANSACTION.SUCCESS", "no JSON"),
		told(apiKey, "transaction", "TRANSACTION.SUCCESS", "null"), strings.Repeat(" ", 64<<10) + aPayment(apiKey),
		told(apiKey, "transaction", "TRANSACTION.SUCCESS", strings.Replace(paidOrder, mch, "1900000999", 1)),
		told(apiKey, "transaction", "TRANSACTION.SUCCESS", strings.Replace(paidOrder, app, "wx2", 1)),
		told(apiKey, "refund", "REFUND.SUCCESS", strings.Replace(refunded, mch, "1900000999", 1)),
	} {
		notice, err := reader(t, nil).ParseNotice(signedBy(keys().wechat, keyID, body, now), []byte(body), now)
		require.ErrorIs(t, err, providers.ErrForged, body)
		require.Zero(t, notice)
	}
	for _, body := range []string{ // genuine, and not understood
		told(apiKey, "transaction", "CONTRACT.SIGNED", paidOrder),
		told(apiKey, "refund", "TRANSACTION.SUCCESS", paidOrder),
		told(apiKey, "transaction", "TRANSACTION.SUCCESS", strings.Replace(paidOrder, number, "short", 1)),
		told(apiKey, "refund", "REFUND.SUCCESS", strings.Replace(refunded, refundNo, "short", 1)),
	} {
		_, err := reader(t, nil).ParseNotice(signedBy(keys().wechat, keyID, body, now), []byte(body), now)
		require.Error(t, err)
		require.NotErrorIs(t, err, providers.ErrForged)
	}
}

func TestARefusedCallbackIsNotQuoted(t *testing.T) {
	t.Parallel()
	body := aPayment(apiKey)
	header := signedBy(keys().stranger, keyID, body, time.Now())
	_, err := reader(t, nil).ParseNotice(header, []byte(body), time.Now())
	require.Error(t, err)
	require.Less(t, len(err.Error()), 120)
	signature, nonce := header.Get("Wechatpay-Signature"), header.Get("Wechatpay-Nonce")
	for _, part := range []string{"EV-1", signature[:16], nonce} {
		require.NotContains(t, err.Error(), part)
	}
}

func TestTheKeyBeforeIsReadDuringARotation(t *testing.T) {
	t.Parallel()
	now := time.Now()
	a := reader(t, func(s *wechatpay.Settings) { s.PreviousAPIv3Key = oldKey })
	for _, key := range []string{apiKey, oldKey} {
		body := aPayment(key)
		_, err := a.ParseNotice(signedBy(keys().wechat, keyID, body, now), []byte(body), now)
		require.NoError(t, err)
	}
}

func TestAcknowledgementsAreWhatWeChatPayUnderstands(t *testing.T) {
	t.Parallel()
	a := reader(t, nil)
	require.Equal(t, http.StatusOK, a.Ack(true).Status)
	again := a.Ack(false)
	require.Equal(t, http.StatusServiceUnavailable, again.Status)
	require.JSONEq(t, `{"code":"FAIL","message":"try again"}`, again.Body)
	require.Equal(t, "application/json", again.ContentType)
}
