package demo

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/friendpay/friendpay/models"
)

// What the price of the demo's order changes to.
const (
	dearer  = price + 3000
	cheaper = price - 3000
)

// playPriceChange lets the price rise and fall at each point of an attempt: before
// it, while it is made, while it can be paid, when it is paid and nobody knows, and
// when all is over.
func playPriceChange(ctx context.Context, s *story) error {
	paid := func(fen int64) expected {
		return expected{State: models.Settled, Captured: fen, Applied: fen}
	}
	// An order whose answer waits has no number yet: the next one that is made is held.
	// So these two go one after the other, and all others after them.
	var held sync.Mutex
	var changed sync.WaitGroup
	changed.Add(2)
	made := func(change func(context.Context, *story) error) func(context.Context, *story) error {
		return func(ctx context.Context, s *story) error {
			f, err := s.whileMade(ctx, &held, func() error { return change(ctx, s) })
			changed.Done()
			if err != nil {
				return err
			}
			number := s.made
			return errors.Join(s.payAnew(ctx, f), s.checkClosed(ctx, number))
		}
	}
	then := func(play func(context.Context, *story) error) func(context.Context, *story) error {
		return func(ctx context.Context, s *story) error {
			changed.Wait()
			return play(ctx, s)
		}
	}
	return s.together(ctx,
		tale{"up while it is made", made(rise), paid(dearer)},
		tale{"down while it is made", made(fall), paid(cheaper)},
		tale{"up before", then(upBefore), paid(dearer)},
		tale{"down before", then(downBefore), paid(cheaper)},
		tale{"up while live", then(upWhileLive), paid(dearer)},
		tale{"down while live", then(downWhileLive), paid(cheaper)},
		tale{"up when paid", then(upWhenPaid), expected{models.Superseded, price, price, 0, 0, 0}},
		tale{"down when paid", then(downWhenPaid), expected{models.Settled, price, price - cheaper, cheaper, 0, 0}},
		tale{"after it settled", then(repriceSettled), paid(price)})
}

// upBefore waits for the buyer's yes; the friend's quote is the new one then.
func upBefore(ctx context.Context, s *story) error {
	if err := s.place(ctx, hour); err != nil {
		return err
	}
	if err := rise(ctx, s); err != nil {
		return err
	}
	return s.payAnew(ctx, nil)
}

// rise raises the price, which pauses the request, and lets the buyer agree.
func rise(ctx context.Context, s *story) error {
	if err := s.reprice(ctx, dearer); err != nil {
		return err
	}
	if err := s.await(ctx, models.Paused); err != nil {
		return err
	}
	s.tell("the price rises: nobody may pay before the buyer agrees", models.Paused)
	if err := s.answerPrice(ctx, "accept"); err != nil {
		return err
	}
	s.tell("the buyer agrees", models.Open)
	return nil
}

// payAnew waits until the slot is free and pays the price in force; nil is a new friend.
func (s *story) payAnew(ctx context.Context, f *friend) (err error) {
	if err := s.await(ctx, models.Open); err != nil {
		return err
	}
	if f == nil {
		if f, err = s.newFriend(ctx); err != nil {
			return err
		}
	}
	made, err := s.sent(ctx, f)
	if err != nil {
		return err
	}
	s.tell("a friend asks to pay what it costs now", models.Paying)
	return s.finish(ctx, made)
}

// downBefore: who saw the old price is told the new one, and pays that.
func downBefore(ctx context.Context, s *story) error {
	if err := s.place(ctx, hour); err != nil {
		return err
	}
	f, err := s.newFriend(ctx)
	if err != nil {
		return err
	}
	old := *s
	if err := s.reprice(ctx, cheaper); err != nil {
		return err
	}
	stale := *f
	stale.story = &old
	_, err = stale.pay(ctx)
	if err := refused(err, "price_changed"); err != nil {
		return err
	}
	s.tell("the price falls; a quote from before is refused", models.Open)
	return s.payAnew(ctx, f)
}

func upWhileLive(ctx context.Context, s *story) error {
	made, err := s.begin(ctx, hour)
	if err != nil {
		return err
	}
	if err := rise(ctx, s); err != nil {
		return err
	}
	return errors.Join(s.payAnew(ctx, s.payer), s.checkClosed(ctx, made.Number))
}

func downWhileLive(ctx context.Context, s *story) error {
	made, err := s.begin(ctx, hour)
	if err != nil {
		return err
	}
	if err := s.reprice(ctx, cheaper); err != nil {
		return err
	}
	s.tell("the price falls; what could be paid at the old one is closed", models.Confirming)
	return errors.Join(s.payAnew(ctx, s.payer), s.checkClosed(ctx, made.Number))
}

// checkClosed: the order at the old price was closed and never paid.
func (s *story) checkClosed(ctx context.Context, number string) error {
	entries, err := s.provider.journal(ctx, number)
	if err == nil && (count(entries, "closed") != 1 || count(entries, "captured") != 0) {
		err = fmt.Errorf("%d closes and %d captures at the old price",
			count(entries, "closed"), count(entries, "captured"))
	}
	return err
}

// fall lowers the price.
func fall(ctx context.Context, s *story) error { return s.reprice(ctx, cheaper) }

// whileMade lets something happen between the provider making an order and its
// answer. Nobody else may make one meanwhile.
func (s *story) whileMade(ctx context.Context, held *sync.Mutex, something func() error) (*friend, error) {
	if err := s.place(ctx, hour); err != nil {
		return nil, err
	}
	f, err := s.newFriend(ctx)
	if err != nil {
		return nil, err
	}
	held.Lock()
	defer held.Unlock()
	if err := s.provider.spoil(ctx, fault{Op: "create", Mode: "hold"}); err != nil {
		return nil, err
	}
	asked := make(chan struct{})
	go func() {
		defer close(asked)
		_, _ = f.pay(ctx) // the price overtakes him
	}()
	s.made, err = s.heldAttempt(ctx)
	if err == nil {
		err = something()
	}
	if err := errors.Join(err, s.provider.release(ctx)); err != nil {
		return nil, err
	}
	<-asked
	s.tell("the price changed while the provider made the order", models.Confirming)
	return f, nil
}

// upWhenPaid: money at a lower price than now goes back, and the buyer says no.
func upWhenPaid(ctx context.Context, s *story) error {
	made, err := s.begin(ctx, hour)
	if err != nil {
		return err
	}
	if err := s.unheard(ctx, made); err != nil {
		return err
	}
	if err := s.reprice(ctx, dearer); err != nil {
		return err
	}
	if err := s.awaitFriendTold(ctx, "request.refunded"); err != nil {
		return err
	}
	s.tell("what was paid at the old price is back with the friend", models.Paused)
	if err := s.answerPrice(ctx, "decline"); err != nil {
		return err
	}
	return s.ends(ctx, models.Superseded)
}

// downWhenPaid: money above the price settles it, and the rest goes back.
func downWhenPaid(ctx context.Context, s *story) error {
	made, err := s.begin(ctx, hour)
	if err != nil {
		return err
	}
	if err := s.unheard(ctx, made); err != nil {
		return err
	}
	if err := s.reprice(ctx, cheaper); err != nil {
		return err
	}
	if err := s.ends(ctx, models.Settled); err != nil {
		return err
	}
	if err := s.awaitFriendTold(ctx, "request.refunded"); err != nil {
		return err
	}
	s.tell("what he paid too much is back with the friend", models.Settled)
	return nil
}

func repriceSettled(ctx context.Context, s *story) error {
	if err := playPaid(ctx, s); err != nil {
		return err
	}
	return refused(s.reprice(ctx, cheaper), "already_paid")
}
