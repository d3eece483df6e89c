package meter_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/meter"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/store"
)

// page is what a collector reads.
func page(t *testing.T, m *meter.Meter) string {
	t.Helper()
	answer := httptest.NewRecorder()
	ask := httptest.NewRequest(http.MethodGet, "/metrics", nil)
	promhttp.HandlerFor(m.Registry, promhttp.HandlerOpts{}).ServeHTTP(answer, ask)
	require.Equal(t, http.StatusOK, answer.Code)
	return answer.Body.String()
}

func TestWhatIsMeasured(t *testing.T) {
	m, err := meter.New(func(context.Context) ([]store.Waiting, error) {
		return []store.Waiting{
			{Queue: "inbox", Kind: "pending", Count: 3, Seconds: 7.5},
			{Queue: "deliveries", Kind: "queued", Count: 40, Seconds: 9},
			{Queue: "endpoints", Kind: "failing", Count: 2, Seconds: 3600},
		}, nil
	})
	require.NoError(t, err)
	m.Called(store.Call{
		Provider: "mockpay", Op: "refund", Class: providers.Ambiguous, Latency: 30 * time.Millisecond,
		Request: "fpr_canary", Attempt: "canary", Code: "canary",
	})
	m.Called(store.Call{Provider: "mockpay", Op: "query", Latency: time.Second})
	m.Turned(store.Turn{BreakerKey: store.BreakerKey{App: "canary", Channel: "alipay"}, To: "open"})
	m.Temporal().WithTags(map[string]string{"task_queue": "friendpay"}).Counter("temporal_request").Inc(2)
	m.Temporal().Timer("temporal_request_latency").Record(30 * time.Millisecond)
	text := page(t, m)
	for _, line := range []string{
		`friendpay_provider_call_seconds_count{class="ambiguous",op="refund",provider="mockpay"} 1`,
		`friendpay_provider_call_seconds_count{class="ok",op="query",provider="mockpay"} 1`,
		`friendpay_breaker_turns_total{channel="alipay",surface="all",to="open"} 1`,
		`friendpay_waiting{kind="pending",queue="inbox"} 3`,
		`friendpay_waiting_oldest_seconds{kind="pending",queue="inbox"} 7.5`,
		`friendpay_waiting{kind="queued",queue="deliveries"} 40`,
		`friendpay_waiting_oldest_seconds{kind="queued",queue="deliveries"} 9`,
		`friendpay_waiting_oldest_seconds{kind="failing",queue="endpoints"} 3600`,
		`friendpay_database_readable 1`,
		`temporal_request_total{task_queue="friendpay"} 2`,
		`temporal_request_latency_seconds_bucket{le="0.025"} 0`,
		`temporal_request_latency_seconds_bucket{le="0.1"} 1`,
		`go_goroutines `,
	} {
		require.Contains(t, text, "\n"+line)
	}
	require.NotContains(t, text, "canary")
}

func TestWithoutADatabaseTheRestIsServed(t *testing.T) {
	m, err := meter.New(func(ctx context.Context) ([]store.Waiting, error) {
		_, bounded := ctx.Deadline()
		require.True(t, bounded)
		return nil, errors.New("down")
	})
	require.NoError(t, err)
	text := page(t, m)
	require.Contains(t, text, "\nfriendpay_database_readable 0")
	require.NotContains(t, text, "friendpay_waiting{")
	require.Contains(t, text, "\ngo_goroutines ")
}
