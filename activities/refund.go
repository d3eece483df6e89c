package activities

import (
	"context"
	"fmt"
	"time"

	"go.temporal.io/sdk/activity"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
)

// refundAfter is how long to wait after each question about a refund. Source:
// the schedule that WeChat Pay advises.
var refundAfter = []time.Duration{
	time.Minute, time.Minute, time.Minute, time.Minute, time.Minute,
	5 * time.Minute, 10 * time.Minute, 20 * time.Minute, 30 * time.Minute,
}

// SubmitRefund asks the provider to give the money back, under the refund's one
// number. RefundUnfinished means accepted, or not known: PollRefund finds out.
func (a *Activities) SubmitRefund(ctx context.Context, call models.Call) (models.Event, error) {
	t, refund, err := a.openRefund(ctx, call)
	if err != nil {
		return models.Event{}, a.retry(ctx, err)
	}
	began := a.Clock()
	status, err := t.adapter.Refund(ctx, refund)
	t.record(ctx, "refund", began, err)
	if err != nil && providers.ClassOf(err) == providers.Definite {
		return t.rejected(ctx, refund, err)
	}
	if err != nil {
		return models.Event{}, later(err)
	}
	return refundEvent(refund, status), nil
}

// PollRefund asks until the refund has an end.
func (a *Activities) PollRefund(ctx context.Context, call models.Call) (models.Event, error) {
	t, refund, err := a.openRefund(ctx, call)
	if err != nil {
		return models.Event{}, a.retry(ctx, err)
	}
	answer, err := t.queryRefund(ctx, refund)
	if err != nil || answer.Kind == models.RefundUnfinished {
		return models.Event{}, waiting(t.scaled(nth(refundAfter, activity.GetInfo(ctx).Attempt)))
	}
	return answer, nil
}

// QueryRefund asks once about a refund of which a hint came.
func (a *Activities) QueryRefund(ctx context.Context, call models.Call) (models.Event, error) {
	unfinished := models.Event{Kind: models.RefundUnfinished, Refund: call.Ref, Actor: "provider"}
	ctx, cancel := context.WithTimeout(ctx, brief)
	defer cancel()
	t, refund, err := a.openRefund(ctx, call)
	if err != nil {
		a.Log.WarnContext(ctx, "hint not checked", "request", call.Request.ID, "error", err)
		return unfinished, nil
	}
	answer, err := t.queryRefund(ctx, refund)
	if err != nil {
		a.Log.WarnContext(ctx, "hint not checked", "request", call.Request.ID, "error", err)
		return unfinished, nil
	}
	return answer, nil
}

func (a *Activities) openRefund(ctx context.Context, call models.Call) (talk, providers.Refund, error) {
	owed, ok := call.Request.Refund(call.Ref)
	if !ok {
		return talk{}, providers.Refund{}, fmt.Errorf("request %s has no refund %s", call.Request.ID, call.Ref)
	}
	t, err := a.open(ctx, call.Request, owed.Attempt)
	t.refund = call.Ref
	return t, providers.Refund{
		Number: owed.Number, Payment: t.ref(), Total: t.attempt.Captured, Amount: owed.Amount,
		Reason: owed.Reason, NotifyURL: t.notifyURL(), CreatedAt: owed.CreatedAt,
	}, err
}

func (t talk) queryRefund(ctx context.Context, refund providers.Refund) (models.Event, error) {
	began := t.Clock()
	status, err := t.adapter.QueryRefund(ctx, refund)
	t.record(ctx, "query_refund", began, err)
	if err != nil {
		return models.Event{}, err
	}
	return refundEvent(refund, status), nil
}

// refundEvent puts the provider's word into those of the law. Money back under
// another number, or another amount, is for a human.
func refundEvent(asked providers.Refund, status providers.RefundStatus) models.Event {
	switch {
	case status.State == providers.RefundAbnormal:
		return broke(asked.Number, "abnormal")
	case status.State == providers.RefundClosed:
		return broke(asked.Number, "closed")
	case status.State != providers.RefundDone:
		return models.Event{Kind: models.RefundUnfinished, Refund: asked.Number, Actor: "provider"}
	case status.Number != asked.Number || status.Refunded != asked.Amount:
		return broke(asked.Number, "mismatch")
	default:
		return models.Event{Kind: models.RefundDone, Refund: asked.Number, Actor: "provider"}
	}
}

func broke(number, reason string) models.Event {
	return models.Event{Kind: models.RefundBroke, Refund: number, Reason: reason, Actor: "provider"}
}
