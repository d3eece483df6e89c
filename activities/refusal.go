package activities

import (
	"context"

	"go.temporal.io/sdk/activity"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
)

// A definite no is about one try. The try before it, whose answer was lost, may have
// been carried out: from the second on, only what the provider knows under the same
// number confirms that there is nothing.

func firstTry(ctx context.Context) bool { return activity.GetInfo(ctx).Attempt <= 1 }

// refused logs a definite no, which ends an effect without an error. The provider's
// words stay out: they may quote what they are about.
func (t talk) refused(ctx context.Context, op string, err error) {
	class, code := outcome(err)
	t.Log.WarnContext(ctx, "the provider refused for good", "op", op, "provider", t.attempt.Provider,
		"class", class, "code", code, "request", t.request.ID)
}

// unopened is what a refused create comes to. An order that is there all the same is
// one that nobody was shown: PaymentUnknown lets the law ask for it and close it.
func (t talk) unopened(ctx context.Context, cause error) (models.Event, error) {
	t.refused(ctx, "create", cause)
	answer := models.Event{
		Kind: models.PaymentRefused, Attempt: t.attempt.Number, Reason: "refused_by_provider", Actor: "provider",
	}
	if firstTry(ctx) {
		return answer, nil
	}
	status, err := t.status(ctx)
	if err != nil {
		return models.Event{}, later(err)
	}
	switch status.State {
	case providers.NotCreated, providers.Closed, providers.Failed:
		return answer, nil
	default:
		answer.Kind, answer.Reason = models.PaymentUnknown, ""
		return answer, nil
	}
}

// rejected is what a refused refund comes to.
func (t talk) rejected(ctx context.Context, refund providers.Refund, cause error) (models.Event, error) {
	t.refused(ctx, "refund", cause)
	if firstTry(ctx) {
		return broke(refund.Number, "rejected"), nil
	}
	began := t.Clock()
	status, err := t.adapter.QueryRefund(ctx, refund)
	t.record(ctx, "query_refund", began, err)
	switch {
	case err != nil:
		return models.Event{}, later(err)
	case status.State == providers.RefundNotCreated:
		return broke(refund.Number, "rejected"), nil
	default:
		return refundEvent(refund, status), nil
	}
}
