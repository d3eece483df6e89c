package house

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/interceptor"
	sdklog "go.temporal.io/sdk/log"

	"github.com/friendpay/friendpay/activities"
	"github.com/friendpay/friendpay/internal/accounts"
	"github.com/friendpay/friendpay/internal/codec"
	"github.com/friendpay/friendpay/internal/door"
	"github.com/friendpay/friendpay/internal/reconcile"
	"github.com/friendpay/friendpay/internal/smsgate"
	"github.com/friendpay/friendpay/internal/vault"
	"github.com/friendpay/friendpay/internal/webhook"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/providers/mockpay"
	"github.com/friendpay/friendpay/providers/wechatpay"
	"github.com/friendpay/friendpay/store"
	"github.com/friendpay/friendpay/worker"
)

// House is the parts that API and worker share.
type House struct {
	Config   Config
	Store    *store.Store
	Temporal client.Client
	Door     *door.Door
	Accounts *accounts.Accounts
	SMS      *smsgate.Gateway
	Log      *slog.Logger
	Registry *providers.Registry
	keys     *vault.Vault
}

// Providers are the payment providers that this binary speaks to: a new one is
// a folder and a line.
func Providers() map[string]providers.Factory {
	return map[string]providers.Factory{"mockpay": mockpay.Open, "wechatpay": wechatpay.Open}
}

// Open connects to the database and to Temporal. The options for Temporal carry
// its address, namespace and credentials.
func Open(ctx context.Context, config Config, temporal client.Options, log *slog.Logger) (*House, error) {
	h := &House{Config: config, Log: log}
	var err error
	if h.keys, err = config.vault(); err != nil {
		return nil, err
	}
	options := store.Options{Vault: h.keys, MaxConns: config.DatabaseConns}
	if h.Store, err = store.Open(ctx, config.DatabaseURL, options); err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	temporal.Logger = sdklog.NewStructuredLogger(log)
	if !config.PlainHistory {
		codec.Seal(&temporal, h.keys)
	}
	if h.Temporal, err = client.NewLazyClient(temporal); err != nil {
		return nil, errors.Join(fmt.Errorf("reach Temporal: %w", err), h.Store.Close())
	}
	h.Door = door.New(h.Temporal)
	h.Registry = providers.NewRegistry(Providers(), config.providerClient())
	h.Accounts = accounts.New(h.Store, h.Registry, now)
	h.SMS = smsgate.New(config.SMSURL, config.SMSKey)
	return h, nil
}

func now() time.Time { return time.Now().UTC() }

// Close gives everything back.
func (h *House) Close() error {
	h.Temporal.Close()
	return h.Store.Close()
}

// Worker builds the engine: workflows, activities, relay and outbox. Watchers
// are interceptors for demos and tests.
func (h *House) Worker(watchers ...interceptor.WorkerInterceptor) (*worker.Worker, error) {
	webhooks := webhook.New(h.Config.merchants(), now)
	acts := &activities.Activities{
		Store: h.Store, Providers: h.Accounts, Hook: webhooks, Clock: now, Log: h.Log,
		Addresses: activities.Addresses{Callbacks: h.Config.PublicURL, Return: h.Config.PublicURL + "/pay/result"},
	}
	relay := &worker.Relay{Inbox: h.Store, Door: h.Door, Clock: now, Log: h.Log}
	outbox := &worker.Outbox{
		Letters: h.Store, Durable: h.Door, Webhooks: webhooks, SMS: h.SMS, Clock: now, Log: h.Log,
	}
	at, err := h.Config.statementsAt()
	if err != nil {
		return nil, err
	}
	schedules := &worker.Schedules{Temporal: h.Temporal, Providers: h.Registry.Names(), At: at, Log: h.Log}
	return worker.New(h.Temporal, acts, worker.Options{
		Providers: h.Registry.Names(), CallsPerSecond: h.Config.CallsPerSecond,
		Build: h.Config.WorkerBuild, Watchers: watchers,
		Books: &activities.Books{Statements: h.Store, Compare: h.Books().Day, Clock: now},
	}, relay, outbox, schedules, &worker.Pruner{Attic: h.Store, Log: h.Log})
}

// Books compares providers' statements with ours; it needs no Temporal.
func (h *House) Books() *reconcile.Books {
	return &reconcile.Books{Store: h.Store, Accounts: h.Accounts, Clock: now}
}
