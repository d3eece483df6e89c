// Package smsgate sends text messages through an HTTP gateway: one-time codes,
// and receipts for friends. Texts carry no address: gateways refuse those.
package smsgate

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// patience bounds one call: somebody waits for a code at the other end.
const patience = 5 * time.Second

// Gateway speaks to one provider of text messages.
type Gateway struct {
	url, key string
	http     http.Client
}

// New makes a gateway at url (scheme and host), with its bearer key, reached by transport, nil for the
// default one.
func New(url, key string, transport http.RoundTripper) *Gateway {
	return &Gateway{url: url, key: key, http: http.Client{
		Transport:     transport,
		Timeout:       patience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

type message struct {
	To       string            `json:"to"`
	Template string            `json:"template"`
	Params   map[string]string `json:"params,omitempty"`
}

// Send hands a message over. Its errors name neither the phone nor the text.
func (g *Gateway) Send(ctx context.Context, phone, template string, params map[string]string) error {
	return g.SendOnce(ctx, "", phone, template, params)
}

// SendOnce is Send for what may have to be said again: the id goes along as Idempotency-Key, and a gateway
// that knows it takes the same message once.
func (g *Gateway) SendOnce(
	ctx context.Context, id, phone, template string, params map[string]string,
) error {
	if g.url == "" {
		return errors.New("no gateway for text messages is set up")
	}
	body, err := json.Marshal(message{To: phone, Template: template, Params: params})
	if err != nil {
		return fmt.Errorf("write the message: %w", err)
	}
	address := g.url + "/sms/v1/messages"
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("make the call: %w", err)
	}
	request.Header.Set("Authorization", "Bearer "+g.key)
	request.Header.Set("Content-Type", "application/json")
	if id != "" {
		request.Header.Set("Idempotency-Key", id)
	}
	answer, err := g.http.Do(request)
	if err != nil {
		return fmt.Errorf("reach the gateway: %w", err)
	}
	if err := answer.Body.Close(); err != nil {
		return fmt.Errorf("read the gateway's answer: %w", err)
	}
	if answer.StatusCode > 299 {
		return fmt.Errorf("the gateway answered %d", answer.StatusCode)
	}
	return nil
}
