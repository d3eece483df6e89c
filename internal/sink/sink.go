// Package sink is a merchant's own system, for demos and storms: it takes signed
// webhooks and answers the order hook, believes nothing that does not verify, and
// remembers what it was told.
package sink

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	standard "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/friendpay/friendpay/models"
)

// maxBody bounds a webhook in bytes.
const maxBody = 64 << 10

// Sink is a running system, until Close.
type Sink struct {
	server  *http.Server
	address string

	mu     sync.Mutex
	secret string
	came   map[string]int    // deliveries by webhook-id
	told   map[[2]string]int // by request and type
	newest map[string]notice // by request, of the highest seq
	forged int
	gone   map[string]bool   // numbers of orders whose money it refuses
	ruled  map[string]string // what it answered about an attempt, for ever
	frozen map[string]bool   // orders that are not shipped
}

// notice is what a webhook says, as far as anybody looks.
type notice struct {
	Type string `json:"type"`
	Data struct {
		Request string       `json:"request"`
		Seq     int64        `json:"seq"`
		State   models.State `json:"state"`
	} `json:"data"`
}

// Open serves a sink on a free port of this machine.
func Open(ctx context.Context) (*Sink, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("open the merchant's system: %w", err)
	}
	s := &Sink{
		address: listener.Addr().String(),
		came:    map[string]int{}, told: map[[2]string]int{}, newest: map[string]notice{},
		gone: map[string]bool{}, ruled: map[string]string{}, frozen: map[string]bool{},
	}
	paths := http.NewServeMux()
	paths.HandleFunc("POST "+hookPath, s.answer)
	paths.HandleFunc("/", s.take)
	s.server = &http.Server{Handler: paths, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = s.server.Serve(listener) }() // ends with Close
	return s, nil
}

// Close ends it at once.
func (s *Sink) Close() error { return s.server.Close() }

// Address is its host and port.
func (s *Sink) Address() string { return s.address }

// Expect is the secret that webhooks are signed with; before it none is believed.
func (s *Sink) Expect(secret string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.secret = secret
}

func (s *Sink) take(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
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
		s.came[r.Header.Get(standard.HeaderWebhookID)]++
		s.told[[2]string{said.Data.Request, said.Type}]++
		if said.Data.Seq >= s.newest[said.Data.Request].Data.Seq {
			s.newest[said.Data.Request] = said
		}
		w.WriteHeader(http.StatusNoContent)
	}
}

// Told says whether it heard of that kind of event about a request.
func (s *Sink) Told(request, kind string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.told[[2]string{request, kind}] > 0
}

// Came is how often the message of that id was delivered.
func (s *Sink) Came(id string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.came[id]
}

// Newest is the state in which the newest message about a request showed it.
func (s *Sink) Newest(request string) models.State {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.newest[request].Data.State
}

// Forged counts what did not verify.
func (s *Sink) Forged() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.forged
}
