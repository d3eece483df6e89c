// Package webhook speaks to merchants' systems: signed messages that tell them
// what happened, and the signed question whether an order takes its money.
// Signatures are those of Standard Webhooks 1.0.
package webhook

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	standard "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// The limits of one call: the specification asks for 15 to 30 s of patience.
const (
	timeout   = 15 * time.Second
	bodyLimit = 64 << 10
)

// ErrGone is a receiver that wants no more of this (status 410).
var ErrGone = errors.New("the receiver is gone")

// Endpoint is where a merchant listens. Secret is "whsec_" and base64; what is sent is signed
// with each of Also, too, while he changes it.
type Endpoint struct {
	URL    string
	Secret string
	Also   []string
}

// Message is one thing to say. ID stays the same over all retries.
type Message struct {
	ID   string
	Body []byte
}

// Client sends messages. It follows no redirects: a redirect is a failure.
type Client struct {
	http  *http.Client
	clock func() time.Time
}

// New makes a client over transport, nil for the default one.
func New(transport http.RoundTripper, clock func() time.Time) *Client {
	return &Client{clock: clock, http: &http.Client{
		Transport: transport,
		Timeout:   timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse
		},
	}}
}

// verdict is nil for what was taken.
func verdict(status int) error {
	switch {
	case status == http.StatusGone:
		return ErrGone
	case status < 200 || status > 299:
		return fmt.Errorf("the receiver answered %d", status)
	default:
		return nil
	}
}

// Ask delivers a question and reads the JSON answer into reply.
func (c *Client) Ask(ctx context.Context, to Endpoint, message Message, reply any) error {
	answer, err := c.post(ctx, to, message)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("the receiver answered %d", answer.StatusCode)
	}
	if err := json.NewDecoder(io.LimitReader(answer.Body, bodyLimit)).Decode(reply); err != nil {
		return fmt.Errorf("read the receiver's answer: %w", err)
	}
	return nil
}

func (c *Client) post(ctx context.Context, to Endpoint, message Message) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, to.URL, bytes.NewReader(message.Body))
	if err != nil {
		return nil, errors.New("the receiver's address is not one")
	}
	now := c.clock()
	signature, err := signed(to, message, now)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "friendpay-webhooks/1")
	request.Header.Set(standard.HeaderWebhookID, message.ID)
	request.Header.Set(standard.HeaderWebhookTimestamp, strconv.FormatInt(now.Unix(), 10))
	request.Header.Set(standard.HeaderWebhookSignature, signature)
	answer, err := c.http.Do(request)
	var told *url.Error
	if errors.As(err, &told) {
		err = told.Err // without the address: merchants put keys into it
	}
	if err != nil {
		return nil, fmt.Errorf("reach the receiver: %w", err)
	}
	return answer, nil
}

// signed is a signature of each secret, as the specification has it: apart by spaces.
func signed(to Endpoint, message Message, at time.Time) (string, error) {
	var all []string
	for _, secret := range append([]string{to.Secret}, to.Also...) {
		one, err := sign(secret, message, at)
		if err != nil {
			return "", err
		}
		all = append(all, one)
	}
	return strings.Join(all, " "), nil
}

func sign(secret string, message Message, at time.Time) (string, error) {
	key, err := standard.NewWebhook(secret)
	if err != nil {
		return "", fmt.Errorf("read the webhook secret: %w", err)
	}
	signature, err := key.Sign(message.ID, at, message.Body)
	if err != nil {
		return "", fmt.Errorf("sign the webhook: %w", err)
	}
	return signature, nil
}
