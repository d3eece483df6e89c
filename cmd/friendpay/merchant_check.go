package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/friendpay/friendpay/internal/house"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/store"
)

// maxFee is the whole amount, in hundredths of a percent.
const maxFee = 10_000

// check tries every account on its adapter, and every channel on its account: what is
// wrong is heard of here, and not by a friend who pays. It says all of it at once.
func (f merchantFile) check() error {
	var wrong []error
	known := providers.NewRegistry(house.Providers(), nil)
	opened := map[string]providers.Adapter{}
	for _, a := range f.Accounts {
		if a.Fee < 0 || a.Fee > maxFee {
			wrong = append(wrong, fmt.Errorf("account %s: fee_basis_points is 0 to %d, hundredths of a percent", a.ID,
				maxFee))
		}
		adapter, err := known.Open(a.Provider, a.Settings)
		if err != nil {
			wrong = append(wrong, fmt.Errorf("account %s: %w", a.ID, err))
			continue
		}
		opened[a.ID] = adapter
	}
	for _, c := range f.Channels {
		if err := f.checkChannel(c, opened[c.Account]); err != nil {
			wrong = append(wrong, fmt.Errorf("channel %s: %w", c.ID, err))
		}
	}
	if len(wrong) > 0 {
		return usageError{errors.Join(wrong...)}
	}
	return nil
}

func (f merchantFile) checkChannel(c channelFile, adapter providers.Adapter) error {
	i := slices.IndexFunc(f.Accounts, func(a accountFile) bool { return a.ID == c.Account })
	for _, surface := range c.Surfaces {
		if !policy.KnownSurface(surface) {
			return fmt.Errorf("no link is open in %q", surface)
		}
	}
	switch {
	case i < 0:
		return fmt.Errorf("its account %s is not in the file", c.Account)
	case f.Accounts[i].Provider != c.Provider:
		return fmt.Errorf("its account is one at %s, not at %s", f.Accounts[i].Provider, c.Provider)
	case adapter == nil:
		return nil // its account was complained about
	case !slices.Contains(adapter.Products(), c.Product):
		return fmt.Errorf("%s has no product %q; there are %s", c.Provider, c.Product,
			strings.Join(adapter.Products(), ", "))
	}
	desk, can := adapter.(providers.Identifier)
	if can && desk.Binds(c.Product) && desk.LoginURL("https://example.com/", "x") == "" {
		return errors.New("its payers have to log in, and its account's settings lack what that needs")
	}
	return nil
}

// keepsSellers refuses to give an account to another seller: payments under way could
// no more be asked about, closed or given back.
func (f merchantFile) keepsSellers(ctx context.Context, s *store.Store) error {
	known := providers.NewRegistry(house.Providers(), nil)
	for _, a := range f.Accounts {
		stored, err := s.Account(ctx, a.Provider, a.ID)
		if models.CodeOf(err) == models.NotFound {
			continue
		}
		if err != nil {
			return err
		}
		before, err := known.Open(a.Provider, stored.Settings)
		if err != nil {
			continue // it never worked: nobody can have paid there
		}
		after, err := known.Open(a.Provider, a.Settings)
		if err != nil {
			return err
		}
		if before.Seller() != after.Seller() {
			return usageError{fmt.Errorf("account %s is of seller %s: another one needs an id of its own", a.ID,
				before.Seller().Account)}
		}
	}
	return nil
}
