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

// doubtFor is how long a report is held against a provider whose answers do not bear
// it out: they may come from a copy that lags behind. Source: product rules 4.4, T_stuck.
const doubtFor = 15 * time.Minute

// PollPayment asks until there is an end. Each try is one query; the server
// keeps the schedule, so that a poll costs a history three events, not three a try.
// Of an attempt that is over only money is an end, until the doubt has lasted long
// enough; whatever is said then counts.
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
	if t.settles(ctx, answer.Kind) {
		return answer, nil
	}
	return models.Event{}, wait
}

// settles says whether an answer ends the poll.
func (t talk) settles(ctx context.Context, kind models.EventKind) bool {
	fresh := kind == models.PaymentBusy && t.attempt.Number == t.request.Slot && !t.request.SlotExtended
	if t.attempt.Pending() || kind == models.PaymentSucceeded {
		return fresh || ended(kind)
	}
	waited := t.Clock().Sub(activity.GetInfo(ctx).ScheduledTime)
	return waited >= t.scaled(doubtFor) && (ended(kind) || kind == models.PaymentUnpaid)
}

// nth is the wait after the n-th try, counted from 1.
func nth(schedule []time.Duration, n int32) time.Duration {
	return schedule[min(max(int(n), 1), len(schedule))-1]
}
