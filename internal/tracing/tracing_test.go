package tracing_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
	"go.temporal.io/sdk/client"
	"go.uber.org/goleak"

	"github.com/friendpay/friendpay/internal/tracing"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const canary = "canary"

type world struct {
	*tracing.Traces
	kept *tracetest.InMemoryExporter
}

func newWorld(t *testing.T) world {
	t.Helper()
	kept := tracetest.NewInMemoryExporter()
	traces, err := tracing.New(kept, "friendpay-test")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, traces.Close()) })
	return world{traces, kept}
}

// only is the one span that there is.
func (w world) only(t *testing.T) tracetest.SpanStub {
	t.Helper()
	require.NoError(t, w.Flush(t.Context()))
	spans := w.kept.GetSpans()
	require.Len(t, spans, 1)
	require.NotContains(t, strings.ToLower(fmt.Sprintf("%+v", spans)), canary)
	return spans[0]
}

// attributes are those of a span, by name.
func attributes(span tracetest.SpanStub) map[string]string {
	found := map[string]string{}
	for _, one := range span.Attributes {
		found[string(one.Key)] = one.Value.String()
	}
	return found
}

func TestWhatIsNotAllowedIsWashedOff(t *testing.T) {
	w := newWorld(t)
	_, linked := w.Tracer().Start(t.Context(), "linked")
	_, span := w.Tracer().Start(t.Context(), "work", trace.WithLinks(trace.Link{
		SpanContext: linked.SpanContext(), Attributes: []attribute.KeyValue{attribute.String("who", canary)},
	}))
	span.SetAttributes(attribute.String("url.full", "https://x/"+canary),
		attribute.String("http.route", "/f/:token"),
		attribute.String("server.address", canary), attribute.String("db.query.text", canary))
	span.RecordError(errors.New(canary))
	span.AddEvent(canary, trace.WithAttributes(attribute.String("message", canary)))
	span.SetStatus(codes.Error, canary)
	span.End()
	seen := w.only(t)
	require.Equal(t, map[string]string{"http.route": "/f/:token"}, attributes(seen))
	require.Equal(t, codes.Error, seen.Status.Code, "that it failed may be told, and of what kind")
	require.Len(t, seen.Events, 1)
	require.Equal(t, "*errors.errorString", seen.Events[0].Attributes[0].Value.AsString())
}

func TestACallIsCalledAfterItsRoute(t *testing.T) {
	w := newWorld(t)
	handler := w.Handler(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		tracing.Answered(r.Context(), http.MethodGet, "/f/:token")
		rw.WriteHeader(http.StatusTeapot)
		require.NoError(t, http.NewResponseController(rw).Flush(), "streams still flow")
	}))
	call := httptest.NewRequest(http.MethodGet, "http://canary.example/f/canary?q=canary", nil)
	call.Header.Set("User-Agent", canary)
	call.Header.Set("Traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
	call.Header.Set("Tracestate", "canary=canary")
	call.Header.Set("Baggage", "canary=canary")
	handler.ServeHTTP(httptest.NewRecorder(), call)
	seen := w.only(t)
	require.Equal(t, "GET /f/:token", seen.Name)
	require.False(t, seen.Parent.IsValid(), "a stranger's trace is not ours")
	require.Equal(t, map[string]string{
		"http.request.method": "GET", "http.response.status_code": "418", "http.route": "/f/:token",
	}, attributes(seen))
}

func TestProbesLeaveNoSpan(t *testing.T) {
	w := newWorld(t)
	handler := w.Handler(http.NotFoundHandler())
	for _, path := range []string{"/livez", "/readyz", "/metrics", "/f/x"} {
		handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, path, nil))
	}
	w.only(t)
}

func TestACallOutTellsMethodAndHostAndNobodyElse(t *testing.T) {
	w := newWorld(t)
	var heard http.Header
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		heard = r.Header
	}))
	defer server.Close()
	at, err := url.Parse(server.URL + "/canary?k=canary")
	require.NoError(t, err)
	at.User = url.UserPassword(canary, canary)
	outgoing := &http.Client{Transport: w.Transport(nil)}
	body := strings.NewReader(canary)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, at.String(), body)
	require.NoError(t, err)
	answer, err := outgoing.Do(request)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	outgoing.CloseIdleConnections()
	seen := w.only(t)
	require.Equal(t, "POST 127.0.0.1", seen.Name)
	require.Equal(t, map[string]string{
		"http.request.method": "POST", "http.response.status_code": "200",
		"server.address": "127.0.0.1", "server.port": at.Port(),
	}, attributes(seen))
	require.Empty(t, heard.Get("Traceparent")+heard.Get("Baggage"), "others learn nothing of our traces")
}

func TestACallOutThatFailsQuotesNothing(t *testing.T) {
	w := newWorld(t)
	broken := w.Transport(failing{})
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://x.example/canary", nil)
	require.NoError(t, err)
	answer, err := broken.RoundTrip(request) //nolint:bodyclose // there is none
	require.ErrorContains(t, err, canary)
	require.Nil(t, answer)
	require.Equal(t, codes.Error, w.only(t).Status.Code)
}

type failing struct{}

func (failing) RoundTrip(*http.Request) (*http.Response, error) { return nil, errors.New(canary) }

func TestOffChangesNothing(t *testing.T) {
	var off *tracing.Traces
	page := http.NewServeMux()
	require.Same(t, page, off.Handler(page))
	require.Nil(t, off.Transport(nil))
	var options client.Options
	require.NoError(t, off.Temporal(&options))
	require.Empty(t, options.Interceptors)
	_, span := off.Tracer().Start(context.Background(), "nothing")
	require.False(t, span.SpanContext().IsValid())
	require.NoError(t, errors.Join(off.Flush(t.Context()), off.Close()))
}
