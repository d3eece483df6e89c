package house

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.temporal.io/sdk/client"

	"github.com/friendpay/friendpay/worker"
)

// portPatience bounds one look at database and Temporal; it is shorter than what probes commonly wait.
const portPatience = 2 * time.Second

// port is what a worker says of itself to load balancers, supervisors and collectors.
type port struct {
	house  *House
	worker func() *worker.Worker // nil while none runs
}

// WorkerServer tells how a worker fares, at an address: /livez, /readyz and /metrics. The worker may be nil
// while none runs.
func (h *House) WorkerServer(address string, running func() *worker.Worker) *http.Server {
	p, mux := port{h, running}, http.NewServeMux()
	mux.HandleFunc("GET /livez", said(p.live))
	mux.HandleFunc("GET /readyz", said(p.ready))
	mux.Handle("GET /metrics", h.collectors(promhttp.HandlerFor(h.Meter.Registry, promhttp.HandlerOpts{})))
	return &http.Server{
		Addr: address, Handler: mux, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 5 * time.Second,
		WriteTimeout: 15 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 8 << 10,
		ErrorLog: slog.NewLogLogger(h.Log.Handler(), slog.LevelWarn),
	}
}

// live says no when a part of the worker has ended for good: then a restart helps.
func (p port) live(context.Context) error {
	if w := p.worker(); w != nil && w.Failed() != nil {
		return errors.New("a part of the worker has ended")
	}
	return nil
}

// ready says whether requests move here: the database and Temporal answer, and this process waits for tasks.
// Its words are fixed: errors name addresses.
func (p port) ready(ctx context.Context) error {
	if err := p.house.Store.Ping(ctx); err != nil {
		return errors.New("the database does not answer")
	}
	if _, err := p.house.Temporal.CheckHealth(ctx, &client.CheckHealthRequest{}); err != nil {
		return errors.New("the engine does not answer")
	}
	if p.worker() == nil {
		return errors.New("no worker runs")
	}
	if err := p.live(ctx); err != nil {
		return err
	}
	return p.house.pulse.Beats()
}

// said answers 200 "ok", or 503 and why not.
func said(check func(context.Context) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), portPatience)
		defer cancel()
		w.Header().Set("Cache-Control", "no-store")
		if err := check(ctx); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		_, _ = w.Write([]byte("ok\n")) // who asked is gone: nothing to do
	}
}

// collectors lets pass who brings the token, or anybody when none is set.
func (h *House) collectors(next http.Handler) http.Handler {
	want := sha256.Sum256([]byte(h.Config.MetricsToken))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		bearer, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		got := sha256.Sum256([]byte(bearer))
		if h.Config.MetricsToken != "" && subtle.ConstantTimeCompare(want[:], got[:]) != 1 {
			w.Header().Set("WWW-Authenticate", "Bearer")
			http.Error(w, "Say who you are.", http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r)
	})
}
