package chaos

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	standard "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/friendpay/friendpay/models"
)

// sink is the merchant's own system, outside the blast: it keeps what it was told and believes nothing that
// does not verify.
type sink struct {
	server  *http.Server
	address string // host and port

	mu     sync.Mutex
	secret string
	heard  map[string]int    // deliveries by webhook-id
	newest map[string]notice // by request, of the highest seq
	forged int
}

// notice is what a webhook says, as far as the audit looks.
type notice struct {
	Data struct {
		Request string       `json:"request"`
		Seq     int64        `json:"seq"`
		State   models.State `json:"state"`
	} `json:"data"`
}

func newSink(ctx context.Context) (*sink, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &sink{address: listener.Addr().String(), heard: map[string]int{}, newest: map[string]notice{}}
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
	var said notice
	switch {
	case err != nil: // the connection broke: it is sent again
		w.WriteHeader(http.StatusBadRequest)
	case keyErr != nil || key.Verify(body, r.Header) != nil || json.Unmarshal(body, &said) != nil:
		s.forged++
		w.WriteHeader(http.StatusUnauthorized)
	default:
		s.heard[r.Header.Get(standard.HeaderWebhookID)]++
		if said.Data.Seq >= s.newest[said.Data.Request].Data.Seq {
			s.newest[said.Data.Request] = said
		}
		w.WriteHeader(http.StatusNoContent)
	}
}
