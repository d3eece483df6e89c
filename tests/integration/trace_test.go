package integration

import (
	"context"
	"log/slog"
	"maps"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.temporal.io/sdk/client"

	"github.com/friendpay/friendpay/internal/house"
	"github.com/friendpay/friendpay/internal/local"
	"github.com/friendpay/friendpay/internal/testkit"
	"github.com/friendpay/friendpay/store"
)

const (
	callbackSpan = "POST /v1/callbacks/:provider/:account"
	keepsEvent   = "INSERT provider_events"
	readsAccount = "SELECT provider_accounts"
)

// guarded lets a callback have the API to itself, and counts what it asks the database.
type guarded struct {
	alone sync.RWMutex
	wire  wire

	mu         sync.Mutex
	statements []int64 // of each callback, in order
}

func (g *guarded) gate(api http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/v1/callbacks/") {
			g.alone.RLock()
			defer g.alone.RUnlock()
			api.ServeHTTP(w, r)
			return
		}
		g.alone.Lock()
		defer g.alone.Unlock()
		before := g.wire.statements()
		api.ServeHTTP(w, r)
		g.mu.Lock()
		defer g.mu.Unlock()
		g.statements = append(g.statements, g.wire.statements()-before)
	})
}

// counted are the statements of each callback so far.
func (g *guarded) counted() []int64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	return append([]int64{}, g.statements...)
}

// Between a provider's genuine callback and its acknowledgement there is the HTTP call and the database, and
// no Temporal. It costs exactly one statement, which keeps the event; one more where this process has not
// opened the account for 30 s, as it does when the friend asks to pay. What the worker makes of it is another
// trace, and drawn beside.
//
// Controls: posting through the door in takeCallback (s.Door.Post before the answer) puts
// UpdateWithStartWorkflow into the trace and fails here; so does one more read in it, in the trace and on
// the wire.
func TestTheTraceOfACallback(t *testing.T) {
	direct := testkit.Database(t, store.Migrate)
	guard, seen := &guarded{}, newSpans(t, "friendpay-api")
	town, err := local.Start(t.Context(), local.Options{
		Speed: 60, Volatile: true, Gate: guard.gate, Traces: seen.traces,
		DatabaseURL: guard.wire.tap(t, direct),
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, town.Close()) })
	worked := workBeside(t, town, direct)
	friend := &errand{t: t, house: town, canaries: hoard{}}
	friend.friendPays("mockpay", "Mozilla/5.0 (X11) Chrome/142.0", friend.logInByPhone)

	calls, counted := seen.await(callbackSpan, 2), guard.counted()
	require.Len(t, counted, len(calls))
	for i, call := range calls {
		t.Logf("callback %d, statements on the wire: %d\n%s", i+1, counted[i], seen.tree(call))
		names := databaseOnly(t, seen, call)
		if i > 0 && names[0] == readsAccount {
			names, counted[i] = names[1:], counted[i]-1 // half a minute has passed
		}
		require.Equal(t, []string{keepsEvent}, names)
		require.EqualValues(t, 1, counted[i], "spans and the wire say the same")
	}
	for _, other := range seen.all() { // a callback had the API to itself: nothing was started on the side
		for _, call := range calls {
			same := other.SpanContext.TraceID() == call.SpanContext.TraceID()
			require.True(t, same || other.StartTime.After(call.EndTime) || other.EndTime.Before(call.StartTime),
				"%s while a callback waits", other.Name)
		}
	}
	relayed := worked.await("relay event", 1)[0]
	t.Logf("and what the relay did then:\n%s", worked.tree(relayed))
	posts := worked.of(relayed.SpanContext.TraceID())
	require.Contains(t, text(posts), "temporalWorkflowID=friendpay/", "spans of Temporal can be seen at all")
}

// databaseOnly lists the statements of a callback that was acknowledged with 200, and allows nothing else.
func databaseOnly(t *testing.T, seen *spans, call tracetest.SpanStub) (names []string) {
	t.Helper()
	require.Equal(t, "200", said(call, "http.response.status_code"))
	for _, span := range seen.of(call.SpanContext.TraceID()) {
		if span.SpanContext.SpanID() == call.SpanContext.SpanID() {
			continue
		}
		require.Equal(t, "postgresql", said(span, "db.system.name"), "%s before the acknowledgement", span.Name)
		require.False(t, span.StartTime.Before(call.StartTime) || span.EndTime.After(call.EndTime), span.Name)
		names = append(names, span.Name)
	}
	return names
}

// workBeside runs a worker with a house and spans of its own on the same servers, as another process would.
func workBeside(t *testing.T, town *local.House, database string) *spans {
	t.Helper()
	env := maps.Clone(town.Env)
	env["DATABASE_URL"] = database
	config, err := house.Read(env)
	require.NoError(t, err)
	seen := newSpans(t, "friendpay-worker")
	temporal := client.Options{HostPort: env["TEMPORAL_ADDRESS"]}
	beside, err := house.Open(t.Context(), config, temporal, slog.New(slog.DiscardHandler), seen.traces)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, beside.Close()) })
	w, err := beside.Worker()
	require.NoError(t, err)
	require.NoError(t, w.Start(context.WithoutCancel(t.Context())))
	t.Cleanup(func() { require.NoError(t, w.Stop()) })
	return seen
}
