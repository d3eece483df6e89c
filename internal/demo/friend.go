package demo

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/friendpay/friendpay/internal/local"
	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
)

// friend is a person with a browser: one cookie, and a phone.
type friend struct {
	*story
	phone  string
	cookie string
}

// attempt is what a friend gets back from pressing "pay".
type attempt struct {
	Number       string              `json:"attempt"`
	State        models.AttemptState `json:"state"`
	Presentation struct {
		URL string `json:"url"`
	} `json:"presentation"`
}

// newFriend opens the link and logs in with a one-time code.
func (s *story) newFriend(ctx context.Context, phone string) (*friend, error) {
	f := &friend{story: s, phone: phone}
	if err := f.open(ctx); err != nil {
		return nil, fmt.Errorf("open the link: %w", err)
	}
	if err := f.login(ctx); err != nil {
		return nil, fmt.Errorf("log in: %w", err)
	}
	return f, nil
}

// open looks at the page, which changes nothing, and exchanges the link for a cookie.
func (f *friend) open(ctx context.Context) error {
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		request, err := http.NewRequestWithContext(ctx, method, f.link, nil)
		if err != nil {
			return err
		}
		answer, err := noRedirects.Do(request)
		if err != nil {
			return err
		}
		if err := answer.Body.Close(); err != nil {
			return err
		}
		if answer.StatusCode != http.StatusOK && answer.StatusCode != http.StatusSeeOther {
			return fmt.Errorf("the link answered %d", answer.StatusCode)
		}
		f.keep(answer)
	}
	if f.cookie == "" {
		return errors.New("the link gave no session")
	}
	return nil
}

var noRedirects = &http.Client{
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// keep remembers the session, which only a secure context would send back by itself.
func (f *friend) keep(answer *http.Response) {
	for _, cookie := range answer.Cookies() {
		f.cookie = cookie.Name + "=" + cookie.Value
	}
}

func (f *friend) login(ctx context.Context) error {
	if err := f.post(ctx, "/v1/link/login/code", map[string]string{"phone": f.phone}, nil); err != nil {
		return err
	}
	code, err := f.provider.code(ctx, f.phone)
	if err != nil {
		return err
	}
	return f.post(ctx, "/v1/link/login", map[string]string{"phone": f.phone, "code": code}, nil)
}

// pay asks to pay; the answer says where.
func (f *friend) pay(ctx context.Context) (attempt, error) {
	var made attempt
	err := f.post(ctx, "/v1/link/attempts", map[string]any{
		"channel": local.DemoChannel,
		"quote":   map[string]any{"minor": price, "currency": "CNY", "price_version": 1},
	}, &made)
	return made, err
}

func (f *friend) post(ctx context.Context, path string, body, into any) error {
	client := http.Client{Transport: keeper{f}}
	header := http.Header{"Cookie": {f.cookie}, "Idempotency-Key": {mint.Number()}}
	return post(ctx, &client, f.house.APIURL+path, header, body, into)
}

func (f *friend) get(ctx context.Context, path string, into any) error {
	header := http.Header{"Cookie": {f.cookie}}
	return call(ctx, http.DefaultClient, http.MethodGet, f.house.APIURL+path, header, nil, into)
}

// keeper lets a friend remember a session that an answer changed.
type keeper struct{ *friend }

func (k keeper) RoundTrip(request *http.Request) (*http.Response, error) {
	answer, err := http.DefaultTransport.RoundTrip(request)
	if err == nil {
		k.keep(answer)
	}
	return answer, err
}
