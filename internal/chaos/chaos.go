// Package chaos runs the whole product in processes of its own, lets people use it while everything dies,
// stalls and lies, and then holds what is left against the provider's journal: nothing lost, nobody charged
// twice. docs/reliability.md says what is promised and how to read a run.
package chaos

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Options say how long to rage and how to tell of it.
type Options struct {
	Seed     uint64        // of the dice: the same accidents in the same order
	Duration time.Duration // of warm-up and storm together
	Quiesce  time.Duration // in which everything has to come to its end afterwards
	Every    time.Duration // one order is placed in each
	Calm     bool          // no storm: a soak
	Binary   string        // of friendpay, for the processes
	Report   *Report

	Keep       bool   // leave the folder with all logs and data, and say where it is
	Failpoints string // where the processes die by themselves; see package failpoint
}

// ErrBroken says that an invariant does not hold.
var ErrBroken = errors.New("the audit is not clean")

// Verdict is the last line of a run.
type Verdict struct {
	Audit         string `json:"audit"` // clean or broken
	Placed        int    `json:"placed"`
	Settled       int    `json:"settled"`
	Refunded      int    `json:"refunded"` // refunds that the provider has done
	Cases         int    `json:"cases"`
	Faults        int    `json:"faults"`
	Lost          int    `json:"lost"`           // orders with money that nobody accounts for
	DoubleCharged int    `json:"double_charged"` // orders that kept money twice
	Stuck         int    `json:"stuck"`          // requests at no end, without a human's name on them
}

// atOnce bounds the lives that go on at the same time.
const atOnce = 48

// Run plays one run and returns ErrBroken, with what is broken, unless the audit is clean.
func Run(ctx context.Context, options Options) (err error) {
	t, err := build(ctx, options)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.close()) }()
	warm, meter := min(options.Duration/8, 15*time.Second), t.newMeter()
	began := time.Now()
	until, stop := context.WithTimeout(ctx, options.Duration)
	defer stop()
	loaded := make(chan struct{})
	go func() { defer close(loaded); t.load(ctx, until, options.Every, atOnce) }()
	t.phase("warm-up", began)
	pause(ctx, warm)
	t.phase("storm", began)
	stormy := time.Now()
	s := t.weather(ctx, meter, options.Duration-warm)
	<-until.Done()
	t.phase("heal", began)
	healErr := s.heal()
	calm := time.Now()
	<-loaded
	t.phase("quiesce", began)
	unfinished, quietErr := t.quiesce(ctx)
	t.phase("audit", began)
	t.reportCounts(s)
	t.reportLatency("warm-up", began, stormy)
	t.reportLatency("storm", stormy, calm)
	meter.report(options.Report)
	return errors.Join(healErr, quietErr, ctx.Err(), t.judge(ctx, s, unfinished))
}

// weather is the storm, or none at all.
func (t *town) weather(ctx context.Context, m *meter, length time.Duration) *storm {
	watching, stop := context.WithCancel(ctx)
	watched := make(chan struct{})
	go func() { defer close(watched); m.watch(watching) }()
	defer func() { stop(); <-watched }()
	if !t.options.Calm {
		return t.rage(ctx, length)
	}
	pause(ctx, length)
	return &storm{town: t, ctx: ctx, counts: map[string]int{}}
}

func (t *town) phase(name string, began time.Time) {
	t.options.Report.line(map[string]any{"phase": name, "at_ms": time.Since(began).Milliseconds()})
}

// judge audits and tells the verdict.
func (t *town) judge(ctx context.Context, s *storm, unfinished []string) error {
	a, err := t.newAudit(ctx, unfinished)
	if err != nil {
		return err
	}
	broken, err := a.run(ctx)
	if err != nil {
		return err
	}
	v, err := a.verdict(ctx, s)
	if err != nil {
		return err
	}
	v.Audit = "clean"
	if len(broken) > 0 {
		v.Audit = "broken"
	}
	t.options.Report.line(v)
	if len(broken) > 0 {
		return fmt.Errorf("%w: %v", ErrBroken, broken)
	}
	return nil
}
