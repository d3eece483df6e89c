package activities

import (
	"context"
	"errors"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/store"
)

// emptyBalance is what staff read of a refund that waits for the merchant's money.
const emptyBalance = "The merchant's balance at the provider is empty: it goes back once it is topped up."

// tellEmpty tells staff at once: nobody but the merchant can end this wait.
func (t talk) tellEmpty(ctx context.Context) {
	t.note(ctx, "empty balance not told", func(ctx context.Context) error {
		_, err := t.Store.OpenCase(ctx, t.waitsForFunds())
		return err
	})
}

// unfunded has the refund asked for again, under its number, when the provider says so.
func (t talk) unfunded(ctx context.Context, cause error) error {
	t.tellEmpty(ctx)
	var known *providers.Error
	if errors.As(cause, &known) && known.RetryAfter > 0 {
		scaled := *known
		scaled.RetryAfter = max(t.scaled(known.RetryAfter), followFloor)
		cause = &scaled
	}
	return later(cause)
}

// funded ends what tellEmpty told of.
func (t talk) funded(ctx context.Context) {
	if firstTry(ctx) {
		return
	}
	t.note(ctx, "case of an empty balance not closed", func(ctx context.Context) error {
		return t.Store.SettleCase(ctx, t.waitsForFunds(), "engine", "The balance covers it: the provider took it.")
	})
}

func (t talk) waitsForFunds() store.Case {
	return store.Case{
		Request: t.request.ID, Kind: models.CaseRefund, Attempt: t.attempt.Number, Refund: t.refund,
		Provider: t.attempt.Provider, Account: t.attempt.Account, Detail: emptyBalance,
	}
}

// note writes what staff should see. What cannot be written must not stop the money.
func (t talk) note(ctx context.Context, trouble string, write func(context.Context) error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteTime)
	defer cancel()
	if err := write(ctx); err != nil {
		t.Log.WarnContext(ctx, trouble, "request", t.request.ID, "refund", t.refund, "error", err)
	}
}

// DivertRefund sends what the payer's account cannot take to the merchant's own account.
// The provider is asked first: what an earlier try has done, or time, is not done again.
func (a *Activities) DivertRefund(ctx context.Context, call models.Call) (models.Event, error) {
	t, refund, err := a.openRefund(ctx, call)
	if err != nil {
		return models.Event{}, a.retry(ctx, err)
	}
	answer, err := t.queryRefund(ctx, refund)
	if err != nil {
		return models.Event{}, later(err)
	}
	if answer.Reason != models.Abnormal {
		return answer, nil
	}
	way, ok := t.adapter.(providers.Diverter)
	if !ok {
		return answer, nil // there is no other way: it is as stranded as before
	}
	began := t.Clock()
	status, err := way.DivertRefund(ctx, refund)
	t.record(ctx, "divert_refund", began, err)
	if err != nil && providers.ClassOf(err) == providers.Definite {
		t.refused(ctx, "divert_refund", err)
		return answer, nil
	}
	if err != nil {
		return models.Event{}, later(err)
	}
	return refundEvent(refund, status), nil
}
