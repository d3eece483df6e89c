// Package chaos runs the product's own chaos command: a storm that must end clean, and builds with a bug
// each, whose audit must not. `make test` runs the short ones, `make test-all` with FRIENDPAY_CHAOS=all all.
package chaos

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/chaos"
	"github.com/friendpay/friendpay/internal/devstack"
)

// all says that time does not matter.
func all() bool { return os.Getenv("FRIENDPAY_CHAOS") == "all" }

// program builds friendpay with a tag, beside a Temporal CLI that it finds.
func program(t *testing.T, tag string) string {
	t.Helper()
	dir := t.TempDir()
	temporal, err := devstack.FindTemporal(".")
	require.NoError(t, err)
	require.NoError(t, os.Symlink(temporal, filepath.Join(dir, "temporal")))
	binary := filepath.Join(dir, "friendpay")
	build := exec.CommandContext(t.Context(), "go", "build", "-tags", tag, "-o", binary, "../../cmd/friendpay")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := build.CombinedOutput()
	require.NoError(t, err, string(out))
	return binary
}

// outcome is what a run told.
type outcome struct {
	verdict chaos.Verdict
	totals  totals
	broken  []int // lines of the audit; 0 stands for requests that are stuck
	exit    int
	text    string
}

// totals is how much happened in a run, by kind.
type totals struct {
	Calls  map[string]int `json:"calls"` // ok, fail, unknown
	Lives  map[string]int `json:"lives"` // what people did
	Faults map[string]int `json:"faults"`
	Kills  int            `json:"kills"`
}

// play runs the program's chaos and reads what it told.
func play(t *testing.T, binary string, args ...string) outcome {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, binary, append([]string{"chaos", "--json"}, args...)...)
	var told, complaints bytes.Buffer
	cmd.Stdout, cmd.Stderr = &told, &complaints
	_ = cmd.Run() // its exit code is part of the outcome
	o := outcome{exit: cmd.ProcessState.ExitCode(), text: told.String() + complaints.String()}
	for line := range bytes.Lines(told.Bytes()) {
		var read struct {
			Audit  string `json:"audit"`
			Line   int    `json:"line"`
			Broken int    `json:"broken"`
		}
		require.NoError(t, json.Unmarshal(line, &read), string(line))
		if read.Line > 0 && read.Broken > 0 {
			o.broken = append(o.broken, read.Line)
		}
		if bytes.Contains(line, []byte(`"lives":`)) {
			require.NoError(t, json.Unmarshal(line, &o.totals))
		}
		if read.Audit != "" {
			require.NoError(t, json.Unmarshal(line, &o.verdict))
		}
	}
	return o
}

func clean(t *testing.T, o outcome) {
	t.Helper()
	t.Log(o.text)
	require.Zero(t, o.exit, o.text)
	require.Equal(t, "clean", o.verdict.Audit)
	require.Zero(t, o.verdict.Lost+o.verdict.DoubleCharged+o.verdict.Stuck)
	require.Positive(t, o.verdict.Settled)
	require.Positive(t, o.verdict.Refunded)
}

// thick says that a storm of three minutes was one: a run in which little happens proves little.
func thick(t *testing.T, o outcome) {
	t.Helper()
	sum := 0
	for _, n := range o.totals.Faults {
		sum += n
	}
	calls := o.totals.Calls
	require.GreaterOrEqual(t, o.verdict.Placed, 300)
	require.GreaterOrEqual(t, o.totals.Lives["late payments"], 20)
	require.GreaterOrEqual(t, o.totals.Lives["races"], 30)
	require.GreaterOrEqual(t, o.totals.Lives["refunds asked"], 20)
	require.GreaterOrEqual(t, o.totals.Kills, 10)
	require.GreaterOrEqual(t, sum, 40)
	require.LessOrEqual(t, 10*calls["unknown"], calls["ok"]+calls["fail"]+calls["unknown"], "a tenth at most")
}

func TestAStormEndsClean(t *testing.T) {
	binary := program(t, "")
	clean(t, play(t, binary, "--seed", "1", "--duration", "60s"))
	if all() {
		for _, seed := range []string{"1", "2", "3"} {
			o := play(t, binary, "--seed", seed, "--duration", "3m")
			clean(t, o)
			thick(t, o)
		}
	}
}

// controls are builds with a bug each, and the lines of the audit of which one at least has to find it.
var controls = []struct {
	tag   string
	short bool
	lines []int
}{
	{"bug_skip_verify", false, []int{3, 10}},
	{"bug_new_number", true, []int{1, 2}},
	{"bug_ack_first", false, []int{3}},
	{"bug_no_dedupe", false, []int{3}},
	{"bug_no_slot", false, []int{9, 11, 13}},
	{"bug_no_drain", false, []int{1, 2}},
}

func TestEachBugIsFound(t *testing.T) {
	for _, c := range controls {
		if !c.short && !all() {
			continue
		}
		t.Run(c.tag, func(t *testing.T) {
			o := play(t, program(t, c.tag), "--seed", "1", "--duration", "45s", "--quiesce", "20s")
			t.Log(o.text)
			require.Equal(t, 1, o.exit, o.text)
			require.Equal(t, "broken", o.verdict.Audit)
			require.NotEmpty(t, common(o.broken, c.lines), "found by %v, expected one of %v", o.broken, c.lines)
		})
	}
}

func common(one, other []int) (both []int) {
	for _, n := range one {
		for _, m := range other {
			if n == m {
				both = append(both, n)
			}
		}
	}
	return both
}

// everywhere arms every failpoint.
const everywhere = "after-keep=0.03,after-post=0.02,after-call=0.01,mid-refund=0.05,mid-webhook=0.01," +
	"after-save=0.004,before-attempt=0.02"

func TestProcessesMayDieAtTheWorstMoments(t *testing.T) {
	if all() {
		clean(t, play(t, program(t, "failpoint"), "--seed", "4", "--duration", "60s", "--failpoints", everywhere))
	}
}

// Nothing grows while the load stays the same. The slopes are printed for people; only a leak that no noise
// explains fails.
func TestASoakStaysFlat(t *testing.T) {
	if all() {
		clean(t, play(t, program(t, ""), "--seed", "5", "--duration", "20m", "--calm", "--every", "1s"))
	}
}
