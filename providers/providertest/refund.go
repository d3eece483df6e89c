package providertest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
)

func refundChecks(traits Traits) []Check {
	checks := []Check{
		{"refund/whole", refundWhole},
		{"refund/parts_up_to_the_whole_and_not_more", refundParts},
		{"refund/same_number_is_the_same_refund", refundAgain},
		{"refund/unpaid_and_unknown_orders_are_refused", refundNothing},
		{"refund/unknown_is_not_created", refundUnknown},
		{"refund/stuck_stays_in_processing", refundStuck},
		{"refund/unknown_word_is_unknown", refundOddWord},
	}
	const silent = "a refund that failed looks like a slow one"
	checks = append(checks, unless(!traits.SilentFailures, "refunds that fail say so",
		Check{"refund/failed_is_done_again_under_its_number", refundFailed})...)
	checks = append(checks, unless(traits.SilentFailures, silent,
		Check{"refund/closed_frees_the_money", refundEnded("closed_no_funds")})...)
	abnormal := Check{"refund/abnormal_is_told", refundAbnormal}
	if traits.FinalRefunds {
		abnormal.Run = refundEnded("abnormal")
	}
	checks = append(checks, unless(traits.SilentFailures, silent, abnormal)...)
	checks = append(checks, unless(!traits.Coupons, "the provider has no coupons",
		Check{"refund/coupon_gets_its_share", refundCoupon})...)
	checks = append(checks, unless(!traits.FundsFirst, "what the balance does not cover is closed later",
		Check{"refund/empty_balance_puts_it_off", refundWithoutFunds})...)
	return append(checks, unless(traits.MaxRefunds == 0, "there is no limit worth a check",
		Check{"refund/number_of_parts_is_limited",
			func(ctx context.Context, b *Bench) error { return refundMany(ctx, b, traits.MaxRefunds) }})...)
}

// ends waits until a refund is in a state, and checks what the states promise.
func (b *Bench) ends(ctx context.Context, refund providers.Refund, want providers.RefundState) error {
	var status providers.RefundStatus
	err := until(ctx, func() (bool, error) {
		var err error
		status, err = b.Adapter.QueryRefund(ctx, refund)
		return status.State == want || status.State == providers.RefundDone, err
	})
	if err != nil || status.State != want {
		return fmt.Errorf("refund is %q, not %q: %w", status.State, want, err)
	}
	if status.Number != refund.Number {
		return errors.New("the answer is about another refund")
	}
	if want != providers.RefundDone && status.Refunded.Minor != 0 {
		return fmt.Errorf("%s counts as given back in state %s", status.Refunded, want)
	}
	if want == providers.RefundDone &&
		(status.Refunded != refund.Amount || time.Since(status.DoneAt).Abs() > time.Hour) {
		return fmt.Errorf("want %s given back, got %s at %s", refund.Amount, status.Refunded, status.DoneAt)
	}
	return nil
}

// accept asks for a refund, which must be taken on or be done at once.
func (b *Bench) accept(ctx context.Context, refund providers.Refund) error {
	status, err := b.Adapter.Refund(ctx, refund)
	if err != nil {
		return fmt.Errorf("refund: %w", err)
	}
	if status.State != providers.RefundProcessing && status.State != providers.RefundDone {
		return fmt.Errorf("a refund was answered with %q", status.State)
	}
	return nil
}

func refundWhole(ctx context.Context, b *Bench) error {
	for _, fen := range append([]int64{12900}, edges...) {
		payment, err := b.paid(ctx, fen)
		if err != nil {
			return err
		}
		refund := b.back(payment, fen)
		if err := b.accept(ctx, refund); err != nil {
			return err
		}
		if err := b.ends(ctx, refund, providers.RefundDone); err != nil {
			return err
		}
		if err := b.captured(ctx, payment, fen); err != nil {
			return fmt.Errorf("a refund must not hide the payment: %w", err)
		}
	}
	return nil
}

func refundParts(ctx context.Context, b *Bench) error {
	payment, err := b.paid(ctx, 1000)
	if err != nil {
		return err
	}
	for _, fen := range []int64{1, 599} {
		part := b.back(payment, fen)
		if err := b.accept(ctx, part); err != nil {
			return err
		}
		if err := b.ends(ctx, part, providers.RefundDone); err != nil {
			return err
		}
	}
	_, err = b.Adapter.Refund(ctx, b.back(payment, 401))
	if err := b.class(err, providers.Definite); err != nil {
		return fmt.Errorf("over the sum: %w", err)
	}
	return b.accept(ctx, b.back(payment, 400))
}

func refundAgain(ctx context.Context, b *Bench) error {
	payment, err := b.paid(ctx, 1000)
	if err != nil {
		return err
	}
	refund := b.back(payment, 600)
	for range 3 {
		if err := b.accept(ctx, refund); err != nil {
			return err
		}
	}
	other := refund
	other.Amount = models.CNY(601)
	_, err = b.Adapter.Refund(ctx, other)
	if err := b.class(err, providers.Definite); err != nil {
		return fmt.Errorf("same number, other amount: %w", err)
	}
	if err := b.ends(ctx, refund, providers.RefundDone); err != nil {
		return err
	}
	return b.count(ctx, payment.Number, "refund_created", 1)
}

func refundNothing(ctx context.Context, b *Bench) error {
	unpaid, err := b.made(ctx, 1000)
	if err != nil {
		return err
	}
	for _, payment := range []providers.Payment{unpaid, b.payment(1000)} {
		_, err := b.Adapter.Refund(ctx, b.back(payment, 1))
		if err := b.class(err, providers.Definite); err != nil {
			return err
		}
	}
	return nil
}

func refundUnknown(ctx context.Context, b *Bench) error {
	payment, err := b.paid(ctx, 1000)
	if err != nil {
		return err
	}
	return b.ends(ctx, b.back(payment, 1), providers.RefundNotCreated)
}

// spoiled is a refund of 1000 fen with one of the refund faults.
func (b *Bench) spoiled(ctx context.Context, mode string) (providers.Payment, providers.Refund, error) {
	payment, err := b.paid(ctx, 1000)
	if err != nil {
		return payment, providers.Refund{}, err
	}
	refund := b.back(payment, 1000)
	if err := b.Driver.Fault(ctx, Fault{Op: OpRefund, Mode: mode, Number: refund.Number}); err != nil {
		return payment, refund, err
	}
	return payment, refund, b.accept(ctx, refund)
}

func refundAbnormal(ctx context.Context, b *Bench) error {
	_, refund, err := b.spoiled(ctx, "abnormal")
	if err != nil {
		return err
	}
	if err := b.ends(ctx, refund, providers.RefundAbnormal); err != nil {
		return err
	}
	if err := b.Driver.FinishRefund(ctx, refund.Number, "done"); err != nil {
		return err
	}
	return b.ends(ctx, refund, providers.RefundDone)
}

// refundEnded is a refund that is over without money, which goes back under a new number.
func refundEnded(mode string) func(context.Context, *Bench) error {
	return func(ctx context.Context, b *Bench) error {
		payment, refund, err := b.spoiled(ctx, mode)
		if err != nil {
			return err
		}
		if err := b.ends(ctx, refund, providers.RefundClosed); err != nil {
			return err
		}
		again := b.back(payment, 1000)
		if err := b.accept(ctx, again); err != nil {
			return fmt.Errorf("with a new number: %w", err)
		}
		return b.ends(ctx, again, providers.RefundDone)
	}
}

func refundStuck(ctx context.Context, b *Bench) error {
	_, refund, err := b.spoiled(ctx, "stuck_processing")
	if err != nil {
		return err
	}
	// A refund that is not stuck overtakes it: then it had its time.
	if err := refundWhole(ctx, b); err != nil {
		return err
	}
	if err := b.ends(ctx, refund, providers.RefundProcessing); err != nil {
		return err
	}
	if err := b.Driver.FinishRefund(ctx, refund.Number, "done"); err != nil {
		return err
	}
	return b.ends(ctx, refund, providers.RefundDone)
}

func refundOddWord(ctx context.Context, b *Bench) error {
	payment, err := b.paid(ctx, 1000)
	if err != nil {
		return err
	}
	refund := b.back(payment, 1000)
	if err := b.accept(ctx, refund); err != nil {
		return err
	}
	if err := b.ends(ctx, refund, providers.RefundDone); err != nil {
		return err
	}
	fault := Fault{Op: OpRefundQuery, Mode: "say_status", Value: "DONE!", Number: refund.Number}
	if err := b.Driver.Fault(ctx, fault); err != nil {
		return err
	}
	status, err := b.Adapter.QueryRefund(ctx, refund)
	if err != nil || status.State != providers.RefundUnknown || status.Refunded.Minor != 0 {
		return fmt.Errorf("an unknown word was read as %+v, %s", status, words(err))
	}
	return nil
}
