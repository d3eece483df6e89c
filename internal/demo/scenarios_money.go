package demo

import (
	"context"
	"errors"
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
	if s.channel.once {
		return s.lostForGood(ctx, f, err)
	}
	if err != nil {
		return fmt.Errorf("ask to pay: %w", err)
	}
	if made, err = s.presented(ctx, f, made.Number); err != nil {
		return err
	}
	if s.channel.local {
		return s.lostByBrowser(ctx, made)
	}
	if s.channel.come != nil {
		if err := s.channel.come(ctx, s.provider, made); err != nil {
			return err
		}
	}
	s.tell("the provider's answer was lost; it was asked again, under one number", models.Paying)
	if err := s.checkCreates(ctx, made.Number); err != nil {
		return err
	}
	return s.finish(ctx, made)
}

// lostByBrowser: the one that makes the order is the payer's browser. It gets no answer,
// and goes there again: by itself, as browsers do, or when he tells it to.
func (s *story) lostByBrowser(ctx context.Context, made attempt) error {
	if s.channel.come(ctx, s.provider, made) != nil {
		s.tell("his browser makes the order, and shows him no answer", models.Paying)
		if err := s.channel.come(ctx, s.provider, made); err != nil {
			return err
		}
	}
	s.tell("the answer to his browser was lost; it went there again: it is the same order", models.Paying)
	if err := errors.Join(s.wasMet(ctx, made.Number), s.checkOneOrder(ctx, made.Number)); err != nil {
		return err
	}
	return s.finish(ctx, made)
}

// lostForGood: what would have led to the order was in the answer, and an order made again
// is refused. Nobody can pay it; the friend, who may have heard so at once, tries anew.
func (s *story) lostForGood(ctx context.Context, f *friend, told error) error {
	if told != nil {
		if err := refused(told, "refused_by_provider"); err != nil {
			return err
		}
	}
	s.tell("the provider's answer was lost, and it makes no order twice: nobody can pay this one", models.Paying)
	err := s.payAnew(ctx, f)
	for err != nil && refused(err, "refused_by_provider") == nil { // lost like the first
		err = s.payAnew(ctx, f)
	}
	if err != nil {
		return err
	}
	row, err := s.house.Parts.Store.Request(ctx, s.request)
	if err != nil || len(row.Attempts) < 2 {
		return errors.Join(err, fmt.Errorf("there are %d attempts, not two or more", len(row.Attempts)))
	}
	lost := row.Attempts[0].Number
	return errors.Join(s.wasMet(ctx, lost), s.checkOneOrder(ctx, lost))
}

func (s *story) checkOneOrder(ctx context.Context, number string) error {
	entries, err := s.provider.journal(ctx, number)
	if made := count(entries, "order_created"); err == nil && made != 1 {
		err = fmt.Errorf("%d orders were made under one number", made)
	}
	return err
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
	if s.channel.unclosed {
		return s.playPaidUnclosed(ctx)
	}
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

// playPaidUnclosed lets the friend's turn end while his order can still be paid.
func (s *story) playPaidUnclosed(ctx context.Context) error {
	made, err := s.begin(ctx, hour)
	if err != nil {
		return err
	}
	if err := s.payUnclosed(ctx, made, models.Confirming); err != nil {
		return err
	}
	return s.settled(ctx)
}

// payUnclosed pays an order that the house wants to be closed, being in that state, and
// nobody can close: it is asked about to its end.
func (s *story) payUnclosed(ctx context.Context, made attempt, closing models.State) error {
	if err := s.await(ctx, closing); err != nil {
		return err
	}
	s.tell("there is no close here, and no race with it: it stays payable to its end", closing)
	if err := s.channel.press(ctx, s.provider, made); err != nil {
		return fmt.Errorf("pay at the provider: %w", err)
	}
	s.tell("the friend pays in the last moment", closing)
	return nil
}
