package tracing

import (
	"context"
	"net/http"
	"slices"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// unseen are the calls of machines, many a minute, that nobody looks for.
var unseen = []string{"/livez", "/readyz", "/metrics"}

// Handler gives each call a span. It begins a trace of its own, whatever the caller's headers say: strangers
// call. Answered names it, once the route is known.
func (t *Traces) Handler(next http.Handler) http.Handler {
	if t == nil {
		return next
	}
	return otelhttp.NewHandler(next, "call", otelhttp.WithTracerProvider(t.provider), silent(),
		otelhttp.WithFilter(func(r *http.Request) bool { return !slices.Contains(unseen, r.URL.Path) }),
		otelhttp.WithSpanNameFormatter(func(operation string, _ *http.Request) string { return operation }))
}

// Answered names the span of a call after its route's template.
func Answered(ctx context.Context, method, template string) {
	span := trace.SpanFromContext(ctx)
	span.SetName(method + " " + template)
	span.SetAttributes(attribute.String("http.route", template))
}

// Transport gives each call out of the house a span with its method and host. No header of ours tells the
// others about it. Nil is the default transport.
func (t *Traces) Transport(next http.RoundTripper) http.RoundTripper {
	if t == nil {
		return next
	}
	if next == nil {
		next = http.DefaultTransport
	}
	return road{otelhttp.NewTransport(next, otelhttp.WithTracerProvider(t.provider), silent(),
		otelhttp.WithSpanNameFormatter(func(_ string, r *http.Request) string {
			return r.Method + " " + r.URL.Hostname()
		})), next}
}

// silent neither believes a caller's trace nor tells ours.
func silent() otelhttp.Option {
	return otelhttp.WithPropagators(propagation.NewCompositeTextMapPropagator())
}

// road is a traced transport that still lets http.Client close what is open and unused.
type road struct {
	http.RoundTripper
	under http.RoundTripper
}

// CloseIdleConnections passes the wish on.
func (r road) CloseIdleConnections() {
	if closer, ok := r.under.(interface{ CloseIdleConnections() }); ok {
		closer.CloseIdleConnections()
	}
}
