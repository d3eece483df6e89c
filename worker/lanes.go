package worker

import (
	"slices"
	"sync"
	"time"

	"github.com/friendpay/friendpay/store"
)

// lanes gives each app its share of the carriers. What an app has beyond it waits in
// its own lane, so that a receiver which never answers holds up only itself.
type lanes struct {
	mu  sync.Mutex
	all map[string]*lane
}

type lane struct {
	carriers int
	waiting  []parked
}

type parked struct {
	store.Message
	taken time.Time
}

const (
	laneShare = 8  // carriers of one app
	laneFull  = 64 // from so many waiting on, no more are taken for it
)

// enter says whether the caller may carry the message; if not, it waits in its lane.
func (l *lanes) enter(p parked) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.all == nil {
		l.all = map[string]*lane{}
	}
	own := l.all[p.App]
	if own == nil {
		own = &lane{}
		l.all[p.App] = own
	}
	if own.carriers >= laneShare {
		own.waiting = append(own.waiting, p)
		return false
	}
	own.carriers++
	return true
}

// next gives a carrier of the app the one that waits longest; without one it leaves.
func (l *lanes) next(app string) (p parked, more bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	own := l.all[app]
	if len(own.waiting) > 0 {
		p = own.waiting[0]
		own.waiting = slices.Delete(own.waiting, 0, 1)
		return p, true
	}
	if own.carriers--; own.carriers == 0 {
		delete(l.all, app)
	}
	return p, false
}

// full lists the apps that enough is waiting for.
func (l *lanes) full() (apps []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for app, own := range l.all {
		if len(own.waiting) >= laneFull {
			apps = append(apps, app)
		}
	}
	return apps
}
