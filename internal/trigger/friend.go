package trigger

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/url"
	"strings"
)

// maxAnswer bounds what is read of one answer, in bytes.
const maxAnswer = 1 << 20

// friend is a person with a browser and a phone, new each time.
type friend struct {
	*Stage
	phone   string
	house   string // the host that the link leads to
	cookies map[string]string
}

// attempt is what he gets from asking to pay.
type attempt struct {
	Number string `json:"attempt"`
}

// comes opens the link and logs in by the code that the simulated gateway got.
func (s *Stage) comes(ctx context.Context) (*friend, error) {
	link, err := url.Parse(s.link)
	if err != nil {
		return nil, fmt.Errorf("read the link: %w", err)
	}
	digits, err := rand.Int(rand.Reader, big.NewInt(1e8))
	if err != nil {
		return nil, fmt.Errorf("choose a phone: %w", err)
	}
	f := &friend{Stage: s, cookies: map[string]string{}, house: link.Scheme + "://" + link.Host}
	f.phone = fmt.Sprintf("138%08d", digits)
	for _, method := range []string{http.MethodGet, http.MethodPost} { // looking changes nothing, coming in does
		if err := f.send(ctx, method, s.link, nil, nil); err != nil {
			return nil, fmt.Errorf("open the link: %w", err)
		}
	}
	if err := f.logIn(ctx); err != nil {
		return nil, fmt.Errorf("log in: %w", err)
	}
	return f, nil
}

func (f *friend) logIn(ctx context.Context) error {
	if err := f.post(ctx, "/v1/link/login/code", map[string]string{"phone": f.phone}, nil); err != nil {
		return err
	}
	var inbox struct {
		Messages []struct {
			Params map[string]string `json:"params"`
		} `json:"messages"`
	}
	at := f.Simulator + "/sim/sms?to=" + url.QueryEscape(f.phone)
	if err := f.send(ctx, http.MethodGet, at, nil, &inbox); err != nil {
		return fmt.Errorf("read his text messages: %w", err)
	}
	for _, m := range inbox.Messages {
		if code := m.Params["code"]; code != "" {
			return f.post(ctx, "/v1/link/login", map[string]string{"phone": f.phone, "code": code}, nil)
		}
	}
	return errors.New("the simulator got no code for him: is it the simulator of this house?")
}

// asks is his pressing "pay".
func (f *friend) asks(ctx context.Context) (made attempt, err error) {
	err = f.post(ctx, "/v1/link/attempts", map[string]any{
		"channel": f.Channel,
		"quote":   map[string]any{"minor": f.Fen, "currency": "CNY", "price_version": f.version},
	}, &made)
	if err != nil {
		return made, fmt.Errorf("ask to pay: %w", err)
	}
	return made, nil
}

// simulate works the simulated provider: pay is a person's own doing, capture an accident.
func (s *Stage) simulate(ctx context.Context, what string, how map[string]any) error {
	f := friend{Stage: s, cookies: map[string]string{}}
	if err := f.send(ctx, http.MethodPost, s.Simulator+"/sim/mockpay/"+what, how, nil); err != nil {
		return fmt.Errorf("%s at the simulator: %w", what, err)
	}
	return nil
}

func (f *friend) post(ctx context.Context, path string, body, into any) error {
	return f.send(ctx, http.MethodPost, f.house+path, body, into)
}

// send makes one call of his browser.
func (f *friend) send(ctx context.Context, method, address string, body, into any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("encode: %w", err)
	}
	if body == nil {
		text = nil
	}
	request, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(text))
	if err != nil {
		return err
	}
	request.Header.Set("User-Agent", browser)
	request.Header.Set("Idempotency-Key", rand.Text())
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	var pairs []string
	for name, value := range f.cookies { // only a secure context would send them back by itself
		pairs = append(pairs, name+"="+value)
	}
	request.Header.Set("Cookie", strings.Join(pairs, "; "))
	answer, err := noRedirects.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	for _, cookie := range answer.Cookies() {
		f.cookies[cookie.Name] = cookie.Value
	}
	return read(answer, into)
}

func read(answer *http.Response, into any) error {
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err != nil {
		return err
	}
	if answer.StatusCode >= http.StatusBadRequest {
		var said struct{ Reason, Detail string }
		_ = json.Unmarshal(text, &said) // a page says nothing to programs; its status does
		return fmt.Errorf("%d %s %s", answer.StatusCode, said.Reason, said.Detail)
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(text, into)
}
