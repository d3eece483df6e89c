package providertest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/friendpay/friendpay/providers"
)

func statementChecks() []Check {
	return []Check{
		{"statement/lists_captures_and_refunds_of_the_day", statementLines},
		{"statement/tells_what_the_provider_keeps", statementFees},
		{"statement/other_days_are_other_statements", statementOther},
	}
}

// moved is an order of 9900 fen of which 900 went back, and when it was paid.
func (b *Bench) moved(ctx context.Context) (providers.Payment, providers.Refund, providers.Status, error) {
	payment, err := b.paid(ctx, 9900)
	if err != nil {
		return payment, providers.Refund{}, providers.Status{}, err
	}
	refund := b.back(payment, 900)
	if err := b.accept(ctx, refund); err != nil {
		return payment, refund, providers.Status{}, err
	}
	if err := b.ends(ctx, refund, providers.RefundDone); err != nil {
		return payment, refund, providers.Status{}, err
	}
	status, err := b.Adapter.Query(ctx, ref(payment))
	return payment, refund, status, err
}

// both are the two lines of an order that moved.
func (b *Bench) both(
	ctx context.Context, number string, paid time.Time,
) (capture, back providers.Entry, err error) {
	lines, err := b.linesOf(ctx, paid, number)
	if err == nil && len(lines) == 1 { // midnight may have passed between the two
		var after []providers.Entry
		after, err = b.linesOf(ctx, time.Now(), number)
		lines = append(lines, after...)
	}
	switch {
	case err != nil:
		return capture, back, err
	case len(lines) != 2:
		return capture, back, fmt.Errorf("want two lines, got %+v", lines)
	}
	return lines[0], lines[1], nil
}

// statementFees knows no tariff, only that no provider works for nothing or keeps
// more of a refund.
func statementFees(ctx context.Context, b *Bench) error {
	payment, _, status, err := b.moved(ctx)
	if err != nil {
		return err
	}
	capture, back, err := b.both(ctx, payment.Number, status.PaidAt)
	if err != nil {
		return err
	}
	if capture.Fee.Minor < 1 || capture.Fee.Minor > payment.Amount.Minor/50 ||
		capture.Fee.Currency != payment.Amount.Currency {
		return fmt.Errorf("the fee of %s reads %s", payment.Amount, capture.Fee)
	}
	if back.Fee.Minor > 0 || back.Fee.Minor < -capture.Fee.Minor {
		return fmt.Errorf("the fee of what went back reads %s", back.Fee)
	}
	return nil
}

func statementLines(ctx context.Context, b *Bench) error {
	payment, refund, status, err := b.moved(ctx)
	if err != nil {
		return err
	}
	capture, back, err := b.both(ctx, payment.Number, status.PaidAt)
	if err != nil {
		return err
	}
	if capture.Kind != providers.CaptureEntry || capture.Amount != payment.Amount ||
		capture.Transaction != status.Transaction || !capture.At.Equal(status.PaidAt) {
		return fmt.Errorf("the capture reads %+v", capture)
	}
	if back.Kind != providers.RefundEntry || back.Refund != refund.Number || back.Amount != refund.Amount {
		return fmt.Errorf("the refund reads %+v", back)
	}
	return nil
}

// linesOf are an order's lines on the statement that a moment belongs to.
func (b *Bench) linesOf(ctx context.Context, at time.Time, number string) ([]providers.Entry, error) {
	lines, err := Lines(b.Adapter.Statement(ctx, at.Add(b.Traits.DayEnds)))
	if err != nil {
		return nil, fmt.Errorf("statement: %w", err)
	}
	return slices.DeleteFunc(lines, func(e providers.Entry) bool { return e.Number != number }), nil
}

func statementOther(ctx context.Context, b *Bench) error {
	payment, _, status, err := b.moved(ctx)
	if err != nil {
		return err
	}
	others := []int{-1, 2}
	if b.Traits.LateStatements {
		others = []int{-2, -3}
	}
	for _, days := range others {
		lines, err := b.linesOf(ctx, status.PaidAt.AddDate(0, 0, days), payment.Number)
		if err != nil {
			return err
		}
		if len(lines) != 0 {
			return errors.New("money stands on the statement of another day")
		}
	}
	return nil
}

// statement reads that of the day under way to its end: at some providers it begins before midnight.
func (b *Bench) statement(ctx context.Context) error {
	_, err := Lines(b.Adapter.Statement(ctx, time.Now().Add(b.Traits.DayEnds)))
	return err
}

// Lines reads a statement to its end; with an error there are none.
func Lines(statement iter.Seq2[providers.Entry, error]) ([]providers.Entry, error) {
	var lines []providers.Entry
	for line, err := range statement {
		if err != nil {
			return nil, err
		}
		lines = append(lines, line)
	}
	return lines, nil
}
