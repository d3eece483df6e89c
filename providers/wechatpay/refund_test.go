package wechatpay_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/providers/wechatpay"
)

func refundOf(status, more string) string {
	return `{"refund_id":"50300907","out_refund_no":"` + refundNo + `","transaction_id":"42","out_trade_no":"` +
		number + `","channel":"ORIGINAL","user_received_account":"支付用户零钱",` + more +
		`"create_time":"2025-01-01T10:05:00+08:00","status":"` + status + `","funds_account":"UNSETTLED",
		"amount":{"total":12900,"refund":900,"payer_total":12400,"payer_refund":860,"settlement_refund":900,
		"settlement_total":12900,"discount_refund":40,"currency":"CNY"}}`
}

const doneAt = `"success_time":"2025-01-01T10:06:00+08:00",`

func TestARefundIsAcceptedFirstAndDoneLater(t *testing.T) {
	t.Parallel()
	s := open(t, says(200, refundOf("PROCESSING", "")))
	status, err := adapter(t, s, nil).Refund(t.Context(), refund())
	require.NoError(t, err)
	require.Equal(t, providers.RefundStatus{
		State: providers.RefundProcessing, Number: refundNo, Transaction: "50300907",
	}, status)
	require.Equal(t, map[string]any{
		"out_trade_no": number, "out_refund_no": refundNo, "reason": "duplicate", "notify_url": refund().NotifyURL,
		"amount": map[string]any{"refund": 900.0, "total": 12900.0, "currency": "CNY"},
	}, wanted(t, s))
}

func TestRefundStatesAreTranslated(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]providers.RefundState{
		"SUCCESS": providers.RefundDone, "PROCESSING": providers.RefundProcessing,
		"ABNORMAL": providers.RefundAbnormal, "CLOSED": providers.RefundClosed, "success": providers.RefundUnknown,
		"": providers.RefundUnknown,
	} {
		s := open(t, says(200, refundOf(word, doneAt)))
		status, err := adapter(t, s, nil).QueryRefund(t.Context(), refund())
		require.NoError(t, err)
		require.Equal(t, want, status.State, word)
		require.Equal(t, "/v3/refund/domestic/refunds/"+refundNo, s.calls()[0].URL.Path)
		if want != providers.RefundDone {
			require.Zero(t, status.Refunded)
			continue
		}
		require.Equal(t, models.CNY(900), status.Refunded, "as asked for, with the part that was a coupon")
		require.True(t, time.Date(2025, 1, 1, 2, 6, 0, 0, time.UTC).Equal(status.DoneAt))
	}
}

func TestMoneyBackWithoutProofIsNone(t *testing.T) {
	t.Parallel()
	whole := refundOf("SUCCESS", doneAt)
	for _, body := range []string{
		refundOf("SUCCESS", ""), strings.Replace(whole, `"refund":900`, `"r":900`, 1), `{}`, `null`, `[`,
		strings.Replace(whole, `"amount"`, `"a"`, 1), strings.Replace(whole, `"CNY"`, `""`, 1),
		strings.Replace(whole, refundNo, number, 1), strings.Replace(whole, number, refundNo, 1),
	} {
		a := asked(t, 200, body)
		_, err := a.QueryRefund(t.Context(), refund())
		classed(t, err, providers.Ambiguous, "ANSWER")
		_, err = a.Refund(t.Context(), refund())
		classed(t, err, providers.Ambiguous, "ANSWER")
	}
}

func TestAnUnknownRefundIsNotCreated(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"RESOURCE_NOT_EXISTS", "RESOURCENOTEXISTS", "RESOURCE_NOT_EXIST"} {
		a := asked(t, 404, `{"code":"`+code+`","message":"退款单不存在"}`)
		status, err := a.QueryRefund(t.Context(), refund())
		require.NoError(t, err)
		require.Equal(t, providers.RefundNotCreated, status.State)
		_, err = a.Refund(t.Context(), refund())
		classed(t, err, providers.Definite, code)
	}
}

func TestARefundIsRepeatedUnderItsNumber(t *testing.T) {
	t.Parallel()
	s := open(t, says(500, `{"code":"SYSTEM_ERROR","message":"系统超时"}`))
	a := adapter(t, s, nil)
	for range 2 {
		_, err := a.Refund(t.Context(), refund())
		classed(t, err, providers.Ambiguous, "SYSTEM_ERROR")
	}
	require.Equal(t, s.calls()[0].body, s.calls()[1].body)
}

func TestRefusedRefundsAreClassed(t *testing.T) {
	t.Parallel()
	for code, status := range map[string]int{
		"USER_ACCOUNT_ABNORMAL": 403, "INVALID_REQUEST": 400, "MCH_NOT_EXISTS": 404,
	} {
		_, err := asked(t, status, `{"code":"`+code+`","message":"no"}`).Refund(t.Context(), refund())
		classed(t, err, providers.Definite, code)
	}
}

func TestARefundThatSomebodyCanMakePossibleIsPutOff(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]struct {
		status int
		wait   time.Duration
	}{
		"SIGN_ERROR": {401, time.Minute}, "NO_AUTH": {403, time.Minute}, "NOAUTH": {403, time.Minute},
		"NOT_ENOUGH": {403, 10 * time.Minute}, "NOTENOUGH": {403, 10 * time.Minute},
	} {
		_, err := asked(t, want.status, `{"code":"`+code+`","message":"no"}`).Refund(t.Context(), refund())
		require.Equal(t, want.wait, classed(t, err, providers.Refused, code).RetryAfter)
	}
}

func TestRefundsThatMakeNoSenseAreNotSent(t *testing.T) {
	t.Parallel()
	s := open(t, says(200, refundOf("PROCESSING", "")))
	a := adapter(t, s, nil)
	for _, fen := range []int64{-1, 0, 12901} {
		wrong := refund()
		wrong.Amount.Minor = fen
		_, err := a.Refund(t.Context(), wrong)
		classed(t, err, providers.Definite, "AMOUNT")
	}
	require.Empty(t, s.calls())
	long := refund()
	long.Reason = strings.Repeat("退", 100)
	_, err := a.Refund(t.Context(), long)
	require.NoError(t, err)
	require.Equal(t, strings.Repeat("退", 80), wanted(t, s)["reason"])
}

func TestAnAbnormalRefundIsTakenBackByTheMerchant(t *testing.T) {
	t.Parallel()
	s := open(t, func(w http.ResponseWriter, r *http.Request, _ []byte) {
		if r.Method == http.MethodGet {
			reply(w, 200, refundOf("ABNORMAL", ""))
			return
		}
		reply(w, 200, refundOf("PROCESSING", ""))
	})
	status, err := adapter(t, s, nil).DivertRefund(t.Context(), refund())
	require.NoError(t, err)
	require.Equal(t, providers.RefundProcessing, status.State)
	last := s.calls()[1]
	require.Equal(t, "/v3/refund/domestic/refunds/50300907/apply-abnormal-refund", last.URL.Path)
	require.JSONEq(t, `{"out_refund_no":"`+refundNo+`","type":"MERCHANT_BANK_CARD"}`, string(last.body))
	_, err = asked(t, 200, refundOf("PROCESSING", "")).DivertRefund(t.Context(), refund())
	classed(t, err, providers.Definite, "NOT_ABNORMAL")
}

func TestAnAbnormalRefundIsNotAppliedForUnasked(t *testing.T) {
	t.Parallel()
	for _, answer := range []func(http.ResponseWriter, *http.Request, []byte){
		says(500, `{"code":"SYSTEM_ERROR"}`), unsigned(200, refundOf("ABNORMAL", "")), hangUp,
	} {
		s := open(t, answer)
		status, err := adapter(t, s, nil).DivertRefund(t.Context(), refund())
		require.Equal(t, "query_refund", classed(t, err, providers.Ambiguous, "").Op)
		require.Empty(t, status.State)
		for _, call := range s.calls() {
			require.Equal(t, http.MethodGet, call.Method)
		}
	}
	unknown := asked(t, 404, `{"code":"RESOURCE_NOT_EXISTS"}`)
	_, err := unknown.DivertRefund(t.Context(), refund())
	classed(t, err, providers.Definite, "NOT_ABNORMAL")
}

func TestAnAbnormalRefundIsNotAppliedForTwice(t *testing.T) {
	t.Parallel()
	main := open(t, func(w http.ResponseWriter, r *http.Request, body []byte) {
		if r.Method == http.MethodGet {
			reply(w, 200, refundOf("ABNORMAL", ""))
			return
		}
		hangUp(w, r, body)
	})
	backup := open(t, says(200, refundOf("PROCESSING", "")))
	a := adapter(t, main, func(s *wechatpay.Settings) { s.BackupURL = backup.URL })
	_, err := a.DivertRefund(t.Context(), refund())
	classed(t, err, providers.Ambiguous, "WIRE")
	require.Empty(t, backup.calls())
}
