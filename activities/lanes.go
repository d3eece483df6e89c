package activities

import "sync"

// laneShare is how many tries may be under way to one endpoint from one worker.
const laneShare = 8

// lanes count what is under way to each endpoint, so that one which never answers takes no
// more than its share of the worker.
type lanes struct {
	mu   sync.Mutex
	busy map[string]int
}

// enter says whether one more may be on its way; whoever may has to leave.
func (l *lanes) enter(endpoint string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.busy == nil {
		l.busy = map[string]int{}
	}
	if l.busy[endpoint] >= laneShare {
		return false
	}
	l.busy[endpoint]++
	return true
}

func (l *lanes) leave(endpoint string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.busy[endpoint]--; l.busy[endpoint] == 0 {
		delete(l.busy, endpoint)
	}
}
