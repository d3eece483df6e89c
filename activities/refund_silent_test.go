package activities_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
)

// silence answers questions about a refund with no more than that it was asked for, and
// whoever asks for it again as told.
func (d *desk) silence(again func(providers.Refund) (providers.RefundStatus, error)) {
	d.refund = func(r providers.Refund) (providers.RefundStatus, error) {
		if d.did[len(d.did)-1] == "refund "+r.Number {
			return again(r)
		}
		return providers.RefundStatus{State: providers.RefundProcessing, Number: r.Number, Silent: true}, nil
	}
}

func given(r providers.Refund) (providers.RefundStatus, error) {
	return providers.RefundStatus{
		State: providers.RefundDone, Number: r.Number, Refunded: r.Amount, DoneAt: noon,
	}, nil
}

// A provider that tells nothing of a refund that failed is asked for it again, under its
// number; not at once, since a slow one needs a while.
func TestASilentRefundIsAskedForAgain(t *testing.T) {
	w := newWorld(t)
	env, clock := w.server(w.PollRefund)
	w.desk.silence(given)
	require.Equal(t, models.RefundDone, w.executed(env, owing()).Kind)
	question := "query refund " + refund
	require.Equal(t, []string{question, question, question, "refund " + refund}, w.desk.did)
	require.Equal(t, 2*time.Minute, clock())
	require.Equal(t, "refund", w.rows.calls[3].Op)
}

// What a provider that says how it is has said is not asked for twice.
func TestARefundThatIsOnlySlowIsWaitedFor(t *testing.T) {
	w := newWorld(t)
	env, _ := w.server(w.PollRefund)
	w.desk.refund = func(r providers.Refund) (providers.RefundStatus, error) {
		if len(w.desk.did) < 6 {
			return providers.RefundStatus{State: providers.RefundProcessing, Number: r.Number}, nil
		}
		return given(r)
	}
	require.Equal(t, models.RefundDone, w.executed(env, owing()).Kind)
	require.NotContains(t, w.desk.did, "refund "+refund)
}

// What broke a refund silently is told when it is asked for again: an empty balance is a
// case until it is topped up, and no refusal ends what may still be on its way.
func TestAskingAgainTellsWhyARefundFailed(t *testing.T) {
	w := newWorld(t)
	env, _ := w.server(w.PollRefund)
	tries := 0
	w.desk.silence(func(r providers.Refund) (providers.RefundStatus, error) {
		switch tries++; tries {
		case 1:
			return providers.RefundStatus{}, &providers.Error{Class: providers.Refused, Err: providers.ErrNoFunds}
		case 2:
			return providers.RefundStatus{}, failure(providers.Definite)
		case 3:
			return providers.RefundStatus{}, failure(providers.Ambiguous)
		default:
			return given(r)
		}
	})
	require.Equal(t, models.RefundDone, w.executed(env, owing()).Kind)
	require.Equal(t, 4, tries)
	require.Len(t, w.rows.cases, 1)
	require.Equal(t, w.rows.cases, w.rows.settled, "what was opened is closed")
}
