package house

import (
	"fmt"
	"net/netip"

	"github.com/friendpay/friendpay/api"
)

// Server builds the API.
func (h *House) Server() (*api.Server, error) {
	links, err := h.Config.links(h.keys)
	if err != nil {
		return nil, err
	}
	tokens, err := h.Config.tokens(now)
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
	}
	if h.Config.Shop {
		config.Shop = &api.Shop{Merchant: DemoMerchant, App: DemoApp, Channel: DemoChannel}
	}
	return api.New(api.Deps{
		Store: h.Store, Door: h.Door, Accounts: h.Accounts, SMS: h.SMS, Tokens: tokens, Links: links,
		Clock: now, Log: h.Log, Config: config,
	})
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
