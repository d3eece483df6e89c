package activities

import (
	"context"
	"slices"

	"github.com/friendpay/friendpay/internal/decisions"
	"github.com/friendpay/friendpay/internal/facts"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/store"
)

// unavailable is why an attempt is refused whose channel the rules no longer leave. Which
// rule it was is in the log: what an app has with a provider is nothing for a payer.
const unavailable = "channel_unavailable"

// unoffered asks the rules once more before money can move: since the API offered the
// channel it may have been stopped, suspended or switched off. What is under way already
// is not asked about and finishes. "" lets it begin; what refuses it is kept.
func (a *Activities) unoffered(
	ctx context.Context, r models.Request, attempt models.Attempt,
) (reason string, err error) {
	order, err := a.Store.Order(ctx, r.Order)
	if err != nil {
		return "", err
	}
	asked, err := a.asked(ctx, r, order)
	if err != nil {
		return "", err
	}
	if asked.Surface, asked.Version, err = a.Store.Place(ctx, attempt); err != nil {
		return "", err
	}
	asked.Payer = &policy.Payer{ID: attempt.Payer, IsBuyer: attempt.ByBuyer}
	if policy.Over(asked, attempt.Channel) != "" {
		return "", nil // the limits have words of their own
	}
	decision := policy.Decide(asked)
	if slices.Contains(decision.Channels, attempt.Channel) {
		return "", nil
	}
	about := decisions.About{
		Side: store.EngineSide, Order: order.ID, Request: r.ID, Invite: attempt.Invite, Payer: attempt.Payer,
	}
	if err := decisions.Keep(ctx, a.Store, about, asked, decision); err != nil {
		return "", err
	}
	for _, left := range decision.LeftOut {
		if left.Channel == attempt.Channel {
			a.Log.InfoContext(ctx, "attempt refused", "attempt", attempt.Number, "rule", left.Rule,
				"version", left.Version,
				"catalogue", asked.Catalogue.Version)
		}
	}
	return unavailable, nil
}

// asked is what the engine looks at of a request: the newest catalogue, and what the
// request was made with.
func (a *Activities) asked(ctx context.Context, r models.Request, order store.Order) (policy.Facts, error) {
	catalogue, err := a.Catalogue.Fresh(ctx)
	if err != nil {
		return policy.Facts{}, err
	}
	cohort, err := a.Store.Cohort(ctx, r.ID)
	return facts.Made(facts.Of(order, catalogue, a.Clock(), r.Speed), cohort.Released), err
}
