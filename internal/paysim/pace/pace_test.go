package pace_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/friendpay/friendpay/internal/paysim/pace"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func start(t *testing.T, speed float64, limit int) *pace.Pace {
	t.Helper()
	p, err := pace.New(time.Now, speed, limit)
	require.NoError(t, err)
	t.Cleanup(p.Close)
	return p
}

func TestDurationsAreDividedBySpeed(t *testing.T) {
	t.Parallel()
	p := start(t, 1e9, 1)
	require.True(t, p.Wait(t.Context(), 24*time.Hour))
}

func TestCloseEndsEverything(t *testing.T) {
	t.Parallel()
	p := start(t, 1, 10)
	passed := make(chan bool, 10)
	for range 10 {
		require.True(t, p.Go(func(ctx context.Context) { passed <- p.Wait(ctx, time.Hour) }))
	}
	require.False(t, p.Go(func(context.Context) {}), "the limit is reached")
	p.Close()
	for range 10 {
		require.False(t, <-passed)
	}
	require.False(t, p.Go(func(context.Context) {}), "nothing starts after close")
	require.Error(t, p.Context().Err())
}

func TestRestartBeginsAnew(t *testing.T) {
	t.Parallel()
	p := start(t, 1, 1)
	require.True(t, p.Go(func(ctx context.Context) { <-ctx.Done() }))
	p.Restart()
	require.NoError(t, p.Context().Err())
	require.True(t, p.Go(func(ctx context.Context) { <-ctx.Done() }))
}

func TestAPaceNeedsWhatItNeeds(t *testing.T) {
	t.Parallel()
	for _, speed := range []float64{0, -1} {
		_, err := pace.New(time.Now, speed, 1)
		require.Error(t, err)
	}
	_, err := pace.New(nil, 1, 1)
	require.Error(t, err)
}
