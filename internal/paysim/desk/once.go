package desk

import (
	"errors"
	"sync"
	"time"
)

// maxOnce bounds each of the two generations that Once remembers.
const maxOnce = 1_000_000

var (
	// ErrUsed says that a key came a second time.
	ErrUsed = errors.New("this call was made before")
	// ErrBusy says that too many keys came for all to be remembered.
	ErrBusy = errors.New("too many calls in a short time")
)

// Once remembers keys for at least Keep: longer than any signed call stays valid.
type Once struct {
	Keep time.Duration

	mu       sync.Mutex
	young    map[string]struct{}
	old      map[string]struct{}
	turnedAt time.Time
}

// Use uses a key up, or returns ErrUsed or ErrBusy.
func (o *Once) Use(key string, now time.Time) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.young == nil || now.Sub(o.turnedAt) > o.Keep {
		o.old, o.young, o.turnedAt = o.young, map[string]struct{}{}, now
	}
	_, young := o.young[key]
	_, old := o.old[key]
	switch {
	case young || old:
		return ErrUsed
	case len(o.young) >= maxOnce:
		return ErrBusy
	}
	o.young[key] = struct{}{}
	return nil
}
