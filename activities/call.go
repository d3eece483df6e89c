package activities

import (
	"context"
	"fmt"
	"time"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/store"
)

// talk is one conversation with the provider of an attempt.
type talk struct {
	*Activities
	adapter providers.Adapter
	request models.Request
	attempt models.Attempt
	refund  string
}

// open finds the adapter for the attempt of that number.
func (a *Activities) open(ctx context.Context, r models.Request, number string) (talk, error) {
	attempt, ok := r.Attempt(number)
	if !ok {
		return talk{}, fmt.Errorf("request %s has no attempt %s", r.ID, number)
	}
	adapter, err := a.Providers.Open(ctx, attempt.Provider, attempt.Account)
	if err != nil {
		return talk{}, fmt.Errorf("open provider account: %w", err)
	}
	return talk{Activities: a, adapter: adapter, request: r, attempt: attempt}, nil
}

// record notes a call for support; what support cannot read must not stop money.
func (t talk) record(ctx context.Context, op string, began time.Time, err error) {
	var class providers.Class
	if err != nil {
		class = providers.ClassOf(err)
	}
	call := store.Call{
		Request: t.request.ID, Attempt: t.attempt.Number, Refund: t.refund, Provider: t.attempt.Provider,
		Op: op, Class: class, Latency: t.Clock().Sub(began), At: began,
	}
	if err := t.Store.RecordCall(ctx, call); err != nil {
		t.Log.WarnContext(ctx, "provider call not recorded", "request", t.request.ID, "op", op, "error", err)
	}
}

// query asks the provider and puts the answer into the words of the law.
func (t talk) query(ctx context.Context) (models.Event, error) {
	began := t.Clock()
	status, err := t.adapter.Query(ctx, t.ref())
	t.record(ctx, "query", began, err)
	if err != nil {
		return models.Event{}, err
	}
	return t.event(status), nil
}

func (t talk) ref() providers.Ref {
	return providers.Ref{Number: t.attempt.Number, CreatedAt: t.attempt.CreatedAt}
}

func (t talk) event(status providers.Status) models.Event {
	event := models.Event{Attempt: t.attempt.Number, Actor: "provider", Kind: heard[status.State]}
	if event.Kind == models.PaymentSucceeded {
		event.Spare = mint.Number()
		event.Capture = &models.Capture{
			Money: status.Captured, Transaction: status.Transaction, PaidAt: status.PaidAt,
			Mismatch: mismatch(t.adapter.Seller(), t.attempt.Number, status),
		}
	}
	return event
}

// heard translates the provider's word; only an explicit success is one.
var heard = map[providers.State]models.EventKind{
	providers.NotCreated: models.PaymentUnpaid,
	providers.Unpaid:     models.PaymentUnpaid,
	providers.Paying:     models.PaymentBusy,
	providers.Paid:       models.PaymentSucceeded,
	providers.Closed:     models.PaymentClosed,
	providers.Failed:     models.PaymentFailed,
	providers.Unknown:    models.PaymentUnknown,
}

// mismatch names what of an answer is not ours; amount and currency are the law's.
func mismatch(seller providers.Seller, number string, status providers.Status) string {
	switch {
	case status.Number != number:
		return "number"
	case status.Account != seller.Account:
		return "account"
	case status.App != seller.App:
		return "app"
	default:
		return ""
	}
}
