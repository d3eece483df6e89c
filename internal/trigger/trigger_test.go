package trigger_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/client"
	"github.com/friendpay/friendpay/internal/trigger"
)

func stage(t *testing.T, key string) *trigger.Stage {
	t.Helper()
	api, err := client.New("http://127.0.0.1:1", key)
	require.NoError(t, err)
	return &trigger.Stage{API: api, App: "app_demo", Channel: "mockpay", Fen: 1}
}

// Nothing is made to happen with a live key, and nothing is asked of anybody.
func TestOnlyTestModeIsPlayedWith(t *testing.T) {
	t.Parallel()
	_, err := stage(t, "fpk_live_1").Happen(t.Context(), "request.settled")
	require.ErrorIs(t, err, trigger.ErrLive)
	_, err = stage(t, "fpk_test_1").Happen(t.Context(), "request.paused")
	require.ErrorIs(t, err, trigger.ErrUnplayed)
	require.ErrorContains(t, err, "only staff hold a request")
	_, err = stage(t, "fpk_test_1").Happen(t.Context(), "request.imagined")
	require.ErrorIs(t, err, trigger.ErrUnknown)
}

func TestEveryTriggerEndsWithAnEvent(t *testing.T) {
	t.Parallel()
	var names []string
	for _, known := range trigger.List() {
		require.Contains(t, client.EventTypes, known.Event, known.Name)
		require.NotEmpty(t, known.About)
		names = append(names, known.Name)
	}
	require.True(t, slices.IsSorted(names))
	for _, event := range client.EventTypes {
		if _, err := stage(t, "fpk_live_1").Happen(t.Context(), event); !errors.Is(err, trigger.ErrUnplayed) {
			require.Contains(t, names, event, "either it can be made to happen, or it is said why not")
		}
	}
	for _, wanted := range []string{
		"request.settled", "request.expired", "request.cancelled", "refund.done", "payment.late",
	} {
		require.Contains(t, names, wanted)
	}
}
