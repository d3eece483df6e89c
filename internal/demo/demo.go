// Package demo plays the main job over HTTP as merchant, buyer, friend and
// provider, with everything that may go wrong, and proves how it ends: each
// scenario asserts its outcome from the provider's journal, Postgres and Temporal.
package demo

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/friendpay/friendpay/models"
)

// Options say what to play and how to tell it.
type Options struct {
	Scenario string // of Names, separated by commas, or "all"
	Channel  string // one of Channels; empty: DefaultChannel
	Binary   string // of friendpay, for processes of their own
	// Worker and API are friendpay of another release, which then does that work in
	// processes of its own; empty: this program does it.
	Worker, API string
	Reporter    *Reporter
	Log         *slog.Logger
}

// scenario is one story with its known end.
type scenario struct {
	name  string
	about string
	play  func(context.Context, *story) error
	want  expected
}

// expected is how a scenario ends; docs/scenarios.md shows the same table. Of
// several requests all states are named, by the alphabet, and the money is summed.
type expected struct {
	State                       models.State
	Captured, Refunded, Applied int64 // fen
	Events, Tasks               int   // at most; 0: not asked
}

// limit is how long one scenario may take; longest is for those that are many at once.
const (
	limit   = 90 * time.Second
	longest = 5 * time.Minute
)

func (c scenario) limit() time.Duration {
	if c.name == reconciling {
		return longest
	}
	return limit
}

// Names lists the scenarios in the order "all" plays them.
func Names() []string {
	names := make([]string, len(scenarios))
	for i, s := range scenarios {
		names[i] = s.name
	}
	return names
}

// Run plays the scenarios on a stack of its own and returns an error unless
// every assertion held.
func Run(ctx context.Context, options Options) (err error) {
	chosen, err := choose(options.Scenario)
	if err != nil {
		return err
	}
	s, err := newStage(ctx, options)
	if err != nil {
		options.Reporter.failed(options.Scenario, err)
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	return s.playAll(ctx, chosen)
}

func choose(names string) (chosen []scenario, err error) {
	if names == "all" {
		return scenarios, nil
	}
	for name := range strings.SplitSeq(names, ",") {
		i := slices.IndexFunc(scenarios, func(s scenario) bool { return s.name == name })
		if i < 0 {
			return nil, fmt.Errorf("no scenario is called %q; there are all, %s", name, strings.Join(Names(), ", "))
		}
		chosen = append(chosen, scenarios[i])
	}
	return chosen, nil
}

// Check says what is wrong with a list of scenarios, without playing it.
func Check(names string) error {
	_, err := choose(names)
	return err
}

// playAll plays one scenario after the other. While one waits for the end of its
// guard the next begins, unless it takes away what that end needs.
func (s *stage) playAll(ctx context.Context, chosen []scenario) error {
	failed := make([]error, len(chosen))
	var endings errgroup.Group
	for i, c := range chosen {
		if slices.Contains(disruptive, c.name) {
			_ = endings.Wait() // their errors are in failed
		}
		told, err := s.play(ctx, c)
		if err != nil {
			failed[i] = s.fail(c, err)
			continue
		}
		endings.Go(func() error {
			failed[i] = s.fail(c, s.conclude(ctx, c, told))
			return nil
		})
	}
	_ = endings.Wait()
	return errors.Join(failed...)
}

// fail reports an error and names the scenario in it.
func (s *stage) fail(c scenario, err error) error {
	if err == nil {
		return nil
	}
	s.options.Reporter.failed(c.name, err)
	return fmt.Errorf("%s: %w", c.name, err)
}

// play plays one scenario up to where only its end is left to wait for.
func (s *stage) play(ctx context.Context, c scenario) (*story, error) {
	ctx, cancel := context.WithTimeout(ctx, c.limit())
	defer cancel()
	s.options.Reporter.begin(c.name, c.about)
	if err := s.reset(ctx); err != nil {
		return nil, fmt.Errorf("set the stage: %w", err)
	}
	told := s.newStory(c.name)
	return told, c.play(ctx, told)
}

// conclude compares the end of a scenario with what is expected.
func (s *stage) conclude(ctx context.Context, c scenario, told *story) error {
	ctx, cancel := context.WithTimeout(ctx, c.limit())
	defer cancel()
	verdict, err := s.judge(ctx, c.name, told.cast.requests())
	s.options.Reporter.verdict(verdict)
	err = errors.Join(err, c.want.compare(verdict.Book))
	if s.options.Worker+s.options.API != "" {
		return err // the budget is this release's
	}
	return errors.Join(err, c.want.within(verdict))
}

func (w expected) compare(b Book) error {
	var wrong []error
	if b.Outcome != w.State {
		wrong = append(wrong, fmt.Errorf("ended %s, not %s", b.Outcome, w.State))
	}
	if b.Captured != w.Captured || b.Refunded != w.Refunded || b.Applied != w.Applied {
		wrong = append(wrong, fmt.Errorf("captured %d, refunded %d, applied %d; not %d, %d, %d",
			b.Captured, b.Refunded, b.Applied, w.Captured, w.Refunded, w.Applied))
	}
	return errors.Join(wrong...)
}

// within holds the length of the histories against the budget.
func (w expected) within(v Verdict) error {
	var wrong []error
	if w.Events > 0 && v.HistoryEvents > w.Events {
		wrong = append(wrong, fmt.Errorf("%d history events, the budget is %d", v.HistoryEvents, w.Events))
	}
	if w.Tasks > 0 && v.WorkflowTasks > w.Tasks {
		wrong = append(wrong, fmt.Errorf("%d workflow tasks, the budget is %d", v.WorkflowTasks, w.Tasks))
	}
	return errors.Join(wrong...)
}
