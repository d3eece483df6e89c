package paysim_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"

	"github.com/friendpay/friendpay/internal/paysim"
	login "github.com/friendpay/friendpay/internal/paysim/oidc"
)

const redirect = "https://pay.example/staff/callback"

// app is an application that logs people in, with clients that others wrote.
type app struct {
	*merchant
	ctx      context.Context //nolint:containedctx // of one test
	provider *oidc.Provider
	config   oauth2.Config
	verifier *oidc.IDTokenVerifier
	secret   string // of PKCE
}

func openApp(t *testing.T, options paysim.Options) *app {
	t.Helper()
	m := open(t, options)
	ctx := oidc.ClientContext(t.Context(), m.client)
	provider, err := oidc.NewProvider(ctx, m.base+"/oidc")
	require.NoError(t, err)
	client := m.sim.OIDC()
	check := &oidc.Config{ClientID: client.ID, Now: options.Now}
	return &app{
		merchant: m, ctx: ctx, provider: provider, verifier: provider.VerifierContext(ctx, check),
		secret: oauth2.GenerateVerifier(),
		config: oauth2.Config{
			ClientID: client.ID, ClientSecret: client.Secret, Endpoint: provider.Endpoint(),
			RedirectURL: redirect, Scopes: []string{oidc.ScopeOpenID, "profile"},
		},
	}
}

func (a *app) page() string {
	return a.config.AuthCodeURL("state-1", oidc.Nonce("nonce-1"), oauth2.S256ChallengeOption(a.secret))
}

// come back with what the page sends to the application.
func (a *app) choose(page, who string) url.Values {
	a.t.Helper()
	status, header, text := a.see(post(a.t, page, "action="+who))
	require.Equal(a.t, http.StatusSeeOther, status, text)
	back, err := url.Parse(header.Get("Location"))
	require.NoError(a.t, err)
	require.Equal(a.t, redirect, back.Scheme+"://"+back.Host+back.Path)
	require.Equal(a.t, "state-1", back.Query().Get("state"))
	return back.Query()
}

func (a *app) exchange(code string) (*oauth2.Token, error) {
	return a.config.Exchange(a.ctx, code, oauth2.VerifierOption(a.secret))
}

func TestStaffLogInWithClientsOfOthers(t *testing.T) {
	t.Parallel()
	for _, style := range []oauth2.AuthStyle{oauth2.AuthStyleInHeader, oauth2.AuthStyleInParams} {
		a := openApp(t, paysim.Options{})
		a.config.Endpoint.AuthStyle = style
		status, header, text := a.see(get(t, a.page()))
		require.Equal(t, http.StatusOK, status)
		require.Contains(t, text, "王店长")
		require.NotContains(t, text, "<script")
		require.Contains(t, header.Get("Content-Security-Policy"), "default-src 'none'")
		token, err := a.exchange(a.choose(a.page(), "staff-1").Get("code"))
		require.NoError(t, err)
		raw, _ := token.Extra("id_token").(string)
		id, err := a.verifier.Verify(a.ctx, raw)
		require.NoError(t, err)
		require.NoError(t, id.VerifyAccessToken(token.AccessToken))
		require.Equal(t, "nonce-1", id.Nonce)
		require.Equal(t, "staff-1", id.Subject)
		var claims struct {
			Name  string   `json:"name"`
			Roles []string `json:"roles"`
		}
		require.NoError(t, id.Claims(&claims))
		require.Equal(t, "王店长", claims.Name)
		require.Equal(t, []string{"admin"}, claims.Roles)
	}
}

func TestALoginsCodeServesOnce(t *testing.T) {
	t.Parallel()
	var clock movable
	a := openApp(t, paysim.Options{Now: clock.now})
	code := a.choose(a.page(), "staff-2").Get("code")
	_, err := a.exchange(code)
	require.NoError(t, err)
	refused := func(code, want string) {
		t.Helper()
		_, err := a.exchange(code)
		var no *oauth2.RetrieveError
		require.ErrorAs(t, err, &no)
		require.Equal(t, want, no.ErrorCode)
	}
	refused(code, "invalid_grant")
	refused("made-up", "invalid_grant")

	code, good := a.choose(a.page(), "staff-2").Get("code"), a.secret
	a.secret = oauth2.GenerateVerifier()
	refused(code, "invalid_grant")
	a.secret = good
	refused(code, "invalid_grant") // the wrong verifier used it up

	code = a.choose(a.page(), "staff-2").Get("code")
	a.config.RedirectURL = redirect + "/other"
	refused(code, "invalid_grant")
	a.config.RedirectURL = redirect

	code = a.choose(a.page(), "staff-2").Get("code")
	clock.move(61 * time.Second)
	refused(code, "invalid_grant")

	code = a.choose(a.page(), "staff-2").Get("code")
	a.config.ClientSecret += "x"
	refused(code, "invalid_client")
}

func TestTheLoginPageRefuses(t *testing.T) {
	t.Parallel()
	client, err := login.NewClient("app", redirect)
	require.NoError(t, err)
	a := openApp(t, paysim.Options{OIDC: &client})
	for _, w := range []struct{ name, value, wrong string }{
		{"client_id", "other", "client_id"}, {"redirect_uri", "https://evil.example/", "未登记"},
		{"redirect_uri", "javascript:alert(1)", "不正确"},
	} {
		status, _, text := a.see(get(t, a.with(w.name, w.value)))
		require.Equal(t, http.StatusBadRequest, status, w)
		require.Contains(t, text, w.wrong)
	}
	for _, w := range []struct{ name, value, code string }{
		{"response_type", "token", "unsupported_response_type"}, {"scope", "profile", "invalid_scope"},
		{"code_challenge_method", "plain", "invalid_request"}, {"code_challenge", "", "invalid_request"},
		{"prompt", "none", "login_required"},
	} {
		back := a.choose(a.with(w.name, w.value), "staff-1")
		require.Equal(t, w.code, back.Get("error"), w)
		require.Empty(t, back.Get("code"))
	}
	require.Equal(t, "access_denied", a.choose(a.page(), "cancel").Get("error"))
	require.Equal(t, "access_denied", a.choose(a.page(), "somebody").Get("error"))
}

// with is the page's address with one parameter changed.
func (a *app) with(name, value string) string {
	address, err := url.Parse(a.page())
	require.NoError(a.t, err)
	query := address.Query()
	query.Set(name, value)
	address.RawQuery = query.Encode()
	return address.String()
}

func TestIDTokensLieOnRequest(t *testing.T) {
	t.Parallel()
	a := openApp(t, paysim.Options{})
	for _, lie := range []string{"issuer", "audience", "expired", "none", "hs256", "key", "nonce", "roles"} {
		a.simulate("/sim/faults", members{"provider": "oidc", "op": "login", "mode": "bad_token", "value": lie})
		token, err := a.exchange(a.choose(a.page(), "staff-1").Get("code"))
		require.NoError(t, err)
		raw, _ := token.Extra("id_token").(string)
		id, err := a.verifier.Verify(a.ctx, raw)
		switch lie {
		case "nonce": // which the application compares itself
			require.NoError(t, err)
			require.NotEqual(t, "nonce-1", id.Nonce)
		case "roles":
			require.NoError(t, err)
			require.Error(t, id.Claims(&struct {
				Roles []string `json:"roles"`
			}{}))
		default:
			require.Error(t, err, lie)
		}
	}
	for _, mode := range []string{"error_before", "drop_after"} {
		a.simulate("/sim/faults", members{"provider": "oidc", "op": "login", "mode": mode})
		_, err := a.exchange(a.choose(a.page(), "staff-1").Get("code"))
		require.Error(t, err, mode)
	}
}

func TestTheIssuersKeyIsKept(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := openApp(t, paysim.Options{StateDir: dir})
	token, err := first.exchange(first.choose(first.page(), "staff-4").Get("code"))
	require.NoError(t, err)
	first.stop()
	second := openApp(t, paysim.Options{StateDir: dir})
	require.Equal(t, first.sim.OIDC(), second.sim.OIDC())
	raw, _ := token.Extra("id_token").(string)
	elsewhere := &oidc.Config{ClientID: second.config.ClientID, SkipIssuerCheck: true}
	_, err = second.provider.VerifierContext(second.ctx, elsewhere).Verify(second.ctx, raw)
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(second.provider.Endpoint().TokenURL, second.base))
}
