package demo

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/friendpay/friendpay/models"
)

// brief is just long enough to begin a payment that the provider wants left alone for
// five minutes, and to see it end.
const brief = 8 * time.Minute

// hour is long enough for nothing to lapse meanwhile: a minute of demo time.
const hour = time.Hour

// begin plays up to the moment at which one friend may press the provider's button.
func (s *story) begin(ctx context.Context, expiresIn time.Duration) (attempt, error) {
	if err := s.place(ctx, expiresIn); err != nil {
		return attempt{}, err
	}
	f, err := s.newFriend(ctx)
	if err != nil {
		return attempt{}, err
	}
	s.tell("a friend opens the link and logs in", models.Open)
	made, err := s.sent(ctx, f)
	if err == nil {
		s.tell("he asks to pay and is sent to the provider", models.Paying)
	}
	return made, err
}

// sent lets a friend ask to pay, and wait until his page knows where.
func (s *story) sent(ctx context.Context, f *friend) (attempt, error) {
	made, err := f.pay(ctx)
	if err != nil {
		return made, fmt.Errorf("ask to pay: %w", err)
	}
	if made.Presentation.Kind == "" {
		made, err = s.presented(ctx, f, made.Number)
	}
	if err == nil && s.channel.come != nil {
		err = s.channel.come(ctx, s.provider, made)
	}
	return made, err
}

// finish presses the button and waits for the settled order and the messages.
func (s *story) finish(ctx context.Context, made attempt) error {
	if err := s.channel.press(ctx, s.provider, made); err != nil {
		return fmt.Errorf("pay at the provider: %w", err)
	}
	s.tell("he pays at the provider", models.Paying)
	return s.settled(ctx)
}

func (s *story) settled(ctx context.Context) error {
	if err := s.await(ctx, models.Settled); err != nil {
		return err
	}
	s.tell("the order is settled", models.Settled)
	if err := s.awaitBothTold(ctx, "request.settled"); err != nil {
		return err
	}
	s.tell("merchant and friend are told", models.Settled)
	return nil
}

func playPaid(ctx context.Context, s *story) error {
	made, err := s.begin(ctx, hour)
	if err != nil {
		return err
	}
	return s.finish(ctx, made)
}

func playExpired(ctx context.Context, s *story) error {
	if _, err := s.begin(ctx, brief); err != nil {
		return err
	}
	if err := s.await(ctx, models.Expired); err != nil {
		return err
	}
	s.tell("nobody paid; the provider's order is closed", models.Expired)
	return s.awaitTold(ctx, "request.ended")
}

func playLateMoney(ctx context.Context, s *story) error {
	made, err := s.begin(ctx, brief)
	if err != nil {
		return err
	}
	if err := s.await(ctx, models.Expired); err != nil {
		return err
	}
	s.tell("the request has ended", models.Expired)
	if err := s.provider.capture(ctx, made.Number); err != nil {
		return err
	}
	s.tell("the provider takes the money all the same", models.Expired)
	if err := s.awaitBothTold(ctx, "request.refunded"); err != nil {
		return err
	}
	s.tell("the money is back with the friend, who is told", models.Expired)
	return nil
}

// crowd is how many friends press at once.
const crowd = 50

func playTwoPayers(ctx context.Context, s *story) error {
	if err := s.place(ctx, hour); err != nil {
		return err
	}
	friends := make([]*friend, crowd)
	for i := range friends {
		var err error
		if friends[i], err = s.newFriend(ctx); err != nil {
			return err
		}
	}
	s.tell(fmt.Sprintf("%d friends open the link and log in", crowd), models.Open)
	made, err := s.rush(ctx, friends)
	if err != nil {
		return err
	}
	return s.finish(ctx, made)
}

// rush lets all friends press at once: one gets an attempt, every other a clear
// refusal within two seconds that says when the slot is free.
func (s *story) rush(ctx context.Context, friends []*friend) (attempt, error) {
	var (
		group sync.WaitGroup
		mu    sync.Mutex
		made  []attempt
		wrong []error
	)
	began := time.Now()
	for _, f := range friends {
		group.Go(func() {
			got, err := f.pay(ctx)
			mu.Lock()
			defer mu.Unlock()
			var refused *problem
			switch {
			case err == nil:
				made = append(made, got)
			case !errors.As(err, &refused) || refused.Reason != "slot_taken" || refused.Until == "":
				wrong = append(wrong, fmt.Errorf("no clear refusal: %w", err))
			case time.Since(began) > 2*time.Second:
				wrong = append(wrong, fmt.Errorf("a refusal took %s", time.Since(began)))
			}
		})
	}
	group.Wait()
	if len(made) != 1 {
		wrong = append(wrong, fmt.Errorf("%d friends got an attempt", len(made)))
		return attempt{}, errors.Join(wrong...)
	}
	s.tell(fmt.Sprintf("one may pay, %d are told when the slot is free", len(friends)-1), models.Paying)
	return made[0], errors.Join(wrong...)
}
