// Package openid logs people in at an OpenID Connect issuer: a company's own login, say. It
// takes the authorization code with PKCE and a nonce, and believes an ID token that the
// issuer signed for us, for this browser, just now.
package openid

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/friendpay/friendpay/providers"
)

// patience bounds one conversation with the issuer.
const patience = 5 * time.Second

// Settings are what an issuer knows us by.
type Settings struct {
	Issuer       string // its address, as its ID tokens name it
	ClientID     string
	ClientSecret string
	RolesClaim   string // where it says what a colleague may do; empty: it does not
}

// Client is us at the issuer. It is safe for concurrent use.
type Client struct {
	settings Settings
	http     *http.Client

	mu       sync.Mutex
	provider *oidc.Provider // nil until the issuer has told where everything is
}

// New asks the issuer nothing yet: it may be away when we start. way is how it is reached;
// nil is the usual one.
func New(settings Settings, way http.RoundTripper) *Client {
	return &Client{settings: settings, http: &http.Client{Transport: way, Timeout: patience}}
}

// LoginURL is where to send a browser; it comes back to returnURL with the state. The secret,
// of 43 to 128 letters and digits, stays in that browser: code and token are bound to it.
func (c *Client) LoginURL(ctx context.Context, returnURL, state, secret string) (string, error) {
	provider, err := c.discovered(ctx)
	if err != nil {
		return "", err
	}
	return c.config(provider, returnURL).AuthCodeURL(state, oidc.Nonce(nonce(secret)),
		oauth2.S256ChallengeOption(secret)), nil
}

// Login exchanges the code that came back, once. ErrLogin: the issuer does not take it, or
// its word does not hold. A *providers.Error, ambiguous: it gave no answer.
func (c *Client) Login(ctx context.Context, returnURL, code, secret string) (providers.Identity, error) {
	checked, err := c.exchanged(ctx, returnURL, code, secret)
	if err != nil {
		return providers.Identity{}, err
	}
	// A subject is worth something at one issuer, and may differ from client to client.
	return providers.Identity{Subject: checked.Subject, App: checked.Issuer + "#" + c.settings.ClientID}, nil
}

// exchanged is the ID token behind a code, once it holds.
func (c *Client) exchanged(ctx context.Context, returnURL, code, secret string) (*oidc.IDToken, error) {
	provider, err := c.discovered(ctx)
	if err != nil {
		return nil, err
	}
	ctx = oidc.ClientContext(ctx, c.http)
	token, err := c.config(provider, returnURL).Exchange(ctx, code, oauth2.VerifierOption(secret))
	if err != nil {
		return nil, refused(err)
	}
	raw, _ := token.Extra("id_token").(string)
	checked, err := provider.Verifier(&oidc.Config{ClientID: c.settings.ClientID}).Verify(ctx, raw)
	if err != nil || checked.Nonce != nonce(secret) || checked.Subject == "" {
		return nil, fmt.Errorf("%w: the ID token does not hold", providers.ErrLogin)
	}
	return checked, nil
}

// refused tells the issuer's no from its silence. Its words are dropped: they may quote.
func refused(err error) error {
	var said *oauth2.RetrieveError
	answered := errors.As(err, &said) && said.Response != nil
	if answered && said.Response.StatusCode < http.StatusInternalServerError {
		return fmt.Errorf("%w: the issuer answered %d", providers.ErrLogin, said.Response.StatusCode)
	}
	return away()
}

func away() error {
	return &providers.Error{Class: providers.Ambiguous, Op: "login", Message: "the issuer gave no answer"}
}

// discovered asks the issuer where everything is, until it has told once.
func (c *Client) discovered(ctx context.Context) (*oidc.Provider, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.provider != nil {
		return c.provider, nil
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	// Keys are fetched long after this call: by the client, under contexts of their own.
	provider, err := oidc.NewProvider(oidc.ClientContext(ctx, c.http), c.settings.Issuer)
	if err != nil {
		return nil, away()
	}
	c.provider = provider
	return provider, nil
}

func (c *Client) config(provider *oidc.Provider, returnURL string) *oauth2.Config {
	return &oauth2.Config{
		ClientID: c.settings.ClientID, ClientSecret: c.settings.ClientSecret, RedirectURL: returnURL,
		Endpoint: provider.Endpoint(), Scopes: []string{oidc.ScopeOpenID},
	}
}

// nonce is bound to the secret without telling it: it travels in an address.
func nonce(secret string) string {
	sum := sha256.Sum256([]byte("friendpay nonce v1|" + secret))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
