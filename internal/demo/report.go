package demo

import (
	"encoding/json"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/friendpay/friendpay/models"
)

// Reporter tells what happens: one JSON object a step for programs, a story for people.
type Reporter struct {
	Out  io.Writer // JSON lines, or the story
	JSON bool

	mu   sync.Mutex
	last time.Time
}

// step is one line of --json. MS is the time since the line before.
type step struct {
	Scenario string       `json:"scenario"`
	Step     string       `json:"step"`
	State    models.State `json:"state"`
	MS       int64        `json:"ms"`
}

// begin starts the clock of a scenario.
func (r *Reporter) begin(name, about string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last = time.Now()
	if !r.JSON {
		_, _ = fmt.Fprintf(r.Out, "\n%s\n  %s\n", name, about)
	}
}

func (r *Reporter) step(scenario, what string, state models.State) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	line := step{Scenario: scenario, Step: what, State: state, MS: now.Sub(r.last).Milliseconds()}
	r.last = now
	if r.JSON {
		r.write(line)
		return
	}
	_, _ = fmt.Fprintf(r.Out, "  %6d ms  %-52s %s\n", line.MS, what, state)
}

func (r *Reporter) verdict(v Verdict) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.JSON {
		r.write(v)
		return
	}
	for _, b := range v.Books {
		_, _ = fmt.Fprintf(r.Out, "    %s: %s fen\n", b.Outcome, b.Equation)
	}
	_, _ = fmt.Fprintf(r.Out, "  → %s %s: %s fen; %d requests, %d events, %d tasks\n",
		v.Scenario, v.Outcome, v.Equation, v.Requests, v.HistoryEvents, v.WorkflowTasks)
}

// failure is the last line of a scenario that did not end as it must. Outcome is
// always "failed", which no state of a request is called.
type failure struct {
	Scenario string `json:"scenario"`
	Outcome  string `json:"outcome"`
	Error    string `json:"error"`
}

// failed ends a scenario that broke, so that a program need not read stderr to know.
func (r *Reporter) failed(scenario string, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.JSON {
		r.write(failure{Scenario: scenario, Outcome: "failed", Error: err.Error()})
		return
	}
	_, _ = fmt.Fprintf(r.Out, "  → %s failed: %v\n", scenario, err)
}

func (r *Reporter) write(line any) {
	if err := json.NewEncoder(r.Out).Encode(line); err != nil {
		panic(err) // our own structs always encode; a closed pipe ends the process anyway
	}
}
