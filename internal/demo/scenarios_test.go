package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The page that tells how each scenario ends says what the demo asserts.
func TestTheScenariosPageSaysWhatIsAsserted(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/scenarios.md")
	require.NoError(t, err)
	want := make([]string, len(scenarios))
	for i, s := range scenarios {
		w := s.want
		want[i] = fmt.Sprintf("| `%s` | `%s` | %d | %d | %d |", s.name, w.State, w.Captured, w.Refunded, w.Applied)
	}
	require.Equal(t, want, rows(string(page)))
}

// Whatever a scenario does to money, what is not applied has gone back.
func TestNoScenarioKeepsMoney(t *testing.T) {
	t.Parallel()
	for _, s := range scenarios {
		require.Equal(t, s.want.Applied, s.want.Captured-s.want.Refunded, s.name)
	}
}

// A program that reads the lines of --json hears of a failure as it hears of an end.
func TestAFailedScenarioEndsInALineOfItsOwn(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // so that not even the stage can be set
	var out bytes.Buffer
	err := Run(ctx, Options{Scenario: "paid", Reporter: &Reporter{Out: &out, JSON: true}})
	require.Error(t, err)
	var last map[string]string
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	require.NoError(t, json.Unmarshal([]byte(lines[len(lines)-1]), &last))
	require.Equal(t, map[string]string{"scenario": "paid", "outcome": "failed", "error": err.Error()}, last)
}

// rows are the first five cells of each line of the table of scenarios.
func rows(page string) (list []string) {
	for line := range strings.Lines(page) {
		cells := strings.SplitAfter(line, "|")
		if strings.HasPrefix(line, "| `") && len(cells) > 6 {
			list = append(list, strings.Join(cells[:6], ""))
		}
	}
	return list
}
