package house

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/friendpay/friendpay/api"
	"github.com/friendpay/friendpay/internal/codec"
	"github.com/friendpay/friendpay/internal/openid"
	"github.com/friendpay/friendpay/internal/token"
	"github.com/friendpay/friendpay/internal/watch"
	"github.com/friendpay/friendpay/store"
)

// Server builds the API.
func (h *House) Server() (*api.Server, error) {
	h.follow()
	h.watch()
	links, err := h.Config.links(h.keys)
	if err != nil {
		return nil, err
	}
	tokens, err := h.Config.tokens()
	if err != nil {
		return nil, err
	}
	proxies, err := prefixes(h.Config.TrustedProxies)
	if err != nil {
		return nil, err
	}
	config := api.Config{
		PublicURL: h.Config.PublicURL, TrustedProxies: proxies, Speed: h.Config.Speed, Guard: h.Config.Guard,
		MetricsToken: h.Config.MetricsToken, BridgeScript: h.Config.BridgeScript,
		CheckWebhook: h.Config.CheckWebhook,
	}
	deps := api.Deps{
		Store: h.Store, Door: watch.Door{Way: h.Door, Suspect: h.Store.Suspect},
		Accounts: h.Accounts, Catalogue: h.Catalogue, Flags: h.Flags,
		SMS: h.SMS, Tokens: tokens, Links: links, Vault: h.keys, Desk: h.Desk(),
		Clock: h.Config.now, Log: h.Log, Config: config, Metrics: h.Meter.Registry, Traced: h.Traces.Handler,
	}
	if h.Config.OIDCIssuer != "" {
		deps.OpenID = openid.New(openid.Settings{
			Issuer: h.Config.OIDCIssuer, ClientID: h.Config.OIDCClientID, ClientSecret: h.Config.OIDCClientSecret,
		}, h.Traces.Transport(h.Config.providerClient().Transport))
	}
	deps.Console = h.console()
	return api.New(deps)
}

// Find looks for what somebody means by a few words; see store.Search.
func (h *House) Find(ctx context.Context, words string, limit int) ([]store.Hit, error) {
	links, err := h.Config.links(h.keys)
	if err != nil {
		return nil, err
	}
	return h.Store.Find(ctx, words, limit, links.Fingerprint)
}

// CodecServer opens histories for Temporal's Web UI at an address, for colleagues of the
// role. It needs the keys only, no database and no Temporal.
func (c Config) CodecServer(ui string, log *slog.Logger) (http.Handler, error) {
	keys, err := c.vault()
	if err != nil {
		return nil, err
	}
	tokens, err := c.tokens()
	if err != nil {
		return nil, err
	}
	return codec.NewServer(codec.Options{Keys: keys, Staff: tokens.Staff, Origin: ui, Log: log}), nil
}

// CodecToken is a colleague's token for the codec server, good for a shift.
func (c Config) CodecToken(name string) (raw string, until time.Time, err error) {
	return c.StaffToken(name, codec.Role)
}

// StaffToken is a colleague's token for the routes of staff, good for a shift.
func (c Config) StaffToken(name string, roles ...string) (raw string, until time.Time, err error) {
	tokens, err := c.tokens()
	if err != nil {
		return "", time.Time{}, err
	}
	return tokens.SignStaff(token.StaffClaims{
		RegisteredClaims: jwt.RegisteredClaims{Subject: name}, Roles: roles,
	}, token.Shift)
}

// The merchant whom the demo shop plays; package local makes his rows.
const (
	DemoMerchant = "mer_demo"
	DemoApp      = "app_demo"
	DemoChannel  = "mockpay"
)

func prefixes(texts []string) ([]netip.Prefix, error) {
	var list []netip.Prefix
	for _, text := range texts {
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, fmt.Errorf("trusted proxy: %w", err)
		}
		list = append(list, prefix)
	}
	return list, nil
}
