package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// problem is an RFC 9457 answer of our own API.
type problem struct {
	Status int    `json:"status"`
	Title  string `json:"title"`
	Detail string `json:"detail"`
	Reason string `json:"reason"`
	Until  string `json:"until"`

	Reasons []struct {
		Rule string `json:"rule"`
		Fix  string `json:"fix_code"`
	} `json:"reasons"` // of what the rules said no to
}

func (p *problem) Error() string { return fmt.Sprintf("%d %s: %s", p.Status, p.Reason, p.Detail) }

func post(
	ctx context.Context, client *http.Client, address string, header http.Header, body, into any,
) error {
	return call(ctx, client, http.MethodPost, address, header, body, into)
}

// call makes one JSON call; an answer of 400 and above is a *problem.
func call(
	ctx context.Context, client *http.Client, method, address string, header http.Header, body, into any,
) error {
	var payload io.Reader
	if body != nil {
		encoded, err := json.Marshal(body)
		if err != nil {
			return fmt.Errorf("encode: %w", err)
		}
		payload = bytes.NewReader(encoded)
	}
	request, err := http.NewRequestWithContext(ctx, method, address, payload)
	if err != nil {
		return fmt.Errorf("make request: %w", err)
	}
	for name, values := range header {
		request.Header[name] = values
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "application/json")
	answer, err := client.Do(request)
	if err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	text, err := io.ReadAll(io.LimitReader(answer.Body, 4<<20))
	if err := errors.Join(err, answer.Body.Close()); err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	return read(answer.StatusCode, text, into)
}

func read(status int, text []byte, into any) error {
	if status >= http.StatusBadRequest {
		p := &problem{Status: status}
		if err := json.Unmarshal(text, p); err != nil {
			p.Detail = "the answer is no problem+json"
		}
		return p
	}
	if into == nil || len(text) == 0 {
		return nil
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("decode the answer: %w", err)
	}
	return nil
}
