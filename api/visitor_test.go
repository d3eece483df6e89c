package api

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/internal/token"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
)

// bankPage is where the provider takes money: an address that is a secret.
const bankPage = "https://bank.example/pay/1?k=capability"

// friends is a world with a phone network and a door behind which the provider
// opens what the law lets through.
type friends struct {
	*world
	sms  *phones
	door *opener
}

func newFriends(t *testing.T, changes ...func(*Deps)) *friends {
	t.Helper()
	f := &friends{sms: &phones{codes: map[string]string{}}, door: &opener{}}
	f.world = newWorld(t, append([]func(*Deps){func(d *Deps) {
		law, ok := d.Door.(*lawDoor)
		require.True(t, ok)
		f.door.lawDoor = law
		f.door.shown = providers.Presentation{Kind: providers.Redirect, URL: bankPage}
		d.SMS, d.Door = f.sms, f.door
	}}, changes...)...)
	return f
}

// phones keeps the last code sent to each phone.
type phones struct {
	mu    sync.Mutex
	codes map[string]string
	texts []string
	down  bool
}

func (p *phones) Send(_ context.Context, phone, template string, params map[string]string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.down {
		return errors.New("the gateway answered 500")
	}
	p.codes[phone] = params["code"]
	p.texts = append(p.texts, template, fmt.Sprint(params))
	return nil
}

// opener plays the engine's effects: the login check, and the provider's order.
type opener struct {
	*lawDoor
	refuse  models.EventKind // what the checks or the provider answer instead
	reason  string
	slow    bool // the provider's order is not made yet
	shown   providers.Presentation
	knocked int
}

func (o *opener) Deliver(ctx context.Context, id, update string, e models.Event) (models.Request, error) {
	o.knocked++
	r, err := o.lawDoor.Deliver(ctx, id, update, e)
	if err != nil || e.Kind != models.PayAsked || r.Slot != e.Pay.Number {
		return r, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	answers := []models.EventKind{models.LoginPassed, models.PaymentOpened}
	switch {
	case o.refuse == models.LoginRefused:
		answers = []models.EventKind{models.LoginRefused}
	case o.refuse != "":
		answers = []models.EventKind{models.LoginPassed, o.refuse}
	case o.slow:
		answers = answers[:1]
	}
	for _, kind := range answers {
		if kind == models.PaymentOpened {
			if err := o.store.SavePresentation(ctx, e.Pay.Number, o.shown); err != nil {
				return r, err
			}
		}
		answer := models.Event{Kind: kind, Attempt: e.Pay.Number}
		if kind == o.refuse {
			answer.Reason = o.reason
		}
		if r, err = o.judge(ctx, r, answer); err != nil {
			return r, err
		}
	}
	return r, nil
}

// happen brings an event about a request's only attempt from behind the API.
func (f *friends) happen(id string, e models.Event) models.Request {
	f.t.Helper()
	r, err := f.store.Request(f.t.Context(), id)
	require.NoError(f.t, err)
	if e.Attempt == "" && len(r.Attempts) > 0 {
		e.Attempt = r.Attempts[len(r.Attempts)-1].Number
	}
	if r, err = f.door.judge(f.t.Context(), r, e); err != nil {
		require.NoError(f.t, err, e.Kind)
	}
	return r
}

// secret is the token of a request's first link.
func (f *friends) secret(request string) string {
	f.t.Helper()
	return f.server.Links.Token(strings.Replace(request, mint.Request, mint.Invite, 1), 1)
}

func (f *friends) code(request string) string { return token.Code(f.secret(request)) }

// visitor is a person with a browser.
type visitor struct {
	*friends
	cookie string
	others map[string]string // cookies besides the session, by name
	phone  string
}

// visit opens the link of a request and exchanges it.
func (f *friends) visit(request string) *visitor {
	f.t.Helper()
	v := &visitor{friends: f}
	got := v.post("/f/"+f.secret(request), "channel", "mock")
	require.Equal(f.t, http.StatusSeeOther, got.Code, got.Body)
	require.NotEmpty(f.t, v.cookie)
	return v
}

// logIn proves a phone by the code sent to it.
func (v *visitor) logIn(phone string) *visitor {
	v.t.Helper()
	v.phone = phone
	require.Equal(v.t, http.StatusSeeOther, v.post("/pay/code", "phone", phone).Code)
	got := v.post("/pay/login", "phone", phone, "code", v.sms.codes[phone], "channel", "mock")
	require.Equal(v.t, http.StatusSeeOther, got.Code, got.Body)
	return v
}

// pay presses the button of the first channel.
func (v *visitor) pay() answer {
	v.t.Helper()
	return v.post("/pay/attempts", "channel", "mock", "minor", "12900", "currency", "CNY", "price_version", "1")
}

func (v *visitor) get(path string, headers ...string) answer {
	v.t.Helper()
	return v.keep(v.call(get, path, "", "", v.headers(headers)...))
}

func (v *visitor) headers(more []string) []string {
	headers := append([]string{"Accept", "text/html"}, more...)
	cookies := []string{v.cookie}
	for name, value := range v.others {
		cookies = append(cookies, name+"="+value)
	}
	if all := strings.Trim(strings.Join(cookies, "; "), "; "); all != "" {
		headers = append(headers, "Cookie", all)
	}
	return headers
}

// post sends a form, given as pairs.
func (v *visitor) post(path string, pairs ...string) answer {
	v.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	headers := v.headers([]string{
		"Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "same-origin",
	})
	return v.keep(v.call(post, path, "", form.Encode(), headers...))
}

// json calls the API as the page's script would.
func (v *visitor) json(method, path, body string) answer {
	v.t.Helper()
	return v.keep(v.call(method, path, "", body, "Cookie", v.cookie, keyHeader, mint.Number()))
}

func (v *visitor) keep(a answer) answer {
	for _, cookie := range a.Result().Cookies() {
		if cookie.Name == PayerCookie {
			v.cookie = cookie.Name + "=" + cookie.Value
		}
		if v.others == nil {
			v.others = map[string]string{}
		}
		switch {
		case cookie.Name != PhoneCookie && cookie.Name != BackCookie: // tests of the others look at them themselves
		case cookie.MaxAge < 0:
			delete(v.others, cookie.Name)
		default:
			v.others[cookie.Name] = cookie.Value
		}
	}
	return a
}

// rows is a checksum of every row of every table, but of those left out.
func (w *world) rows(but ...string) string {
	w.t.Helper()
	ctx := w.t.Context()
	conn, err := pgx.Connect(ctx, w.dsn)
	require.NoError(w.t, err)
	defer func() { require.NoError(w.t, conn.Close(context.WithoutCancel(ctx))) }()
	found, err := conn.Query(ctx, "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
	require.NoError(w.t, err)
	tables, err := pgx.CollectRows(found, pgx.RowTo[string])
	require.NoError(w.t, err)
	require.Greater(w.t, len(tables), 10)
	sum := sha256.New()
	for _, table := range tables {
		if slices.Contains(but, table) {
			continue
		}
		var rows string
		// that a key was used is known to the hour, which may pass during a test
		all := "SELECT coalesce(string_agg(x::text, E'\\n' ORDER BY x::text), '') FROM (SELECT to_jsonb(t)" +
			" - 'last_used_at' AS x FROM " + pgx.Identifier{table}.Sanitize() + " t) AS all_rows"
		require.NoError(w.t, conn.QueryRow(ctx, all).Scan(&rows))
		fmt.Fprintf(sum, "%s\n%s\n", table, rows)
	}
	return fmt.Sprintf("%x", sum.Sum(nil))
}

// forgetCodes lets a phone have another code at once.
func (f *friends) forgetCodes(t *testing.T) {
	t.Helper()
	f.exec("UPDATE login_codes SET issued_at = issued_at - interval '2 minutes'")
}

// exec does to the rows what nothing of ours does.
func (w *world) exec(query string) {
	w.t.Helper()
	conn, err := pgx.Connect(w.t.Context(), w.dsn)
	require.NoError(w.t, err)
	defer func() { require.NoError(w.t, conn.Close(context.WithoutCancel(w.t.Context()))) }()
	_, err = conn.Exec(w.t.Context(), query)
	require.NoError(w.t, err)
}
