package local

import (
	"context"
	"fmt"

	"github.com/friendpay/friendpay/client"
	"github.com/friendpay/friendpay/internal/shop"
)

// openShop builds the demo merchant's shop. It speaks to the API as any merchant does, over HTTP and with his
// key, and shares with it only the address, so that one link leads a reader through everything.
func (h *House) openShop(context.Context) error {
	if !h.options.Shop || h.listener == nil {
		return nil
	}
	api, err := client.New(h.APIURL, h.Demo.APIKey)
	if err != nil {
		return fmt.Errorf("open the shop: %w", err)
	}
	h.shop, err = shop.New(shop.Options{
		API: api, App: DemoApp, Channel: DemoChannel, URL: h.APIURL, Log: h.options.Log,
	})
	if err != nil {
		return fmt.Errorf("open the shop: %w", err)
	}
	return nil
}

// listenInShop registers the shop's webhooks, once the API answers.
func (h *House) listenInShop(ctx context.Context) error {
	if h.shop == nil {
		return nil
	}
	return h.shop.Listen(ctx)
}
