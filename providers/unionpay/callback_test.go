package unionpay_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/providers"
)

// told is what a callback about the payment says.
var told = form{
	"orderId": number, "txnTime": "20250101100000", "txnType": "01", "txnSubType": "01", "bizType": "000201",
	"respCode": "00", "respMsg": "成功[0000000]", "txnAmt": "12900", "currencyCode": "156", "queryId": queryID,
	"accNo": "6216261000000000018", "reqReserved": "wap", "settleAmt": "", "exchangeRate": "",
}

func header() http.Header {
	return http.Header{"Content-Type": {"application/x-www-form-urlencoded;charset=UTF-8"}}
}

func TestCallbacksAreReadByTheirKind(t *testing.T) {
	t.Parallel()
	a := adapter(t, nil, nil)
	for range 2 { // a copy has the same key
		notice, err := a.ParseNotice(header(), []byte(told.signedBy(chain().unionpay).encoded()), time.Now())
		require.NoError(t, err)
		require.Equal(t, providers.Notice{
			Key: mer + "." + number + ".20250101100000.01.00", Kind: providers.PaymentNotice, Number: number,
			Type: "01.00",
		}, notice)
	}
	back := told.with(form{
		"orderId": refundNo, "txnTime": "20250101110000", "txnType": "04", "respCode": "A6", "reqReserved": number,
	})
	notice, err := a.ParseNotice(header(), []byte(back.signedBy(chain().unionpay).encoded()), time.Now())
	require.NoError(t, err)
	require.Equal(t, providers.Notice{
		Key: mer + "." + refundNo + ".20250101110000.04.A6", Kind: providers.RefundNotice, Number: number,
		Refund: refundNo, Type: "04.A6",
	}, notice)
}

func TestACallbackHasNoFreshTime(t *testing.T) {
	t.Parallel()
	a, body := adapter(t, nil, nil), []byte(told.signedBy(chain().unionpay).encoded())
	first, err := a.ParseNotice(header(), body, time.Now())
	require.NoError(t, err)
	again, err := a.ParseNotice(header(), body, time.Now().AddDate(0, 1, 0))
	require.NoError(t, err)
	require.Equal(t, first, again)
}

func TestForgedCallbacksAreRefused(t *testing.T) {
	t.Parallel()
	genuine := told.signedBy(chain().unionpay)
	twice := genuine.encoded() + "&orderId=" + refundNo
	unsigned := genuine.with(nil)
	delete(unsigned, "signature")
	for name, body := range map[string]string{
		"another amount":      genuine.with(form{"txnAmt": "1"}).encoded(),
		"a field more":        genuine.with(form{"more": "1"}).encoded(),
		"an empty field more": genuine.with(form{"more": ""}).encoded(),
		"another certId":      genuine.with(form{"certId": "1"}).encoded(),
		"a field twice":       twice,
		"unsigned":            unsigned.encoded(),
		"no signature":        genuine.with(form{"signature": ""}).encoded(),
		"another spelling":    genuine.with(form{"signature": genuine["signature"] + "\n"}).encoded(),
		"no base64":           genuine.with(form{"signature": "%%"}).encoded(),
		"the merchant's":      told.signedBy(chain().merchant).encoded(),
		"an old version":      told.with(form{"version": "5.0.0"}).signedBy(chain().unionpay).encoded(),
		"another method":      told.with(form{"signMethod": "11"}).signedBy(chain().unionpay).encoded(),
		"another account":     told.with(form{"merId": "777290058110049"}).signedBy(chain().unionpay).encoded(),
		"not encoded":         genuine.text(),
		"empty":               "",
		"no form":             "%zz=1",
		"huge":                genuine.encoded() + "&x=" + strings.Repeat("x", 64<<10),
	} {
		notice, err := adapter(t, nil, nil).ParseNotice(header(), []byte(body), time.Now())
		require.ErrorIs(t, err, providers.ErrForged, name)
		require.Zero(t, notice, name)
		require.NotContains(t, err.Error(), number)
		require.Less(t, len(err.Error()), 120)
	}
	for _, kind := range []http.Header{
		nil, {"Content-Type": {"application/json"}},
		{"Content-Type": {"application/x-www-form-urlencoded; charset=GBK"}},
		{"Content-Type": {"application/x-www-form-urlencoded", "application/x-www-form-urlencoded"}},
	} {
		_, err := adapter(t, nil, nil).ParseNotice(kind, []byte(genuine.encoded()), time.Now())
		require.ErrorIs(t, err, providers.ErrForged)
	}
}

func TestEmptyFieldsAreSignedAsTheyCome(t *testing.T) {
	t.Parallel()
	genuine := told.signedBy(chain().unionpay)
	require.Empty(t, genuine["settleAmt"])
	_, err := adapter(t, nil, nil).ParseNotice(header(), []byte(genuine.encoded()), time.Now())
	require.NoError(t, err)
	delete(genuine, "settleAmt")
	_, err = adapter(t, nil, nil).ParseNotice(header(), []byte(genuine.encoded()), time.Now())
	require.ErrorIs(t, err, providers.ErrForged)
}

func TestACallbackMayBeSpelledInAnyWay(t *testing.T) {
	t.Parallel()
	genuine := told.signedBy(chain().unionpay)
	var parts []string
	for key, value := range genuine { // in any order, with blanks as %20
		parts = append(parts, key+"="+strings.ReplaceAll(url.QueryEscape(value), "+", "%20"))
	}
	_, err := adapter(t, nil, nil).ParseNotice(header(), []byte(strings.Join(parts, "&")), time.Now())
	require.NoError(t, err)
}

func TestGenuineCallbacksThatAreNotUnderstood(t *testing.T) {
	t.Parallel()
	for _, spoil := range []form{
		{"respCode": "01"}, {"respCode": "05"}, {"respCode": ""}, {"orderId": "short"}, {"txnType": "31"},
		{"txnType": "04"}, // its reserved field is no number of ours: somebody gave money back elsewhere
		{"txnType": "02"}, {"txnType": ""},
	} {
		body := told.with(spoil).signedBy(chain().unionpay).encoded()
		notice, err := adapter(t, nil, nil).ParseNotice(header(), []byte(body), time.Now())
		require.Error(t, err, spoil)
		require.NotErrorIs(t, err, providers.ErrForged)
		require.Zero(t, notice)
	}
}

func TestTheStatusAcknowledges(t *testing.T) {
	t.Parallel()
	a := adapter(t, nil, nil)
	require.Equal(t, http.StatusOK, a.Ack(true).Status)
	require.Equal(t, http.StatusServiceUnavailable, a.Ack(false).Status)
}
