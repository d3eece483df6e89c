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

const paidOrder = `{"appid":"` + app + `","mchid":"` + mch + `","out_trade_no":"` + number + `",
 "transaction_id":"4200002501012025010112345678","trade_type":"JSAPI","trade_state":"SUCCESS",
 "bank_type":"CMB_DEBIT","success_time":"2025-01-01T10:02:03+08:00","payer":{"openid":"oFriend01"},
 "amount":{"total":12900,"payer_total":12400,"currency":"CNY","payer_currency":"CNY"}}`

func TestAPaidOrderTellsAllOfIt(t *testing.T) {
	t.Parallel()
	s := open(t, says(200, paidOrder))
	status, err := adapter(t, s, nil).Query(t.Context(), ref)
	require.NoError(t, err)
	require.True(t, time.Date(2025, 1, 1, 2, 2, 3, 0, time.UTC).Equal(status.PaidAt))
	status.PaidAt = time.Time{}
	require.Equal(t, providers.Status{
		State: providers.Paid, Number: number, Account: mch, App: app, Captured: models.CNY(12900),
		Coupon: models.CNY(500), Funding: "CMB_DEBIT",
		Transaction: "4200002501012025010112345678", Payer: "oFriend01",
	}, status, "what the merchant gets, with WeChat Pay's coupons")
	require.Equal(t, "/v3/pay/transactions/out-trade-no/"+number+"?mchid="+mch, s.calls()[0].RequestURI)
}

func TestTradeStatesAreTranslated(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]providers.State{
		"SUCCESS": providers.Paid, "REFUND": providers.Paid, "NOTPAY": providers.Unpaid, "CLOSED": providers.Closed,
		"USERPAYING": providers.Unknown, "PAYERROR": providers.Unknown, "REVOKED": providers.Unknown,
		"ACCEPT": providers.Unknown, "success": providers.Unknown, "": providers.Unknown,
	} {
		a := asked(t, 200, strings.Replace(paidOrder, `"SUCCESS"`, `"`+word+`"`, 1))
		status, err := a.Query(t.Context(), ref)
		require.NoError(t, err)
		require.Equal(t, want, status.State, word)
		require.Equal(t, want == providers.Paid, status.Captured.Minor != 0, word)
	}
}

func TestAnUnpaidOrderHasHardlyAnyFields(t *testing.T) {
	t.Parallel()
	status, err := asked(t, 200, `{"out_trade_no":"`+number+`","trade_state":"NOTPAY"}`).Query(t.Context(), ref)
	require.NoError(t, err)
	require.Equal(t, providers.Status{State: providers.Unpaid, Number: number}, status)
}

func TestMoneyWithoutProofIsNone(t *testing.T) {
	t.Parallel()
	for _, part := range []string{
		`"transaction_id":"4200002501012025010112345678",`, `"success_time":"2025-01-01T10:02:03+08:00",`,
		`"total":12900,`, `,"currency":"CNY"`,
	} {
		a := asked(t, 200, strings.Replace(paidOrder, part, "", 1))
		_, err := a.Query(t.Context(), ref)
		classed(t, err, providers.Ambiguous, "ANSWER")
	}
	for _, body := range []string{
		strings.Replace(paidOrder, `"amount":{`, `"a":{`, 1), strings.Replace(paidOrder, `12900`, `0`, 1),
		strings.Replace(paidOrder, number, refundNo, 1), `{}`, `null`, `[]`, `not JSON`,
	} {
		_, err := asked(t, 200, body).Query(t.Context(), ref)
		classed(t, err, providers.Ambiguous, "ANSWER")
	}
}

func TestAnAnswerAboutSomebodyElseNamesThem(t *testing.T) {
	t.Parallel()
	status, err := asked(t, 200, strings.Replace(paidOrder, mch, "1900000999", 1)).Query(t.Context(), ref)
	require.NoError(t, err)
	require.Equal(t, "1900000999", status.Account)
}

func TestAnUnknownOrderIsNotCreatedInEitherSpelling(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"ORDER_NOT_EXIST", "ORDERNOTEXIST"} {
		a := asked(t, 404, `{"code":"`+code+`","message":"订单不存在"}`)
		status, err := a.Query(t.Context(), ref)
		require.NoError(t, err)
		require.Equal(t, providers.NotCreated, status.State)
		require.ErrorIs(t, a.Close(t.Context(), ref), providers.ErrNotCreated)
	}
}

func TestClosingIsAnsweredWithoutABody(t *testing.T) {
	t.Parallel()
	s := open(t, says(204, ""))
	a := adapter(t, s, nil)
	require.NoError(t, a.Close(t.Context(), ref))
	require.NoError(t, a.Close(t.Context(), ref))
	require.Equal(t, "/v3/pay/transactions/out-trade-no/"+number+"/close", s.calls()[0].URL.Path)
	require.JSONEq(t, `{"mchid":"`+mch+`"}`, string(s.calls()[0].body))
}

func TestAnEmptyAnswerIsVerifiedToo(t *testing.T) {
	t.Parallel()
	err := adapter(t, open(t, unsigned(204, "")), nil).Close(t.Context(), ref)
	classed(t, err, providers.Ambiguous, "")
}

func TestAPaidOrderIsToldOnClosingInEitherSpelling(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"ORDERPAID", "ORDER_PAID"} {
		for _, status := range []int{400, 403} {
			err := asked(t, status, `{"code":"`+code+`","message":"订单已支付"}`).Close(t.Context(), ref)
			require.ErrorIs(t, err, providers.ErrPaid)
		}
	}
	for _, code := range []string{"ORDERCLOSED", "ORDER_CLOSED"} {
		require.NoError(t, asked(t, 400, `{"code":"`+code+`"}`).Close(t.Context(), ref))
	}
	err := adapter(t, open(t, unsigned(400, `{"code":"ORDERPAID"}`)), nil).Close(t.Context(), ref)
	require.NotErrorIs(t, err, providers.ErrPaid)
	classed(t, err, providers.Ambiguous, "400")
}

func TestAYoungOrderIsNotClosed(t *testing.T) {
	t.Parallel()
	s := open(t, says(204, ""))
	before := time.Now()
	young := providers.Ref{Number: number, CreatedAt: before.Add(-4 * time.Minute)}
	failed := classed(t, adapter(t, s, nil).Close(t.Context(), young), providers.Refused, "TOO_EARLY")
	require.LessOrEqual(t, failed.RetryAfter, time.Minute)
	require.GreaterOrEqual(t, failed.RetryAfter, time.Minute-time.Since(before))
	require.Empty(t, s.calls())
	sooner := adapter(t, s, func(s *wechatpay.Settings) { s.CloseAfter = "3m" })
	require.NoError(t, sooner.Close(t.Context(), young))
	refused := asked(t, 400, `{"code":"ORDER_CLOSE_TOO_EARLY"}`)
	classed(t, refused.Close(t.Context(), ref), providers.Refused, "ORDER_CLOSE_TOO_EARLY")
}

func TestNumbersOfOthersAreNotAskedFor(t *testing.T) {
	t.Parallel()
	s := open(t, func(http.ResponseWriter, *http.Request, []byte) {})
	a := adapter(t, s, nil)
	odd := providers.Ref{Number: "../../v3/certificates?"}
	_, err := a.Query(t.Context(), odd)
	classed(t, err, providers.Definite, "NUMBER")
	classed(t, a.Close(t.Context(), odd), providers.Definite, "NUMBER")
	_, err = a.QueryRefund(t.Context(), providers.Refund{Number: odd.Number})
	classed(t, err, providers.Definite, "NUMBER")
	_, err = a.Refund(t.Context(), providers.Refund{Number: odd.Number})
	classed(t, err, providers.Definite, "NUMBER")
	require.Empty(t, s.calls())
}
