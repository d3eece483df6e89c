package sink

import (
	"encoding/json"
	"io"
	"net/http"

	standard "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// hookPath is where it is asked whether an order takes its money.
const hookPath = "/order-hook"

// The answers; one that was given for an attempt stays, whatever is known later.
const (
	takesIt = `{"accepted":true}`
	isGone  = `{"accepted":false,"reason":"order_gone"}`
)

// question is what the order hook is asked, as far as it looks.
type question struct {
	Type    string `json:"type"`
	Number  string `json:"order_number"`
	Order   string `json:"order"` // of order.freeze_shipment
	Attempt string `json:"attempt"`
}

// HookURL is the address of its order hook.
func (s *Sink) HookURL() string { return "http://" + s.address + hookPath }

// Refuse has it refuse the money of an order by its number.
func (s *Sink) Refuse(number string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gone[number] = true
}

// Frozen says whether it was told not to ship an order.
func (s *Sink) Frozen(order string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.frozen[order]
}

func (s *Sink) answer(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	s.mu.Lock()
	defer s.mu.Unlock()
	key, keyErr := standard.NewWebhook(s.secret)
	var asked question
	switch {
	case err != nil:
		w.WriteHeader(http.StatusBadRequest)
		return
	case keyErr != nil || key.Verify(body, r.Header) != nil || json.Unmarshal(body, &asked) != nil:
		s.forged++
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, s.rule(asked)) // who asked and went asks again
}

// rule decides about a question; about the same attempt always the same, since money may have
// gone back by it.
func (s *Sink) rule(asked question) string {
	if asked.Type == "order.freeze_shipment" {
		s.frozen[asked.Order] = true
		return takesIt
	}
	if said, known := s.ruled[asked.Attempt]; known {
		return said
	}
	said := takesIt
	if s.gone[asked.Number] {
		said = isGone
	}
	s.ruled[asked.Attempt] = said
	return said
}
