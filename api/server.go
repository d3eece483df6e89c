// Package api is the outside of the house: merchants, buyers, friends, providers
// and machines speak to it over HTTP. It judges who asks and whether the words
// are well formed; what may happen to a request is judged by its workflow.
package api

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/friendpay/friendpay/api/console"
	"github.com/friendpay/friendpay/internal/catalogue"
	"github.com/friendpay/friendpay/internal/machine"
	"github.com/friendpay/friendpay/internal/token"
	"github.com/friendpay/friendpay/internal/vault"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/web"
)

// Config is what an operator decides about the API; cmd fills it.
type Config struct {
	PublicURL      string         // where people reach us, without a slash at the end: https://pay.example.com
	TrustedProxies []netip.Prefix // whose X-Forwarded-For is believed; none: the address of the connection
	Speed          int64          // durations of new requests are divided by it; 1 in production
	Guard          time.Duration  // how long to watch for late money; 0, as in production: as the law says
	BridgeScript   string         // stands for WeChat's own bridge in browsers that have none; dev only
	MetricsToken   string         // when set, /metrics wants it as a bearer token
	Version        string         // shown in the API's description
	CallTimeout    time.Duration  // how long one call may take, streams apart; 0: 15 s
	StreamTick     time.Duration  // how often watched requests are looked at; 0: 500 ms
	Heartbeat      time.Duration  // how often a quiet stream says that it lives; 0: 15 s
	// CheckWebhook refuses addresses that webhooks must not go to; nil: all that lead inside.
	CheckWebhook func(string) error
	MaxStreams   int // open streams per subject; 0: 5
}

// Door is the only way to a request's workflow; see package door.
type Door interface {
	Place(ctx context.Context, request models.Request) (models.Request, error)
	Deliver(ctx context.Context, requestID, updateID string, event models.Event) (models.Request, error)
	Post(ctx context.Context, stored models.Request, updateID string, event models.Event) (models.Request, error)
}

// Deps are the parts that the API stands on.
type Deps struct {
	Store    Store
	Door     Door
	Accounts Accounts
	Desk     Desk // where colleagues act by hand
	// Catalogue is what operators decide; nil: read from the store.
	Catalogue Catalogue
	Flags     Flags // asked when a request is made, and about one that might be
	SMS       SMS
	Console   console.Parts // of the support console
	OpenID    OpenID        // nil: no such login
	Tokens    *token.Tokens
	Links     *token.Links
	Vault     *vault.Vault // seals what a browser keeps for us
	Clock     func() time.Time
	Log       *slog.Logger
	Metrics   *prometheus.Registry            // nil: a registry of its own
	Traced    func(http.Handler) http.Handler // gives each call a span; nil: none
	Config    Config
}

// Server answers every route of the house.
type Server struct {
	Deps
	echo    *echo.Echo
	huma    huma.API
	pages   *web.Pages
	console *console.Console
	routes  map[string]route // by method and path template
	gauges  *gauges
	watch   *watch // over requests
	turns   turns
	past    *machine.Machine

	appWatch  *watch      // over apps
	invWatch  *watch      // over requests with their invites
	explained []explained // every reason of a problem
}

// New builds the server; nothing runs before Handler is served.
func New(deps Deps) (*Server, error) {
	deps.Config = deps.Config.withDefaults()
	if deps.Metrics == nil {
		deps.Metrics = ownRegistry()
	}
	if deps.Log == nil {
		deps.Log = slog.New(slog.DiscardHandler)
	}
	if deps.Catalogue == nil {
		deps.Catalogue = catalogue.New(deps.Store)
	}
	s := &Server{Deps: deps, echo: echo.New(), routes: map[string]route{}, gauges: newGauges(deps.Metrics)}
	s.echo.HideBanner, s.echo.HidePort = true, true
	s.echo.HTTPErrorHandler = s.answerError
	s.echo.IPExtractor = ipExtractor(deps.Config.TrustedProxies)
	seats := newSeats(s.Config.MaxStreams)
	s.watch, s.appWatch = s.newWatch(seats, s.Store.Heads), s.newWatch(seats, s.Store.LastEvents)
	s.invWatch = s.newWatch(seats, s.Store.InviteHeads)
	s.past = &machine.Machine{Rows: deps.Store, Painter: s, Clock: deps.Clock}
	s.huma = newHuma(s.echo, deps.Config)
	sameSite, err := s.sameSite()
	if err != nil {
		return nil, err
	}
	if s.pages, err = web.New(); err != nil {
		return nil, fmt.Errorf("read the pages: %w", err)
	}
	if s.console, err = s.newConsole(); err != nil {
		return nil, err
	}
	if s.explained, err = catalogueOfErrors(); err != nil {
		return nil, err
	}
	s.echo.Use(s.named, s.logged, s.secured, s.recovered, s.limited, sameSite, s.guarded)
	for _, r := range s.allRoutes() {
		if err := s.mount(r); err != nil {
			return nil, fmt.Errorf("mount %s %s: %w", r.method, r.path, err)
		}
	}
	return s, nil
}

func ownRegistry() *prometheus.Registry {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return registry
}

func (s *Server) newWatch(
	seats *seats, heads func(context.Context, []string) (map[string]int64, error),
) *watch {
	return &watch{
		heads: heads, tick: s.Config.StreamTick, seats: seats,
		failed:  func(err error) { s.Log.Warn("streams are blind", "error", err) },
		closing: make(chan struct{}), topics: map[string]*topic{},
	}
}

// HTTPServer is a server for one address with limits on headers and patience. It
// has no write time-out of its own: calls and streams set their deadlines.
func (s *Server) HTTPServer(address string) *http.Server {
	server := &http.Server{
		Addr: address, Handler: s.Handler(),
		ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 20 * time.Second, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 32 << 10, ErrorLog: slog.NewLogLogger(s.Log.Handler(), slog.LevelWarn),
	}
	server.RegisterOnShutdown(s.Drain)
	return server
}

// Drain ends the open streams, which would hold up a shutdown; their clients come
// back to another instance.
func (s *Server) Drain() {
	s.watch.close()
	s.appWatch.close()
	s.invWatch.close()
}

// Handler is the whole API.
func (s *Server) Handler() http.Handler {
	if s.Traced != nil {
		return s.Traced(s.echo)
	}
	return s.echo
}

func (c Config) withDefaults() Config {
	c.Speed = max(c.Speed, 1)
	c.CallTimeout = orDefault(c.CallTimeout, 15*time.Second)
	c.StreamTick = orDefault(c.StreamTick, 500*time.Millisecond)
	c.Heartbeat = orDefault(c.Heartbeat, 15*time.Second)
	c.MaxStreams = orDefault(c.MaxStreams, 5)
	return c
}

func orDefault[T comparable](value, fallback T) T {
	var zero T
	if value == zero {
		return fallback
	}
	return value
}
