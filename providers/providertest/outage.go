package providertest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/friendpay/friendpay/providers"
)

// outage is a way of answering badly and what may be concluded from it.
type outage struct {
	mode  string
	class providers.Class
}

var outages = []outage{
	{"drop_before", providers.Ambiguous},
	{"drop_after", providers.Ambiguous},
	{"error_before", providers.Ambiguous},
	{"error_after", providers.Ambiguous},
	{"hold", providers.Ambiguous},  // done, but the answer comes after the deadline
	{"delay", providers.Ambiguous}, // done after the deadline
	{"bad_signature", providers.Ambiguous},
	{"redirect", providers.Ambiguous},
	{"huge_body", providers.Ambiguous},
	{"bad_json", providers.Ambiguous},
	{"rate_limited", providers.Refused},
}

func (t Traits) outages() []outage {
	own := make([]outage, len(t.Outages))
	for i, mode := range t.Outages {
		own[i] = outage{mode, providers.Ambiguous}
	}
	return own
}

// outageChecks is every call times every outage.
func outageChecks(traits Traits) []Check {
	checks := []Check{{"outage/a_caller_who_gave_up", outageCancelled}}
	for _, op := range []string{OpCreate, OpQuery, OpClose, OpRefund, OpRefundQuery, OpStatement} {
		for _, o := range slices.Concat(outages, traits.outages()) {
			check := Check{"outage/" + op + "/" + o.mode,
				func(ctx context.Context, b *Bench) error { return suffer(ctx, b, op, o) }}
			bodiless := op == OpClose && slices.Contains([]string{"huge_body", "bad_json"}, o.mode)
			found := unless(bodiless, "a close is answered without a body", check)
			checks = append(checks, unless(op == OpClose && traits.NoClose, noClose, found...)...)
		}
	}
	return checks
}

// scene is one call that can be made again, and what must be true at the end.
type scene struct {
	number string // what the fault names
	call   func(ctx context.Context) error
	effect func(ctx context.Context) error
}

// suffer makes a call through an outage, checks the class, then makes it again
// as it was: the effect must be there, once.
func suffer(ctx context.Context, b *Bench, op string, o outage) error {
	s, err := b.scene(ctx, op)
	if err != nil {
		return fmt.Errorf("scene: %w", err)
	}
	fault := Fault{Op: op, Mode: o.mode, Number: s.number}
	limit := patience
	if o.mode == "delay" || o.mode == "hold" {
		fault.MS, limit = 60_000, 100*time.Millisecond
	}
	if err := b.Driver.Fault(ctx, fault); err != nil {
		return err
	}
	began := time.Now()
	hurried, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	if err := b.class(s.call(hurried), o.class); err != nil {
		return err
	}
	if time.Since(began) > patience/2 {
		return errors.New("the deadline was not kept")
	}
	// A hurried call may not even have come that far, and its fault would meet the next.
	if err := b.Driver.ClearFaults(ctx); err != nil {
		return err
	}
	if err := s.call(ctx); err != nil {
		return fmt.Errorf("the same call again: %w", err)
	}
	return s.effect(ctx)
}

func (b *Bench) scene(ctx context.Context, op string) (scene, error) {
	if op == OpCreate {
		return b.createScene(), nil
	}
	payment, err := b.made(ctx, 4200)
	if err != nil {
		return scene{}, err
	}
	if op == OpClose {
		return b.closeScene(payment), nil
	}
	if err := b.Driver.Pay(ctx, payment.Number); err != nil {
		return scene{}, err
	}
	switch op {
	case OpQuery:
		call := func(ctx context.Context) error { return b.captured(ctx, payment, 4200) }
		return scene{payment.Number, call, call}, nil
	case OpStatement:
		call := b.statement
		return scene{"", call, func(context.Context) error { return nil }}, nil
	}
	return b.refundScene(ctx, op, payment)
}

func (b *Bench) createScene() scene {
	payment := b.payment(4200)
	return scene{
		number: payment.Number,
		call:   func(ctx context.Context) error { _, err := b.Adapter.Create(ctx, payment); return err },
		effect: func(ctx context.Context) error { return b.count(ctx, payment.Number, "order_created", 1) },
	}
}

func (b *Bench) closeScene(payment providers.Payment) scene {
	return scene{
		number: payment.Number,
		call:   func(ctx context.Context) error { return b.Adapter.Close(ctx, ref(payment)) },
		effect: func(ctx context.Context) error { return b.count(ctx, payment.Number, "closed", 1) },
	}
}

func (b *Bench) refundScene(ctx context.Context, op string, payment providers.Payment) (scene, error) {
	refund := b.back(payment, 4200)
	s := scene{
		number: refund.Number,
		call:   func(ctx context.Context) error { _, err := b.Adapter.Refund(ctx, refund); return err },
		effect: func(ctx context.Context) error { return b.count(ctx, payment.Number, "refund_created", 1) },
	}
	if op == OpRefund {
		return s, nil
	}
	err := s.call(ctx)
	s.call = func(ctx context.Context) error { _, err := b.Adapter.QueryRefund(ctx, refund); return err }
	return s, err
}

func outageCancelled(ctx context.Context, b *Bench) error {
	payment := b.payment(4200)
	gone, cancel := context.WithCancel(ctx)
	cancel()
	_, err := b.Adapter.Create(gone, payment)
	if err := b.class(err, providers.Ambiguous); err != nil {
		return err
	}
	if !errors.Is(err, context.Canceled) {
		return errors.New("the error does not tell that the caller gave up")
	}
	return b.is(ctx, payment, providers.NotCreated)
}
