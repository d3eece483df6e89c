package demo

import (
	"context"
	"errors"
	"fmt"
	"os/exec"

	"github.com/friendpay/friendpay/models"
)

// playWorkerKilled lets a worker in a process of its own die by kill -9 after the
// provider made the order and before the worker could record the answer.
func playWorkerKilled(ctx context.Context, s *story) error {
	if err := s.stopWorker(); err != nil {
		return err
	}
	doomed, err := s.spawn(ctx, s.options.Binary, nil, "worker")
	if err != nil {
		return err
	}
	if err := s.place(ctx, hour); err != nil {
		return errors.Join(err, kill(doomed))
	}
	made, err := s.dieWhileOpening(ctx, doomed)
	if err != nil {
		return err
	}
	return s.finish(ctx, made)
}

func (s *story) dieWhileOpening(ctx context.Context, doomed *exec.Cmd) (attempt, error) {
	f, err := s.newFriend(ctx)
	if err != nil {
		return attempt{}, errors.Join(err, kill(doomed))
	}
	if err := s.provider.spoil(ctx, fault{Op: "create", Mode: "hold"}); err != nil {
		return attempt{}, errors.Join(err, kill(doomed))
	}
	asked := make(chan struct{})
	go func() {
		defer close(asked)
		_, _ = f.pay(ctx) // whatever he hears: the attempt is looked up below
	}()
	number, err := s.heldAttempt(ctx)
	if err := errors.Join(err, kill(doomed)); err != nil {
		return attempt{}, err
	}
	s.tell("the provider made the order; the worker is killed before it hears", models.Paying)
	if err := errors.Join(s.provider.release(ctx), s.startWorker(ctx)); err != nil {
		return attempt{}, err
	}
	<-asked
	made, err := s.presented(ctx, f, number)
	if err != nil {
		return attempt{}, err
	}
	s.tell("another worker asked again under the same number", models.Paying)
	return made, s.checkCreates(ctx, number)
}

// heldAttempt waits until the provider has made the order of the request's attempt.
func (s *story) heldAttempt(ctx context.Context) (number string, err error) {
	err = s.until(ctx, "the provider to make the order", func() (bool, error) {
		row, err := s.house.Parts.Store.Request(ctx, s.request)
		if err != nil || len(row.Attempts) == 0 {
			return false, err
		}
		number = row.Attempts[0].Number
		entries, err := s.provider.journal(ctx, number)
		return count(entries, "order_created") == 1, err
	})
	return number, err
}

// presented waits until the friend's page knows where to pay.
func (s *story) presented(ctx context.Context, f *friend, number string) (made attempt, err error) {
	err = s.until(ctx, "the way to pay", func() (bool, error) {
		err := f.get(ctx, "/v1/link/attempts/"+number, &made)
		return made.Presentation.Kind != "", err
	})
	made.by, s.payer = f, f
	return made, err
}

// checkCreates: at least two calls under one number, and one order.
func (s *story) checkCreates(ctx context.Context, number string) error {
	entries, err := s.provider.journal(ctx, number)
	if err != nil {
		return err
	}
	made, again := count(entries, "order_created"), count(entries, "order_repeated")
	if made != 1 || again < 1 {
		return fmt.Errorf("%d orders made and %d calls repeated under one number", made, again)
	}
	return nil
}
