package activities

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/activity"

	"github.com/friendpay/friendpay/internal/bug"
	"github.com/friendpay/friendpay/internal/failpoint"
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

// noteTime bounds the note about a call, which may have used up all the time it had.
const noteTime = time.Second

// record notes a call for support; what support cannot read must not stop money.
func (t talk) record(ctx context.Context, op string, began time.Time, err error) {
	failpoint.Hit(failpoint.AfterCall)
	class, code := outcome(err)
	call := store.Call{
		Request: t.request.ID, Attempt: t.attempt.Number, Refund: t.refund, Provider: t.attempt.Provider,
		Op: op, Class: class, Code: code, Latency: max(t.Clock().Sub(began), 0), At: began,
	}
	if t.Called != nil {
		t.Called(call)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteTime)
	defer cancel()
	if err := t.Store.RecordCall(ctx, call); err != nil {
		t.Log.WarnContext(ctx, "provider call not recorded", "request", t.request.ID, "op", op, "error", err)
	}
}

// numberOf is the one number of an order or refund, over all retries.
func numberOf(ctx context.Context, number string) string {
	if bug.NewNumber && activity.GetInfo(ctx).Attempt > 1 {
		return mint.Number()
	}
	return number
}

// outcome is how a call went, for support: what Close may answer is no failure.
func outcome(err error) (providers.Class, string) {
	var failed *providers.Error
	switch {
	case err == nil:
		return "", ""
	case errors.Is(err, providers.ErrPaid):
		return "", "paid"
	case errors.Is(err, providers.ErrNotCreated):
		return "", "not_created"
	case errors.Is(err, providers.ErrNotSupported):
		return "", "not_supported"
	case errors.As(err, &failed):
		return failed.Class, failed.Code
	default:
		return providers.ClassOf(err), ""
	}
}

// query asks the provider and puts the answer into the words of the law.
func (t talk) query(ctx context.Context) (models.Event, error) {
	status, err := t.status(ctx)
	if err != nil {
		return models.Event{}, err
	}
	event := t.event(status)
	if event.Capture != nil && event.Capture.Mismatch == "" {
		event.Capture.Mismatch, err = t.stranger(ctx, status.Payer)
	}
	return event, err
}

func (t talk) status(ctx context.Context) (providers.Status, error) {
	began := t.Clock()
	status, err := t.adapter.Query(ctx, t.ref())
	t.record(ctx, "query", began, err)
	return status, err
}

// stranger is "payer" when an order that only one person could pay was paid by
// somebody else: the provider did not do what it promised, and a human has to look.
func (t talk) stranger(ctx context.Context, paidBy string) (mismatch string, err error) {
	bound, ok := t.adapter.(providers.Identifier)
	if !ok || paidBy == "" || !bound.Binds(t.attempt.Product) {
		return "", nil
	}
	payer, err := t.Store.Paying(ctx, t.attempt, t.adapter.Seller().App)
	if err != nil || payer.Subject == paidBy {
		return "", err
	}
	return "payer", nil
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
			Funding:  status.Funding, RefundDays: t.refundDays(status.Funding),
		}
		if status.Coupon.Minor != 0 {
			event.Capture.Coupon = status.Coupon
		}
	}
	return event
}

// refundDays is how soon a refund of it would be with the payer; 0 is not known.
func (t talk) refundDays(funding string) int {
	if known, ok := t.adapter.(providers.Returning); ok {
		return known.RefundDays(t.attempt.Product, funding)
	}
	return 0
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
