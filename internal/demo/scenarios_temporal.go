package demo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
)

// playTemporalKilled kills Temporal after the step "paying" was written to
// Postgres and before it was durable. The step is forgotten; what is judged in
// its place replaces the row, and nothing of it ever left the house.
func playTemporalKilled(ctx context.Context, s *story) error {
	hold := newHoldSave(models.Paying)
	if err := errors.Join(s.stopWorker(), s.startWorker(ctx, hold)); err != nil {
		return err
	}
	if err := s.place(ctx, 8*time.Minute); err != nil {
		return err
	}
	number, err := s.forgottenAttempt(ctx, hold)
	if err != nil {
		return err
	}
	if err := s.house.Temporal.Restart(ctx); err != nil {
		return fmt.Errorf("start Temporal again: %w", err)
	}
	s.tell("Temporal is back and has never heard of the attempt", models.Paying)
	if err := s.await(ctx, models.Expired); err != nil {
		return err
	}
	s.tell("the request ends otherwise, and its row is healed", models.Expired)
	return s.checkForgotten(ctx, number)
}

// forgottenAttempt lets a friend ask to pay and kills Temporal in mid-step.
func (s *story) forgottenAttempt(ctx context.Context, hold *holdSave) (number string, err error) {
	f, err := s.newFriend(ctx)
	if err != nil {
		return "", err
	}
	asked := make(chan struct{})
	go func() {
		defer close(asked)
		_, _ = f.press(ctx, mint.Number()) // he will hear nothing good
	}()
	select {
	case <-hold.reached:
	case <-asked:
		return "", errors.New("the friend was answered before the step was saved")
	case <-ctx.Done():
		return "", ctx.Err()
	}
	row, err := s.house.Parts.Store.Request(ctx, s.request)
	if err == nil && (row.State != models.Paying || len(row.Attempts) != 1) {
		err = fmt.Errorf("the row says %s with %d attempts, not paying with one", row.State, len(row.Attempts))
	}
	if err := errors.Join(err, s.house.Temporal.Kill()); err != nil {
		return "", err
	}
	close(hold.release)
	s.tell("the row says paying; Temporal is killed before it knows", models.Paying)
	<-asked // as long as the API waits for him, it asks again, and the step would end the same
	s.tell("the friend was told to look again later", models.Paying)
	return row.Attempts[0].Number, nil
}

// checkForgotten: no row, no line of history and no provider knows the attempt.
func (s *story) checkForgotten(ctx context.Context, number string) error {
	row, err := s.house.Parts.Store.Request(ctx, s.request)
	if err != nil {
		return err
	}
	if len(row.Attempts) != 0 {
		return fmt.Errorf("the row still holds %d attempts", len(row.Attempts))
	}
	if _, err := s.house.Parts.Store.Locate(ctx, number); models.CodeOf(err) != models.NotFound {
		return fmt.Errorf("the attempt's row is still there: %w", err)
	}
	lines, err := s.house.Parts.Store.Transitions(ctx, s.request, 0, 100)
	if err != nil {
		return err
	}
	for i, line := range lines {
		if line.Seq != int64(i+1) || line.To == models.Paying {
			return fmt.Errorf("line %d of the history is %d, to %s", i+1, line.Seq, line.To)
		}
	}
	entries, err := s.provider.journal(ctx, number)
	if err == nil && len(entries) != 0 {
		err = fmt.Errorf("the provider heard of the attempt %d times", len(entries))
	}
	return err
}
