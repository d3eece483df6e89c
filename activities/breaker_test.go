package activities_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/store"
)

func TestWhatABreakerHearsOf(t *testing.T) {
	for name, c := range map[string]struct {
		err    error
		made   []store.Made
		turned int
	}{
		"an order":  {nil, []store.Made{{Failed: false}}, 1},
		"ambiguous": {failure(providers.Ambiguous), []store.Made{{Failed: true, Reason: "E1"}}, 1},
		"not now":   {failure(providers.Refused), []store.Made{{Failed: true, Reason: "E1"}}, 1},
		"unknown":   {errors.New(canary), []store.Made{{Failed: true, Reason: "ambiguous"}}, 1},
		"this one":  {failure(providers.Definite), nil, 0},
	} {
		w := newWorld(t)
		var turned []store.Turn
		w.Turned = func(turn store.Turn) { turned = append(turned, turn) }
		w.rows.turns = []store.Turn{{To: policy.BreakerOpen}}
		w.rows.keep = func(string, providers.Presentation) error { return nil }
		w.desk.create = func(providers.Payment) (providers.Presentation, error) {
			return providers.Presentation{}, c.err
		}
		_, _ = w.effect(models.OpenPayment, models.NewAttempt) // what it answers is another test's
		for i := range c.made {
			c.made[i].Attempt, c.made[i].App, c.made[i].Channel = number, "app_1", "mock"
			c.made[i].Speed, c.made[i].At = 1, noon
		}
		require.Equal(t, c.made, w.rows.made, name)
		require.Len(t, turned, c.turned, name)
	}
}

// Nobody was asked for long enough when a worker is stopped in the middle.
func TestAStoppedWorkerProvesNothing(t *testing.T) {
	w := newWorld(t)
	ctx, stop := context.WithCancel(t.Context())
	w.desk.create = func(providers.Payment) (providers.Presentation, error) {
		stop()
		return providers.Presentation{}, context.Canceled
	}
	_, err := w.OpenPayment(ctx, models.Call{Request: request(models.NewAttempt), Ref: number})
	require.Error(t, err)
	require.Empty(t, w.rows.made)
}

func TestNoOrderIsTakenInWhileNothingWorks(t *testing.T) {
	w := newWorld(t)
	window := policy.Window{Min: models.CNY(1), Max: models.CNY(100_000)}
	w.ordered(store.Order{Payable: models.CNY(12900), State: store.OrderUnpaid},
		policy.Channel{ID: "mock", Amount: window, Enabled: true})
	w.rows.broken = []policy.Breaker{{Channel: "mock", State: policy.BreakerOpen}}
	event, err := w.effect(models.CheckOrder, models.NewAttempt)
	require.NoError(t, err)
	require.Equal(t, models.OrderIneligible, event.Kind)
	require.Equal(t, "channel_outage", event.Reason)
}
