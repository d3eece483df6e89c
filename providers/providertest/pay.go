package providertest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
)

func payChecks() []Check {
	return []Check{
		{"pay/query_tells_the_exact_amount", payExact},
		{"pay/query_tells_what_was_really_captured", payWrongAmount},
		{"pay/expired_orders_take_no_money", payExpired},
		{"pay/late_money_is_told", payLate},
	}
}

func closeChecks() []Check {
	return []Check{
		{"close/unpaid_becomes_unpayable", closeUnpaid},
		{"close/paid_is_told", closePaid},
		{"close/unknown_is_told", closeUnknown},
		{"close/paid_in_the_last_moment_is_told", closeRace},
		{"close/a_number_is_never_reused", closeReuse},
	}
}

func closeNone(ctx context.Context, b *Bench) error {
	payment, err := b.made(ctx, 800)
	if err != nil {
		return err
	}
	for _, payment := range []providers.Payment{payment, b.payment(1)} {
		if err := b.Adapter.Close(ctx, ref(payment)); !errors.Is(err, providers.ErrNotSupported) {
			return fmt.Errorf("want ErrNotSupported, got %s", words(err))
		}
	}
	return b.Driver.Pay(ctx, payment.Number)
}

// captured checks everything that a paid order must tell.
func (b *Bench) captured(ctx context.Context, payment providers.Payment, fen int64) error {
	status, err := b.Adapter.Query(ctx, ref(payment))
	if err != nil {
		return err
	}
	if b.Payer != "" && status.Payer != b.Payer {
		return errors.New("the order was not paid by whom it is for, or does not tell")
	}
	if status.State != providers.Paid || status.Captured != models.CNY(fen) {
		return fmt.Errorf("want %d fen paid, got %s %s", fen, status.State, status.Captured)
	}
	if status.Transaction == "" || time.Since(status.PaidAt).Abs() > time.Hour {
		return errors.New("a paid order has the provider's number and time")
	}
	return nil
}

func payExact(ctx context.Context, b *Bench) error {
	payment, err := b.paid(ctx, 12900)
	if err != nil {
		return err
	}
	return b.captured(ctx, payment, 12900)
}

func payWrongAmount(ctx context.Context, b *Bench) error {
	payment, err := b.made(ctx, 12900)
	if err != nil {
		return err
	}
	fault := Fault{Op: OpPay, Mode: "wrong_amount", Minor: 12899, Number: payment.Number}
	if err := b.Driver.Fault(ctx, fault); err != nil {
		return err
	}
	if err := b.Driver.Pay(ctx, payment.Number); err != nil {
		return err
	}
	return b.captured(ctx, payment, 12899)
}

// soon is an order that was made and then expired.
func (b *Bench) soon(ctx context.Context) (providers.Payment, error) {
	var payment providers.Payment
	var err error
	// A busy machine may need longer than the order lives: give it more then.
	for _, life := range []time.Duration{250 * time.Millisecond, time.Second, 4 * time.Second} {
		payment = b.payment(300)
		payment.ExpiresAt = time.Now().Add(life)
		if err = b.make(ctx, payment); err == nil {
			break
		}
	}
	if err != nil {
		return payment, err
	}
	err = until(ctx, func() (bool, error) {
		status, err := b.Adapter.Query(ctx, ref(payment))
		if status.State == providers.Paid {
			return true, errors.New("nobody paid, but it reads paid")
		}
		if b.Traits.ExpiredReadsUnpaid {
			return time.Now().After(payment.ExpiresAt), err
		}
		return status.State == providers.Closed, err
	})
	return payment, err
}

func payExpired(ctx context.Context, b *Bench) error {
	payment, err := b.soon(ctx)
	if err != nil {
		return err
	}
	if b.Driver.Pay(ctx, payment.Number) == nil {
		return errors.New("an expired order was paid")
	}
	return b.count(ctx, payment.Number, "captured", 0)
}

func payLate(ctx context.Context, b *Bench) error {
	payment, err := b.soon(ctx)
	if err != nil {
		return err
	}
	if err := b.Driver.PayLate(ctx, payment.Number); err != nil {
		return err
	}
	return b.captured(ctx, payment, 300)
}

func closeUnpaid(ctx context.Context, b *Bench) error {
	payment, err := b.made(ctx, 800)
	if err != nil {
		return err
	}
	for range 2 {
		if err := b.Adapter.Close(ctx, ref(payment)); err != nil {
			return fmt.Errorf("close: %w", err)
		}
		if err := b.is(ctx, payment, providers.Closed); err != nil {
			return err
		}
	}
	if b.Driver.Pay(ctx, payment.Number) == nil {
		return errors.New("a closed order was paid")
	}
	return b.count(ctx, payment.Number, "closed", 1)
}

func closePaid(ctx context.Context, b *Bench) error {
	payment, err := b.paid(ctx, 800)
	if err != nil {
		return err
	}
	if err := b.Adapter.Close(ctx, ref(payment)); !errors.Is(err, providers.ErrPaid) {
		return fmt.Errorf("want ErrPaid, got %s", words(err))
	}
	return b.captured(ctx, payment, 800)
}

func closeUnknown(ctx context.Context, b *Bench) error {
	want := providers.ErrNotCreated
	if b.Traits.UnknownStaysPayable {
		want = providers.ErrNotSupported
	}
	if err := b.Adapter.Close(ctx, ref(b.payment(1))); !errors.Is(err, want) {
		return fmt.Errorf("want %w, got %s", want, words(err))
	}
	return nil
}

func closeRace(ctx context.Context, b *Bench) error {
	payment, err := b.made(ctx, 800)
	if err != nil {
		return err
	}
	fault := Fault{Op: OpClose, Mode: "pay_between_query_and_close", Number: payment.Number}
	if err := b.Driver.Fault(ctx, fault); err != nil {
		return err
	}
	if err := b.is(ctx, payment, providers.Unpaid); err != nil {
		return err
	}
	if err := b.Adapter.Close(ctx, ref(payment)); !errors.Is(err, providers.ErrPaid) {
		return fmt.Errorf("want ErrPaid, got %s", words(err))
	}
	return b.captured(ctx, payment, 800)
}

// closeReuse makes a closed order again: whatever the answer, it stays closed.
func closeReuse(ctx context.Context, b *Bench) error {
	payment, err := b.made(ctx, 800)
	if err != nil {
		return err
	}
	if err := b.Adapter.Close(ctx, ref(payment)); err != nil {
		return err
	}
	// The answer may be either; what counts is that nothing can be paid.
	_, _ = b.Adapter.Create(ctx, payment)
	cheaper := payment
	cheaper.Amount = models.CNY(1)
	if err := b.notMade(ctx, cheaper); err != nil {
		return err
	}
	if b.Driver.Pay(ctx, payment.Number) == nil {
		return errors.New("a closed number could be paid again")
	}
	return b.is(ctx, payment, providers.Closed)
}
