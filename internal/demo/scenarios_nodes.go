package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// playDuplicateOnTwoNodes delivers one callback twenty times at once, in turn to this
// API and to another process.
func playDuplicateOnTwoNodes(ctx context.Context, s *story) error {
	node, address, err := s.spawnAPI(ctx, s.options.Binary)
	if err != nil {
		return err
	}
	leave, err := s.gate.add(address)
	if err != nil {
		return errors.Join(err, kill(node))
	}
	defer leave()
	const deliveries = 20
	made, err := s.begin(ctx, hour)
	if err != nil {
		return errors.Join(err, kill(node))
	}
	s.gate.repeat(deliveries)
	err = s.finish(ctx, made)
	if err == nil {
		err = s.allAcknowledged(ctx, deliveries)
	}
	if err == nil {
		s.tell("ten deliveries at each of two processes; one event", models.Settled)
		err = s.oneEvent(ctx)
	}
	return errors.Join(err, kill(node))
}

// playRehydrate loses Temporal's store with requests at four points of their lives.
// They are started again from their rows, go on, and end as if nothing had been.
func playRehydrate(ctx context.Context, s *story) error {
	settled := expected{State: models.Settled, Captured: price, Applied: price}
	open := s.sibling("open", settled)
	live := s.sibling("paying", settled)
	told := s.sibling("paid meanwhile", settled)
	back := s.sibling("refunding", expected{State: models.Refunded, Captured: price, Refunded: price})
	if err := open.place(ctx, hour); err != nil {
		return err
	}
	made, err := live.begin(ctx, hour)
	if err != nil {
		return err
	}
	if err := back.stuckRefund(ctx); err != nil {
		return err
	}
	if _, err := told.begin(ctx, hour); err != nil {
		return err
	}
	if err := s.loseTemporal(ctx, told); err != nil {
		return err
	}
	if err := s.rehydrate(ctx, open, live, told, back); err != nil {
		return err
	}
	if err := told.settled(ctx); err != nil {
		return err
	}
	if err := live.finish(ctx, made); err != nil {
		return err
	}
	row, err := s.house.Parts.Store.Request(ctx, back.request)
	if err == nil {
		err = s.provider.repay(ctx, row.Refunds[0].Number)
	}
	if err != nil {
		return err
	}
	return errors.Join(back.ends(ctx, models.Refunded), open.payAnew(ctx, nil), s.checkNothingStuck(ctx))
}

// stuckRefund settles, and leaves a refund under way at the provider.
func (s *story) stuckRefund(ctx context.Context) error {
	if err := playPaid(ctx, s); err != nil {
		return err
	}
	slow := fault{Op: "refund", Mode: "stuck_processing", Number: s.made}
	if err := s.provider.spoil(ctx, slow); err != nil {
		return err
	}
	if err := s.refund(ctx, models.Money{}); err != nil {
		return err
	}
	return s.until(ctx, "the refund to be under way", func() (bool, error) {
		entries, err := s.provider.journal(ctx, s.made)
		return count(entries, "refund_created") == 1, err
	})
}

// loseTemporal kills Temporal and deletes all it knew. Meanwhile one friend pays.
func (s *story) loseTemporal(ctx context.Context, payer *story) error {
	if err := s.house.Temporal.Kill(); err != nil {
		return err
	}
	files, err := filepath.Glob(filepath.Join(s.dir, "temporal", "temporal.db*"))
	if err == nil && len(files) == 0 {
		err = errors.New("the store of Temporal is not where it should be")
	}
	for _, file := range files {
		err = errors.Join(err, os.Remove(file))
	}
	if err != nil {
		return err
	}
	if err := s.provider.capture(ctx, payer.made); err != nil {
		return err
	}
	s.tell("Temporal is killed and its store deleted; a friend pays meanwhile", models.Paying)
	if err := s.house.Temporal.Restart(ctx); err != nil {
		return fmt.Errorf("start Temporal again: %w", err)
	}
	return nil
}

// rehydrate runs the doctor, as a person would, and looks that every request runs.
func (s *story) rehydrate(ctx context.Context, requests ...*story) error {
	cmd := s.command(ctx, s.options.Binary, nil, "doctor", "--rehydrate", "--json")
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("friendpay doctor --rehydrate: %w", err)
	}
	var count struct{ Restarted, Running int }
	if err := json.Unmarshal(said.Bytes(), &count); err != nil {
		return fmt.Errorf("read what the doctor said: %w", err)
	}
	// A callback may have been faster: it starts its request by itself.
	if count.Restarted+count.Running < len(requests) || count.Restarted < len(requests)-1 {
		return fmt.Errorf("%d requests were started again and %d ran, of %d",
			count.Restarted, count.Running, len(requests))
	}
	for _, r := range requests {
		if runs, err := r.running(ctx); err != nil || !runs {
			return errors.Join(err, fmt.Errorf("%s: it does not run", r.name))
		}
	}
	s.tell(fmt.Sprintf("the doctor started %d requests again", count.Restarted), models.Paying)
	return nil
}

// checkNothingStuck holds the rows against what support would be shown.
func (s *story) checkNothingStuck(ctx context.Context) error {
	rows, err := s.house.Parts.Store.Stuck(ctx, store.StuckFilter{Now: time.Now(), Limit: 500})
	for _, row := range rows.Items {
		for _, told := range s.cast.requests() {
			if row.Request == told.request {
				err = errors.Join(err, fmt.Errorf("%s is stuck: %s", row.Request, row.Say("en")))
			}
		}
	}
	return err
}
