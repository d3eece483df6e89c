package demo

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
)

// friend is a person with a browser, a phone, and an openid in his WeChat.
type friend struct {
	*story
	phone   string
	openid  string
	cookies map[string]string
	agent   string // his browser, where it is not the channel's; empty: it is
}

// attempt is what a friend gets back from pressing "pay".
type attempt struct {
	Number       string              `json:"attempt"`
	State        models.AttemptState `json:"state"`
	Presentation struct {
		Kind   string            `json:"kind"`
		URL    string            `json:"url"`
		Fields map[string]string `json:"fields"`
	} `json:"presentation"`
	by *friend
}

// newFriend opens the link and logs in as the channel wants it.
func (s *story) newFriend(ctx context.Context) (*friend, error) {
	phone := fmt.Sprintf("1380013%04d", s.friends.Add(1))
	return s.comes(ctx, phone, "oDemoFriend"+mint.Number()[:8])
}

// comesBack is a friend who has paid before, at another link.
func (s *story) comesBack(ctx context.Context, known *friend) (*friend, error) {
	return s.comes(ctx, known.phone, known.openid)
}

func (s *story) comes(ctx context.Context, phone, openid string) (*friend, error) {
	f := &friend{story: s, cookies: map[string]string{}, phone: phone, openid: openid}
	if err := f.open(ctx); err != nil {
		return nil, fmt.Errorf("open the link: %w", err)
	}
	login := f.loginByPhone
	if s.channel.bound {
		login = f.loginAtProvider
	}
	if err := login(ctx); err != nil {
		return nil, fmt.Errorf("log in: %w", err)
	}
	return f, nil
}

// open looks at the page, which changes nothing, and exchanges the link for a cookie.
func (f *friend) open(ctx context.Context) error {
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		shown, err := f.browse(ctx, method, f.link)
		if err != nil {
			return err
		}
		if shown.status != http.StatusOK && shown.status != http.StatusSeeOther {
			return fmt.Errorf("the link answered %d", shown.status)
		}
	}
	if len(f.cookies) == 0 {
		return errors.New("the link gave no session")
	}
	return nil
}

func (f *friend) browse(ctx context.Context, method, address string) (page, error) {
	request, err := http.NewRequestWithContext(ctx, method, address, nil)
	if err != nil {
		return page{}, err
	}
	request.Header = f.header()
	shown, err := visit(request)
	f.keep(shown.cookies)
	return shown, err
}

var noRedirects = &http.Client{
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// keep remembers cookies, which only a secure context would send back by themselves.
func (f *friend) keep(cookies []*http.Cookie) {
	for _, cookie := range cookies {
		f.cookies[cookie.Name] = cookie.Value
	}
}

func (f *friend) header() http.Header {
	var pairs []string
	for name, value := range f.cookies {
		pairs = append(pairs, name+"="+value)
	}
	return http.Header{"Cookie": {strings.Join(pairs, "; ")}, "User-Agent": {cmp.Or(f.agent, f.channel.agent)}}
}

func (f *friend) loginByPhone(ctx context.Context) error {
	if err := f.post(ctx, "/v1/link/login/code", map[string]string{"phone": f.phone}, nil); err != nil {
		return err
	}
	code, err := f.provider.code(ctx, f.phone)
	if err != nil {
		return err
	}
	return f.post(ctx, "/v1/link/login", map[string]string{"phone": f.phone, "code": code}, nil)
}

// loginAtProvider goes to the provider and comes back known, without a question.
func (f *friend) loginAtProvider(ctx context.Context) error {
	var begun struct {
		URL string `json:"url"`
	}
	body := map[string]string{"channel": f.options.Channel}
	if err := f.post(ctx, "/v1/link/login/provider", body, &begun); err != nil {
		return err
	}
	f.cookies["paysim_wechat_user"], f.cookies["paysim_alipay_user"] = f.openid, f.openid
	for address := begun.URL; address != ""; {
		shown, err := f.browse(ctx, http.MethodGet, address)
		if err != nil {
			return err
		}
		if strings.HasPrefix(shown.next, f.house.APIURL+"/pay?") {
			return nil
		}
		address = shown.next
	}
	return errors.New("the login at the provider did not come back")
}

// pay asks to pay, again if the house says "not now"; the answer says where, or that
// the provider's order is not there yet.
func (f *friend) pay(ctx context.Context) (made attempt, err error) {
	key := mint.Number()
	for range tries {
		if made, err = f.press(ctx, key); !later(err) {
			return made, err
		}
	}
	return made, err
}

// press asks once, under that Idempotency-Key.
func (f *friend) press(ctx context.Context, key string) (attempt, error) {
	made := attempt{by: f}
	err := f.send(ctx, key, "/v1/link/attempts", map[string]any{
		"channel": f.options.Channel,
		"quote":   map[string]any{"minor": f.price, "currency": "CNY", "price_version": f.version},
	}, &made)
	if err == nil {
		f.payer, f.made = f, made.Number
	}
	return made, err
}

// sees says whether the friend's own page tells him of it.
func (f *friend) sees(ctx context.Context, kind string) (bool, error) {
	var page struct {
		Attempts []struct {
			Disposition models.Disposition `json:"disposition"`
			Refunds     []struct {
				State models.RefundState `json:"state"`
			} `json:"refunds"`
		} `json:"attempts"`
	}
	if err := f.get(ctx, "/v1/link", &page); err != nil || len(page.Attempts) == 0 {
		return false, err
	}
	newest := page.Attempts[len(page.Attempts)-1]
	if kind == "request.settled" {
		return newest.Disposition == models.Applied, nil
	}
	for _, refund := range newest.Refunds {
		if refund.State != models.RefundSucceeded {
			return false, nil
		}
	}
	return len(newest.Refunds) > 0, nil
}

func (f *friend) post(ctx context.Context, path string, body, into any) error {
	return f.send(ctx, mint.Number(), path, body, into)
}

func (f *friend) send(ctx context.Context, key, path string, body, into any) error {
	client := http.Client{Transport: keeper{f}}
	header := f.header()
	header.Set("Idempotency-Key", key)
	return post(ctx, &client, f.house.APIURL+path, header, body, into)
}

func (f *friend) get(ctx context.Context, path string, into any) error {
	return call(ctx, http.DefaultClient, http.MethodGet, f.house.APIURL+path, f.header(), nil, into)
}

// keeper lets a friend remember a session that an answer changed.
type keeper struct{ *friend }

func (k keeper) RoundTrip(request *http.Request) (*http.Response, error) {
	answer, err := http.DefaultTransport.RoundTrip(request)
	if err == nil {
		k.keep(answer.Cookies())
	}
	return answer, err
}
