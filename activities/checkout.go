package activities

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/store"
)

// OpenPayment makes the provider's order and keeps what the payer's browser needs
// in the database: it is a capability and stays out of histories. An ambiguous
// answer is asked for again under the same number, never under a new one.
func (a *Activities) OpenPayment(ctx context.Context, call models.Call) (models.Event, error) {
	t, err := a.open(ctx, call.Request, call.Ref)
	if err != nil {
		return models.Event{}, a.retry(ctx, err)
	}
	payment, err := t.payment(ctx)
	if err != nil {
		return models.Event{}, a.retry(ctx, err)
	}
	if !providers.CanFund(t.adapter, payment.Sources) {
		return t.unopened(ctx, errSources)
	}
	began := a.Clock()
	presentation, err := t.adapter.Create(ctx, payment)
	t.record(ctx, "create", began, err)
	t.noteMade(ctx, err)
	if err != nil && providers.ClassOf(err) == providers.Definite {
		return t.unopened(ctx, err)
	}
	if err != nil {
		return models.Event{}, later(err)
	}
	answer := models.Event{Kind: models.PaymentOpened, Attempt: call.Ref, Actor: "provider"}
	return answer, a.retry(ctx, a.Store.SavePresentation(ctx, call.Ref, presentation))
}

// listed takes a list with commas apart.
func listed(words string) []string {
	if words == "" {
		return nil
	}
	return strings.Split(words, ",")
}

// errSources is a channel whose row asks of a provider what its adapter cannot tell it. The
// payer would be let pay with what the order does not take, so no order is made.
var errSources = &providers.Error{
	Class: providers.Definite, Op: "create", Code: "SOURCES",
	Message: "the provider cannot restrict where money comes from",
}

// payment is the order to be made. Who the payer is at the provider, and where his
// browser is, is read here and stays out of histories.
func (t talk) payment(ctx context.Context) (providers.Payment, error) {
	payer, err := t.Store.Paying(ctx, t.attempt, t.adapter.Seller().App)
	if err != nil {
		return providers.Payment{}, err
	}
	order, err := t.Store.Order(ctx, t.request.Order)
	if err != nil {
		return providers.Payment{}, err
	}
	subject, err := t.subject(ctx, order)
	if err != nil {
		return providers.Payment{}, err
	}
	return providers.Payment{
		Number: numberOf(ctx, t.attempt.Number), Product: t.attempt.Product, Amount: t.attempt.Quoted,
		Subject:   subject,
		CreatedAt: t.attempt.CreatedAt,
		ExpiresAt: t.attempt.ExpiresAt,
		NotifyURL: t.notifyURL(), ReturnURL: t.returnURL(),
		Payer: payer.Subject, PayerIP: payer.Address, Sources: listed(t.attempt.Sources),
	}, nil
}

// returnURL is where the payer's browser goes afterwards. The friend's page is of a link, and a buyer has
// none: he would read there what became of somebody else's payment that his browser has seen, or nothing.
func (t talk) returnURL() string {
	if t.attempt.ByBuyer {
		return t.Addresses.Own
	}
	return t.Addresses.Return
}

// subject is what the payer reads at the cashier and on his bill: no more of the order than
// its buyer showed when the attempt was made. It is the same over all tries, since providers
// refuse an order that comes again with other words. A buyer who pays himself reads it all.
func (t talk) subject(ctx context.Context, order store.Order) (string, error) {
	card, err := t.Store.CardAt(ctx, t.request.ID, t.attempt.CreatedAt)
	switch {
	case err != nil:
		return "", err
	case card.Shows == models.ShowsFull || t.attempt.ByBuyer:
		return "代付-" + order.Title, nil
	case card.Shows == models.ShowsCategory && order.Category != "":
		return "代付-" + order.Category, nil
	}
	return "代付订单", nil
}

func (t talk) notifyURL() string {
	return fmt.Sprintf("%s/v1/callbacks/%s/%s", t.Addresses.Callbacks, t.attempt.Provider, t.attempt.Account)
}

// ClosePayment makes an attempt unpayable: query, close, query. Closed is only
// what answers "not paid" after the close; paid on the way is a payment.
func (a *Activities) ClosePayment(ctx context.Context, call models.Call) (models.Event, error) {
	t, err := a.open(ctx, call.Request, call.Ref)
	if err != nil {
		return models.Event{}, a.retry(ctx, err)
	}
	answer, err := t.query(ctx)
	if err != nil {
		return models.Event{}, later(err)
	}
	if ended(answer.Kind) {
		return answer, nil
	}
	switch err := t.close(ctx); {
	case errors.Is(err, providers.ErrPaid):
		return t.proof(ctx)
	case errors.Is(err, providers.ErrNotSupported):
		return t.outlive(ctx)
	case err != nil && !errors.Is(err, providers.ErrNotCreated):
		return models.Event{}, later(err)
	}
	return t.after(ctx)
}

func (t talk) close(ctx context.Context) error {
	began := t.Clock()
	err := t.adapter.Close(ctx, t.ref())
	t.record(ctx, "close", began, err)
	return err
}

// after asks once more after the close.
func (t talk) after(ctx context.Context) (models.Event, error) {
	answer, err := t.query(ctx)
	switch {
	case err != nil:
		return models.Event{}, later(err)
	case answer.Kind == models.PaymentUnknown || answer.Kind == models.PaymentBusy:
		return models.Event{}, waiting(t.scaled(10 * time.Second))
	case answer.Kind == models.PaymentUnpaid:
		answer.Kind = models.PaymentClosed
	}
	return answer, nil
}

// proof waits for the query to show the money that the close spoke of: a query may
// lag behind, and "not paid" is then no answer.
func (t talk) proof(ctx context.Context) (models.Event, error) {
	answer, err := t.query(ctx)
	switch {
	case err != nil:
		return models.Event{}, later(err)
	case !ended(answer.Kind):
		return models.Event{}, waiting(t.scaled(10 * time.Second))
	}
	return answer, nil
}

// outlivePace is how often an order that cannot be closed is looked at: it may have
// been paid since, or have become one that can.
const outlivePace = 30 * time.Second

// outlive waits for the provider's own deadline where the order cannot be closed;
// that there is no money counts only when it is asked after it.
func (t talk) outlive(ctx context.Context) (models.Event, error) {
	if left := t.attempt.ExpiresAt.Sub(t.Clock()); left > 0 {
		return models.Event{}, waiting(min(left+time.Second, max(t.scaled(outlivePace), time.Second)))
	}
	return t.after(ctx)
}

func ended(kind models.EventKind) bool {
	return kind == models.PaymentSucceeded || kind == models.PaymentClosed || kind == models.PaymentFailed
}

// scaled divides a wait by the request's speed.
func (t talk) scaled(wait time.Duration) time.Duration {
	return wait / time.Duration(max(t.request.Speed, 1))
}
