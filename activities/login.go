package activities

import (
	"context"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// CheckLogin says whether this payer may pay this request: through a link that
// still stands, not blocked, not the buyer in disguise, and within his limits.
func (a *Activities) CheckLogin(ctx context.Context, call models.Call) (models.Event, error) {
	attempt, _ := call.Request.Attempt(call.Ref)
	reason, err := a.objection(ctx, call.Request, attempt)
	if err != nil {
		return models.Event{}, a.retry(ctx, err)
	}
	if reason != "" {
		return models.Event{Kind: models.LoginRefused, Attempt: call.Ref, Reason: reason, Actor: "rules"}, nil
	}
	return models.Event{Kind: models.LoginPassed, Attempt: call.Ref, Actor: "rules"}, nil
}

// objection is why the payer may not pay, "" when he may.
func (a *Activities) objection(ctx context.Context, r models.Request, attempt models.Attempt) (string, error) {
	if attempt.ByBuyer {
		app, err := a.Store.App(ctx, r.App)
		if err != nil || app.BuyerMayPayOwn {
			return "", err
		}
		return "buyer_may_not_pay", nil
	}
	invite, err := a.Store.InviteFacts(ctx, attempt.Invite)
	switch {
	case err != nil:
		return "", err
	case invite.Request != r.ID || invite.State == store.InviteRevoked:
		return "link_revoked", nil
	}
	return a.payerObjection(ctx, r, attempt)
}

func (a *Activities) payerObjection(ctx context.Context, r models.Request, attempt models.Attempt) (string, error) {
	facts, err := a.Store.PayerFacts(ctx, attempt.Payer, r.App, a.Clock())
	if err != nil {
		return "", err
	}
	spent := facts.CapturedToday.Plus(attempt.Quoted)
	switch {
	case facts.Blocked:
		return "payer_blocked", nil
	case over(attempt.Quoted, facts.PerPaymentLimit):
		return "payment_limit", nil
	case over(spent, facts.DailyLimit):
		return "daily_limit", nil
	default:
		return "", nil
	}
}

// over says that an amount is above a limit; zero is no limit.
func over(amount, limit models.Money) bool { return limit.Minor > 0 && amount.Minor > limit.Minor }
