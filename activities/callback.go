package activities

import (
	"context"
	"time"

	"go.temporal.io/sdk/activity"

	"github.com/friendpay/friendpay/models"
)

// brief is how long a hint may wait for the provider inside a workflow task; what
// takes longer is left to the poll.
const brief = 2500 * time.Millisecond

// QueryPayment asks the provider about an attempt of which a hint came. The hint
// itself proves nothing. No answer in time is an answer: PaymentUnknown.
func (a *Activities) QueryPayment(ctx context.Context, call models.Call) (models.Event, error) {
	unknown := models.Event{Kind: models.PaymentUnknown, Attempt: call.Ref, Actor: "provider"}
	ctx, cancel := context.WithTimeout(ctx, brief)
	defer cancel()
	t, err := a.open(ctx, call.Request, call.Ref)
	if err != nil {
		a.Log.WarnContext(ctx, "hint not checked", "request", call.Request.ID, "error", err)
		return unknown, nil
	}
	answer, err := t.query(ctx)
	if err != nil {
		a.Log.WarnContext(ctx, "hint not checked", "request", call.Request.ID, "error", err)
		return unknown, nil
	}
	return answer, nil
}

// pollAfter is how long to wait after each poll; the last value repeats.
// Source: product rules 4.4, T_poll.
var pollAfter = []time.Duration{
	5 * time.Second, 10 * time.Second, 20 * time.Second, 30 * time.Second, time.Minute,
	2 * time.Minute, 5 * time.Minute, 10 * time.Minute,
}

// PollPayment asks until there is an end. Each try is one query; the server
// keeps the schedule, so that a poll costs a history three events, not three a try.
func (a *Activities) PollPayment(ctx context.Context, call models.Call) (models.Event, error) {
	t, err := a.open(ctx, call.Request, call.Ref)
	if err != nil {
		return models.Event{}, a.retry(ctx, err)
	}
	wait := waiting(t.scaled(nth(pollAfter, activity.GetInfo(ctx).Attempt)))
	answer, err := t.query(ctx)
	if err != nil {
		return models.Event{}, wait
	}
	fresh := answer.Kind == models.PaymentBusy && call.Ref == t.request.Slot && !t.request.SlotExtended
	checked := answer.Kind == models.PaymentUnpaid && !t.attempt.Pending()
	if ended(answer.Kind) || fresh || checked {
		return answer, nil
	}
	return models.Event{}, wait
}

// nth is the wait after the n-th try, counted from 1.
func nth(schedule []time.Duration, n int32) time.Duration {
	return schedule[min(max(int(n), 1), len(schedule))-1]
}
