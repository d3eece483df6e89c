package activities

import (
	"context"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// CheckLogin says whether this payer may pay this request: through a link that
// still stands and a channel that the rules still leave, not blocked, not the buyer in
// disguise, and within his limits.
func (a *Activities) CheckLogin(ctx context.Context, call models.Call) (models.Event, error) {
	attempt, _ := call.Request.Attempt(call.Ref)
	reason, err := a.unoffered(ctx, call.Request, attempt)
	if err == nil && reason == "" {
		reason, err = a.objection(ctx, call.Request, attempt)
	}
	if err == nil && reason == "" {
		reason, err = a.limitObjection(ctx, call.Request, attempt)
	}
	if err == nil && reason == "" {
		reason, err = a.offersObjection(ctx, call.Request, attempt)
	}
	if err != nil {
		return models.Event{}, a.retry(ctx, err)
	}
	if reason != "" {
		return models.Event{Kind: models.LoginRefused, Attempt: call.Ref, Reason: reason, Actor: "rules"}, nil
	}
	return models.Event{Kind: models.LoginPassed, Attempt: call.Ref, Actor: "rules"}, nil
}

// objection is why the payer may not pay, whatever the amount; "" when he may.
func (a *Activities) objection(
	ctx context.Context, r models.Request, attempt models.Attempt,
) (reason string, err error) {
	if attempt.ByBuyer {
		return a.unless(ctx, r, "buyer_may_not_pay")
	}
	invite, err := a.Store.InviteFacts(ctx, attempt.Invite)
	switch {
	case models.CodeOf(err) == models.NotFound:
		return "link_revoked", nil
	case err != nil:
		return "", err
	case invite.Request != r.ID || invite.State == store.InviteRevoked:
		return "link_revoked", nil
	}
	disguised, err := a.Store.PayerIsBuyer(ctx, attempt.Payer, r.Order)
	if err != nil {
		return "", err
	}
	if disguised {
		if reason, err = a.unless(ctx, r, "payer_is_buyer"); err != nil || reason != "" {
			return reason, err
		}
	}
	return a.payerObjection(ctx, attempt.Payer)
}

// unless is the reason, unless the app lets its buyers pay for themselves.
func (a *Activities) unless(ctx context.Context, r models.Request, reason string) (string, error) {
	app, err := a.Store.App(ctx, r.App)
	if err != nil || app.BuyerMayPayOwn {
		return "", err
	}
	return reason, nil
}

// payerObjection is what speaks against the payer himself.
func (a *Activities) payerObjection(ctx context.Context, payer string) (reason string, err error) {
	facts, err := a.Store.PayerFacts(ctx, payer)
	switch {
	case models.CodeOf(err) == models.NotFound:
		return "login_needed", nil
	case err != nil:
		return "", err
	case facts.Blocked:
		return "payer_blocked", nil
	default:
		return "", nil
	}
}
