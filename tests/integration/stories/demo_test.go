// Package stories plays the demo: beside the other suites, since most of its time is waiting.
package stories

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/demo"
)

// The demo proves itself: every scenario ends as docs/scenarios.md says, with the
// numbers of the provider's journal, of Postgres and of Temporal.
func TestEveryScenarioOfTheDemo(t *testing.T) {
	t.Parallel()
	play(t, "all", demo.DefaultChannel)
}

// Whatever the friend pays with, the main job ends in the same way, and his money goes back to him.
func TestEveryChannelOfTheDemo(t *testing.T) { //nolint:tparallel // each is a stack of servers: one at a time
	t.Parallel()
	for _, channel := range demo.Channels() {
		if channel != demo.DefaultChannel {
			t.Run(channel, func(t *testing.T) { play(t, "paid,refund,late-money", channel) })
		}
	}
}

func play(t *testing.T, scenario, channel string) {
	t.Helper()
	binary, err := filepath.Abs("../../../bin/friendpay")
	require.NoError(t, err)
	_, err = os.Stat(binary)
	require.NoError(t, err, "run make build first: a scenario kills a worker of its own process")
	var told bytes.Buffer
	err = demo.Run(t.Context(), demo.Options{
		Scenario: scenario, Channel: channel, Binary: binary, Log: slog.New(slog.DiscardHandler),
		Reporter: &demo.Reporter{Out: &told, JSON: true},
	})
	t.Log(told.String())
	require.NoError(t, err)
}
