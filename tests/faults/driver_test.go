package faults

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/friendpay/friendpay/internal/reasons"
	"github.com/friendpay/friendpay/store"
)

// fault is one thing that goes wrong: how, what colleagues must see, and how it ends.
type fault struct {
	name   string
	reason reasons.Reason
	hooked bool // the merchant's order hook decides
	told   bool // the merchant wants webhooks
	alone  bool // it stops a server that others need
	inject func(context.Context, *street) error
	// mend is what the world outside does: the provider answers again, a colleague starts a
	// server, time passes. Nil: nothing has to. Where a step is offered, the row outlives it.
	mend  func(context.Context, *street) error
	ended func(context.Context, *street) error
	end   string // in words
}

// Limits of one fault: how soon it must show, how long until it is over, and how soon after the
// last step: later, it would have been the house's own patience that ended it.
const (
	showLimit = 30 * time.Second
	overLimit = 75 * time.Second
	stepLimit = 20 * time.Second
)

// desk takes the step that a row offers, as a colleague who may and with a second one where
// that is asked for.
type desk interface {
	Take(ctx context.Context, offered store.StuckRow) error
}

// line is what the table says of a fault.
type line struct {
	fault fault
	seen  store.StuckRow
	after time.Duration // from the fault to its row
	steps []string
	over  time.Duration // from the last step, or from the mending, to the end of the row
}

// play lets one fault happen, sees it in the queue and ends it as the queue offers.
func (t *town) play(ctx context.Context, f fault) (told line, err error) {
	told.fault = f
	s, err := t.newStreet(ctx, f)
	if err != nil {
		return told, fmt.Errorf("seed: %w", err)
	}
	defer s.close()
	begin, cancel := context.WithTimeout(ctx, overLimit)
	defer cancel()
	if err := f.inject(begin, s); err != nil {
		return told, fmt.Errorf("inject: %w", err)
	}
	if s.began.IsZero() {
		s.began = time.Now()
	}
	if told.seen, err = s.shown(ctx, f); err != nil {
		return told, err
	}
	told.after = time.Since(s.began)
	over, cancel := context.WithTimeout(ctx, overLimit)
	defer cancel()
	if f.mend != nil {
		if err := f.mend(over, s); err != nil {
			return told, fmt.Errorf("mend: %w", err)
		}
	}
	if err = s.endIt(over, &told); err != nil {
		return told, err
	}
	if f.ended != nil {
		err = f.ended(over, s)
	}
	return told, err
}

// shown waits until the queue names the fault under its reason, in words.
func (s *street) shown(ctx context.Context, f fault) (seen store.StuckRow, err error) {
	ctx, cancel := context.WithDeadline(ctx, s.began.Add(showLimit))
	defer cancel()
	var others []reasons.Reason
	err = until(ctx, "a row "+string(f.reason), func() (bool, error) {
		rows, err := s.mine(ctx)
		if err != nil {
			return false, err
		}
		others = nil
		for _, r := range rows {
			if r.Reason == f.reason {
				seen = r
				return true, nil
			}
			others = append(others, r.Reason)
		}
		return false, nil
	})
	if err != nil {
		err = fmt.Errorf("%w; it shows %v instead", err, others)
	}
	return seen, err
}

// mine are the rows of the queue that are about this street.
func (s *street) mine(ctx context.Context) ([]store.StuckRow, error) {
	page, err := s.rows.Stuck(ctx, store.StuckFilter{Now: time.Now(), Speed: speed, Limit: 500})
	return slices.DeleteFunc(page.Items, func(r store.StuckRow) bool {
		here := r.App == s.app || s.request.ID != "" && r.Request == s.request.ID ||
			s.subject != "" && strings.Contains(r.Subject, s.subject) || s.anywhere && r.Request == "" && r.App == ""
		return !here
	}), err
}

// endIt takes what the row offers, once each, until the row is gone. What follows from a step may
// offer another: a diverted refund is handed over. A row that offered a step and went without it
// proves nothing of the step, and is an error; so is one that outlives its last step for long.
func (s *street) endIt(ctx context.Context, told *line) error {
	taken, since := map[string]bool{}, time.Now()
	var refused error
	err := until(ctx, "the row to be gone", func() (bool, error) {
		rows, err := s.mine(ctx)
		there := false
		for _, r := range rows {
			if r.Reason != told.fault.reason {
				continue
			}
			there = true
			if key := r.Step + " " + r.StepSubject; r.Step != "" && !taken[key] {
				if refused = s.desk.Take(ctx, r); refused == nil {
					taken[key], since = true, time.Now()
					told.steps = append(told.steps, r.Step)
				}
			}
		}
		return !there, err
	})
	told.steps = slices.Compact(told.steps)
	told.over = time.Since(since)
	switch {
	case err != nil:
		return errors.Join(err, refused)
	case told.seen.Step != "" && len(told.steps) == 0:
		return errors.Join(errors.New("the row went without the step that it offered"), refused)
	case told.seen.Step != "" && told.over > stepLimit:
		return fmt.Errorf("the row outlived %v by %s", told.steps, told.over)
	}
	return nil
}
