package unionpay_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
)

// returned is the answer about a refund that is done.
var returned = form{
	"respCode": "00", "origRespCode": "00", "txnType": "04", "txnSubType": "00",
	"queryId": "212501011105001234567", "traceTime": "0101110503",
	"txnAmt": "900", "currencyCode": "156", "reqReserved": number,
}

func TestARefundIsAcceptedFirstAndDoneLater(t *testing.T) {
	t.Parallel()
	g := open(t, desk(paid, form{"respCode": "00", "queryId": "212501011105001234567"}))
	a := adapter(t, g, nil)
	for range 2 { // under its own number and time, whenever it is sent
		status, err := a.Refund(t.Context(), refund())
		require.NoError(t, err)
		require.Equal(t, providers.RefundStatus{State: providers.RefundProcessing, Number: refundNo}, status)
	}
	came := g.calls()
	require.Len(t, came, 4)
	require.Equal(t, came[1], came[3])
	require.Equal(t, "/gateway/api/backTransReq.do", came[1].path)
	for key, want := range map[string]string{
		"txnType": "04", "txnSubType": "00", "bizType": "000201", "channelType": "08", "orderId": refundNo,
		"txnTime": "20250101110000", "txnAmt": "900", "origQryId": queryID, "reqReserved": number,
		"backUrl": refund().NotifyURL,
	} {
		require.Equal(t, want, came[1].said[key], key)
	}
}

func TestARefundRepeatsHowThePaymentWasMade(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ reserved, sub, biz, channel string }{
		{"wap", "01", "000201", "08"}, {"pc", "01", "000201", "07"}, {"app", "01", "000201", "08"},
		{"qr", "07", "000000", "08"}, {"", "07", "000000", "08"}, {"", "01", "000201", "08"},
	} {
		original := paid.with(form{"reqReserved": c.reserved, "txnSubType": c.sub})
		g := open(t, desk(original, form{"respCode": "00"}))
		_, err := adapter(t, g, nil).Refund(t.Context(), refund())
		require.NoError(t, err)
		said := g.calls()[1].said
		require.Equal(t, c.biz, said["bizType"], c)
		require.Equal(t, c.channel, said["channelType"], c)
	}
}

func TestThePaymentsNumberIsAskedForWhereItIsNotKnown(t *testing.T) {
	t.Parallel()
	g := open(t, desk(paid, form{"respCode": "00"}))
	r := refund()
	r.Transaction = ""
	_, err := adapter(t, g, nil).Refund(t.Context(), r)
	require.NoError(t, err)
	require.Equal(t, queryID, g.calls()[1].said["origQryId"])
	nameless := open(t, desk(paid.with(form{"queryId": ""}), form{"respCode": "00"}))
	_, err = adapter(t, nameless, nil).Refund(t.Context(), r)
	classed(t, err, providers.Ambiguous, "ANSWER")
	require.Len(t, nameless.calls(), 1)
}

func TestOnlyAPaymentIsGivenBack(t *testing.T) {
	t.Parallel()
	for code, answer := range map[string]form{
		"NOT_PAID": paid.with(form{"origRespCode": "05"}), "34": {"respCode": "34"},
	} {
		g := open(t, desk(answer, form{"respCode": "00"}))
		_, err := adapter(t, g, nil).Refund(t.Context(), refund())
		classed(t, err, providers.Definite, code)
		require.Len(t, g.calls(), 1)
	}
	g := open(t, desk(paid.with(form{"txnType": "04"}), form{"respCode": "00"}))
	_, err := adapter(t, g, nil).Refund(t.Context(), refund())
	classed(t, err, providers.Definite, "NOT_PAID")
}

func TestARefundThatIsThereIsAskedFor(t *testing.T) {
	t.Parallel()
	duplicate := func(then form) func(http.ResponseWriter, form) {
		return func(w http.ResponseWriter, said form) {
			switch {
			case said["txnType"] == "04":
				says(form{"respCode": "12"})(w, said)
			case said["orderId"] == refundNo:
				says(then)(w, said)
			default:
				says(paid)(w, said)
			}
		}
	}
	status, err := adapter(t, open(t, duplicate(returned)), nil).Refund(t.Context(), refund())
	require.NoError(t, err)
	require.Equal(t, providers.RefundDone, status.State)
	dearer := returned.with(form{"txnAmt": "901"})
	_, err = adapter(t, open(t, duplicate(dearer)), nil).Refund(t.Context(), refund())
	classed(t, err, providers.Definite, "12")
	_, err = adapter(t, open(t, duplicate(form{"respCode": "34"})), nil).Refund(t.Context(), refund())
	classed(t, err, providers.Definite, "12") // the number was taken at another time
	_, err = adapter(t, open(t, duplicate(form{"respCode": "10"})), nil).Refund(t.Context(), refund())
	classed(t, err, providers.Ambiguous, "10") // it is there, whatever is wrong with the question
}

func TestRefusedRefundsAreClassed(t *testing.T) {
	t.Parallel()
	for code, class := range map[string]providers.Class{
		"03": providers.Ambiguous, "04": providers.Ambiguous, "99": providers.Ambiguous, "ZZ": providers.Ambiguous,
		"10": providers.Definite, "33": providers.Definite, "34": providers.Definite, "35": providers.Definite,
		"36": providers.Definite, "38": providers.Definite, "39": providers.Definite, "45": providers.Definite,
		"02": providers.Refused, "37": providers.Refused,
		"11": providers.Refused, "31": providers.Refused, "32": providers.Refused, "64": providers.Refused,
	} {
		g := open(t, desk(paid, form{"respCode": code}))
		_, err := adapter(t, g, nil).Refund(t.Context(), refund())
		failed := classed(t, err, class, code)
		require.Equal(t, class == providers.Refused, failed.RetryAfter > 0, code)
		require.Equal(t, code == "64", errors.Is(err, providers.ErrNoFunds), code)
	}
	status, err := adapter(t, open(t, desk(paid, form{"respCode": "05"})), nil).Refund(t.Context(), refund())
	require.NoError(t, err)
	require.Equal(t, providers.RefundProcessing, status.State)
}

func TestARefundIsAskedForByItsOwnNumberAndTime(t *testing.T) {
	t.Parallel()
	g := open(t, says(returned))
	status, err := adapter(t, g, nil).QueryRefund(t.Context(), refund())
	require.NoError(t, err)
	require.True(t, time.Date(2025, 1, 1, 3, 5, 3, 0, time.UTC).Equal(status.DoneAt))
	status.DoneAt = time.Time{}
	require.Equal(t, providers.RefundStatus{
		State: providers.RefundDone, Number: refundNo, Refunded: models.CNY(900),
		Transaction: "212501011105001234567",
	}, status)
	require.Equal(t, refundNo, g.calls()[0].said["orderId"])
	require.Equal(t, "20250101110000", g.calls()[0].said["txnTime"])
	coupon := returned.with(form{"couponInfo": `[{"offstAmt":"100"}]`})
	status, err = asked(t, coupon).QueryRefund(t.Context(), refund())
	require.NoError(t, err)
	require.Equal(t, models.CNY(100), status.Coupon)
	status, err = asked(t, form{"respCode": "34"}).QueryRefund(t.Context(), refund())
	require.NoError(t, err)
	require.Equal(t, providers.RefundStatus{State: providers.RefundNotCreated, Number: refundNo}, status)
}

func TestRefundDaysAreCountedByTheCard(t *testing.T) {
	t.Parallel()
	a := adapter(t, nil, nil)
	for funding, want := range map[string]int{"0001/01": 4, "0001/02": 8, "1501/00": 8, "0001": 8, "": 8} {
		require.Equal(t, want, a.RefundDays("wap", funding), funding)
	}
}

func TestRefundStatesAreTranslated(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]providers.RefundState{
		"00": providers.RefundDone, "A6": providers.RefundDone, "03": providers.RefundProcessing,
		"04": providers.RefundProcessing, "05": providers.RefundProcessing, "60": providers.RefundClosed,
		"61": providers.RefundClosed, "64": providers.RefundClosed, "01": providers.RefundClosed,
		"36": providers.RefundClosed, "DONE!": providers.RefundUnknown, "": providers.RefundUnknown,
	} {
		status, err := asked(t, returned.with(form{"origRespCode": code})).QueryRefund(t.Context(), refund())
		require.NoError(t, err)
		require.Equal(t, want, status.State, code)
		require.Equal(t, want == providers.RefundDone, status.Refunded.Minor == 900)
	}
}

func TestMoneyBackWithoutProofIsNone(t *testing.T) {
	t.Parallel()
	for _, spoil := range []form{
		{"txnAmt": ""}, {"txnAmt": "0"}, {"currencyCode": "840"}, {"traceTime": ""}, {"txnType": "01"},
	} {
		status, err := asked(t, returned.with(spoil)).QueryRefund(t.Context(), refund())
		classed(t, err, providers.Ambiguous, "ANSWER")
		require.Zero(t, status, spoil)
	}
}

func TestRefundsThatUnionPayWouldNotTakeAreNotSent(t *testing.T) {
	t.Parallel()
	for code, spoil := range map[string]func(*providers.Refund){
		"NUMBER":     func(r *providers.Refund) { r.CreatedAt = time.Time{} },
		"AMOUNT":     func(r *providers.Refund) { r.Amount = models.CNY(12901) },
		"NOTIFY_URL": func(r *providers.Refund) { r.NotifyURL = "http://pay.example.cn" },
	} {
		g := open(t, says(paid))
		r := refund()
		spoil(&r)
		_, err := adapter(t, g, nil).Refund(t.Context(), r)
		if code == "NOTIFY_URL" { // which may be in the clear beside a gateway that is
			require.NoError(t, err)
			a := adapter(t, nil, nil)
			_, err = a.Refund(t.Context(), r)
		}
		classed(t, err, providers.Definite, code)
	}
}
