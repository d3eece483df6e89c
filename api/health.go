package api

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/friendpay/friendpay/models"
)

// machineRoutes are for load balancers, collectors and developers' tools.
func (s *Server) machineRoutes() []route {
	return []route{
		{method: get, path: "/livez", who: anybody, id: "live",
			summary: "Says that the process runs.", mount: plain(echo.MIMETextPlain, (*Server).live)},
		{method: get, path: "/readyz", who: anybody, id: "ready",
			summary: "Says whether calls can be answered: the database is there.",
			mount:   plain(echo.MIMETextPlain, (*Server).ready)},
		{method: get, path: "/metrics", who: operator, id: "metrics",
			summary: "Measurements in Prometheus' text form.", mount: plain(echo.MIMETextPlain, (*Server).metrics)},
		{method: get, path: "/.well-known/jwks.json", who: anybody, id: "keys",
			summary: "The public keys of all tokens.", mount: plain(echo.MIMEApplicationJSON, (*Server).keys)},
		{method: get, path: "/openapi.yaml", who: anybody, id: "openapi",
			summary: "This description.", mount: plain("application/yaml", (*Server).description)},
		{method: get, path: "/docs", who: anybody, id: "docs", page: true,
			summary: "For developers: quickstart, guides, errors, this description as a page.",
			mount:   plain(echo.MIMETextHTML, (*Server).docsContents)},
		{method: get, path: "/docs/style.css", who: anybody, mount: plain("text/css", (*Server).docsStyle)},
	}
}

// gauges are the API's measurements; labels are templates and fixed words.
type gauges struct {
	calls   *prometheus.HistogramVec
	running prometheus.Gauge
	streams prometheus.Gauge
	panics  prometheus.Counter
}

func newGauges(registry *prometheus.Registry) *gauges {
	g := &gauges{
		calls: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "friendpay_http_seconds", Help: "Time to answer a call, by route, method and status.",
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"route", "method", "status"}),
		running: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "friendpay_http_running", Help: "Calls being answered, streams among them."}),
		streams: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "friendpay_streams", Help: "Open event streams."}),
		panics: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "friendpay_http_panics_total", Help: "Calls that met a bug."}),
	}
	registry.MustRegister(g.calls, g.running, g.streams, g.panics)
	return g
}

func (s *Server) live(c echo.Context) error { return c.String(http.StatusOK, "ok\n") }

// ready asks the database only: with Temporal down, pages are still read and
// callbacks still stored.
func (s *Server) ready(c echo.Context) error {
	if err := s.Store.Ping(c.Request().Context()); err != nil {
		return models.Refuse(models.Unavailable, "no_database", "The database does not answer.")
	}
	return c.String(http.StatusOK, "ok\n")
}

func (s *Server) metrics(c echo.Context) error {
	handler := promhttp.HandlerFor(s.Metrics, promhttp.HandlerOpts{})
	handler.ServeHTTP(c.Response(), c.Request())
	return nil
}

func (s *Server) keys(c echo.Context) error {
	set, err := s.Tokens.JWKS()
	if err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", "public, max-age=300")
	return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, set)
}

// secure says that people reach us over TLS.
func (s *Server) secure() bool { return strings.HasPrefix(s.Config.PublicURL, "https://") }
