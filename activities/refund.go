package activities

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/activity"

	"github.com/friendpay/friendpay/internal/failpoint"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/store"
)

// refundAfter is how long to wait after each question about a refund. Source:
// the schedule that WeChat Pay advises.
var refundAfter = []time.Duration{
	time.Minute, time.Minute, time.Minute, time.Minute, time.Minute,
	5 * time.Minute, 10 * time.Minute, 20 * time.Minute, 30 * time.Minute,
}

// followAfter is how long to wait after each question about a refund that is a human's
// case already, and followFloor the least of it when demo time divides it.
const (
	followAfter = time.Hour
	followFloor = time.Second
)

// SubmitRefund asks the provider to give the money back, under the refund's one
// number. RefundUnfinished means accepted, or not known: PollRefund finds out.
func (a *Activities) SubmitRefund(ctx context.Context, call models.Call) (models.Event, error) {
	t, refund, err := a.openRefund(ctx, call)
	if err != nil {
		return models.Event{}, a.retry(ctx, err)
	}
	began := a.Clock()
	refund.Number = numberOf(ctx, refund.Number)
	status, err := t.adapter.Refund(ctx, refund)
	failpoint.Hit(failpoint.MidRefund)
	t.record(ctx, "refund", began, err)
	if err != nil && providers.ClassOf(err) == providers.Definite {
		return t.rejected(ctx, refund, err)
	}
	if errors.Is(err, providers.ErrNoFunds) {
		return models.Event{}, t.unfunded(ctx, err)
	}
	if err != nil {
		t.complain(ctx)
		return models.Event{}, later(err)
	}
	t.funded(ctx)
	return refundEvent(refund, status), nil
}

// silentFor is how long a provider may leave open what became of a refund before that
// is a case; asking goes on all the same. Source: product rules 4.4, T_stuck.
const silentFor = 2 * time.Hour

// complain opens a case, once, when the provider has been unclear for too long. That it
// could not be opened must not stop the asking: the next try opens it.
func (t talk) complain(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteTime)
	defer cancel()
	since, err := t.Store.SilentSince(ctx, t.request.ID, t.refund)
	if err == nil && !since.IsZero() && t.Clock().Sub(since) >= t.scaled(silentFor) {
		_, err = t.Store.OpenCase(ctx, store.Case{
			Request: t.request.ID, Kind: models.CaseSilence, Attempt: t.attempt.Number, Refund: t.refund,
			Provider: t.attempt.Provider, Account: t.attempt.Account,
			Detail: "The provider does not say whether the refund was taken.",
		})
	}
	if err != nil {
		t.Log.WarnContext(ctx, "silence not looked at", "request", t.request.ID, "refund", t.refund, "error", err)
	}
}

// PollRefund asks until the refund has an end.
func (a *Activities) PollRefund(ctx context.Context, call models.Call) (models.Event, error) {
	t, refund, err := a.openRefund(ctx, call)
	if err != nil {
		return models.Event{}, a.retry(ctx, err)
	}
	answer, err := t.newsOfRefund(ctx, refund)
	if err != nil {
		t.complain(ctx)
	}
	if err != nil || answer.Kind == models.RefundUnfinished {
		return models.Event{}, waiting(t.scaled(nth(refundAfter, activity.GetInfo(ctx).Attempt)))
	}
	return answer, nil
}

// FollowRefund goes on asking about a refund that is a case already, until the money has
// arrived or surely will not. What is still as it was is no answer.
func (a *Activities) FollowRefund(ctx context.Context, call models.Call) (models.Event, error) {
	t, refund, err := a.openRefund(ctx, call)
	if err != nil {
		return models.Event{}, a.retry(ctx, err)
	}
	was, _ := call.Request.Refund(call.Ref)
	answer, err := t.newsOfRefund(ctx, refund)
	same := answer.Kind == models.RefundBroke && answer.Reason == was.Failure
	if err != nil || answer.Kind == models.RefundUnfinished || same {
		return models.Event{}, waiting(max(t.scaled(followAfter), followFloor))
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
		Number: owed.Number, Payment: t.ref(), Transaction: t.attempt.Transaction,
		Total: t.attempt.Captured, Amount: owed.Amount, Reason: owed.Reason,
		NotifyURL: t.notifyURL(), CreatedAt: owed.CreatedAt,
	}, err
}

func (t talk) queryRefund(ctx context.Context, refund providers.Refund) (models.Event, error) {
	status, err := t.refundStatus(ctx, refund)
	if err != nil {
		return models.Event{}, err
	}
	return refundEvent(refund, status), nil
}

func (t talk) refundStatus(ctx context.Context, refund providers.Refund) (providers.RefundStatus, error) {
	began := t.Clock()
	status, err := t.adapter.QueryRefund(ctx, refund)
	t.record(ctx, "query_refund", began, err)
	return status, err
}

// refundEvent puts the provider's word into those of the law. Money back under
// another number, or another amount, is for a human.
func refundEvent(asked providers.Refund, status providers.RefundStatus) models.Event {
	switch {
	case status.State == providers.RefundAbnormal:
		return broke(asked.Number, models.Abnormal)
	case status.State == providers.RefundClosed:
		return broke(asked.Number, models.ReturnClosed)
	case status.State != providers.RefundDone:
		return models.Event{Kind: models.RefundUnfinished, Refund: asked.Number, Actor: "provider"}
	case status.Number != asked.Number || status.Refunded != asked.Amount:
		return broke(asked.Number, "mismatch")
	}
	done := models.Event{Kind: models.RefundDone, Refund: asked.Number, Actor: "provider"}
	if status.Coupon.Currency == asked.Amount.Currency {
		done.Coupon = &status.Coupon
	}
	return done
}

func broke(number, reason string) models.Event {
	return models.Event{Kind: models.RefundBroke, Refund: number, Reason: reason, Actor: "provider"}
}
