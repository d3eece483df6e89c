package providertest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
)

func createChecks() []Check {
	return []Check{
		{"create/presents_an_unpaid_order", createPresents},
		{"create/same_again_is_the_same_order", createAgain},
		{"create/other_parameters_are_refused", createOther},
		{"create/edge_amounts_pass", createEdges},
		{"create/nonsense_is_refused", createNonsense},
		{"query/unknown_is_not_created", queryUnknown},
		{"query/unknown_word_is_unknown", queryOddWord},
		{"query/success_without_money_is_none", queryHollow},
		{"query/tells_whom_it_is_about", queryForeign},
	}
}

func createPresents(ctx context.Context, b *Bench) error {
	payment := b.payment(12900)
	shown, err := b.Adapter.Create(ctx, payment)
	if err != nil {
		return err
	}
	if shown.Kind != b.Kind || shown.URL == "" && len(shown.Fields) == 0 {
		return fmt.Errorf("presented as %q, not %q, or empty", shown.Kind, b.Kind)
	}
	if b.Traits.AtCashier {
		if err := errors.Join(b.is(ctx, payment, providers.NotCreated), b.open(ctx, shown)); err != nil {
			return err
		}
	}
	status, err := b.Adapter.Query(ctx, ref(payment))
	if err != nil {
		return err
	}
	seller := b.Adapter.Seller()
	if seller.Account == "" || status.Account != seller.Account || status.App != seller.App {
		return fmt.Errorf("the answer names %s/%s, we are %s/%s",
			status.Account, status.App, seller.Account, seller.App)
	}
	if status.State != providers.Unpaid || status.Number != payment.Number || status.Captured.Minor != 0 {
		return fmt.Errorf("a new order reads %+v", status)
	}
	return nil
}

func createAgain(ctx context.Context, b *Bench) error {
	payment := b.payment(500)
	first, err := b.Adapter.Create(ctx, payment)
	if err != nil {
		return err
	}
	if err := b.open(ctx, first); err != nil {
		return err
	}
	again, err := b.Adapter.Create(ctx, payment)
	switch {
	case b.Traits.NoRepeat:
		err = b.class(err, providers.Definite)
	case err != nil:
	case b.Traits.FreshPresentation:
		if err = b.open(ctx, again); err == nil {
			err = b.count(ctx, payment.Number, "order_repeated", 1)
		}
	case !reflect.DeepEqual(first, again):
		err = errors.New("the same order is presented differently")
	default:
		err = b.open(ctx, again)
	}
	if err != nil {
		return err
	}
	return b.count(ctx, payment.Number, "order_created", 1)
}

func createOther(ctx context.Context, b *Bench) error {
	payment, err := b.made(ctx, 500)
	if err != nil {
		return err
	}
	dearer, later := payment, payment
	dearer.Amount = models.CNY(501)
	later.ExpiresAt = payment.ExpiresAt.Add(time.Minute)
	for _, other := range []providers.Payment{dearer, later} {
		if err := b.notMade(ctx, other); err != nil {
			return err
		}
	}
	return b.is(ctx, payment, providers.Unpaid)
}

// notMade checks that an order is refused under a number that is taken: by the call,
// or by the cashier where making one calls nobody.
func (b *Bench) notMade(ctx context.Context, other providers.Payment) error {
	shown, err := b.Adapter.Create(ctx, other)
	if !b.Traits.LocalCreate || err != nil {
		return b.class(err, providers.Definite)
	}
	if b.open(ctx, shown) == nil {
		return errors.New("the cashier took another order under the same number")
	}
	return nil
}

// The edges are one fen and one million yuan.
var edges = []int64{1, 100_000_000}

func createEdges(ctx context.Context, b *Bench) error {
	for _, fen := range edges {
		payment, err := b.paid(ctx, fen)
		if err != nil {
			return err
		}
		if err := b.captured(ctx, payment, fen); err != nil {
			return err
		}
	}
	return nil
}

func createNonsense(ctx context.Context, b *Bench) error {
	spoil := map[string]func(*providers.Payment){
		"nothing to pay":   func(p *providers.Payment) { p.Amount.Minor = 0 },
		"negative":         func(p *providers.Payment) { p.Amount.Minor = -1 },
		"no currency":      func(p *providers.Payment) { p.Amount.Currency = "" },
		"expired":          func(p *providers.Payment) { p.ExpiresAt = time.Now().Add(-time.Minute) },
		"short number":     func(p *providers.Payment) { p.Number = "1" },
		"odd number":       func(p *providers.Payment) { p.Number = "../../orders/0123456789ABC" },
		"unknown product":  func(p *providers.Payment) { p.Product = "telepathy" },
		"no callback road": func(p *providers.Payment) { p.NotifyURL = "" },
	}
	for name, change := range spoil {
		payment := b.payment(100)
		change(&payment)
		_, err := b.Adapter.Create(ctx, payment)
		if err := b.class(err, providers.Definite); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func queryUnknown(ctx context.Context, b *Bench) error {
	return b.is(ctx, b.payment(1), providers.NotCreated)
}

func queryOddWord(ctx context.Context, b *Bench) error {
	payment, err := b.paid(ctx, 700)
	if err != nil {
		return err
	}
	for _, word := range []string{"PAID?", "paid", "SUCCEEDED", "0"} {
		fault := Fault{Op: OpQuery, Mode: "say_status", Value: word, Number: payment.Number}
		if err := b.Driver.Fault(ctx, fault); err != nil {
			return err
		}
		if err := b.is(ctx, payment, providers.Unknown); err != nil {
			return fmt.Errorf("word %q: %w", word, err)
		}
	}
	return b.is(ctx, payment, providers.Paid)
}

// queryHollow lets the provider say "paid" about an order without a capture.
func queryHollow(ctx context.Context, b *Bench) error {
	payment, err := b.made(ctx, 700)
	if err != nil {
		return err
	}
	word := cmp.Or(b.Traits.PaidWord, "PAID")
	fault := Fault{Op: OpQuery, Mode: "say_status", Value: word, Number: payment.Number}
	if err := b.Driver.Fault(ctx, fault); err != nil {
		return err
	}
	status, err := b.Adapter.Query(ctx, ref(payment))
	if err != nil {
		return b.class(err, providers.Ambiguous)
	}
	if status.State == providers.Paid {
		return errors.New("success was believed although no money was shown")
	}
	return nil
}

// queryForeign lets an answer name somebody else: the adapter must refuse it or
// pass the strange names on, for the engine to see.
func queryForeign(ctx context.Context, b *Bench) error {
	payment, err := b.paid(ctx, 700)
	if err != nil {
		return err
	}
	fault := Fault{Op: OpQuery, Mode: "foreign_account", Number: payment.Number}
	if err := b.Driver.Fault(ctx, fault); err != nil {
		return err
	}
	status, err := b.Adapter.Query(ctx, ref(payment))
	if err == nil && status.State == providers.Paid && status.Account == b.Adapter.Seller().Account {
		return errors.New("an answer about another account reads like one about ours")
	}
	return nil
}
