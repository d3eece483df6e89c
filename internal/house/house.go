package house

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/interceptor"
	sdklog "go.temporal.io/sdk/log"

	"github.com/friendpay/friendpay/activities"
	"github.com/friendpay/friendpay/internal/accounts"
	"github.com/friendpay/friendpay/internal/catalogue"
	"github.com/friendpay/friendpay/internal/codec"
	"github.com/friendpay/friendpay/internal/door"
	"github.com/friendpay/friendpay/internal/meter"
	"github.com/friendpay/friendpay/internal/reconcile"
	"github.com/friendpay/friendpay/internal/release"
	"github.com/friendpay/friendpay/internal/smsgate"
	"github.com/friendpay/friendpay/internal/tracing"
	"github.com/friendpay/friendpay/internal/vault"
	"github.com/friendpay/friendpay/internal/watch"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/providers/alipay"
	"github.com/friendpay/friendpay/providers/mockpay"
	"github.com/friendpay/friendpay/providers/unionpay"
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
	Links    door.Links // into Temporal's Web UI
	Accounts *accounts.Accounts
	// Catalogue is what operators decide, as this process knows it.
	Catalogue *catalogue.Holder
	Flags     *release.Flags // to whom features are released
	SMS       *smsgate.Gateway
	Log       *slog.Logger
	Registry  *providers.Registry
	Meter     *meter.Meter
	Traces    *tracing.Traces // nil: off
	keys      *vault.Vault
	pulse     worker.Pulse
	following sync.Once
	unfollow  func() // stops to follow the catalogue and waits for it; nil: it is not followed
	watching  sync.Once
	unwatch   func() // stops to watch the engine and waits for it; nil: it is not watched
}

// Providers are the payment providers that this binary speaks to: a new one is
// a folder and a line.
func Providers() map[string]providers.Factory {
	return map[string]providers.Factory{
		"alipay": alipay.Open, "mockpay": mockpay.Open, "unionpay": unionpay.Open, "wechatpay": wechatpay.Open,
	}
}

// Open connects to the database and to Temporal. The options for Temporal carry
// its address, namespace and credentials. Traces are the house's from then on, and nil for none.
func Open(
	ctx context.Context, config Config, temporal client.Options, log *slog.Logger, traces *tracing.Traces,
) (*House, error) {
	h := &House{Config: config, Log: log, Traces: traces}
	var err error
	if h.keys, err = config.vault(); err != nil {
		return nil, err
	}
	options := store.Options{Vault: h.keys, MaxConns: config.DatabaseConns}
	if traces != nil {
		options.Tracer = traces.Tracer()
	}
	if h.Store, err = store.Open(ctx, config.DatabaseURL, options); err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	if err := h.reachTemporal(temporal); err != nil {
		return nil, errors.Join(err, h.Store.Close())
	}
	h.Links = door.Links{UI: config.TemporalUI, Namespace: cmp.Or(temporal.Namespace, client.DefaultNamespace)}
	h.Door, h.Catalogue = door.Open(h.Temporal, h.Links.Namespace, h.Store, log), catalogue.New(h.Store)
	if h.Flags, err = release.Open(ctx, release.NewProvider(h.Catalogue.Current), log); err != nil {
		h.Temporal.Close()
		return nil, errors.Join(err, h.Store.Close())
	}
	way := config.providerClient()
	way.Transport = traces.Transport(way.Transport)
	h.Registry = providers.NewRegistry(Providers(), way)
	h.Accounts = accounts.New(h.Store, h.Registry, config.now)
	h.SMS = smsgate.New(config.SMSURL, config.SMSKey, traces.Transport(nil))
	return h, nil
}

// reachTemporal makes a client that seals, is measured and traced, and knows whether its worker polls.
func (h *House) reachTemporal(options client.Options) (err error) {
	h.Meter, err = meter.New(func(ctx context.Context) ([]store.Waiting, error) {
		return h.Store.Waiting(ctx, h.Config.now())
	})
	if err != nil {
		return err
	}
	options.Logger = sdklog.NewStructuredLogger(h.Log)
	options.MetricsHandler = h.Meter.Temporal()
	h.pulse.Watch(&options)
	if !h.Config.PlainHistory {
		codec.Seal(&options, h.keys)
	}
	if err := h.Traces.Temporal(&options); err != nil {
		return err
	}
	if h.Temporal, err = client.NewLazyClient(options); err != nil {
		return fmt.Errorf("reach Temporal: %w", err)
	}
	return nil
}

// now is the time by this process's clock, which storms put wrong on purpose.
func (c Config) now() time.Time { return time.Now().UTC().Add(c.ClockOffset) }

// follow keeps the catalogue of this process new until the house is closed, once for API
// and worker together. A tool does not follow: it reads the newest when it asks.
func (h *House) follow() {
	h.following.Do(func() {
		ctx, stop := context.WithCancel(context.Background())
		follower := &catalogue.Follower{Holder: h.Catalogue, Listener: h.Store, Log: h.Log}
		var running sync.WaitGroup
		running.Go(func() { _ = follower.Run(ctx) }) // it ends with ctx only
		h.unfollow = func() { stop(); running.Wait() }
	})
}

// watch looks at the engine until the house is closed, beside the API: a worker may be gone.
func (h *House) watch() {
	h.watching.Do(func() {
		ctx, stop := context.WithCancel(context.Background())
		var running sync.WaitGroup
		running.Go(func() { _ = h.Watch().Run(ctx) }) // it ends with ctx only
		h.unwatch = func() { stop(); running.Wait() }
	})
}

// Watch looks at the engine; a tool looks once.
func (h *House) Watch() *watch.Watch {
	return &watch.Watch{Engine: watch.Temporal{Client: h.Temporal}, Rows: h.Store, Log: h.Log}
}

// Close gives everything back.
func (h *House) Close() error {
	if h.unwatch != nil {
		h.unwatch()
	}
	if h.unfollow != nil {
		h.unfollow()
	}
	h.Temporal.Close()
	return errors.Join(h.Flags.Close(), h.Store.Close(), h.Traces.Close())
}

// Worker builds the engine: workflows, activities, relay and outbox. Watchers
// are interceptors for demos and tests.
func (h *House) Worker(watchers ...interceptor.WorkerInterceptor) (*worker.Worker, error) {
	h.follow()
	webhooks := h.Config.receivers(h.Traces)
	tracer := h.Traces.Tracer()
	acts := &activities.Activities{
		Store: h.Store, Catalogue: h.Catalogue, Providers: h.Accounts, Hook: webhooks, Clock: h.Config.now,
		Log: h.Log, Called: h.Meter.Called, Turned: h.Meter.Turned,
		Addresses: activities.Addresses{
			Callbacks: h.Config.PublicURL, Return: h.Config.PublicURL + "/pay/result?back=1",
			Own: h.Config.PublicURL + "/pay/own",
		},
	}
	relay := &worker.Relay{Inbox: h.Store, Door: h.Door, Clock: h.Config.now, Log: h.Log, Tracer: tracer}
	outbox, err := h.outbox()
	if err != nil {
		return nil, err
	}
	reminders := &worker.Reminders{Dues: h.Store, Quiet: outbox.Quiet, Clock: h.Config.now, Log: h.Log}
	shipments := &worker.Shipments{Payments: h.Store, Durable: h.Door, Merchants: webhooks, Log: h.Log}
	at, err := h.Config.statementsAt()
	if err != nil {
		return nil, err
	}
	postman := &worker.Postman{Bags: h.Store, Temporal: h.Temporal, Log: h.Log}
	schedules := &worker.Schedules{Temporal: h.Temporal, Providers: h.Registry.Names(), At: at, Log: h.Log}
	return worker.New(h.Temporal, acts, worker.Options{
		Providers: h.Registry.Names(), CallsPerSecond: h.Config.CallsPerSecond,
		Build: h.Config.WorkerBuild, Watchers: watchers,
		Books: &activities.Books{Statements: h.Store, Compare: h.Books().Day, Clock: h.Config.now},
		Deliveries: &activities.Deliveries{
			Post: h.Store, Receivers: webhooks, Clock: h.Config.now, Speed: h.Config.Speed, Log: h.Log,
		},
	}, relay, outbox, reminders, postman, shipments, schedules, h.breakers(),
		&worker.Pruner{Attic: h.Store, Log: h.Log},
		&worker.Surfaces{Shares: h.Store, Clock: h.Config.now, Log: h.Log},
		&worker.Commands{Queue: h.Store, Desk: h.Desk(), Log: h.Log}, &worker.Beats{
			Heart: h.Store, Working: h.pulse.Beats, Build: h.Config.WorkerBuild,
			Providers: h.Registry.Names(), Log: h.Log,
		})
}

func (h *House) breakers() *worker.Breakers {
	return &worker.Breakers{
		Fuses: h.Store, Accounts: h.Accounts, Catalogue: h.Catalogue, Door: h.Door, Clock: h.Config.now, Log: h.Log,
		Speed: h.Config.Speed, Turned: h.Meter.Turned,
	}
}

// Books compares providers' statements with ours; it needs no Temporal.
func (h *House) Books() *reconcile.Books {
	return &reconcile.Books{Store: h.Store, Accounts: h.Accounts, Clock: h.Config.now}
}
