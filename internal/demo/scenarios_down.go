package demo

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"golang.org/x/sync/errgroup"

	"github.com/friendpay/friendpay/models"
)

// The callbacks while Temporal is down: each of many payments is reported again and
// again, as a provider does that cannot hear us.
const (
	many   = 50
	copies = 10
	atOnce = 6 // people of a crowd who do something at the same time
)

// playTemporalDown lets 500 callbacks come while Temporal is down. All are acknowledged
// from the inbox alone, and none is lost on the way to its request.
func playTemporalDown(ctx context.Context, s *story) error {
	buyers, err := s.crowdOfBuyers(ctx)
	if err != nil {
		return err
	}
	s.tell(fmt.Sprintf("%d buyers are at the provider", many), models.Paying)
	s.gate.repeat(copies)
	err = without(ctx, s.house.Temporal, func() error {
		s.tell("Temporal is killed", models.Paying)
		err := each(buyers, func(b *story) error { return s.provider.capture(ctx, b.made) })
		if err != nil {
			return err
		}
		return s.allAcknowledged(ctx, many*copies)
	})
	if err != nil {
		return err
	}
	s.tell(fmt.Sprintf("all paid; %d callbacks were acknowledged", many*copies), models.Paying)
	s.gate.repeat(1)
	s.tell("Temporal is back", models.Paying)
	err = each(buyers, func(b *story) error {
		return errors.Join(b.await(ctx, models.PaidByBuyer), b.oneEvent(ctx))
	})
	if err == nil {
		s.tell("every payment is applied, once", models.PaidByBuyer)
	}
	return err
}

// server can die and come back with what it knew.
type server interface {
	Kill() error
	Restart(ctx context.Context) error
}

// without kills a server, and starts it again whatever becomes of the while: the next
// scenario needs it.
func without(ctx context.Context, gone server, while func() error) error {
	if err := gone.Kill(); err != nil {
		return err
	}
	return errors.Join(while(), gone.Restart(context.WithoutCancel(ctx)))
}

// crowdOfBuyers are buyers about to pay for themselves: they need no login, of which
// one address gets only so many.
func (s *story) crowdOfBuyers(ctx context.Context) ([]*story, error) {
	buyers := make([]*story, many)
	for i := range buyers {
		buyers[i] = s.sibling(fmt.Sprintf("buyer %d", i+1), expected{})
		buyers[i].quiet = true
	}
	return buyers, each(buyers, func(b *story) error {
		if err := b.place(ctx, hour); err != nil {
			return err
		}
		made, err := b.buyerPays(ctx)
		if err != nil {
			return err
		}
		b.made = made.Number
		return b.until(ctx, "the provider's order", func() (bool, error) {
			entries, err := s.provider.journal(ctx, made.Number)
			return count(entries, "order_created") == 1, err
		})
	})
}

func each(stories []*story, do func(*story) error) error {
	var group errgroup.Group
	group.SetLimit(atOnce)
	for _, s := range stories {
		group.Go(func() error { return do(s) })
	}
	return group.Wait()
}

// allAcknowledged waits for that many callbacks, of which none may be answered otherwise.
func (s *story) allAcknowledged(ctx context.Context, want int) error {
	return s.until(ctx, "the callbacks to be acknowledged", func() (bool, error) {
		good, all := s.gate.heard(http.StatusNoContent)
		fine, _ := s.gate.heard(http.StatusOK)
		if good += fine; good < all {
			return false, fmt.Errorf("%d of %d callbacks were not acknowledged", all-good, all)
		}
		return good == want, nil
	})
}

// oneEvent waits until the one event of the request's payment is applied: as many
// deliveries as there were, they are one row.
func (s *story) oneEvent(ctx context.Context) error {
	want := s.channel.provider + " reported a payment: applied"
	return s.until(ctx, "its event to be applied", func() (bool, error) {
		moments, err := s.house.Parts.Store.Timeline(ctx, s.request)
		rows, applied := 0, 0
		for _, m := range moments {
			if m.Kind == "callback" {
				rows++
			}
			if m.Kind == "callback" && m.Text == want {
				applied++
			}
		}
		if rows > 1 {
			return false, fmt.Errorf("one payment has %d events", rows)
		}
		return applied == 1, err
	})
}

// playPostgresDown lets a callback come that cannot be stored. It is refused for now,
// never acknowledged, and brought again by the provider.
func playPostgresDown(ctx context.Context, s *story) error {
	made, err := s.begin(ctx, hour)
	if err != nil {
		return err
	}
	s.gate.repeat(1)
	err = without(ctx, s.house.Postgres, func() error {
		if err := s.channel.press(ctx, s.provider, made); err != nil {
			return fmt.Errorf("pay at the provider: %w", err)
		}
		s.tell("PostgreSQL is killed, and the friend pays", models.Paying)
		return s.awaitNotStored(ctx, 2)
	})
	if err != nil {
		return err
	}
	s.tell("his callback was refused for now, twice, and never acknowledged", models.Paying)
	if err := s.awaitReady(ctx); err != nil {
		return err
	}
	if err := s.settled(ctx); err != nil {
		return err
	}
	return s.oneEvent(ctx)
}

// awaitNotStored waits for callbacks that were answered by "not now", and for nothing else.
func (s *story) awaitNotStored(ctx context.Context, want int) error {
	return s.until(ctx, "callbacks to be put off", func() (bool, error) {
		late, all := s.gate.heard(http.StatusServiceUnavailable)
		if late < all {
			return false, fmt.Errorf("of %d callbacks only %d were put off, by 503", all, late)
		}
		return late >= want, nil
	})
}

func (s *story) awaitReady(ctx context.Context) error {
	return s.until(ctx, "the API to be ready", func() (bool, error) {
		err := call(ctx, http.DefaultClient, http.MethodGet, s.house.APIURL+"/readyz", nil, nil, nil)
		return err == nil, nil // not yet
	})
}
