package alipay_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
)

const (
	moved = `{"code":"10000","msg":"Success","out_trade_no":"` + number +
		`","trade_no":"2025","fund_change":"Y",` +
		`"refund_fee":"12.00","gmt_refund_pay":"2025-01-01 10:02:03","refund_detail_item_list":` +
		`[{"fund_channel":"BANKCARD","amount":"8.00"},{"fund_channel":"COUPON","amount":"1.00"}]}`
	unmoved = `{"code":"10000","out_trade_no":"` + number +
		`","trade_no":"2025","fund_change":"N","refund_fee":"0.00"}`
	success = `{"code":"10000","out_trade_no":"` + number +
		`","out_request_no":"` + refundNo + `","trade_no":"2025",` +
		`"refund_amount":"9.00","refund_status":"REFUND_SUCCESS","gmt_refund_pay":"2025-01-01 10:02:03"}`
)

// refunding answers a refund and the questions about it with a node each.
func refunding(answer, query string) func(http.ResponseWriter, url.Values) {
	return func(w http.ResponseWriter, form url.Values) {
		if form.Get("method") == "alipay.trade.refund" {
			says(answer)(w, form)
			return
		}
		says(query)(w, form)
	}
}

func done(coupon int64) providers.RefundStatus {
	status := providers.RefundStatus{
		State: providers.RefundDone, Number: refundNo, Refunded: models.CNY(900), Transaction: "2025",
		DoneAt: time.Date(2025, 1, 1, 10, 2, 3, 0, time.FixedZone("CST", 8*60*60)),
	}
	if coupon > 0 {
		status.Coupon = models.CNY(coupon)
	}
	return status
}

func TestARefundThatMovedMoneyIsDone(t *testing.T) {
	t.Parallel()
	g := open(t, says(moved))
	status, err := adapter(t, g.URL, nil).Refund(t.Context(), refund())
	require.NoError(t, err)
	require.Equal(t, done(100), status) // of this refund: the fee in the answer is of all
	require.Len(t, g.calls(), 1)
	require.Equal(t, map[string]any{
		"out_trade_no": number, "out_request_no": refundNo, "refund_amount": "9.00", "refund_reason": "duplicate",
		"query_options": []any{"refund_detail_item_list"},
	}, content(t, g.calls()[0]))
	require.False(t, g.calls()[0].Has("notify_url"))
	g = open(t, says(`{"code":"10000","out_trade_no":"`+number+`","fund_change":"Y","refund_fee":"9.00"}`))
	status, err = adapter(t, g.URL, nil).Refund(t.Context(), refund())
	require.NoError(t, err)
	require.WithinDuration(t, time.Now(), status.DoneAt, time.Minute)
}

// None that is told is not the same as nothing that is told.
func TestWhatWentToTheCouponIsToldOrIsNot(t *testing.T) {
	t.Parallel()
	whole := strings.Replace(moved, `{"fund_channel":"COUPON","amount":"1.00"}`,
		`{"fund_channel":"POINT","amount":"1"}`, 1)
	status, err := asked(t, whole).Refund(t.Context(), refund())
	require.NoError(t, err)
	require.Equal(t, models.CNY(0), status.Coupon)
	status, err = asked(t, success).QueryRefund(t.Context(), refund())
	require.NoError(t, err)
	require.Equal(t, models.Money{}, status.Coupon)
}

func TestRefundDaysAreCountedByTheSource(t *testing.T) {
	t.Parallel()
	a := adapter(t, "http://127.0.0.1:1", nil)
	for funding, want := range map[string]int{
		"ALIPAYACCOUNT": 1, "PCREDIT": 1, "COUPON": 1, "BANKCARD": 8, "": 8, "OTHER": 8,
	} {
		require.Equal(t, want, a.RefundDays("wap", funding), funding)
	}
}

func TestARefundThatMovedNothingIsAskedAbout(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]providers.RefundState{
		success:                            providers.RefundDone,
		`{"code":"10000","msg":"Success"}`: providers.RefundProcessing,
		`{"code":"20000","sub_code":"isp.unknow-error"}`: providers.RefundProcessing,
	} {
		g := open(t, refunding(unmoved, query))
		status, err := adapter(t, g.URL, nil).Refund(t.Context(), refund())
		require.NoError(t, err)
		require.Equal(t, want, status.State)
		require.Equal(t, want == providers.RefundDone, status.Refunded == models.CNY(900))
		calls := g.calls()
		require.Len(t, calls, 2)
		require.Equal(t, refundNo, content(t, calls[0])["out_request_no"])
		require.Equal(t, refundNo, content(t, calls[1])["out_request_no"], "asked under another number")
	}
}

func TestRefundAnswersThatDoNotFitAreNotBelieved(t *testing.T) {
	t.Parallel()
	for _, node := range []string{
		`{"code":"10000","out_trade_no":"ANOTHER","fund_change":"Y","refund_fee":"9.00"}`,
		`{"code":"10000","out_trade_no":"` + number + `","fund_change":"Y","refund_fee":"8.99"}`,
		`{"code":"10000","out_trade_no":"` + number + `","fund_change":"Y"}`,
		`{"code":"10000","out_trade_no":"` + number +
			`","fund_change":"Y","refund_fee":"9.00","gmt_refund_pay":"x"}`,
	} {
		_, err := asked(t, node).Refund(t.Context(), refund())
		classed(t, err, providers.Ambiguous, "ANSWER")
	}
}

func TestRefundStatesAreTranslated(t *testing.T) {
	t.Parallel()
	const named = `{"code":"10000","out_trade_no":"` + number +
		`","out_request_no":"` + refundNo + `","refund_amount":"9.00"`
	for node, want := range map[string]providers.RefundState{
		success:                            providers.RefundDone,
		`{"code":"10000","msg":"Success"}`: providers.RefundNotCreated,
		named + `}`:                        providers.RefundProcessing,
		named + `,"refund_status":"REFUND_PROCESSING"}`: providers.RefundProcessing,
		named + `,"refund_status":"REFUND_FAIL"}`:       providers.RefundClosed,
		named + `,"refund_status":"DONE!"}`:             providers.RefundUnknown,
	} {
		g := open(t, says(node))
		status, err := adapter(t, g.URL, nil).QueryRefund(t.Context(), refund())
		require.NoError(t, err)
		require.Equal(t, want, status.State, node)
		require.Equal(t, !strings.Contains(node, "refund_status"), status.Silent, node)
		require.Equal(t, want == providers.RefundDone, status.Refunded.Minor > 0, node)
		require.Equal(t, []any{"refund_detail_item_list", "gmt_refund_pay"},
			content(t, g.calls()[0])["query_options"])
	}
	unknown := adapter(t, open(t, refuses("40004", "ACQ.TRADE_NOT_EXIST")).URL, nil)
	status, err := unknown.QueryRefund(t.Context(), refund())
	require.NoError(t, err)
	require.Equal(t, providers.RefundNotCreated, status.State)
}

func TestMoneyBackWithoutProofIsNone(t *testing.T) {
	t.Parallel()
	for _, node := range []string{
		`{"code":"10000","refund_status":"REFUND_SUCCESS"}`,
		`{"code":"10000","refund_status":"REFUND_SUCCESS","refund_amount":"9.00"}`,
		`{"code":"10000","out_trade_no":"` + number +
			`","out_request_no":"ANOTHER","refund_status":"REFUND_SUCCESS"}`,
		`{"code":"10000","out_trade_no":"ANOTHER","out_request_no":"` + refundNo + `"}`,
	} {
		_, err := asked(t, node).QueryRefund(t.Context(), refund())
		classed(t, err, providers.Ambiguous, "ANSWER")
	}
}

func TestRefundsThatAreNoneAreNotSent(t *testing.T) {
	t.Parallel()
	g := open(t, nil)
	a := adapter(t, g.URL, nil)
	for code, change := range map[string]func(*providers.Refund){
		"NUMBER": func(r *providers.Refund) { r.Number = "" },
		"AMOUNT": func(r *providers.Refund) { r.Amount.Minor = r.Total.Minor + 1 },
	} {
		wanted := refund()
		change(&wanted)
		_, err := a.Refund(t.Context(), wanted)
		classed(t, err, providers.Definite, code)
	}
	require.Empty(t, g.calls())
}
