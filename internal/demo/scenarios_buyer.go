package demo

import (
	"context"
	"errors"
	"fmt"

	"github.com/friendpay/friendpay/models"
)

// playBuyerPaysHimself lets buyer and friend pay at the same time: in the one slot,
// and past it, by an order that was closed and is paid all the same, in both orders.
func playBuyerPaysHimself(ctx context.Context, s *story) error {
	twice := expected{State: models.PaidByBuyer, Captured: 2 * price, Refunded: price, Applied: price}
	friendly := twice
	friendly.State = models.Settled
	return s.together(ctx,
		tale{"the buyer has the slot", buyerHasSlot, expected{models.PaidByBuyer, price, 0, price, 0, 0}},
		tale{"the friend gave up, then paid", buyerThenFriend, twice},
		tale{"the buyer gave up, then paid", friendThenBuyer, friendly})
}

// buyerHasSlot: a friend hears that the slot is taken, as he would of another friend.
func buyerHasSlot(ctx context.Context, s *story) error {
	if err := s.place(ctx, hour); err != nil {
		return err
	}
	f, err := s.newFriend(ctx)
	if err != nil {
		return err
	}
	made, err := s.buyerPays(ctx)
	if err != nil {
		return err
	}
	s.tell("the buyer asks to pay himself", models.Paying)
	_, err = f.pay(ctx)
	if err := refused(err, "slot_taken"); err != nil {
		return err
	}
	if err := s.provider.capture(ctx, made.Number); err != nil {
		return err
	}
	return s.ends(ctx, models.PaidByBuyer)
}

// buyerThenFriend: the friend gives his slot up, the buyer pays, and then the money
// of the friend's closed order comes.
func buyerThenFriend(ctx context.Context, s *story) error {
	made, err := s.begin(ctx, hour)
	if err != nil {
		return err
	}
	_, err = s.buyerPays(ctx)
	if err := refused(err, "slot_taken"); err != nil {
		return err
	}
	if err := s.payer.withdraw(ctx, made); err != nil {
		return err
	}
	if err := s.await(ctx, models.Open); err != nil {
		return err
	}
	own, err := s.buyerPays(ctx)
	if err != nil {
		return err
	}
	if err := s.provider.capture(ctx, own.Number); err != nil {
		return err
	}
	if err := s.ends(ctx, models.PaidByBuyer); err != nil {
		return err
	}
	if err := s.provider.capture(ctx, made.Number); err != nil {
		return err
	}
	s.tell("the friend's closed order is paid after all", models.PaidByBuyer)
	return errors.Join(s.awaitFriendTold(ctx, "request.refunded"), s.checkDuplicate(ctx, made.Number))
}

// friendThenBuyer: the buyer's own slot runs out, a friend pays, and then the money
// of the buyer's closed order comes.
func friendThenBuyer(ctx context.Context, s *story) error {
	if err := s.place(ctx, hour); err != nil {
		return err
	}
	own, err := s.buyerPays(ctx)
	if err != nil {
		return err
	}
	s.tell("the buyer asks to pay himself, and does not", models.Paying)
	if err := s.payAnew(ctx, nil); err != nil {
		return err
	}
	if err := s.provider.capture(ctx, own.Number); err != nil {
		return err
	}
	s.tell("the buyer's closed order is paid after all", models.Settled)
	if err := s.awaitTold(ctx, "request.refunded"); err != nil {
		return err
	}
	return s.checkDuplicate(ctx, own.Number)
}

// checkDuplicate: the later money counts as such, and all of it is back.
func (s *story) checkDuplicate(ctx context.Context, number string) error {
	row, err := s.house.Parts.Store.Request(ctx, s.request)
	if err != nil {
		return err
	}
	a, _ := row.Attempt(number)
	if a.Disposition != models.Duplicate || row.Returned(number) != a.Captured {
		err = fmt.Errorf("the later money is %q, %s of %s went back",
			a.Disposition, row.Returned(number), a.Captured)
	}
	return err
}
