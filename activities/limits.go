package activities

import (
	"context"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/store"
)

// limitObjection takes the amount from all limits that bound the payment under the
// catalogue as it stands now; it is the word for the first that it does not fit into.
func (a *Activities) limitObjection(
	ctx context.Context, r models.Request, attempt models.Attempt,
) (reason string, err error) {
	catalogue, err := a.Catalogue.Fresh(ctx)
	if err != nil {
		return "", err
	}
	limits := catalogue.Limits(policy.Paying{App: r.App, Channel: attempt.Channel, ByBuyer: attempt.ByBuyer})
	if reason := policy.TooMuch(limits, attempt.Quoted); reason != "" || len(limits) == 0 {
		return reason, nil
	}
	full, err := a.Store.TakeLimits(ctx, store.LimitShare{
		App: r.App, Request: r.ID, Attempt: attempt.Number, Channel: attempt.Channel, Payer: attempt.Payer,
		Buyer: r.Buyer, ByBuyer: attempt.ByBuyer, Amount: attempt.Quoted, Limits: limits,
	}, a.Clock())
	if err != nil || full == nil {
		return "", err
	}
	return full.Refusal(false), nil
}
