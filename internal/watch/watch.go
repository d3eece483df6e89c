// Package watch looks at the engine from outside: whether Temporal can be reached, whether anybody works,
// whether tasks of a request fail again and again. What it finds stands in rows, from which support is told,
// and goes away when it is over. It runs beside the API, since a worker may be gone.
package watch

import (
	"context"
	"crypto/rand"
	"log/slog"
	"strconv"
	"time"

	"github.com/friendpay/friendpay/internal/reasons"
	"github.com/friendpay/friendpay/store"
)

// The pace of the watch. All of it is of our own machines, so demo time does not divide it.
const (
	tick     = 3 * time.Second
	lease    = 10 * time.Second // of the one process that looks
	patience = 3 * time.Second  // for one answer of Temporal
	oneLook  = 20 * time.Second
	again    = time.Second // between two knocks at a Temporal that does not answer

	silentFor   = 15 * time.Second // heartbeats come every five
	unpostedFor = 10 * time.Second // the relay takes a callback within a tenth of a second
	failsFor    = 3                // tries of one task; the second may be bad luck
	suspects    = 50
)

// Engine is Temporal, as far as the watch looks at it.
type Engine interface {
	// Reachable is nil when it answers.
	Reachable(ctx context.Context) error
	// Failing is how often the task that a request's run waits for has been tried; 0: it waits for none.
	Failing(ctx context.Context, request string) (tries int, err error)
}

// Rows are where the watch reads and writes.
type Rows interface {
	Lease(ctx context.Context, name, holder string, life time.Duration) (bool, error)
	LastBeat(ctx context.Context) (at time.Time, ago time.Duration, err error)
	Suspects(ctx context.Context, limit int) ([]string, error)
	Unposted(ctx context.Context, wait time.Duration) (count int64, since time.Time, err error)
	SetTroubles(ctx context.Context, kinds []reasons.Reason, troubles []store.Trouble) error
}

// Watch looks every few seconds; of several processes one does.
type Watch struct {
	Engine Engine
	Rows   Rows
	Log    *slog.Logger

	upSince time.Time // since when Temporal has been reached; zero: it is not
}

// Run looks until ctx ends.
func (w *Watch) Run(ctx context.Context) error {
	me := rand.Text()
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for {
		mine, err := w.Rows.Lease(ctx, "engine_watch", me, lease)
		if err == nil && mine {
			err = w.bounded(ctx)
		}
		if err != nil && ctx.Err() == nil {
			w.Log.WarnContext(ctx, "the engine is not watched", "error", err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
}

func (w *Watch) bounded(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, oneLook)
	defer cancel()
	return w.Look(ctx)
}

// Once looks once, for a tool: it has not seen Temporal come back, and waits for nobody.
func (w *Watch) Once(ctx context.Context) error {
	w.upSince = time.Unix(0, 0)
	return w.bounded(ctx)
}

// Look looks and writes what it finds.
func (w *Watch) Look(ctx context.Context) error {
	away := w.reach(ctx) != nil
	if ctx.Err() != nil {
		return ctx.Err() // who is being stopped knows nothing
	}
	if away {
		w.upSince = time.Time{}
		// What else is wrong cannot be known; what was known stays.
		down := []store.Trouble{{Kind: reasons.TemporalDown}}
		return w.Rows.SetTroubles(ctx, []reasons.Reason{reasons.TemporalDown, reasons.WorkerGone}, down)
	}
	if w.upSince.IsZero() {
		w.upSince = time.Now()
	}
	gone, troubles, err := w.workers(ctx)
	if err != nil {
		return err
	}
	if !gone {
		stuck, err := w.relay(ctx)
		if err != nil {
			return err
		}
		troubles = append(troubles, stuck...)
	}
	failing, err := w.tasks(ctx)
	if err != nil {
		return err
	}
	return w.Rows.SetTroubles(ctx, []reasons.Reason{
		reasons.TemporalDown, reasons.WorkerGone, reasons.RelayStuck, reasons.TaskFailing,
	}, append(troubles, failing...))
}

// reach knocks twice: one lost call is no outage.
func (w *Watch) reach(ctx context.Context) error {
	knock := func() error {
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		return w.Engine.Reachable(ctx)
	}
	if knock() == nil {
		return nil
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(again):
		return knock()
	}
}

// workers says whether nobody works. Workers come back a while after Temporal has, and are waited for.
func (w *Watch) workers(ctx context.Context) (gone bool, troubles []store.Trouble, err error) {
	at, ago, err := w.Rows.LastBeat(ctx)
	if err != nil || !at.IsZero() && ago < silentFor {
		return false, nil, err
	}
	if !at.IsZero() && time.Since(w.upSince) < silentFor {
		return true, nil, nil
	}
	return true, []store.Trouble{{Kind: reasons.WorkerGone, Since: at}}, nil
}

// relay says whether callbacks are left lying although somebody works.
func (w *Watch) relay(ctx context.Context) ([]store.Trouble, error) {
	count, since, err := w.Rows.Unposted(ctx, unpostedFor)
	if err != nil || count == 0 {
		return nil, err
	}
	return []store.Trouble{{Kind: reasons.RelayStuck, Detail: strconv.FormatInt(count, 10), Since: since}}, nil
}

// tasks asks about the runs of those requests whose tasks may fail.
func (w *Watch) tasks(ctx context.Context) (troubles []store.Trouble, err error) {
	requests, err := w.Rows.Suspects(ctx, suspects)
	for _, request := range requests {
		tries, err := w.ask(ctx, request)
		if err != nil {
			return troubles, err
		}
		if tries >= failsFor {
			troubles = append(troubles, store.Trouble{
				Kind: reasons.TaskFailing, Request: request, Detail: strconv.Itoa(tries),
			})
		}
	}
	return troubles, err
}

func (w *Watch) ask(ctx context.Context, request string) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return w.Engine.Failing(ctx, request)
}
