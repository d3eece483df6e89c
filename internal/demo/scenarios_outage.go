package demo

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/friendpay/friendpay/models"
)

// outage is how long the provider is gone: ten minutes of the law.
const outage = 10 * time.Minute / speed

// blackHole is one outage for several requests: it begins when all of them are where
// it is to meet them, and takes every switch back when it is over.
type blackHole struct{ begun sync.WaitGroup }

// playProviderOutage takes the provider away at each kind of call: whoever asks hangs
// until he gives up, and what he asked for is done or not, he cannot know.
func playProviderOutage(ctx context.Context, s *story) error {
	settled := expected{State: models.Settled, Captured: price, Applied: price}
	back := expected{State: models.Refunded, Captured: price, Refunded: price}
	hole := new(blackHole)
	tales := []tale{
		{"query", hole.query, settled},
		{"close", hole.close, expected{State: models.CancelledMerchant}},
		{"refund", hole.refund("refund"), back},
		{"refund query", hole.refund("refund_query"), back},
	}
	hole.begun.Add(len(tales))
	tales = append(tales, tale{"create", hole.create, settled})
	over := make(chan error, 1)
	go func() { over <- hole.end(ctx, s) }()
	return errors.Join(s.together(ctx, tales...), <-over)
}

// end waits for the beginning, and then for as long as the outage lasts.
func (h *blackHole) end(ctx context.Context, s *story) error {
	h.begun.Wait()
	timer := time.NewTimer(outage)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
	}
	s.tell("the provider is back", models.Confirming)
	return s.provider.mend(ctx)
}

// gone takes the provider away for calls of a kind, about one order if it is named.
func (s *story) gone(ctx context.Context, op, number string) error {
	s.tell("the provider answers no "+op+" any more", models.Paying)
	return s.provider.spoil(ctx, fault{
		Provider: s.channel.provider, Op: op, Mode: "delay", Number: number, Count: -1, MS: limit.Milliseconds(),
	})
}

// create waits for the others: the order to be made has no number yet, so that every
// order is in the hole. The friend is told to look again, and may pay afterwards.
func (h *blackHole) create(ctx context.Context, s *story) error {
	if err := s.place(ctx, hour); err != nil {
		return err
	}
	f, err := s.newFriend(ctx)
	if err != nil {
		return err
	}
	h.begun.Wait()
	if err := s.gone(ctx, "create", ""); err != nil {
		return err
	}
	first, err := f.pay(ctx)
	if s.channel.once {
		return s.lostForGood(ctx, f, err)
	}
	if err != nil {
		return fmt.Errorf("ask to pay: %w", err)
	}
	if s.channel.local {
		return s.turnedAway(ctx, f, first.Number)
	}
	if first.Presentation.Kind != "" {
		return errors.New("an order was made in a black hole")
	}
	s.tell("the friend is told to wait: nobody knows whether there is an order", models.Paying)
	if err := s.payAnew(ctx, f); err != nil {
		return err
	}
	return s.wasMet(ctx, first.Number)
}

// turnedAway: making the order calls nobody, so that the one who meets the outage is the
// friend's browser. When it is over his time is over too, and he asks to pay anew.
func (s *story) turnedAway(ctx context.Context, f *friend, number string) error {
	made, err := s.presented(ctx, f, number)
	if err != nil {
		return err
	}
	impatient, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	if s.channel.come(impatient, s.provider, made) == nil {
		return errors.New("his browser came through a black hole")
	}
	s.tell("the friend's browser gets no answer from the cashier", models.Paying)
	if err := s.payAnew(ctx, f); err != nil {
		return err
	}
	return s.wasMet(ctx, number)
}

// query: his payment is told by a callback, which nobody can bear out for a while.
func (h *blackHole) query(ctx context.Context, s *story) error {
	made, err := s.begin(ctx, hour)
	if err == nil {
		err = s.gone(ctx, "query", made.Number)
	}
	h.begun.Done()
	if err != nil {
		return err
	}
	return errors.Join(s.finish(ctx, made), s.wasMet(ctx, made.Number))
}

func (h *blackHole) close(ctx context.Context, s *story) error {
	made, err := s.begin(ctx, hour)
	if err == nil {
		err = s.gone(ctx, "close", made.Number)
	}
	h.begun.Done()
	if err == nil {
		err = s.cancel(ctx, false)
	}
	if err != nil {
		return err
	}
	if s.channel.unclosed {
		s.tell("nobody is asked to close it: it ends when it can be paid no more", models.Closing)
		return s.ends(ctx, models.CancelledMerchant)
	}
	return errors.Join(s.ends(ctx, models.CancelledMerchant),
		s.wasMet(ctx, made.Number), s.checkClosed(ctx, made.Number))
}

func (h *blackHole) refund(op string) func(context.Context, *story) error {
	return func(ctx context.Context, s *story) error {
		err := playPaid(ctx, s)
		if err == nil && op == "refund" {
			err = s.gone(ctx, op, s.made)
		} else if err == nil {
			err = errors.Join(s.gone(ctx, op, ""), s.slowRefund(ctx))
		}
		h.begun.Done()
		if err != nil {
			return err
		}
		if err := s.refund(ctx, models.Money{}); err != nil {
			return err
		}
		if err := s.ends(ctx, models.Refunded); err != nil {
			return err
		}
		row, err := s.house.Parts.Store.Request(ctx, s.request)
		if err != nil || len(row.Refunds) != 1 {
			return errors.Join(err, fmt.Errorf("there are %d refunds, not one", len(row.Refunds)))
		}
		return s.wasMet(ctx, row.Refunds[0].Number)
	}
}

// slowRefund has a refund that is done at once take its time, so that it is asked about.
func (s *story) slowRefund(ctx context.Context) error {
	if !s.channel.immediate {
		return nil
	}
	return s.provider.spoil(ctx, fault{Op: "refund", Mode: "slow_refund", Number: s.made})
}

// wasMet: the outage really met a call about that number, and there is one of whatever
// was asked for.
func (s *story) wasMet(ctx context.Context, number string) error {
	entries, err := s.provider.journal(ctx, number)
	switch {
	case err != nil:
		return err
	case count(entries, "fault") == 0:
		return errors.New("the outage met nobody")
	case count(entries, "order_created") > 1 || count(entries, "refund_created") > 1:
		return errors.New("the provider did something twice under one number")
	}
	return nil
}
