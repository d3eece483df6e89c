package effects

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/store"
)

// Accounts opens the adapter of a merchant's account at a provider.
type Accounts interface {
	Open(ctx context.Context, provider, account string) (providers.Adapter, error)
}

// understood asks the adapter of each channel that is paid otherwise than before whether it
// has that product and can have it funded so: otherwise a friend would be the first to hear.
func understood(
	ctx context.Context, tx *store.Store, accounts Accounts, lines []store.CatalogueEntry,
) error {
	for _, line := range lines {
		if accounts == nil || line.Family != policy.Channels || len(line.Body) == 0 {
			continue
		}
		var is, was store.Channel
		if err := json.Unmarshal(line.Body, &is); err != nil {
			return fmt.Errorf("read channel %s: %w", line.Key, err)
		}
		past, err := tx.CatalogueHistory(ctx, store.CatalogueFilter{
			Family: line.Family, Key: line.Key, Before: line.Version, Limit: 1,
		})
		if err != nil {
			return err
		}
		if len(past) > 0 && len(past[0].Body) > 0 {
			if err := json.Unmarshal(past[0].Body, &was); err != nil {
				return fmt.Errorf("read channel %s: %w", line.Key, err)
			}
		}
		if is.Account == "" || paidAlike(was, is) {
			continue
		}
		if err := takes(ctx, accounts, is); err != nil {
			return err
		}
	}
	return nil
}

func paidAlike(was, is store.Channel) bool {
	return was.Provider == is.Provider && was.Account == is.Account && was.Product == is.Product &&
		slices.Equal(was.Funding, is.Funding) && (was.Enabled || !is.Enabled)
}

func takes(ctx context.Context, accounts Accounts, c store.Channel) error {
	adapter, err := accounts.Open(ctx, c.Provider, c.Account)
	if err != nil && ctx.Err() != nil {
		return err
	}
	switch {
	case err != nil: // its words are for the log of who runs it, not for this answer
		return wrong("account_id", "account_unusable",
			"The account "+c.Account+" at "+c.Provider+" cannot be used.",
			"Name an account that is not disabled, at a provider that this release speaks to.")
	case !slices.Contains(adapter.Products(), c.Product):
		return wrong("product", "unknown_product", c.Provider+" has no such product.",
			"One of "+strings.Join(adapter.Products(), ", ")+".")
	case !providers.CanFund(adapter, c.Funding):
		return wrong("funding", "unknown_funding", c.Provider+" does not know one of these words.",
			sourcesOf(adapter))
	}
	return nil
}

func sourcesOf(adapter providers.Adapter) string {
	if funder, can := adapter.(providers.Funder); can {
		return "Of " + strings.Join(funder.Sources(), ", ") + "; [] for anything."
	}
	return "It cannot be told where the money may come from: []."
}

func wrong(field, reason, message, fix string) error {
	return &models.Error{Code: models.Invalid, Reason: reason, Message: message, Field: field, Fix: fix}
}
