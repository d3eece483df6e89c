package console

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/openid"
	"github.com/friendpay/friendpay/internal/token"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
)

// issuer is a company's login that knows one colleague, for whoever brings the secret of the login's begin.
type issuer struct {
	roles  []string
	secret string
}

func (i *issuer) ColleagueURL(_ context.Context, _, state, secret, _ string) (string, error) {
	i.secret = secret
	return "https://issuer.example/?" + url.Values{"state": {state}}.Encode(), nil
}

func (i *issuer) Colleague(_ context.Context, _, code, secret string) (openid.Colleague, error) {
	if code != "good" || secret != i.secret {
		return openid.Colleague{}, providers.ErrLogin
	}
	return openid.Colleague{Subject: "issuer#1", Name: "anna", Roles: i.roles}, nil
}

// people are the rows of colleagues; taken is a name that another has.
type people struct {
	Store
	taken string
}

func (p people) Colleague(_ context.Context, _, name string) (string, error) {
	if name == p.taken {
		return "", models.Refuse(models.Forbidden, "name_taken", "Another colleague has this name.")
	}
	return name, nil
}

// desktop is a console whose clock the test turns.
type desktop struct {
	*Console
	t   *testing.T
	now time.Time
}

func newDesktop(t *testing.T, company OpenID) *desktop {
	t.Helper()
	d := &desktop{t: t, now: time.Date(2026, 3, 1, 1, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return d.now }
	keys := map[token.Audience][]token.Key{}
	for i, name := range []token.Audience{token.Buyer, token.Payer, token.Staff} {
		seed := bytes.Repeat([]byte{byte(i + 1)}, ed25519.SeedSize)
		keys[name] = []token.Key{{ID: string(name), Private: ed25519.NewKeyFromSeed(seed)}}
	}
	tokens, err := token.New(token.Options{Issuer: "https://pay.example", Keys: keys, Now: clock})
	require.NoError(t, err)
	deps := Deps{Parts: Parts{OpenID: company}, Store: people{}, Clock: clock, PublicURL: "https://pay.example"}
	d.Console, err = New(deps, tokens, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	return d
}

// asks lets a handler answer a request that carries cookies.
func (d *desktop) asks(handle Handler, r *http.Request, who Session, cookies ...*http.Cookie) *http.Response {
	d.t.Helper()
	for _, one := range cookies {
		r.AddCookie(one)
	}
	answer := httptest.NewRecorder()
	require.NoError(d.t, handle(echo.New().NewContext(r, answer), who))
	return answer.Result()
}

// begins a login and is what its browser keeps, and the state that the issuer sends back.
func (d *desktop) begins() (kept *http.Cookie, state string) {
	d.t.Helper()
	answer := d.asks(d.logIn, httptest.NewRequest(http.MethodPost, "/staff/login", http.NoBody), Session{})
	defer answer.Body.Close()
	to, err := url.Parse(answer.Header.Get("Location"))
	require.NoError(d.t, err)
	return answer.Cookies()[0], to.Query().Get("state")
}

// returns comes back from the issuer.
func (d *desktop) returns(state, code string, cookies ...*http.Cookie) (status int, session *http.Cookie) {
	d.t.Helper()
	address := loginReturn + "?" + url.Values{"state": {state}, "code": {code}}.Encode()
	r := httptest.NewRequest(http.MethodGet, address, http.NoBody)
	answer := d.asks(d.returnFromLogin, r, Session{}, cookies...)
	defer answer.Body.Close()
	for _, one := range answer.Cookies() {
		if one.Name == Cookie {
			session = one
		}
	}
	return answer.StatusCode, session
}

func TestWhoComesBackFromHisOwnLoginIsLetIn(t *testing.T) {
	t.Parallel()
	d := newDesktop(t, &issuer{roles: []string{"agent"}})
	kept, state := d.begins()
	status, session := d.returns(state, "good", kept)
	require.Equal(t, http.StatusSeeOther, status)
	require.NotNil(t, session)
	r := httptest.NewRequest(http.MethodGet, "/staff", http.NoBody)
	r.AddCookie(session)
	who, err := d.Admit(r)
	require.NoError(t, err)
	require.Equal(t, "staff:anna", who.Person().Name)
}

func TestALoginThatIsNotOursLetsNobodyIn(t *testing.T) {
	t.Parallel()
	d := newDesktop(t, &issuer{roles: []string{"agent"}})
	kept, state := d.begins()
	for name, back := range map[string]struct {
		state, code string
		cookies     []*http.Cookie
		roles       []string
		want        int
	}{
		"another state":   {"x", "good", []*http.Cookie{kept}, []string{"agent"}, http.StatusUnprocessableEntity},
		"another browser": {state, "good", nil, []string{"agent"}, http.StatusUnprocessableEntity},
		"no code":         {state, "", []*http.Cookie{kept}, []string{"agent"}, http.StatusUnprocessableEntity},
		"a foreign code":  {state, "bad", []*http.Cookie{kept}, []string{"agent"}, http.StatusUnprocessableEntity},
		"a long code": {
			state, strings.Repeat("x", maxCode+1), []*http.Cookie{kept}, nil, http.StatusUnprocessableEntity,
		},
		"no role": {state, "good", []*http.Cookie{kept}, []string{"boss"}, http.StatusForbidden},
	} {
		d.OpenID.(*issuer).roles = back.roles
		status, session := d.returns(back.state, back.code, back.cookies...)
		require.Equal(t, back.want, status, name)
		require.Nil(t, session, name)
	}
	d.OpenID.(*issuer).secret = "of another login"
	status, session := d.returns(state, "good", kept)
	require.Equal(t, http.StatusUnprocessableEntity, status, "a foreign nonce")
	require.Nil(t, session)
	kept, state = d.begins()
	d.OpenID.(*issuer).roles, d.Store = []string{"agent"}, people{taken: "anna"}
	status, session = d.returns(state, "good", kept)
	require.Equal(t, http.StatusForbidden, status, "by a name that another has")
	require.Nil(t, session)
}

// What a page asks for by itself is no sign that anybody sits before it.
func TestARefreshKeepsNobodyLoggedIn(t *testing.T) {
	t.Parallel()
	d := newDesktop(t, &issuer{roles: []string{"agent"}})
	kept, state := d.begins()
	_, cookie := d.returns(state, "good", kept)
	for _, r := range d.Routes() {
		if r.Method != http.MethodGet || r.Open {
			continue
		}
		request := httptest.NewRequest(http.MethodGet, "/staff", http.NoBody)
		request.AddCookie(cookie)
		who, err := d.Admit(request)
		require.NoError(t, err)
		d.now = d.now.Add(renews + time.Second)
		r.Handle = func(echo.Context, Session) error { return nil }
		answer := d.asks(func(c echo.Context, s Session) error { return d.Serve(r, c, s) }, request, who)
		require.NoError(t, answer.Body.Close())
		refresh := strings.HasSuffix(r.Path, "/live")
		require.Equal(t, !refresh, len(answer.Cookies()) > 0, r.Path)
		for _, renewed := range answer.Cookies() {
			cookie = renewed
		}
	}
}

// A session ends an hour after its last page, and with the shift whatever is asked for.
func TestASessionEndsIdleAndWithTheShift(t *testing.T) {
	t.Parallel()
	d := newDesktop(t, &issuer{roles: []string{"agent"}})
	kept, state := d.begins()
	_, cookie := d.returns(state, "good", kept)
	began := d.now
	admitted := func() (Session, error) {
		r := httptest.NewRequest(http.MethodGet, "/staff", http.NoBody)
		r.AddCookie(cookie)
		return d.Admit(r)
	}
	idleOne := *cookie
	for pages := 0; ; pages++ {
		d.now = d.now.Add(idle - time.Minute)
		who, err := admitted()
		if err != nil {
			require.Greater(t, d.now.Sub(began), shift-idle, "he was at work")
			require.LessOrEqual(t, d.now.Sub(began), shift+idle)
			require.Greater(t, pages, 2)
			break
		}
		answer := d.asks(func(c echo.Context, s Session) error { return d.prolong(c, s) },
			httptest.NewRequest(http.MethodGet, "/staff", http.NoBody), who)
		require.NoError(t, answer.Body.Close())
		for _, renewed := range answer.Cookies() {
			cookie = renewed
		}
	}
	d.now, cookie = began.Add(idle+time.Minute), &idleOne
	_, err := admitted()
	require.ErrorIs(t, err, errNobody, "an hour without a page")
}

// A proof of another kind, though it is signed by us, is no session of the console.
func TestAProgramsTokenIsNoSession(t *testing.T) {
	t.Parallel()
	d := newDesktop(t, nil)
	signed, _, err := d.tokens.SignStaff(token.StaffClaims{
		RegisteredClaims: jwt.RegisteredClaims{Subject: "anna"}, Roles: []string{"operator"},
	}, time.Hour)
	require.NoError(t, err)
	r := httptest.NewRequest(http.MethodGet, "/staff", http.NoBody)
	r.AddCookie(&http.Cookie{Name: Cookie, Value: signed})
	_, err = d.Admit(r)
	require.ErrorIs(t, err, errNobody)
}

func TestAFormWithoutTheSessionsWordIsRefused(t *testing.T) {
	t.Parallel()
	d := newDesktop(t, nil)
	who := Session{Name: "anna", Role: "operator", word: "w", began: d.now, until: d.now.Add(idle)}
	did := false
	route := Route{Method: http.MethodPost, Path: "/staff/x", Handle: func(echo.Context, Session) error {
		did = true
		return nil
	}}
	send := func(word string) error {
		sent := url.Values{"form": {word}}.Encode()
		r := httptest.NewRequest(http.MethodPost, "/staff/x", strings.NewReader(sent))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		return d.Serve(route, echo.New().NewContext(r, httptest.NewRecorder()), who)
	}
	require.ErrorIs(t, send(""), errForeignForm)
	require.ErrorIs(t, send(Session{word: "other"}.form()), errForeignForm)
	require.False(t, did)
	require.NoError(t, send(who.form()))
	require.True(t, did)
}
