package api

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/friendpay/friendpay/models"
)

// maxWatchers bounds the open streams of one process.
const maxWatchers = 5000

// watch tells the streams of this process when a request has moved. One query a
// tick asks for the seq of all watched requests, whatever the number of clients,
// and none runs while nobody watches.
//
// It polls instead of listening (LISTEN/NOTIFY) because a NOTIFY makes all
// commits of the database queue for one lock, on the path that saves money's
// steps, needs a session that connection poolers do not give, and loses what is
// said while the connection is down, so that a poll would be needed anyway.
type watch struct {
	heads   func(context.Context, []string) (map[string]int64, error)
	tick    time.Duration
	seats   *seats
	failed  func(error)
	closing chan struct{}

	mu      sync.Mutex
	topics  map[string]*topic
	running bool
	closed  bool
}

// seats are those of a process for streams of all kinds.
type seats struct {
	limit int // streams of one subject

	mu       sync.Mutex
	subjects map[string]int
	seated   int
}

func newSeats(limit int) *seats { return &seats{limit: limit, subjects: map[string]int{}} }

// take is refused when all seats are taken, or all of the subject's.
func (s *seats) take(subject string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seated >= maxWatchers {
		return noneLeft()
	}
	if s.subjects[subject] >= s.limit {
		return models.Refuse(models.Limited, "too_many_streams", "Close a stream before you open another.")
	}
	s.subjects[subject]++
	s.seated++
	return nil
}

func (s *seats) free(subject string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.subjects[subject]--; s.subjects[subject] == 0 {
		delete(s.subjects, subject)
	}
	s.seated--
}

func noneLeft() error {
	return models.Refuse(models.Unavailable, "no_streams_left", "Ask for events instead, or try again.")
}

type topic struct {
	seq   int64
	wakes []chan struct{}
}

// seat is one stream's place.
type seat struct {
	wake  <-chan struct{}
	leave func()
}

// sit takes a place for a stream, whose first read comes after this.
func (w *watch) sit(request, subject string) (seat, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return seat{}, noneLeft()
	}
	if err := w.seats.take(subject); err != nil {
		return seat{}, err
	}
	wake := make(chan struct{}, 1)
	if w.topics[request] == nil {
		w.topics[request] = &topic{seq: -1}
	}
	w.topics[request].wakes = append(w.topics[request].wakes, wake)
	if !w.running {
		w.running = true
		go w.look()
	}
	return seat{wake: wake, leave: func() { w.stand(request, subject, wake) }}, nil
}

func (w *watch) stand(request, subject string, wake chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	t := w.topics[request]
	t.wakes = slices.DeleteFunc(t.wakes, func(other chan struct{}) bool { return other == wake })
	if len(t.wakes) == 0 {
		delete(w.topics, request)
	}
	w.seats.free(subject)
}

// look runs while somebody watches.
func (w *watch) look() {
	ticker := time.NewTicker(w.tick)
	defer ticker.Stop()
	blind := false
	for {
		select {
		case <-w.closing:
			return
		case <-ticker.C:
		}
		watched, more := w.watched()
		if !more {
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), 10*w.tick)
		heads, err := w.heads(ctx, watched)
		cancel()
		if err != nil && !blind { // said once, not every tick
			w.failed(err)
		}
		if blind = err != nil; !blind {
			w.tell(heads)
		}
	}
}

func (w *watch) watched() ([]string, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	watched := make([]string, 0, len(w.topics))
	for request := range w.topics {
		watched = append(watched, request)
	}
	w.running = len(watched) > 0
	return watched, w.running
}

func (w *watch) tell(heads map[string]int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for request, seq := range heads {
		t := w.topics[request]
		if t == nil || t.seq == seq {
			continue
		}
		t.seq = seq
		for _, wake := range t.wakes {
			select {
			case wake <- struct{}{}:
			default: // it has been woken and has not looked yet
			}
		}
	}
}

// close ends every stream.
func (w *watch) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.closed {
		w.closed = true
		close(w.closing)
	}
}
