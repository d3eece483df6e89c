package worker_test

import (
	"log/slog"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"

	"github.com/friendpay/friendpay/activities"
	"github.com/friendpay/friendpay/internal/testkit"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/worker"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// nowhere is a client that never speaks: registration needs none that does.
func nowhere(t *testing.T) client.Client {
	t.Helper()
	log := sdklog.NewStructuredLogger(slog.New(slog.DiscardHandler))
	c, err := client.NewLazyClient(client.Options{Logger: log})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

// Not parallel: it changes the law's list of effects.
func TestAnEffectWithoutAnActivityIsRefused(t *testing.T) {
	acts := &activities.Activities{}
	for _, options := range []worker.Options{
		{}, {Providers: []string{"mockpay", "other"}, Build: "v1", CallsPerSecond: 5},
	} {
		_, err := worker.New(nowhere(t), acts, options)
		require.NoError(t, err)
	}
	known := slices.Clone(models.Effects)
	defer func() { models.Effects = known }()
	models.Effects = append(slices.Clone(known), "Forgotten")
	_, err := worker.New(nowhere(t), acts, worker.Options{})
	require.ErrorContains(t, err, "Forgotten")
}
