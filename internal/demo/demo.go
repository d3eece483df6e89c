// Package demo plays the main job over HTTP as merchant, buyer, friend and
// provider, with everything that may go wrong, and proves how it ends: each
// scenario asserts its outcome from the provider's journal, Postgres and Temporal.
package demo

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/friendpay/friendpay/models"
)

// Options say what to play and how to tell it.
type Options struct {
	Scenario string // one of Names, or "all"
	Channel  string // one of Channels
	Binary   string // of friendpay, for workers that are killed
	Reporter *Reporter
	Log      *slog.Logger
}

// scenario is one story with its known end.
type scenario struct {
	name  string
	about string
	play  func(context.Context, *story) error
	want  expected
}

// expected is how a scenario ends; docs/scenarios.md shows the same table.
type expected struct {
	State                       models.State
	Captured, Refunded, Applied int64 // fen
	Events, Tasks               int   // at most; 0: not asked
}

// price is what every demo order costs, in fen.
const price = 12900

// limit is how long one scenario may take.
const limit = 90 * time.Second

var scenarios = []scenario{
	{"paid", "A friend opens the link, logs in, pays; the order settles and both are told.", playPaid,
		expected{models.Settled, price, 0, price, 42, 6}},
	{"expired", "A friend begins to pay and never does; the order is closed at the provider first.", playExpired,
		expected{State: models.Expired}},
	{"late-money", "Money arrives after the end and goes back to the friend.", playLateMoney,
		expected{State: models.Expired, Captured: price, Refunded: price}},
	{"two-payers", "Fifty friends press pay at once: one pays, the rest hear when the slot is free.",
		playTwoPayers, expected{State: models.Settled, Captured: price, Applied: price}},
	{"duplicate-callback", "The provider reports the same payment twice at once.", playDuplicateCallback,
		expected{State: models.Settled, Captured: price, Applied: price}},
	{"forged-callback", "Forged, truncated, stale and foreign callbacks change nothing; the genuine one does.",
		playForgedCallback, expected{State: models.Settled, Captured: price, Applied: price}},
	{"lost-callback", "No callback ever comes: the poll finds the payment.", playLostCallback,
		expected{State: models.Settled, Captured: price, Applied: price}},
	{"worker-killed", "The worker dies between the provider's answer and its recording.", playWorkerKilled,
		expected{State: models.Settled, Captured: price, Applied: price}},
	{"refund", "The merchant gives the money back after the sale, in two parts.", playRefund,
		expected{State: models.Refunded, Captured: price, Refunded: price}},
	{"abnormal-refund", "The payer's account cannot take the refund, until a human puts it right.",
		playAbnormalRefund, expected{State: models.Refunded, Captured: price, Refunded: price}},
	{"ambiguous-create", "The provider makes the order and its answer is lost.", playAmbiguousCreate,
		expected{State: models.Settled, Captured: price, Applied: price}},
	{"paid-between-query-and-close", "Money comes after the last question and before the close.",
		playPaidBeforeClose, expected{State: models.Settled, Captured: price, Applied: price}},
	{"temporal-killed-mid-step", "Temporal dies after a row was written and before the step was durable.",
		playTemporalKilled, expected{State: models.Expired}},
}

// Names lists the scenarios in the order "all" plays them.
func Names() []string {
	names := make([]string, len(scenarios))
	for i, s := range scenarios {
		names[i] = s.name
	}
	return names
}

// Run plays the scenario on a stack of its own and returns an error unless
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
	var failed []error
	for _, c := range chosen {
		if err := s.play(ctx, c); err != nil {
			options.Reporter.failed(c.name, err)
			failed = append(failed, fmt.Errorf("%s: %w", c.name, err))
		}
	}
	return errors.Join(failed...)
}

func choose(name string) ([]scenario, error) {
	if name == "all" {
		return scenarios, nil
	}
	for _, s := range scenarios {
		if s.name == name {
			return []scenario{s}, nil
		}
	}
	return nil, fmt.Errorf("no scenario is called %q; there are all, %s", name, strings.Join(Names(), ", "))
}

// play plays one scenario and compares its end with what is expected.
func (s *stage) play(ctx context.Context, c scenario) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	s.options.Reporter.begin(c.name, c.about)
	if err := s.reset(ctx); err != nil {
		return fmt.Errorf("set the stage: %w", err)
	}
	told := &story{stage: s, scenario: c.name}
	if err := c.play(ctx, told); err != nil {
		return err
	}
	verdict, err := s.judge(ctx, c.name, told.request)
	s.options.Reporter.verdict(verdict)
	return errors.Join(err, c.want.compare(verdict))
}

func (w expected) compare(v Verdict) error {
	var wrong []error
	if v.Outcome != w.State {
		wrong = append(wrong, fmt.Errorf("ended %s, not %s", v.Outcome, w.State))
	}
	if v.Captured != w.Captured || v.Refunded != w.Refunded || v.Applied != w.Applied {
		wrong = append(wrong, fmt.Errorf("captured %d, refunded %d, applied %d; not %d, %d, %d",
			v.Captured, v.Refunded, v.Applied, w.Captured, w.Refunded, w.Applied))
	}
	if w.Events > 0 && v.HistoryEvents > w.Events {
		wrong = append(wrong, fmt.Errorf("%d history events, the budget is %d", v.HistoryEvents, w.Events))
	}
	if w.Tasks > 0 && v.WorkflowTasks > w.Tasks {
		wrong = append(wrong, fmt.Errorf("%d workflow tasks, the budget is %d", v.WorkflowTasks, w.Tasks))
	}
	return errors.Join(wrong...)
}
