// Package accounts opens merchants' accounts at providers: it reads an account's
// sealed settings, makes its adapter, and keeps it for a little while.
package accounts

import (
	"context"
	"sync"
	"time"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/store"
)

// fresh is how long an opened adapter is used before its account is read again:
// so long does a rotated key take to arrive everywhere.
const fresh = 30 * time.Second

// Store is where accounts are kept.
type Store interface {
	Account(ctx context.Context, provider, id string) (store.Account, error)
}

// Accounts opens adapters and is safe for concurrent use.
type Accounts struct {
	store    Store
	registry *providers.Registry
	clock    func() time.Time

	mu     sync.Mutex
	opened map[key]entry
}

type key struct{ provider, account string }

type entry struct {
	adapter providers.Adapter
	until   time.Time
}

// New makes the accounts of one process.
func New(store Store, registry *providers.Registry, clock func() time.Time) *Accounts {
	return &Accounts{store: store, registry: registry, clock: clock, opened: map[key]entry{}}
}

// Open gives the adapter of an account; unknown and disabled ones are not_found, and one of a
// live app at a provider that only simulates is conflict "live_app_test_provider".
// Only accounts that exist are kept, so that made-up names cost no memory.
func (a *Accounts) Open(ctx context.Context, provider, account string) (providers.Adapter, error) {
	k := key{provider, account}
	if adapter, ok := a.kept(k); ok {
		return adapter, nil
	}
	row, err := a.store.Account(ctx, provider, account)
	if err != nil {
		return nil, err
	}
	if row.State == store.AccountDisabled {
		return nil, models.Refuse(models.NotFound, "unknown_account", "There is no such account.")
	}
	if row.OnlySimulates() {
		refused := models.Refuse(models.Conflict, "live_app_test_provider",
			"A live app has this account at a provider that only simulates.")
		refused.Fix = "Write the app as a test one, or give it a provider that takes money; see friendpay doctor."
		return nil, refused
	}
	adapter, err := a.registry.Open(provider, row.Settings)
	if err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.opened[k] = entry{adapter, a.clock().Add(fresh)}
	return adapter, nil
}

func (a *Accounts) kept(k key) (providers.Adapter, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	e, ok := a.opened[k]
	return e.adapter, ok && a.clock().Before(e.until)
}
