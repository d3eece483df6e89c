package providertest

import (
	"context"
	"errors"
	"fmt"

	"github.com/friendpay/friendpay/providers"
)

func refundMany(ctx context.Context, b *Bench, limit int) error {
	payment, err := b.paid(ctx, 1000)
	if err != nil {
		return err
	}
	for range limit {
		if err := b.accept(ctx, b.back(payment, 1)); err != nil {
			return err
		}
	}
	_, err = b.Adapter.Refund(ctx, b.back(payment, 1))
	return b.class(err, providers.Definite)
}

// refundWithoutFunds is a balance that somebody fills up: money that is owed must
// not be given up for that, and goes back under the number that it has.
func refundWithoutFunds(ctx context.Context, b *Bench) error {
	payment, err := b.paid(ctx, 1000)
	if err != nil {
		return err
	}
	refund := b.back(payment, 1000)
	fault := Fault{Op: OpRefund, Mode: "not_enough", Number: refund.Number}
	if err := b.Driver.Fault(ctx, fault); err != nil {
		return err
	}
	_, err = b.Adapter.Refund(ctx, refund)
	if err := b.class(err, providers.Refused); err != nil {
		return err
	}
	var failed *providers.Error
	if errors.As(err, &failed) && failed.RetryAfter <= 0 {
		return errors.New("it is not told when to try again")
	}
	if !errors.Is(err, providers.ErrNoFunds) {
		return errors.New("it is not told that the balance is empty")
	}
	if err := b.ends(ctx, refund, providers.RefundNotCreated); err != nil {
		return err
	}
	if err := b.accept(ctx, refund); err != nil {
		return fmt.Errorf("with the same number, later: %w", err)
	}
	if err := b.ends(ctx, refund, providers.RefundDone); err != nil {
		return err
	}
	return b.count(ctx, payment.Number, "refund_created", 1)
}

// refundFailed is a refund that ends without money and does not tell: asking for it
// again is the way on, and moves the money once.
func refundFailed(ctx context.Context, b *Bench) error {
	payment, refund, err := b.spoiled(ctx, "closed_no_funds")
	if err != nil {
		return err
	}
	status, err := b.Adapter.QueryRefund(ctx, refund)
	if err != nil || !status.Silent {
		return fmt.Errorf("a failed refund reads %+v, not silent: %s", status, words(err))
	}
	err = until(ctx, func() (bool, error) {
		status, err := b.Adapter.Refund(ctx, refund)
		return status.State == providers.RefundDone, err
	})
	if err != nil {
		return err
	}
	if err := b.ends(ctx, refund, providers.RefundDone); err != nil {
		return err
	}
	return b.count(ctx, payment.Number, "refund_done", 1)
}
