package faults

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/reasons"
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
		for _, language := range []string{"en", "zh-CN"} {
			require.NotContains(t, lines[i].words(language), "{", f.name)
		}
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
	steps := "none. " + reasons.Next(l.seen.Reason, l.seen.Detail, "en")
	if len(l.steps) > 0 {
		steps = "`" + strings.Join(l.steps, "`, then `") + "`"
	}
	return fmt.Sprintf("| `%s` | `%s` | %s %s | %.1f | %s | %s | %.1f |", l.fault.name, l.fault.reason,
		l.words("en"), l.words("zh-CN"), l.after.Seconds(), steps, l.fault.end, l.over.Seconds())
}

// words are those of the row; how many tries or callbacks there were is another each time.
func (l line) words(language string) string {
	detail := l.seen.Detail
	if _, err := strconv.Atoi(detail); err == nil {
		detail = ""
	}
	return reasons.Say(l.seen.Reason, detail, language)
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
		"run: go test ./tests/faults -update")
}

func withoutSeconds(text string) string {
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		if cells := strings.Split(l, "|"); len(cells) == 9 {
			cells[4], cells[7] = "", ""
			lines[i] = strings.Join(cells, "|")
		}
	}
	return strings.Join(lines, "\n")
}

const head = `# Twenty faults

Written by "go test ./tests/faults -update" and checked by "make faults", which lets each of these happen on
a whole house: real servers, the simulated providers, a merchant's own system. *Shown* is in seconds from
the fault to its row in the Stuck queue, on a house where a minute of the law is a second. The step is the
one that the row offers, taken through the desk of support by a colleague of the least role that may, with
a second one where that is asked for; a row that went before its step was taken would fail the test. *Gone*
is in seconds from the last step, or where none is offered from the mending outside, to the end of the row.

Rows are touched for four of them: a dead callback is spared the thirty tries after which it is dead, a
burst of forged ones the ten quiet minutes after which it is over; a stuck relay finds the callback's row
held, as by one that hangs; and of the breaker's way the house itself probes once an hour.

| fault | reason | in words | shown | step | ended | gone |
|---|---|---|---|---|---|---|
`
