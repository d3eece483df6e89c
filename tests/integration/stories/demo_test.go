// Package stories plays the demo: beside the other suites, since most of its time is waiting.
package stories

import (
	"bytes"
	"flag"
	"iter"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/demo"
)

// tracks is how many stories are told at once: most of a story is waiting.
const tracks = "4"

func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", tracks); err != nil {
		panic(err)
	}
	m.Run()
}

// The demo proves itself: every scenario ends as docs/scenarios.md says, with the
// numbers of the provider's journal, of Postgres and of Temporal.
func TestEveryScenarioOfTheDemo(t *testing.T) {
	t.Parallel()
	inTracks(t, slices.Chunk(demo.Names(), (len(demo.Names())+1)/2), func(t *testing.T, names []string) {
		t.Helper()
		play(t, strings.Join(names, ","), demo.DefaultChannel)
	})
}

// Whatever the friend pays with, the main job ends in the same way, and his money goes back to him.
func TestEveryChannelOfTheDemo(t *testing.T) {
	t.Parallel()
	others := slices.DeleteFunc(demo.Channels(), func(c string) bool { return c == demo.DefaultChannel })
	inTracks(t, slices.Chunk(others, (len(others)+1)/2), func(t *testing.T, channels []string) {
		t.Helper()
		for _, channel := range channels {
			t.Run(channel, func(t *testing.T) { play(t, "paid,refund,late-money", channel) })
		}
	})
}

// inTracks runs each part beside the others, on a stack of servers of its own.
func inTracks(t *testing.T, parts iter.Seq[[]string], run func(*testing.T, []string)) {
	t.Helper()
	for part := range parts {
		t.Run("from "+part[0], func(t *testing.T) {
			t.Parallel()
			run(t, part)
		})
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
