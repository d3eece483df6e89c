package demo

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	standard "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// sink is the merchant's own system: it takes signed webhooks and believes none
// that does not verify.
type sink struct {
	server *http.Server
	url    string

	mu     sync.Mutex
	secret string
	heard  []heard
	forged int
}

// heard is one webhook that verified.
type heard struct {
	ID   string
	Type string `json:"type"`
	Data struct {
		Request string `json:"request"`
	} `json:"data"`
}

func newSink(ctx context.Context) (*sink, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &sink{url: "http://" + listener.Addr().String() + "/webhooks"}
	s.server = &http.Server{Handler: http.HandlerFunc(s.take), ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = s.server.Serve(listener) }() // ends with Close
	return s, nil
}

func (s *sink) close() error { return s.server.Close() }

func (s *sink) expect(secret string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.secret = secret
}

func (s *sink) take(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 64<<10))
	s.mu.Lock()
	defer s.mu.Unlock()
	key, keyErr := standard.NewWebhook(s.secret)
	if err != nil || keyErr != nil || key.Verify(body, r.Header) != nil {
		s.forged++
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	event := heard{ID: r.Header.Get(standard.HeaderWebhookID)}
	if err := json.Unmarshal(body, &event); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	s.heard = append(s.heard, event)
	w.WriteHeader(http.StatusNoContent)
}

// told says whether the merchant heard of that kind of event about a request.
func (s *sink) told(request, kind string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, event := range s.heard {
		if event.Data.Request == request && event.Type == kind {
			return true
		}
	}
	return false
}
