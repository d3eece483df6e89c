package api

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/friendpay/friendpay/store"
)

// What a friend's first page may cost him, in bytes on the wire and in requests.
const (
	pageBytes    = 50_000
	pageRequests = 4
)

// loaded is what a browser loads for a page.
var loaded = regexp.MustCompile(`<(?:link|script|img|iframe)[^>]* (?:href|src)="([^"]+)"`)

// weight is what an answer takes on the wire, headers included.
func weight(a answer) (bytes int) {
	for name, values := range a.Header() {
		bytes += len(name) + len(strings.Join(values, ", ")) + len(": \r\n")
	}
	return bytes + a.Body.Len()
}

// The first page and all that it links to is small, comes in few requests, and all of it from us.
func TestTheFirstPageIsLight(t *testing.T) {
	f := newFriends(t)
	v := &visitor{friends: f}
	link := "/f/" + f.secret(f.place())
	page := v.get(link).Body.String()
	requests, bytes := 1, weight(v.get(link, "Accept-Encoding", "gzip"))
	for _, found := range loaded.FindAllStringSubmatch(page, -1) {
		require.True(t, strings.HasPrefix(found[1], "/static/"), found[1])
		asset := v.get(found[1], "Accept-Encoding", "gzip")
		require.Equal(t, http.StatusOK, asset.Code, found[1])
		require.Contains(t, asset.Header().Get("Cache-Control"), "immutable", found[1])
		requests, bytes = requests+1, bytes+weight(asset)
	}
	require.Equal(t, pageRequests, requests, "the page, its styles, its script, its icon")
	require.LessOrEqual(t, bytes, pageBytes)
	t.Logf("%d requests, %d bytes", requests, bytes)
	packed := v.get(link, "Accept-Encoding", "gzip")
	require.Equal(t, "gzip", packed.Header().Get("Content-Encoding"))
	require.Contains(t, packed.Header().Values("Vary"), "Accept-Language, Cookie")
	require.Equal(t, "no-store", packed.Header().Get("Cache-Control"))
	plain := v.post("/c", "code", "no code")
	require.Empty(t, plain.Header().Get("Content-Encoding"), "it repeats what was typed")
}

// watched is a world whose statements are counted: those of each call.
func watched(t *testing.T) (f *friends, statements func(call func()) []string) {
	t.Helper()
	kept := tracetest.NewInMemoryExporter()
	tracer := sdktrace.NewTracerProvider(sdktrace.WithSyncer(kept)).Tracer("test")
	f = newFriends(t)
	rows, err := store.Open(t.Context(), f.dsn, store.Options{Vault: newVault(t), Tracer: tracer})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, rows.Close()) })
	deps := f.server.Deps
	deps.Store, deps.Metrics = rows, nil
	deps.Traced = func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ctx, span := tracer.Start(r.Context(), "call")
			defer span.End()
			next.ServeHTTP(w, r.WithContext(ctx))
		})
	}
	f.server, err = New(deps)
	require.NoError(t, err)
	return f, func(call func()) (names []string) {
		kept.Reset()
		call()
		for _, span := range kept.GetSpans() {
			if span.SpanKind == trace.SpanKindClient {
				names = append(names, span.Name)
			}
		}
		return names
	}
}

// A page of the friend's is one look into the database, however often it is read.
func TestAPageIsOneRoundTrip(t *testing.T) {
	f, statements := watched(t)
	id := f.place()
	link := "/f/" + f.secret(id)
	stranger := &visitor{friends: f}
	stranger.get(link) // the first reads the catalogue, too
	once := func(v *visitor, path string, want int) {
		t.Helper()
		took := statements(func() { require.Equal(t, http.StatusOK, v.get(path).Code, path) })
		require.Len(t, took, want, "%s took %v", path, took)
	}
	once(stranger, link, 1)
	v := f.visit(id)
	once(v, link, 1)
	once(v, "/pay", 1)
	once(v, "/pay/decline", 1)
	v.logIn("13800138000")
	once(v, "/pay", 1)
	v.pay()
	once(stranger, link, 1)
	once(v, "/pay/result", 2) // and where to go on paying, which only its payer may see
	f.happen(id, captured12900())
	once(v, "/pay/result", 1)
	f.accepts(id)
	once(v, "/pay/result", 2) // and how his friend thanked him
}
