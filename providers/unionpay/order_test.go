package unionpay_test

import (
	"encoding/base64"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
)

func TestAnOrderIsAskedForByItsNumberAndTheTimeItWasMade(t *testing.T) {
	t.Parallel()
	g := open(t, says(paid))
	status, err := adapter(t, g, nil).Query(t.Context(), ref)
	require.NoError(t, err)
	require.True(t, time.Date(2025, 1, 1, 2, 2, 3, 0, time.UTC).Equal(status.PaidAt))
	status.PaidAt = time.Time{}
	require.Equal(t, providers.Status{
		State: providers.Paid, Number: number, Account: mer, Captured: models.CNY(12900), Coupon: models.CNY(0),
		Funding: "0001/02", Transaction: queryID,
	}, status)
	came := g.calls()[0]
	require.Equal(t, "/gateway/api/queryTrans.do", came.path)
	require.Equal(t, "00/00/000000", came.said["txnType"]+"/"+came.said["txnSubType"]+"/"+came.said["bizType"])
	require.Equal(t, number, came.said["orderId"])
	require.Equal(t, "20250101100000", came.said["txnTime"])
	_, err = adapter(t, g, nil).Query(t.Context(), providers.Ref{Number: number})
	classed(t, err, providers.Definite, "NUMBER")
}

func TestWhatBecameOfAnOrderIsTranslated(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]providers.State{
		"00": providers.Paid, "A6": providers.Paid,
		"01": providers.Unpaid, "03": providers.Unpaid, "04": providers.Unpaid, "05": providers.Unpaid,
		"12": providers.Unpaid, "34": providers.Unpaid, "60": providers.Unpaid, "64": providers.Unpaid,
		"42": providers.Unpaid, // late: UnionPay gives it back by itself
		"":   providers.Unknown, "0": providers.Unknown, "000": providers.Unknown, "a6": providers.Unknown,
		"ZZ": providers.Unknown, "成功": providers.Unknown,
	} {
		status, err := asked(t, paid.with(form{"origRespCode": code})).Query(t.Context(), ref)
		require.NoError(t, err)
		require.Equal(t, want, status.State, code)
		require.Equal(t, want == providers.Paid, status.Captured.Minor == 12900)
	}
}

func TestTheAnswersOwnCodeIsNotTheOrders(t *testing.T) {
	t.Parallel()
	for code, class := range map[string]providers.Class{
		"01": providers.Definite, "03": providers.Ambiguous, "04": providers.Ambiguous, "05": providers.Ambiguous,
		"10": providers.Definite, "11": providers.Definite, "13": providers.Definite, "02": providers.Refused,
		"37": providers.Refused, "99": providers.Ambiguous, "": providers.Ambiguous,
	} {
		// origRespCode says paid, and the question was not answered all the same.
		_, err := asked(t, paid.with(form{"respCode": code})).Query(t.Context(), ref)
		failed := classed(t, err, class, "")
		require.Equal(t, class == providers.Refused, failed.RetryAfter > 0)
	}
}

func TestAnUnknownOrderIsNotCreated(t *testing.T) {
	t.Parallel()
	status, err := asked(t, form{"respCode": "34", "respMsg": "查无此交易[2600000]"}).Query(t.Context(), ref)
	require.NoError(t, err)
	require.Equal(t, providers.Status{State: providers.NotCreated, Number: number, Account: mer}, status)
}

func TestMoneyWithoutProofIsNone(t *testing.T) {
	t.Parallel()
	for _, spoil := range []form{
		{"txnAmt": ""}, {"txnAmt": "0"}, {"txnAmt": "-1"}, {"txnAmt": "129.00"}, {"txnAmt": "+1"},
		{"txnAmt": "1290000000000"}, {"currencyCode": ""}, {"currencyCode": "840"}, {"queryId": ""},
		{"queryId": "x"}, {"traceTime": ""}, {"traceTime": "0101"}, {"traceTime": "1301100203"}, {"txnType": "04"},
		{"txnType": ""},
	} {
		status, err := asked(t, paid.with(spoil)).Query(t.Context(), ref)
		classed(t, err, providers.Ambiguous, "ANSWER")
		require.Zero(t, status, spoil)
	}
}

func TestAnAnswerIsAboutWhatWasAsked(t *testing.T) {
	t.Parallel()
	// Answers carry no time: any old one of UnionPay's verifies.
	for _, spoil := range []form{
		{"merId": "777290058110049"}, {"orderId": refundNo}, {"txnTime": "20250101100001"},
		{"merId": ""}, {"orderId": ""}, {"txnTime": ""},
		{"respCode": "34", "orderId": refundNo}, {"respCode": "34", "merId": "777290058110049"},
	} {
		_, err := asked(t, paid.with(spoil)).Query(t.Context(), ref)
		classed(t, err, providers.Ambiguous, "ANSWER")
	}
}

func TestCouponsAreAPartOfTheAmount(t *testing.T) {
	t.Parallel()
	const two = `[{"type":"DD01","spnsrId":"00010000","offstAmt":"500","desc":"满&减"},{"offstAmt":"20"}]`
	for text, want := range map[string]int64{
		two: 520, base64.StdEncoding.EncodeToString([]byte(two)): 520, "": 0, "[]": 0, "canary": 0,
		`[{"offstAmt":"-1"}]`: 0, `[{"offstAmt":"1.5"}]`: 0, `[{"offstAmt":"99999999"}]`: 12900,
	} {
		status, err := asked(t, paid.with(form{"couponInfo": text})).Query(t.Context(), ref)
		require.NoError(t, err)
		require.Equal(t, models.CNY(want), status.Coupon, text)
		require.Equal(t, models.CNY(12900), status.Captured)
	}
}

func TestFundingNeverHasACardNumber(t *testing.T) {
	t.Parallel()
	for want, said := range map[string]form{
		"0001/02": {}, "1501": {"payType": "1501", "payCardType": ""}, "02": {"payType": ""},
		"": {"payType": "6216261000000000018", "payCardType": "13800138000"},
	} {
		status, err := asked(t, paid.with(said)).Query(t.Context(), ref)
		require.NoError(t, err)
		require.Equal(t, want, status.Funding)
		require.Empty(t, status.Payer)
	}
}

func TestATimeWithoutAYearIsTheNearest(t *testing.T) {
	t.Parallel()
	for created, want := range map[time.Time]time.Time{
		time.Date(2024, 12, 31, 15, 59, 0, 0, time.UTC): time.Date(2025, 1, 1, 10, 2, 3, 0, shanghai),
		time.Date(2025, 1, 2, 0, 0, 0, 0, time.UTC):     time.Date(2025, 1, 1, 10, 2, 3, 0, shanghai),
	} {
		g := open(t, says(paid))
		status, err := adapter(t, g, nil).Query(t.Context(), providers.Ref{Number: number, CreatedAt: created})
		require.NoError(t, err)
		require.True(t, want.Equal(status.PaidAt), status.PaidAt)
	}
	leap := paid.with(form{"traceTime": "0229100203"})
	status, err := asked(t, leap).Query(t.Context(), ref)
	require.NoError(t, err)
	require.Equal(t, 2024, status.PaidAt.Year())
}

func TestNothingIsClosed(t *testing.T) {
	t.Parallel()
	g := open(t, says(paid))
	require.ErrorIs(t, adapter(t, g, nil).Close(t.Context(), ref), providers.ErrNotSupported)
	require.Empty(t, g.calls())
}

func TestWordsThatMayNameAPayerAreTakenOut(t *testing.T) {
	t.Parallel()
	_, err := asked(t, form{
		"respCode": "61", "respMsg": "卡号6216261000000000018或6216***********0018或13800138000无效\xff[6100030]",
	}).Query(t.Context(), ref)
	failed := classed(t, err, providers.Definite, "61")
	require.Equal(t, "卡号…或…或…无效[6100030]", failed.Message)
}
