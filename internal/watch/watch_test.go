package watch_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/reasons"
	"github.com/friendpay/friendpay/internal/watch"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

var errAway = errors.New("away")

// engine is a Temporal of which a test says how it fares.
type engine struct {
	down  bool
	tries map[string]int
}

func (e *engine) Reachable(context.Context) error {
	if e.down {
		return errAway
	}
	return nil
}

func (e *engine) Failing(_ context.Context, request string) (int, error) {
	return e.tries[request], nil
}

// rows keep the troubles as the store does.
type rows struct {
	beat     time.Time
	unposted int64
	suspects []string
	holder   string
	kept     map[reasons.Reason][]string
}

func (r *rows) Lease(_ context.Context, _, holder string, _ time.Duration) (bool, error) {
	if r.holder == "" {
		r.holder = holder
	}
	return r.holder == holder, nil
}

func (r *rows) LastBeat(context.Context) (time.Time, time.Duration, error) {
	return r.beat, time.Since(r.beat), nil
}

func (r *rows) Suspects(context.Context, int) ([]string, error) { return r.suspects, nil }

func (r *rows) Unposted(context.Context, time.Duration) (int64, time.Time, error) {
	return r.unposted, time.Now(), nil
}

func (r *rows) SetTroubles(_ context.Context, kinds []reasons.Reason, troubles []store.Trouble) error {
	for _, kind := range kinds {
		delete(r.kept, kind)
	}
	for _, t := range troubles {
		r.kept[t.Kind] = append(r.kept[t.Kind], t.Request+t.Detail)
	}
	return nil
}

func begin() (*engine, *rows, *watch.Watch) {
	e, r := &engine{tries: map[string]int{}}, &rows{beat: time.Now(), kept: map[reasons.Reason][]string{}}
	return e, r, &watch.Watch{Engine: e, Rows: r, Log: slog.New(slog.DiscardHandler)}
}

func TestAHealthyEngineHasNoTroubles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, r, w := begin()
		r.suspects, e.tries["fpr_1"] = []string{"fpr_1"}, 2
		require.NoError(t, w.Look(t.Context()))
		require.Empty(t, r.kept, "the second try of a task is no trouble")
	})
}

func TestTheEnginesTroublesComeAndGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, r, w := begin()
		look := func() map[reasons.Reason][]string {
			require.NoError(t, w.Look(t.Context()))
			return r.kept
		}
		r.suspects, e.tries["fpr_1"] = []string{"fpr_1", "fpr_2"}, 3
		r.unposted = 7
		require.Equal(t, map[reasons.Reason][]string{
			reasons.TaskFailing: {"fpr_13"}, reasons.RelayStuck: {"7"},
		}, look())

		e.down = true
		require.Contains(t, look(), reasons.TemporalDown)
		require.Contains(t, look(), reasons.TaskFailing, "what cannot be looked at stays as it was")
		<-time.After(time.Minute)
		require.NotContains(t, look(), reasons.WorkerGone, "nobody can work without Temporal")

		e.down, e.tries["fpr_1"] = false, 0
		require.Empty(t, look(), "workers come back a while after it")
		<-time.After(16 * time.Second)
		require.Equal(t, []string{""}, look()[reasons.WorkerGone])
		require.NotContains(t, look(), reasons.RelayStuck, "nobody is there to post")
		r.beat, r.unposted = time.Now(), 0
		require.Empty(t, look())
	})
}

func TestAToolWaitsForNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, r, w := begin()
		<-time.After(16 * time.Second)
		require.NoError(t, w.Once(t.Context()))
		require.Contains(t, r.kept, reasons.WorkerGone)
	})
}

// Of several processes one looks.
func TestOneOfSeveralLooks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, r, w := begin()
		e.down, r.holder = true, "another"
		ctx, stop := context.WithTimeout(t.Context(), time.Minute)
		defer stop()
		require.ErrorIs(t, w.Run(ctx), context.DeadlineExceeded)
		require.Empty(t, r.kept)
		r.holder = ""
		ctx, stop = context.WithTimeout(t.Context(), 10*time.Second)
		defer stop()
		require.ErrorIs(t, w.Run(ctx), context.DeadlineExceeded)
		require.Contains(t, r.kept, reasons.TemporalDown)
	})
}

// way is a door that answers with an error.
type way struct{ err error }

func (w way) Place(context.Context, models.Request) (models.Request, error) {
	return models.Request{}, w.err
}

func (w way) Deliver(context.Context, string, string, models.Event) (models.Request, error) {
	return models.Request{}, w.err
}

func (w way) Post(context.Context, models.Request, string, models.Event) (models.Request, error) {
	return models.Request{}, w.err
}

func TestWhoDoesNotAnswerIsNoted(t *testing.T) {
	for code, want := range map[models.Code]int{models.Unavailable: 3, models.Conflict: 0} {
		var noted []string
		note := func(_ context.Context, id string) error {
			noted = append(noted, id)
			return errAway
		}
		door := watch.Door{Way: way{models.Refuse(code, "x", "x")}, Suspect: note}
		_, err := door.Place(t.Context(), models.Request{ID: "fpr_1"})
		require.Equal(t, code, models.CodeOf(err))
		_, err = door.Deliver(t.Context(), "fpr_1", "u", models.Event{})
		require.Equal(t, code, models.CodeOf(err))
		_, err = door.Post(t.Context(), models.Request{ID: "fpr_1"}, "u", models.Event{})
		require.Equal(t, code, models.CodeOf(err), "that it could not be noted changes nothing")
		require.Len(t, noted, want)
	}
}
