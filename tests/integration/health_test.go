package integration

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/local"
)

// A worker is ready while it can move requests, and says why it is not. What waits and what was called
// is measured.
func TestAWorkerSaysHowItFares(t *testing.T) {
	town, err := local.Start(t.Context(), local.Options{Speed: 60, Volatile: true, WorkerListen: "127.0.0.1:0"})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, town.Close()) })
	says := func(path string) (status int, text string) { return ask(t, town.WorkerURL+path) }
	becomes := func(path string, status int, words string) {
		t.Helper()
		var code int
		var text string
		require.Eventually(t, func() bool {
			code, text = says(path)
			return code == status && strings.HasPrefix(text, words)
		}, 45*time.Second, 50*time.Millisecond, "last seen: %d %s", code, text)
	}
	becomes("/readyz", http.StatusServiceUnavailable, "no worker runs")
	require.NoError(t, town.StartWorker(context.WithoutCancel(t.Context())))
	becomes("/readyz", http.StatusOK, "ok")

	friend := &errand{t: t, house: town, canaries: hoard{}}
	friend.friendPays("mockpay", "Mozilla/5.0 (X11) Chrome/142.0", friend.logInByPhone)
	// A refund may be reported before the call that asked for it has its answer.
	const refunds = "\n" + `friendpay_provider_call_seconds_count{class="ok",op="refund",provider="mockpay"} 1`
	require.Eventually(t, func() bool {
		_, text := says("/metrics")
		return strings.Contains(text, refunds)
	}, 45*time.Second, 50*time.Millisecond)
	_, measured := says("/metrics")
	_, api := ask(t, town.APIURL+"/metrics")
	for _, line := range []string{
		`friendpay_provider_call_seconds_count{class="ok",op="query",provider="mockpay"}`,
		`friendpay_provider_call_seconds_count{class="ok",op="refund",provider="mockpay"} 1`,
		`friendpay_waiting{kind="pending",queue="inbox"} `,
		`friendpay_waiting_oldest_seconds{kind="pending",queue="outbox"} `,
		`friendpay_database_readable 1`, `temporal_request_total{`,
		`temporal_activity_execution_latency_seconds_count{`,
	} {
		require.Contains(t, measured, "\n"+line)
		require.Contains(t, api, "\n"+line, "API and worker share a house here, and a page everywhere")
	}
	require.Contains(t, api, "\nfriendpay_http_seconds_count{")

	require.NoError(t, town.Temporal.Kill())
	becomes("/readyz", http.StatusServiceUnavailable, "the engine does not answer")
	becomes("/livez", http.StatusOK, "ok") // a restart would not help
	require.NoError(t, town.Temporal.Restart(t.Context()))
	becomes("/readyz", http.StatusOK, "ok")
	require.NoError(t, town.Postgres.Kill())
	becomes("/readyz", http.StatusServiceUnavailable, "the database does not answer")
	_, measured = says("/metrics")
	require.Contains(t, measured, "\nfriendpay_database_readable 0")
	require.NoError(t, town.Postgres.Restart(t.Context()))
	becomes("/readyz", http.StatusOK, "ok")
	require.NoError(t, town.StopWorker())
	becomes("/readyz", http.StatusServiceUnavailable, "no worker runs")
}

// ask gets a page.
func ask(t *testing.T, address string) (status int, text string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	require.NoError(t, err)
	answer, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return answer.StatusCode, string(body)
}
