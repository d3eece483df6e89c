package providertest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"

	"github.com/friendpay/friendpay/providers"
)

// Delivery is a callback as it came, byte for byte.
type Delivery struct {
	Header http.Header
	Body   []byte
}

// Inbox is a merchant's callback address. It answers with the adapter's own
// Ack: "try again" for the first few deliveries if asked so, then "stored".
type Inbox struct {
	URL string

	adapter providers.Adapter
	server  *httptest.Server

	mu      sync.Mutex
	refusal int
	came    []Delivery
}

func newInbox(adapter providers.Adapter) *Inbox {
	b := &Inbox{adapter: adapter}
	b.server = httptest.NewServer(http.HandlerFunc(b.receive))
	b.URL = b.server.URL + "/v1/callbacks/test"
	return b
}

// Refuse makes the inbox answer "try again" to the next n deliveries.
func (b *Inbox) Refuse(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.refusal = n
}

func (b *Inbox) receive(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		http.Error(w, "broken", http.StatusBadRequest)
		return
	}
	b.mu.Lock()
	b.came = append(b.came, Delivery{Header: r.Header.Clone(), Body: body})
	stored := b.refusal == 0
	if !stored {
		b.refusal--
	}
	b.mu.Unlock()
	ack := b.adapter.Ack(stored)
	w.Header().Set("Content-Type", ack.ContentType)
	w.WriteHeader(ack.Status)
	_, _ = io.WriteString(w, ack.Body) // the simulator may have given up
}

func (b *Inbox) deliveries() []Delivery {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]Delivery(nil), b.came...)
}

// Wait returns the first n deliveries as soon as they came.
func (b *Inbox) Wait(ctx context.Context, n int) ([]Delivery, error) {
	err := until(ctx, func() (bool, error) { return len(b.deliveries()) >= n, nil })
	if err != nil {
		return nil, fmt.Errorf("waited for %d callbacks, %d came: %w", n, len(b.deliveries()), err)
	}
	return b.deliveries()[:n], nil
}

func (b *Inbox) close() { b.server.Close() }

var errNever = errors.New("it never happened")
