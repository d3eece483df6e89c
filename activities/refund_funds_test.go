package activities_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
)

// An empty balance is the merchant's to fill: a human hears of it at once, the refund
// waits under its number, and the case ends when the provider takes it.
func TestARefundWaitsForTheMerchantsBalance(t *testing.T) {
	w := newWorld(t)
	env, _ := w.server(w.SubmitRefund)
	funds := false
	w.desk.refund = func(r providers.Refund) (providers.RefundStatus, error) {
		if funds {
			return providers.RefundStatus{State: providers.RefundProcessing, Number: r.Number}, nil
		}
		funds = true
		return providers.RefundStatus{}, &providers.Error{
			Class: providers.Refused, Op: "refund", Code: "NOT_ENOUGH", RetryAfter: 10 * time.Minute,
			Err: providers.ErrNoFunds,
		}
	}
	require.Equal(t, models.RefundUnfinished, w.executed(env, owing()).Kind)
	require.Equal(t, []string{"refund " + refund, "refund " + refund}, w.desk.did, "under one number")
	require.Len(t, w.rows.cases, 1)
	require.Equal(t, models.CaseRefund, w.rows.cases[0].Kind)
	require.Equal(t, refund, w.rows.cases[0].Refund)
	require.Equal(t, w.rows.cases, w.rows.settled, "what was opened is closed")
}

func TestAWaitForTheBalanceIsScaled(t *testing.T) {
	w, call := newWorld(t), owing()
	call.Request.Speed = 60
	w.desk.refund = func(providers.Refund) (providers.RefundStatus, error) {
		return providers.RefundStatus{}, &providers.Error{
			Class: providers.Refused, RetryAfter: 10 * time.Minute, Err: providers.ErrNoFunds,
		}
	}
	_, err := w.run("SubmitRefund", call)
	require.Equal(t, 10*time.Second, again(t, err).NextRetryDelay())
	require.Empty(t, w.rows.settled)
}

// A refund that needed no second try has no case to close.
func TestARefundThatIsTakenAtOnceTouchesNoCase(t *testing.T) {
	w := newWorld(t)
	w.desk.refunds(providers.RefundProcessing)
	_, err := w.run("SubmitRefund", owing())
	require.NoError(t, err)
	require.Empty(t, w.rows.settled)
}

func stranded() models.Call {
	call := owing()
	f := &call.Request.Refunds[0]
	f.State, f.Failure, f.Diverted = models.RefundFailed, models.Abnormal, true
	return call
}

func TestAStrandedRefundIsDivertedOnce(t *testing.T) {
	w := newWorld(t)
	w.desk.refunds(providers.RefundAbnormal)
	w.desk.diverts = func(r providers.Refund) (providers.RefundStatus, error) {
		return providers.RefundStatus{State: providers.RefundProcessing, Number: r.Number}, nil
	}
	event, err := w.run("DivertRefund", stranded())
	require.NoError(t, err)
	require.Equal(t, models.RefundUnfinished, event.Kind)
	require.Equal(t, []string{"query refund " + refund, "divert " + refund}, w.desk.did)

	w.desk.did = nil // it was done and its answer lost: the provider is asked, not told again
	w.desk.refunds(providers.RefundProcessing)
	event, err = w.run("DivertRefund", stranded())
	require.NoError(t, err)
	require.Equal(t, models.RefundUnfinished, event.Kind)
	require.Equal(t, []string{"query refund " + refund}, w.desk.did)
}

func TestWhatCannotBeDivertedIsStrandedAgain(t *testing.T) {
	w := newWorld(t)
	w.desk.refunds(providers.RefundAbnormal)
	for class, kind := range map[providers.Class]string{
		providers.Definite: "", providers.Ambiguous: "ambiguous", providers.Refused: "refused",
	} {
		w.desk.diverts = func(providers.Refund) (providers.RefundStatus, error) {
			return providers.RefundStatus{}, failure(class)
		}
		event, err := w.run("DivertRefund", stranded())
		if kind != "" {
			require.Equal(t, kind, again(t, err).Type())
			continue
		}
		require.NoError(t, err)
		require.Equal(t, models.RefundBroke, event.Kind)
		require.Equal(t, models.Abnormal, event.Reason)
	}
}

// What a coupon paid and got back, and how soon money is back, go into the books.
func TestTheBooksHearOfCouponAndFunding(t *testing.T) {
	w := newWorld(t)
	w.desk.answers = []func(context.Context) (providers.Status, error){
		func(context.Context) (providers.Status, error) {
			return providers.Status{
				State: providers.Paid, Captured: models.CNY(12900), Coupon: models.CNY(900), Funding: "CARD",
				Transaction: "T1", PaidAt: noon,
			}, nil
		},
	}
	event, err := w.effect(models.QueryPayment, models.LiveAttempt)
	require.NoError(t, err)
	require.Equal(t, models.CNY(900), event.Capture.Coupon)
	require.Equal(t, "CARD", event.Capture.Funding)
	require.Equal(t, 4, event.Capture.RefundDays)

	w.desk.refund = func(r providers.Refund) (providers.RefundStatus, error) {
		return providers.RefundStatus{
			State: providers.RefundDone, Number: r.Number, Refunded: r.Amount, Coupon: models.CNY(698), DoneAt: noon,
		}, nil
	}
	event, err = w.run("QueryRefund", owing())
	require.NoError(t, err)
	require.Equal(t, models.CNY(698), *event.Coupon)
}
