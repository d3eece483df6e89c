package demo

import (
	"context"
	"fmt"

	"github.com/friendpay/friendpay/models"
)

// playAmbiguousCreate loses the provider's answer after it made the order.
func playAmbiguousCreate(ctx context.Context, s *story) error {
	if err := s.place(ctx, hour); err != nil {
		return err
	}
	f, err := s.newFriend(ctx)
	if err != nil {
		return err
	}
	lost := fault{Provider: s.channel.provider, Op: "create", Mode: "drop_after"}
	if err := s.provider.spoil(ctx, lost); err != nil {
		return err
	}
	made, err := f.pay(ctx)
	if err != nil {
		return fmt.Errorf("ask to pay: %w", err)
	}
	if made, err = s.presented(ctx, f, made.Number); err != nil {
		return err
	}
	s.tell("the provider's answer was lost; it was asked again, under one number", models.Paying)
	if err := s.checkCreates(ctx, made.Number); err != nil {
		return err
	}
	return s.finish(ctx, made)
}

// playAmbiguousRefund loses the provider's answer after it took the refund on.
func playAmbiguousRefund(ctx context.Context, s *story) error {
	if err := playPaid(ctx, s); err != nil {
		return err
	}
	if err := s.provider.spoil(ctx, fault{Op: "refund", Mode: "drop_after", Number: s.made}); err != nil {
		return err
	}
	if err := s.refund(ctx, models.Money{}); err != nil {
		return err
	}
	if err := s.await(ctx, models.Refunded); err != nil {
		return err
	}
	err := s.until(ctx, "the refund to be asked for again", func() (bool, error) {
		entries, err := s.provider.journal(ctx, s.made)
		made, no := count(entries, "refund_created"), count(entries, "refund_refused")
		if err == nil && (made != 1 || no > 0) {
			err = fmt.Errorf("%d refunds were made, and %d refused, under one number", made, no)
		}
		return count(entries, "refund_repeated") > 0, err
	})
	if err != nil {
		return err
	}
	s.tell("the provider's answer was lost; it was asked again, under one number", models.Refunded)
	return s.awaitBothTold(ctx, "request.refunded")
}

// playPaidBeforeClose lets the money come between the last question and the close.
func playPaidBeforeClose(ctx context.Context, s *story) error {
	made, err := s.begin(ctx, brief)
	if err != nil {
		return err
	}
	race := fault{Op: "close", Mode: "pay_between_query_and_close", Number: made.Number}
	if err := s.provider.spoil(ctx, race); err != nil {
		return err
	}
	s.tell("the time to pay runs out; the friend pays in the last moment", models.Paying)
	return s.settled(ctx)
}
