// Package hookcheck tries a merchant's order hook as we would call it: what it must answer
// before money depends on it. A developer runs it against his own.
package hookcheck

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/google/uuid"
	standard "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// Hook is what is tried. Order is a number that it takes money for, Gone one that it refuses.
type Hook struct {
	URL, Secret string
	Order, Gone string
	Minor       int64 // what Order costs, in fen
	HTTP        *http.Client
	Patience    time.Duration // 0: 15 s, as long as we wait
}

// Result is how one case went.
type Result struct {
	Name string
	Took time.Duration
	Err  error // nil: as it must be
}

// answer is what a hook said.
type answer struct {
	Status   int
	Accepted *bool  `json:"accepted"`
	Reason   string `json:"reason"`
}

// question is what we ask; the shape is that of package activities.
type question struct {
	Type         string `json:"type"`
	Request      string `json:"request"`
	OrderNumber  string `json:"order_number"`
	Attempt      string `json:"attempt"`
	Amount       money  `json:"amount"`
	OrderAmount  money  `json:"order_amount"`
	PriceVersion int64  `json:"price_version"`
}

type money struct {
	Minor    int64  `json:"minor"`
	Currency string `json:"currency"`
}

// Check tries every case in order. The hook must know that it is tried: it takes the money of
// Order in its own books.
func (h Hook) Check(ctx context.Context) []Result {
	var list []Result
	attempt, lost := uuid.NewString(), uuid.NewString()
	for _, c := range []struct {
		name string
		try  func(context.Context) error
	}{
		{"apply", func(ctx context.Context) error { return h.yes(ctx, "order.apply", attempt) }},
		{"repeated id", func(ctx context.Context) error { return h.yes(ctx, "order.apply", attempt) }},
		{"reopen", func(ctx context.Context) error { return h.yes(ctx, "order.reopen", attempt) }},
		{"freeze_shipment", func(ctx context.Context) error { return h.freeze(ctx, attempt) }},
		{"refusal", func(ctx context.Context) error { return h.no(ctx, lost) }},
		{"repeated refusal", func(ctx context.Context) error { return h.no(ctx, lost) }},
		{"wrong signature", func(ctx context.Context) error { return h.forged(ctx, uuid.NewString()) }},
	} {
		began := time.Now()
		err := c.try(ctx)
		took := time.Since(began)
		if errors.Is(err, context.DeadlineExceeded) {
			err = errors.New("no answer in time: the money would wait, and we would ask again")
		}
		list = append(list, Result{Name: c.name, Took: took, Err: err})
	}
	return list
}

func (h Hook) about(kind, order, attempt string) question {
	price := money{h.Minor, "CNY"}
	return question{
		Type: kind, Request: "fpr_check", OrderNumber: order, Attempt: attempt, Amount: price, OrderAmount: price,
		PriceVersion: 1,
	}
}

func (h Hook) yes(ctx context.Context, kind, attempt string) error {
	said, err := h.ask(ctx, h.about(kind, h.Order, attempt), "hook_"+attempt, h.Secret)
	switch {
	case err != nil:
		return err
	case said.Status != http.StatusOK || said.Accepted == nil:
		return fmt.Errorf(`answered %d without {"accepted":…}`, said.Status)
	case !*said.Accepted:
		return fmt.Errorf("refused with %q what it must accept", said.Reason)
	}
	return nil
}

func (h Hook) no(ctx context.Context, attempt string) error {
	said, err := h.ask(ctx, h.about("order.apply", h.Gone, attempt), "hook_"+attempt, h.Secret)
	switch {
	case err != nil:
		return err
	case said.Status != http.StatusOK || said.Accepted == nil || *said.Accepted:
		return fmt.Errorf(`answered %d, and not 200 {"accepted":false}`, said.Status)
	case said.Reason != "order_gone" && said.Reason != "stale_price" && said.Reason != "duplicate":
		return fmt.Errorf("the reason is %q: give order_gone, stale_price or duplicate", said.Reason)
	}
	return nil
}

func (h Hook) freeze(ctx context.Context, attempt string) error {
	said, err := h.ask(ctx, map[string]any{
		"type": "order.freeze_shipment", "request": "fpr_check", "order": "ord_check", "attempt": attempt,
		"reasons": []string{"payer_velocity"},
	}, "freeze_"+attempt, h.Secret)
	if err == nil && (said.Status != http.StatusOK || said.Accepted == nil) {
		err = fmt.Errorf(`answered %d without {"accepted":…}`, said.Status)
	}
	return err
}

// forged asks with a secret that is not the hook's: it must not be believed.
func (h Hook) forged(ctx context.Context, attempt string) error {
	const stranger = "whsec_c3RyYW5nZXItc3RyYW5nZXItc3RyYW5nZXI="
	said, err := h.ask(ctx, h.about("order.apply", h.Order, attempt), "hook_"+attempt, stranger)
	if err == nil && said.Status < 400 {
		err = fmt.Errorf("answered %d to a wrong signature: answer 401", said.Status)
	}
	return err
}

func (h Hook) ask(ctx context.Context, what any, id, secret string) (said answer, err error) {
	patience := h.Patience
	if patience == 0 {
		patience = 15 * time.Second
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	request, err := h.signed(ctx, what, id, secret)
	if err != nil {
		return said, err
	}
	client := h.HTTP
	if client == nil {
		client = http.DefaultClient
	}
	got, err := client.Do(request)
	if err != nil {
		return said, err
	}
	defer got.Body.Close()
	_ = json.NewDecoder(http.MaxBytesReader(nil, got.Body, 64<<10)).Decode(&said) // judged by what is missing
	said.Status = got.StatusCode
	return said, ctx.Err()
}

func (h Hook) signed(ctx context.Context, what any, id, secret string) (*http.Request, error) {
	body, err := json.Marshal(what)
	if err != nil {
		return nil, err
	}
	key, err := standard.NewWebhook(secret)
	if err != nil {
		return nil, fmt.Errorf("read the secret: %w", err)
	}
	now := time.Now()
	signature, err := key.Sign(id, now, body)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, h.URL, bytes.NewReader(body))
	if err != nil {
		return nil, errors.New("the hook's address is not one")
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set(standard.HeaderWebhookID, id)
	request.Header.Set(standard.HeaderWebhookTimestamp, strconv.FormatInt(now.Unix(), 10))
	request.Header.Set(standard.HeaderWebhookSignature, signature)
	return request, nil
}
