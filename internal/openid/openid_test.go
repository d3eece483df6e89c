package openid_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/openid"
	"github.com/friendpay/friendpay/internal/paysim"
	"github.com/friendpay/friendpay/providers"
)

const (
	home   = "https://pay.example/pay/login/return"
	secret = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567ABCDEFGHIJKLMNOPQRST"
)

// issuer is the simulated one, and us at it.
type issuer struct {
	t      *testing.T
	base   string
	client *openid.Client
}

func newIssuer(t *testing.T) issuer {
	t.Helper()
	sim, err := paysim.New(paysim.Options{Speed: 1})
	require.NoError(t, err)
	server := httptest.NewServer(sim.Handler())
	t.Cleanup(func() { server.Close(); require.NoError(t, sim.Close()) })
	known := sim.OIDC()
	settings := openid.Settings{
		Issuer: server.URL + "/oidc", ClientID: known.ID, ClientSecret: known.Secret, RolesClaim: "roles",
	}
	return issuer{t, server.URL, openid.New(settings, server.Client().Transport)}
}

// send makes a form of the simulator's go there; it answers where a browser is led.
func (i issuer) send(address, kind, body string) (status int, to *url.URL) {
	i.t.Helper()
	request, err := http.NewRequestWithContext(i.t.Context(), http.MethodPost, address, strings.NewReader(body))
	require.NoError(i.t, err)
	request.Header.Set("Content-Type", kind)
	answer, err := http.DefaultTransport.RoundTrip(request)
	require.NoError(i.t, err)
	defer answer.Body.Close()
	_, err = io.Copy(io.Discard, answer.Body)
	require.NoError(i.t, err)
	to, err = url.Parse(answer.Header.Get("Location"))
	require.NoError(i.t, err)
	return answer.StatusCode, to
}

// code logs somebody in and is what the browser brings back.
func (i issuer) code(state, secret string) string {
	i.t.Helper()
	address, err := i.client.LoginURL(i.t.Context(), home, state, secret)
	require.NoError(i.t, err)
	require.NotContains(i.t, address, secret, "the browser keeps it for itself")
	status, back := i.send(address, "application/x-www-form-urlencoded", "action=staff-1")
	require.Equal(i.t, http.StatusSeeOther, status)
	require.Equal(i.t, state, back.Query().Get("state"))
	return back.Query().Get("code")
}

func TestTheIssuerSaysWhoItIs(t *testing.T) {
	i := newIssuer(t)
	code := i.code("s1", secret)
	who, err := i.client.Login(t.Context(), home, code, secret)
	require.NoError(t, err)
	require.Equal(t, "staff-1", who.Subject)
	require.Equal(t, i.base+"/oidc#friendpay-staff", who.App)
	_, err = i.client.Login(t.Context(), home, code, secret)
	require.ErrorIs(t, err, providers.ErrLogin, "a code is good once")
}

// What another browser began is worth nothing here: neither its code nor its nonce.
func TestACodeOfAnotherBrowserIsRefused(t *testing.T) {
	i := newIssuer(t)
	_, err := i.client.Login(t.Context(), home, i.code("s1", secret), strings.ToLower(secret))
	require.ErrorIs(t, err, providers.ErrLogin)
	_, err = i.client.Login(t.Context(), home+"/x", i.code("s2", secret), secret)
	require.ErrorIs(t, err, providers.ErrLogin, "for another page")
	_, err = i.client.Login(t.Context(), home, "made-up", secret)
	require.ErrorIs(t, err, providers.ErrLogin)
}

func TestATokenThatLiesIsRefused(t *testing.T) {
	for _, lie := range []string{"issuer", "audience", "expired", "nonce", "none", "hs256", "key"} {
		t.Run(lie, func(t *testing.T) {
			i := newIssuer(t)
			status, _ := i.send(i.base+"/sim/faults", "application/json",
				`{"provider":"oidc","op":"login","mode":"bad_token","value":"`+lie+`","count":1}`)
			require.Less(t, status, http.StatusBadRequest)
			_, err := i.client.Login(t.Context(), home, i.code("s1", secret), secret)
			require.ErrorIs(t, err, providers.ErrLogin)
			require.NotContains(t, err.Error(), "staff-1")
			_, err = i.client.Login(t.Context(), home, i.code("s2", secret), secret)
			require.NoError(t, err, "the lie was told once")
		})
	}
}

// An issuer that is away refuses nobody: he may try again. Once it is there, it is found.
func TestAnIssuerThatIsAwayIsAskedAgain(t *testing.T) {
	i := newIssuer(t)
	away := &switched{}
	client := openid.New(openid.Settings{Issuer: i.base + "/oidc", ClientID: "c", ClientSecret: "s"}, away)
	_, err := client.LoginURL(t.Context(), home, "s", secret)
	require.Equal(t, providers.Ambiguous, providers.ClassOf(err))
	require.NotErrorIs(t, err, providers.ErrLogin)
	away.on = true
	_, err = client.LoginURL(t.Context(), home, "s", secret)
	require.NoError(t, err)
	away.on = false
	_, err = client.Login(t.Context(), home, "code", secret)
	require.Equal(t, providers.Ambiguous, providers.ClassOf(err))
	require.NotErrorIs(t, err, providers.ErrLogin)
}

// switched is a way that may be down.
type switched struct{ on bool }

func (s *switched) RoundTrip(r *http.Request) (*http.Response, error) {
	if !s.on {
		return nil, errors.New("no way")
	}
	return http.DefaultTransport.RoundTrip(r)
}
