package chaos

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/friendpay/friendpay/internal/mint"
)

// person calls the API and knows nothing but what it answers. A call whose outcome he does not know he
// repeats under the same Idempotency-Key, so that nothing is done twice.
type person struct {
	history *history
	base    string
	header  http.Header       // of every call
	cookies map[string]string // sent by hand: only a secure context would send them by itself
}

var wire = &http.Client{
	Timeout:       12 * time.Second,
	Transport:     &http.Transport{MaxIdleConnsPerHost: 64, IdleConnTimeout: 10 * time.Second},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// problem is an answer of 400 and above.
type problem struct {
	Status int    `json:"status"`
	Reason string `json:"reason"`
}

func (p *problem) Error() string { return fmt.Sprintf("%d %s", p.Status, p.Reason) }

// reasonOf is the API's word for a refusal, empty for anything else.
func reasonOf(err error) string {
	var refused *problem
	if errors.As(err, &refused) {
		return refused.Reason
	}
	return ""
}

var errUnknown = errors.New("nobody knows whether it was done")

// tries is how often a call is made in all, and pauses how long is waited between.
var pauses = []time.Duration{
	300 * time.Millisecond, 700 * time.Millisecond, 1500 * time.Millisecond, 3 * time.Second, 4 * time.Second,
	5 * time.Second,
}

// post makes a call that may change something, until it is known what became of it.
func (p *person) post(ctx context.Context, path string, body, into any) error {
	return p.postAs(ctx, mint.Number(), path, body, into)
}

func (p *person) postAs(ctx context.Context, key, path string, body, into any) (err error) {
	for _, wait := range append(pauses, 0) {
		err = p.once(ctx, http.MethodPost, key, path, body, into)
		again := errors.Is(err, errUnknown) || reasonOf(err) == "key_in_flight"
		if !again || wait == 0 || !pause(ctx, wait) {
			return err
		}
	}
	return err
}

// get looks at something; it is asked again after a failure, for it changes nothing.
func (p *person) get(ctx context.Context, path string, into any) (err error) {
	for _, wait := range append(pauses[:3], 0) {
		err = p.once(ctx, http.MethodGet, "", path, nil, into)
		if err == nil || wait == 0 || !pause(ctx, wait) {
			return err
		}
	}
	return err
}

// once makes one call and logs what is known of it afterwards.
func (p *person) once(ctx context.Context, method, key, path string, body, into any) error {
	request, err := p.request(ctx, method, key, path, body)
	if err != nil {
		return err
	}
	answer, err := wire.Do(request)
	var text []byte
	if err == nil {
		text, err = io.ReadAll(io.LimitReader(answer.Body, 1<<20))
		err = errors.Join(err, answer.Body.Close())
	}
	known := wentWell
	switch {
	case err != nil || answer.StatusCode >= http.StatusInternalServerError:
		known, err = unknown, errUnknown
	case answer.StatusCode >= http.StatusBadRequest:
		known = failed
		refused := &problem{Status: answer.StatusCode}
		_ = json.Unmarshal(text, refused) // a page is no problem+json
		err = refused
	}
	if known == unknown && method == http.MethodGet {
		known = failed // a look has no effect that could be unknown
	}
	p.history.call(known)
	if err != nil {
		return err
	}
	p.keep(answer.Cookies())
	if into == nil || len(text) == 0 || answer.StatusCode >= http.StatusMultipleChoices {
		return nil
	}
	return json.Unmarshal(text, into)
}

func (p *person) request(ctx context.Context, method, key, path string, body any) (*http.Request, error) {
	address := path
	if strings.HasPrefix(path, "/") {
		address = p.base + path
	}
	encoded, err := json.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	if body == nil {
		encoded = nil
	}
	request, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(encoded))
	if err != nil {
		return nil, fmt.Errorf("make request: %w", err)
	}
	for name, values := range p.header {
		request.Header[name] = values
	}
	for name, value := range p.cookies {
		request.Header.Add("Cookie", name+"="+value)
	}
	if key != "" {
		request.Header.Set("Idempotency-Key", key)
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	request.Header.Set("Accept", "application/json")
	return request, nil
}

func (p *person) keep(cookies []*http.Cookie) {
	for _, cookie := range cookies {
		p.cookies[cookie.Name] = cookie.Value
	}
}
