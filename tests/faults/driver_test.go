//go:build faults

package faults

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// fault is one thing that goes wrong: how, what colleagues must see, and how it ends.
type fault struct {
	name   string
	reason string
	hooked bool // the merchant's order hook decides
	told   bool // the merchant wants webhooks
	alone  bool // it stops a server that others need
	inject func(context.Context, *street) error
	// mend is what the world outside does: the provider answers again, a colleague starts a
	// server, time passes. Nil: nothing has to.
	mend  func(context.Context, *street) error
	ended func(context.Context, *street) error
	end   string // in words
}

// Limits of one fault: how soon it must show, and how long until it is over.
const (
	showLimit = 30 * time.Second
	overLimit = 75 * time.Second
)

// row is a line of the Stuck queue, as a page shows it.
type row struct {
	Request, App, Reason, Subject, Detail, Words string
	Step, StepSubject                            string
}

// queue lists what is stuck.
type queue interface {
	Stuck(ctx context.Context) ([]row, error)
}

// desk takes the step that a row offers, as a colleague who may and with a second one where
// that is asked for.
type desk interface {
	Take(ctx context.Context, offered row) error
}

// line is what the table says of a fault.
type line struct {
	fault, reason, words string
	after                time.Duration
	steps                []string
	end                  string
}

// play lets one fault happen, sees it in the queue and ends it as the queue offers.
func (t *town) play(ctx context.Context, f fault) (told line, err error) {
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
	seen, err := s.shown(ctx, f)
	if err != nil {
		return told, err
	}
	told = line{fault: f.name, reason: f.reason, words: seen.Words, after: time.Since(s.began), end: f.end}
	over, cancel := context.WithTimeout(ctx, overLimit)
	defer cancel()
	if f.mend != nil {
		if err := f.mend(over, s); err != nil {
			return told, fmt.Errorf("mend: %w", err)
		}
	}
	if told.steps, err = s.endIt(over, f); err != nil {
		return told, err
	}
	if f.ended != nil {
		err = f.ended(over, s)
	}
	return told, err
}

// shown waits until the queue names the fault under its reason, in words.
func (s *street) shown(ctx context.Context, f fault) (seen row, err error) {
	ctx, cancel := context.WithDeadline(ctx, s.began.Add(showLimit))
	defer cancel()
	var others []string
	err = until(ctx, "a row "+f.reason, func() (bool, error) {
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
		return seen, fmt.Errorf("%w; it shows %v instead", err, others)
	}
	if seen.Words == "" || strings.Contains(seen.Words, "{detail}") {
		return seen, fmt.Errorf("its words are %q", seen.Words)
	}
	return seen, nil
}

// mine are the rows of the queue that are about this street.
func (s *street) mine(ctx context.Context) ([]row, error) {
	rows, err := s.queue.Stuck(ctx)
	return slices.DeleteFunc(rows, func(r row) bool {
		here := r.App == s.app || s.request.ID != "" && r.Request == s.request.ID ||
			s.subject != "" && strings.Contains(r.Subject, s.subject) || s.anywhere && r.Request == "" && r.App == ""
		return !here
	}), err
}

// endIt takes what is offered, once each, until the row is gone. What follows from a step may
// offer another: a diverted refund is handed over.
func (s *street) endIt(ctx context.Context, f fault) (steps []string, err error) {
	taken := map[string]bool{}
	var refused error
	err = until(ctx, "the row to be gone", func() (bool, error) {
		rows, err := s.mine(ctx)
		if err != nil {
			return false, err
		}
		there := false
		for _, r := range rows {
			if r.Reason != f.reason {
				continue
			}
			there = true
			key := r.Step + " " + r.StepSubject
			if r.Step == "" || taken[key] {
				continue
			}
			if refused = s.desk.Take(ctx, r); refused == nil {
				taken[key] = true
				steps = append(steps, r.Step)
			}
		}
		return !there, nil
	})
	if err != nil {
		err = errors.Join(err, refused)
	}
	return steps, err
}
