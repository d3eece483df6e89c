package faults

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/internal/paysim/faults"
	"github.com/friendpay/friendpay/models"
)

func ends(state models.State) func(context.Context, *street) error {
	return func(ctx context.Context, s *street) error {
		there := func(r models.Request) bool { return r.State == state }
		return s.until(ctx, "the request to be "+string(state), there)
	}
}

func providerBack(_ context.Context, s *street) error { s.mend(); return nil }

// paidAfterAll lets the friend pay as if nothing had happened, anew where his turn is over.
func paidAfterAll(ctx context.Context, s *street) error {
	return until(ctx, "the request to be settled", func() (bool, error) {
		row, err := s.rows.Request(ctx, s.request.ID)
		attempt, _ := row.Attempt(s.number)
		switch {
		case err != nil:
		case row.State == models.Open:
			err = s.begin(ctx)
		case attempt.State == models.LiveAttempt:
			err = s.press(ctx, "pay", s.number)
		}
		return row.State == models.Settled, err
	})
}

// unknownCreate: the provider makes the order, and its answer is lost each time.
func unknownCreate(ctx context.Context, s *street) error {
	s.speed = 1 // in its own time the house asks rarely: who ends it is the step
	if err := s.place(ctx, false); err != nil {
		return err
	}
	s.number = mint.Number()
	s.began = time.Now()
	if err := errors.Join(s.spoil(s.number, faults.DropAfter, faults.Create),
		s.spoil(s.number, faults.ErrorBefore, faults.Query)); err != nil {
		return err
	}
	return s.ask(ctx, s.request, s.number)
}

// breakerOpen: no order can be made on this way to pay any more.
func breakerOpen(ctx context.Context, s *street) error {
	s.speed = 1 // a breaker counts the failures of a minute
	if err := s.sql(ctx, `INSERT INTO breaker_rules (app_id, errors, window_seconds, rest_seconds,
		longest_seconds) VALUES ($1, 5, 60, 3600, 3600)`, s.app); err != nil {
		return err // no probe of the house's own comes first
	}
	var asks []func() error
	for range 4 {
		if err := s.place(ctx, false); err != nil {
			return err
		}
		number, request := mint.Number(), s.request
		if err := s.spoil(number, faults.ErrorBefore, faults.Create, faults.Query); err != nil {
			return err
		}
		asks = append(asks, func() error {
			_ = s.ask(ctx, request, number) // each is told something else
			return nil
		})
	}
	s.began = time.Now()
	return together(asks...)
}

// paidAndTrusted: the one who tries the way again can pay, and with that it is trusted.
func paidAndTrusted(ctx context.Context, s *street) error {
	if err := s.settled(ctx); err != nil {
		return err
	}
	return trusted(ctx, s)
}

func trusted(ctx context.Context, s *street) error {
	return until(ctx, "the breakers to be closed", func() (bool, error) {
		open, err := s.rows.Breakers(ctx, s.app)
		return len(open) == 0, err
	})
}

// expiredLive: the time is up, and the provider does not say that the payment is closed.
func expiredLive(ctx context.Context, s *street) error {
	s.expires = 8 * time.Second
	if err := s.opened(ctx, false); err != nil {
		return err
	}
	if err := s.spoil(s.number, faults.ErrorBefore, faults.Close, faults.Query); err != nil {
		return err
	}
	over := func(r models.Request) bool { return time.Now().After(r.ExpiresAt) }
	err := s.until(ctx, "the end of its time", over)
	s.began = time.Now()
	return err
}

// lateMoney: the provider takes money after everything is over, and takes its time to return it.
func lateMoney(ctx context.Context, s *street) error {
	s.expires = 8 * time.Second
	if err := s.opened(ctx, false); err != nil {
		return err
	}
	if err := ends(models.Expired)(ctx, s); err != nil {
		return err
	}
	if err := s.spoil(s.number, faults.StuckProcessing, faults.Refund); err != nil {
		return err
	}
	return s.press(ctx, "capture", s.number)
}

// doubledCapture: a friend gave up, another paid, and then the first one's money comes.
func doubledCapture(ctx context.Context, s *street) error {
	if err := s.opened(ctx, false); err != nil {
		return err
	}
	first := s.number
	row, err := s.rows.Request(ctx, s.request.ID)
	if err != nil {
		return err
	}
	attempt, _ := row.Attempt(first)
	_, err = s.house.Parts.Door.Deliver(ctx, s.request.ID, mint.Number(), models.Event{
		Kind: models.PayWithdrawn, Actor: "payer:" + attempt.Payer, Attempt: first,
	})
	if err != nil {
		return fmt.Errorf("give up: %w", err)
	}
	if err := ends(models.Open)(ctx, s); err != nil {
		return err
	}
	if err := s.begin(ctx); err != nil {
		return err
	}
	if err := paidAfterAll(ctx, s); err != nil {
		return err
	}
	s.number = first
	if err := s.spoil(first, faults.StuckProcessing, faults.Refund); err != nil {
		return err
	}
	return s.press(ctx, "capture", first)
}

// mismatchedAmount: the provider took a fen more than was quoted.
func mismatchedAmount(ctx context.Context, s *street) error {
	if err := s.opened(ctx, false); err != nil {
		return err
	}
	if err := s.spoil(s.number, faults.WrongAmount, faults.Pay); err != nil {
		return err
	}
	return s.press(ctx, "pay", s.number)
}

// allBack waits until whatever was to go back did.
func allBack(ctx context.Context, s *street) error {
	return s.until(ctx, "the money to be back", func(r models.Request) bool {
		for _, f := range r.Refunds {
			if f.State != models.RefundSucceeded {
				return false
			}
		}
		return len(r.Refunds) > 0
	})
}
