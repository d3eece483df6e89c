package activities

import (
	"context"
	"errors"

	"go.temporal.io/sdk/activity"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
)

// slowFor is how many questions a refund may leave unanswered before it is asked for
// again, where that tells a failed one from a slow one: the first minutes of its poll.
const slowFor = 2

// newsOfRefund asks what became of a refund. Where the provider would say the same of one
// that failed, it is asked for again, under its number: that moves the money once.
func (t talk) newsOfRefund(ctx context.Context, refund providers.Refund) (models.Event, error) {
	status, err := t.refundStatus(ctx, refund)
	if err != nil {
		return models.Event{}, err
	}
	if !status.Silent || activity.GetInfo(ctx).Attempt <= slowFor {
		return refundEvent(refund, status), nil
	}
	return t.askAgain(ctx, refund)
}

// askAgain asks for a refund that was taken on before. A definite no is no end: what was
// taken on may still be on its way, and a human hears of it when it is overdue. An empty
// balance, which may be why it failed, he hears of at once.
func (t talk) askAgain(ctx context.Context, refund providers.Refund) (models.Event, error) {
	began := t.Clock()
	status, err := t.adapter.Refund(ctx, refund)
	t.record(ctx, "refund", began, err)
	switch {
	case err == nil:
		t.funded(ctx)
		return refundEvent(refund, status), nil
	case errors.Is(err, providers.ErrNoFunds):
		t.tellEmpty(ctx)
	case providers.ClassOf(err) == providers.Definite:
		t.refused(ctx, "refund", err)
	}
	return models.Event{}, err
}
