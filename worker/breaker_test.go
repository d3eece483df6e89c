package worker_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/store"
	"github.com/friendpay/friendpay/worker"
)

// fuses is a box with one breaker, a provider behind it, and requests that wait.
type fuses struct {
	mu      sync.Mutex
	broken  []policy.Breaker
	due     bool // a probe
	answer  func() (providers.Status, error)
	probed  []bool
	waiting []store.Waiter
	held    []store.Waiter
	told    []string
	providers.Adapter
}

func (f *fuses) TakeProbe(context.Context, time.Time, time.Duration) (store.Probe, bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	due := f.due
	f.due = false
	return store.Probe{App: "app_1", Channel: "mock"}, due, nil
}

func (f *fuses) NoteProbe(_ context.Context, _ store.Probe, probed store.Probed) ([]store.Turn, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.probed = append(f.probed, probed.Alive)
	return []store.Turn{{To: policy.BreakerHalfOpen}}, nil
}

func (f *fuses) TakeSweep(context.Context, time.Time, time.Duration, int) (store.Sweep, bool, error) {
	sweep := store.Sweep{BreakerKey: store.BreakerKey{Channel: "mock"}, OpenedAt: noon, Waiters: f.waiting}
	return sweep, len(f.waiting) > 0, nil
}

func (f *fuses) HeldBy(_ context.Context, reason, _ string, _ int) ([]store.Waiter, string, error) {
	if reason != models.Outage {
		return nil, "", errors.New("another's hold")
	}
	return f.held, "", nil
}

func (f *fuses) Breakers(context.Context, string) ([]policy.Breaker, error) { return f.broken, nil }

func (f *fuses) Open(context.Context, string, string) (providers.Adapter, error) { return f, nil }

func (f *fuses) Query(context.Context, providers.Ref) (providers.Status, error) { return f.answer() }

func (f *fuses) Fresh(context.Context) (*policy.Catalogue, error) {
	rows := policy.NewTables()
	for _, id := range []string{"mock", "other"} {
		rows.Channels[id] = policy.Channel{App: "app_1", ID: id, Enabled: true}
	}
	return policy.NewCatalogue(1, rows), nil
}

func (f *fuses) Deliver(
	_ context.Context, request, update string, event models.Event,
) (models.Request, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.told = append(f.told, request+" "+string(event.Kind)+" "+event.Reason+" "+update)
	return models.Request{}, nil
}

var noon = time.Date(2026, 5, 1, 4, 0, 0, 0, time.UTC)

// round lets the breakers' loop go round once.
func (f *fuses) round(t *testing.T) (turned int) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b := &worker.Breakers{
			Fuses: f, Accounts: f, Catalogue: f, Door: f, Clock: func() time.Time { return noon },
			Log: slog.New(slog.DiscardHandler), Speed: 1, Turned: func(store.Turn) { turned++ },
		}
		ctx, stop := context.WithCancel(t.Context())
		over := make(chan error, 1)
		go func() { over <- b.Run(ctx) }()
		synctest.Wait()
		stop()
		require.ErrorIs(t, <-over, context.Canceled)
	})
	return turned
}

func waiter(id string, allowed ...string) store.Waiter {
	return store.Waiter{
		Request: models.Request{ID: id, App: "app_1", Speed: 1, Seq: 3},
		Order:   store.Order{App: "app_1", Payable: models.CNY(12900), AllowedChannels: allowed},
	}
}

// Only "I know no such order" shows that a provider is alive.
func TestWhatProvesThatAProviderIsAlive(t *testing.T) {
	for name, c := range map[string]struct {
		state providers.State
		err   error
		alive bool
	}{
		"it knows no such order": {providers.NotCreated, nil, true},
		"it cannot say":          {providers.Unknown, nil, false},
		"it says nonsense":       {providers.Paid, nil, false},
		"no answer":              {"", errors.New("down"), false},
		"a refusal":              {"", &providers.Error{Class: providers.Definite}, false},
	} {
		f := &fuses{due: true, answer: func() (providers.Status, error) {
			return providers.Status{State: c.state}, c.err
		}}
		require.Equal(t, 1, f.round(t), name)
		require.Equal(t, []bool{c.alive}, f.probed, name)
	}
}

// Held is who can pay nowhere, and let go is who can pay somewhere.
func TestWhoseClockIsTurned(t *testing.T) {
	f := &fuses{
		broken:  []policy.Breaker{{Channel: "mock", State: policy.BreakerOpen}},
		waiting: []store.Waiter{waiter("fpr_1", "mock"), waiter("fpr_2")},
		held:    []store.Waiter{waiter("fpr_3", "mock"), waiter("fpr_4", "other")},
	}
	f.round(t)
	require.ElementsMatch(t, []string{
		"fpr_1 hold_placed outage outage_mock__1777608000000", "fpr_4 hold_lifted outage lift_3",
	}, f.told)
}
