package faults

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/friendpay/friendpay/internal/paysim/faults"
	"github.com/friendpay/friendpay/store"
)

// taskFailing: a bug in the workflow meets this request when its money is reported.
func taskFailing(ctx context.Context, s *street) error {
	if err := s.opened(ctx, false); err != nil {
		return err
	}
	s.bug.strikes(s.request.ID, true)
	return s.press(ctx, "pay", s.number)
}

func bugMended(_ context.Context, s *street) error {
	s.bug.strikes(s.request.ID, false)
	return nil
}

// tenQuietMinutes pass in the rows: nothing else would end a burst.
func tenQuietMinutes(ctx context.Context, s *street) error {
	return s.sql(ctx, `UPDATE refused_callbacks SET last_at = last_at - interval '11 minutes'
		WHERE account = $1`, s.way.Account)
}

func (s *street) sql(ctx context.Context, text string, values ...any) error {
	db, err := pgx.Connect(ctx, s.house.Parts.Config.DatabaseURL)
	if err != nil {
		return err
	}
	_, err = db.Exec(ctx, text, values...)
	return closing(ctx, db, err)
}

func closing(ctx context.Context, db *pgx.Conn, err error) error {
	if closed := db.Close(ctx); err == nil {
		err = closed
	}
	return err
}

// stuckRelay: workers work, and a callback is never posted, since something holds its row.
func stuckRelay(ctx context.Context, s *street) error {
	s.anywhere = true
	if err := s.opened(ctx, false); err != nil {
		return err
	}
	if err := s.spoil(s.number, faults.ErrorBefore, faults.Query); err != nil {
		return err
	}
	if err := s.house.StopWorker(); err != nil {
		return err
	}
	if err := s.press(ctx, "pay", s.number); err != nil {
		return err
	}
	id, err := s.callback(ctx, store.EventPending)
	if err != nil {
		return err
	}
	db, err := pgx.Connect(ctx, s.house.Parts.Config.DatabaseURL)
	if err != nil {
		return err
	}
	s.mends = append(s.mends, func() { _ = db.Close(context.WithoutCancel(ctx)) })
	if _, err = db.Exec(ctx, "BEGIN"); err == nil {
		_, err = db.Exec(ctx, "SELECT FROM provider_events WHERE id = $1 FOR UPDATE", id)
	}
	s.began = time.Now()
	return errors.Join(err, s.work(ctx))
}

// workerGone: nobody works while a friend pays.
func workerGone(ctx context.Context, s *street) error {
	s.anywhere = true
	if err := s.opened(ctx, false); err != nil {
		return err
	}
	if err := s.house.StopWorker(); err != nil {
		return fmt.Errorf("stop the worker: %w", err)
	}
	return nil
}

func workerBack(ctx context.Context, s *street) error { return s.work(ctx) }

// temporalDown: the engine is gone, the pages and the queue are not.
func temporalDown(ctx context.Context, s *street) error {
	s.anywhere = true
	if err := s.opened(ctx, false); err != nil {
		return err
	}
	return s.house.Temporal.Kill()
}

func temporalBack(ctx context.Context, s *street) error { return s.house.Temporal.Restart(ctx) }
