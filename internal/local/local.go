// Package local is a whole house on one machine: private PostgreSQL and Temporal,
// the provider simulator, a demo merchant, API and worker. It is what `friendpay
// dev`, the demo and the integration tests run; production runs none of it.
package local

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/interceptor"

	"github.com/friendpay/friendpay/internal/devstack"
	"github.com/friendpay/friendpay/internal/door"
	"github.com/friendpay/friendpay/internal/house"
	"github.com/friendpay/friendpay/internal/paysim"
	"github.com/friendpay/friendpay/internal/shop"
	"github.com/friendpay/friendpay/internal/tracing"
	"github.com/friendpay/friendpay/store"
	"github.com/friendpay/friendpay/worker"
	"github.com/friendpay/friendpay/workflows"
)

// Options say what kind of house to run. The zero value is a temporary one in
// real time on free ports.
type Options struct {
	Dir          string // state, kept over restarts; empty: temporary
	Listen       string // address of the API; empty: a free port on loopback
	SimListen    string // address of the simulator; empty: a free port on loopback
	WorkerListen string // address where the worker tells how it fares; empty: none
	Speed        int64  // divides every window of the law; 0: 1
	Guard        time.Duration
	SimSpeed     float64 // divides the simulator's waits; 0: as Speed
	Shop         bool    // the demo merchant has a shop, at /shop of the API's address
	UI           bool    // Temporal's Web UI
	WebhookURL   string  // of the demo merchant; empty: none
	HookURL      string  // of the demo merchant's order hook; empty: the order row decides
	DatabaseURL  string  // a real database instead of a private one
	TemporalAddr string  // a real Temporal instead of a private one
	PublicURL    string  // of an API that others serve; empty: this house serves it
	Volatile     bool    // do not survive a crash of the machine; for tests
	Sealed       bool    // seal what Temporal stores, as in production
	Log          *slog.Logger
	Traces       *tracing.Traces // the house's from Start on; nil: none

	NameCheck store.NameCheck // of the demo merchant's app; empty: never

	Gate func(api http.Handler) http.Handler // stands before the API; nil: nothing does
	// SimVia is the way on which the engine reaches the simulator at an address; nil: directly.
	SimVia func(address string) (string, error)
}

// House is a running house on this machine.
type House struct {
	Postgres *devstack.Postgres // nil when a real one is used
	Temporal *devstack.Temporal // nil when a real one is used
	Sim      *paysim.Sim
	Parts    *house.House
	Demo     Merchant
	Env      map[string]string // what a worker of this house in a process of its own needs

	APIURL, SimURL string
	WorkerURL      string // where the worker tells how it fares; empty: nowhere
	simRoad        string // where the engine reaches the simulator
	options        Options
	listener       net.Listener // of the API, from before its address is told until it is served
	shop           *shop.Shop   // nil: none
	closers        []func() error
	worker         atomic.Pointer[worker.Worker]
}

// Start runs everything but the worker, which StartWorker runs in this process.
func Start(ctx context.Context, options Options) (h *House, err error) {
	options.Speed = max(options.Speed, 1)
	if options.Log == nil {
		options.Log = slog.New(slog.DiscardHandler)
	}
	h = &House{options: options}
	defer func() {
		if err != nil {
			err = errors.Join(err, h.Close())
		}
	}()
	for _, begin := range []func(context.Context) error{
		h.startServices, h.listenAPI, h.startSim, h.prepare, h.openParts, h.register, h.seed,
		h.openShop, h.serveAPI, h.listenInShop, h.serveWorker,
	} {
		if err := begin(ctx); err != nil {
			return h, err
		}
	}
	return h, nil
}

// Close stops everything in the reverse order.
func (h *House) Close() error {
	errs := []error{h.StopWorker()}
	for i := len(h.closers) - 1; i >= 0; i-- {
		errs = append(errs, h.closers[i]())
	}
	h.closers = nil
	return errors.Join(errs...)
}

// StartWorker runs the engine in this process, watched by interceptors.
func (h *House) StartWorker(ctx context.Context, watchers ...interceptor.WorkerInterceptor) error {
	w, err := h.Parts.Worker(watchers...) //nolint:contextcheck // what it follows ends with the house
	if err != nil {
		return err
	}
	if err := w.Start(ctx); err != nil {
		return err
	}
	h.worker.Store(w)
	return nil
}

// StopWorker stops it again; nothing happens when none runs.
func (h *House) StopWorker() error {
	if w := h.worker.Swap(nil); w != nil {
		return w.Stop()
	}
	return nil
}

func (h *House) startServices(ctx context.Context) error {
	if err := h.startPostgres(ctx); err != nil {
		return err
	}
	return h.startTemporal(ctx)
}

func (h *House) startPostgres(ctx context.Context) (err error) {
	if h.options.DatabaseURL != "" {
		return nil
	}
	options := devstack.PostgresOptions{Dir: h.state("postgres"), Volatile: h.options.Volatile}
	if h.Postgres, err = devstack.StartPostgres(ctx, options); err != nil {
		return fmt.Errorf("start PostgreSQL: %w", err)
	}
	h.closers = append(h.closers, h.Postgres.Stop)
	return h.Postgres.CreateDatabase(ctx, "friendpay")
}

func (h *House) startTemporal(ctx context.Context) (err error) {
	if h.options.TemporalAddr != "" {
		return nil
	}
	options := devstack.TemporalOptions{
		Dir: h.state("temporal"), UI: h.options.UI, SearchAttributes: workflows.SearchAttributes(),
	}
	if h.Temporal, err = devstack.StartTemporal(ctx, options); err != nil {
		return fmt.Errorf("start Temporal: %w", err)
	}
	h.closers = append(h.closers, h.Temporal.Stop)
	return nil
}

// state is the folder of one part; empty, and so temporary, without a Dir.
func (h *House) state(part string) string {
	if h.options.Dir == "" {
		return ""
	}
	return filepath.Join(h.options.Dir, part)
}

func (h *House) prepare(ctx context.Context) error {
	return store.Migrate(ctx, h.databaseURL())
}

func (h *House) databaseURL() string {
	if h.Postgres == nil {
		return h.options.DatabaseURL
	}
	return h.Postgres.DSN("friendpay")
}

func (h *House) temporalAddress() string {
	if h.Temporal == nil {
		return h.options.TemporalAddr
	}
	return h.Temporal.Address()
}

func (h *House) temporalUI() string {
	if h.Temporal == nil {
		return ""
	}
	return h.Temporal.UIURL()
}

// register makes a Temporal that was there before know the search attributes. It goes
// without where that is not ours to do.
func (h *House) register(ctx context.Context) error {
	if _, err := door.Register(ctx, h.Parts.Temporal, h.Parts.Links.Namespace); err != nil {
		h.options.Log.WarnContext(ctx, "search attributes are not registered", "error", err)
	}
	return nil
}

// openParts reads the settings just as a process of production would.
func (h *House) openParts(ctx context.Context) error {
	keys, err := h.keys()
	if err != nil {
		return err
	}
	h.Env = h.environment(keys)
	config, err := house.Read(h.Env)
	if err != nil {
		return err
	}
	temporal := client.Options{HostPort: h.temporalAddress()}
	if h.Parts, err = house.Open(ctx, config, temporal, h.options.Log, h.options.Traces); err != nil {
		return err
	}
	h.closers = append(h.closers, h.Parts.Close)
	return nil
}

func (h *House) environment(keys map[string]string) map[string]string {
	env := map[string]string{
		"FRIENDPAY_MODE": "dev", "FRIENDPAY_PUBLIC_URL": h.APIURL, "DATABASE_URL": h.databaseURL(),
		"FRIENDPAY_SPEED": strconv.FormatInt(h.options.Speed, 10), "FRIENDPAY_GUARD": h.options.Guard.String(),
		"FRIENDPAY_PLAIN_HISTORY": strconv.FormatBool(!h.options.Sealed),
		"FRIENDPAY_BRIDGE_SCRIPT": h.SimURL + "/bridge.js",
		"FRIENDPAY_QUIET_HOURS":   h.quiet(),
		"FRIENDPAY_SMS_URL":       h.SimURL, "FRIENDPAY_SMS_KEY": h.Sim.SMSKey(),
		"TEMPORAL_ADDRESS":      h.temporalAddress(),
		"FRIENDPAY_TEMPORAL_UI": h.temporalUI(),
		"FRIENDPAY_OIDC_ISSUER": h.SimURL + "/oidc", "FRIENDPAY_OIDC_CLIENT_ID": h.Sim.OIDC().ID,
		"FRIENDPAY_OIDC_CLIENT_SECRET": h.Sim.OIDC().Secret,
		"FRIENDPAY_STAFF_OIDC_ISSUER":  h.SimURL + "/oidc", "FRIENDPAY_STAFF_OIDC_CLIENT_ID": h.Sim.OIDC().ID,
		"FRIENDPAY_STAFF_OIDC_CLIENT_SECRET": h.Sim.OIDC().Secret,
		"FRIENDPAY_STAFF_HINTS":              "vera:viewer,anna:agent,sofia:supervisor,otto:operator",
	}
	for name, value := range keys {
		env[name] = value
	}
	return env
}
