package chaos

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"
)

// Report tells what happens: one JSON object a line.
type Report struct {
	Out io.Writer

	mu sync.Mutex
}

func (r *Report) line(what any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	text, err := json.Marshal(what)
	if err != nil {
		panic(err) // our own structs always encode
	}
	_, _ = fmt.Fprintf(r.Out, "%s\n", text) // a closed pipe ends the process anyway
}

// reportCounts says what was tried and what went wrong, by kind.
func (t *town) reportCounts(s *storm) {
	calls, lives := t.history.counts()
	total := calls[wentWell] + calls[failed] + calls[unknown]
	share := 0.0
	if total > 0 {
		share = float64(calls[unknown]) / float64(total)
	}
	starts := map[string]int{}
	for _, m := range t.fleet.all() {
		starts[m.name] = m.starts
	}
	t.options.Report.line(map[string]any{
		"calls": calls, "unknown_share": share, "lives": lives, "faults": s.counts, "kills": s.kills,
		"starts": starts, "builds": t.builds, "forged": t.history.forged, "replays": t.history.replays,
	})
}

// latencies are the times in which callbacks were acknowledged, as providers see it.
type latencies struct {
	Phase           string  `json:"acknowledged_in"`
	Count           int     `json:"count"`
	P50             float64 `json:"p50_ms"`
	P99             float64 `json:"p99_ms"`
	Max             float64 `json:"max_ms"`
	WithoutTemporal int     `json:"without_temporal"` // acknowledged while Temporal was dead
}

func (t *town) reportLatency(phase string, from, to time.Time) {
	took, without := t.front.latency(from, to)
	slices.Sort(took)
	l := latencies{Phase: phase, Count: len(took), WithoutTemporal: without}
	if len(took) > 0 {
		l.P50, l.P99, l.Max = ms(took[len(took)/2]), ms(took[len(took)*99/100]), ms(took[len(took)-1])
	}
	t.options.Report.line(l)
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
