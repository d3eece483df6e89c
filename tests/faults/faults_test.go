//go:build faults

package faults

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

var (
	update = flag.Bool("update", false, "write docs/faults.md")
	only   = flag.String("only", "", "play these faults, separated by commas; empty: all")
)

const page = "../../docs/faults.md"

// Twenty faults: each shows under its reason within half a minute, and the offered step, or
// the world outside where it says so, ends it.
func TestEachFaultShowsAndEnds(t *testing.T) {
	town, err := build(t.Context(), t.TempDir())
	if town != nil {
		t.Cleanup(func() { require.NoError(t, town.house.Close()) })
	}
	require.NoError(t, err)
	chosen := slices.DeleteFunc(all(), func(f fault) bool {
		return *only != "" && !slices.Contains(strings.Split(*only, ","), f.name)
	})
	lines, failed := make([]line, len(chosen)), make([]error, len(chosen))
	var group sync.WaitGroup
	for i, f := range chosen {
		if !f.alone {
			group.Go(func() { lines[i], failed[i] = town.play(t.Context(), f) })
		}
	}
	group.Wait()
	for i, f := range chosen {
		if f.alone {
			lines[i], failed[i] = town.play(t.Context(), f)
		}
	}
	for i, f := range chosen {
		require.LessOrEqual(t, lines[i].after, showLimit, f.name)
		t.Log(lines[i].String())
		if failed[i] != nil {
			t.Errorf("%s: %v", f.name, failed[i])
		}
	}
	if !t.Failed() && *only == "" {
		told(t, lines)
	}
}

// String is a line of the table.
func (l line) String() string {
	steps := strings.Join(l.steps, ", then ")
	if steps == "" {
		steps = "none: it ends when the world outside mends it"
	}
	return fmt.Sprintf("| `%s` | `%s` | %.1f | %s | %s |", l.fault, l.reason, l.after.Seconds(), steps, l.end)
}

// told holds the page against what was seen, but for the seconds.
func told(t *testing.T, lines []line) {
	t.Helper()
	var text bytes.Buffer
	text.WriteString(head)
	for _, l := range lines {
		text.WriteString(l.String() + "\n")
	}
	if *update {
		require.NoError(t, os.WriteFile(page, text.Bytes(), 0o644))
		return
	}
	known, err := os.ReadFile(page)
	require.NoError(t, err)
	require.Equal(t, withoutSeconds(string(known)), withoutSeconds(text.String()),
		"run: go test -tags faults ./tests/faults -update")
}

func withoutSeconds(text string) string {
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		if cells := strings.Split(l, "|"); len(cells) == 7 {
			cells[3] = ""
			lines[i] = strings.Join(cells, "|")
		}
	}
	return strings.Join(lines, "\n")
}

const head = `# Twenty faults

Written by ` + "`go test -tags faults ./tests/faults -update`" + `, which lets each of these happen on a whole
house: real servers, the simulated provider, a merchant's own system. Seconds are from the fault to its
row in the Stuck queue, with a minute of the law being a second. The step is the one that the row offers,
taken through the desk of support by a colleague of the least role that may, and a second one where that
is asked for.

| fault | reason | seconds | step | ended |
|---|---|---|---|---|
`
