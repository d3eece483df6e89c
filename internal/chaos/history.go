package chaos

import (
	"maps"
	"sync"
)

// outcome is what a client knows about one call of his.
type outcome string

// The outcomes: a call that may have had an effect or not is unknown, and the audit takes either.
const (
	wentWell outcome = "ok"
	failed   outcome = "fail"
	unknown  outcome = "unknown"
)

// history is what the clients saw: every call with its outcome, and what was acknowledged to them.
type history struct {
	mu       sync.Mutex
	calls    map[outcome]int
	lives    map[string]int    // what was tried, by kind
	orders   map[string]bool   // order numbers that were asked for
	placed   map[string]string // request by order number, acknowledged
	asked    map[string]bool   // refund numbers that were acknowledged
	replays  int               // calls repeated under their key after they had been answered
	twice    []string          // keys under which two different things came back
	forged   int               // callbacks that nobody may believe, sent
	believed []string          // of those, what was answered 2xx
	secrets  map[string]bool   // what must not stand in a log, a history or a row
}

func newHistory() *history {
	return &history{
		calls: map[outcome]int{}, lives: map[string]int{}, orders: map[string]bool{},
		placed: map[string]string{}, asked: map[string]bool{},
		secrets: map[string]bool{},
	}
}

// note changes the history under its lock.
func (h *history) note(change func(*history)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	change(h)
}

func (h *history) call(o outcome) { h.note(func(h *history) { h.calls[o]++ }) }

func (h *history) did(kind string) { h.note(func(h *history) { h.lives[kind]++ }) }

// replayed notes what a call under a used key gave, beside what the first one gave.
func (h *history) replayed(key, first, again string) {
	h.note(func(h *history) {
		h.replays++
		if first != again {
			h.twice = append(h.twice, key+": "+first+" and "+again)
		}
	})
}

// counts is a copy of the numbers, for reports.
func (h *history) counts() (calls map[outcome]int, lives map[string]int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return maps.Clone(h.calls), maps.Clone(h.lives)
}
