package chaos

import (
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// front stands before the API processes as a load balancer does: it takes turns, and goes to the next one
// when one refuses the connection. It measures what providers see of us, and remembers genuine callbacks
// for those who send them again or change them.
type front struct {
	server   *http.Server
	url      string
	wire     *http.Transport
	backends []string
	turn     atomic.Int64

	temporalDown atomic.Bool // set by whoever stops it

	mu      sync.Mutex
	acks    []ack
	genuine []letter
}

// ack is one callback that was answered 2xx.
type ack struct {
	at       time.Time
	took     time.Duration
	temporal bool // Temporal was up at its end
}

// letter is a callback as a provider sent it.
type letter struct {
	path   string
	header http.Header
	body   []byte
}

const (
	callbackPath = "/v1/callbacks/"
	keptLetters  = 200
)

func newFront(ctx context.Context, backends ...string) (*front, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	f := &front{
		url: "http://" + listener.Addr().String(), backends: backends,
		wire: &http.Transport{MaxIdleConnsPerHost: 64, IdleConnTimeout: 10 * time.Second, DisableCompression: true},
	}
	f.server = &http.Server{Handler: f, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = f.server.Serve(listener) }() // ends with Close
	return f, nil
}

func (f *front) close() error {
	f.wire.CloseIdleConnections()
	return f.server.Close()
}

// ServeHTTP passes a call on.
func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	began := time.Now()
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return // the caller is gone
	}
	answer, err := f.pass(r, body)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	said, err := io.ReadAll(answer.Body)
	if err := errors.Join(err, answer.Body.Close()); err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	if strings.HasPrefix(r.URL.Path, callbackPath) && answer.StatusCode/100 == 2 {
		f.note(letter{r.URL.Path, r.Header.Clone(), body}, began)
	}
	maps.Copy(w.Header(), answer.Header)
	w.WriteHeader(answer.StatusCode)
	_, _ = w.Write(said) // the caller may be gone
}

// pass tries one backend after the other; only a refused connection is surely without effect.
func (f *front) pass(r *http.Request, body []byte) (answer *http.Response, err error) {
	first := int(f.turn.Add(1))
	for i := range f.backends {
		backend := f.backends[(first+i)%len(f.backends)]
		address := "http://" + backend + r.URL.RequestURI()
		again := bytes.NewReader(body)
		//nolint:gosec // our own backends
		onward, err := http.NewRequestWithContext(r.Context(), r.Method, address, again)
		if err != nil {
			return nil, err
		}
		onward.Header, onward.Host = r.Header.Clone(), r.Host
		answer, err = f.wire.RoundTrip(onward)
		if err == nil {
			return answer, nil
		}
		if !errors.Is(err, syscall.ECONNREFUSED) {
			return nil, err
		}
	}
	return nil, syscall.ECONNREFUSED
}

func (f *front) note(l letter, began time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.acks = append(f.acks, ack{time.Now(), time.Since(began), !f.temporalDown.Load()})
	if len(f.genuine) == keptLetters {
		f.genuine = f.genuine[1:]
	}
	f.genuine = append(f.genuine, l)
}

// letters are the newest genuine callbacks, oldest first.
func (f *front) letters(limit int) []letter {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]letter(nil), f.genuine[max(0, len(f.genuine)-limit):]...)
}

// send posts a letter as a provider would and returns what was answered, 0 for nothing.
func (f *front) send(ctx context.Context, l letter) int {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, f.url+l.path, bytes.NewReader(l.body))
	if err != nil {
		return 0
	}
	r.Header = l.header.Clone()
	answer, err := f.wire.RoundTrip(r)
	if err != nil {
		return 0
	}
	_ = answer.Body.Close() // nothing is read of it
	return answer.StatusCode
}

// latency is how long acknowledgements took between two moments, and how many came without Temporal.
func (f *front) latency(from, to time.Time) (took []time.Duration, withoutTemporal int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, a := range f.acks {
		if a.at.Before(from) || a.at.After(to) {
			continue
		}
		took = append(took, a.took)
		if !a.temporal {
			withoutTemporal++
		}
	}
	return took, withoutTemporal
}
