package house_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"github.com/friendpay/friendpay/internal/house"
	"github.com/friendpay/friendpay/internal/testkit"
	"github.com/friendpay/friendpay/store"
	"github.com/friendpay/friendpay/worker"
)

// Without Temporal a worker's port still answers; measurements want the token of the API's.
func TestAWorkersPortAndItsToken(t *testing.T) {
	config, err := house.Read(settings("DATABASE_URL", testkit.Database(t, store.Migrate),
		"FRIENDPAY_METRICS_TOKEN", "collect"))
	require.NoError(t, err)
	log := slog.New(slog.DiscardHandler)
	h, err := house.Open(t.Context(), config, client.Options{HostPort: "127.0.0.1:1"}, log, nil)
	require.NoError(t, err)
	defer func() { require.NoError(t, h.Close()) }()
	port := h.WorkerServer("127.0.0.1:8081", func() *worker.Worker { return nil })
	require.Equal(t, "127.0.0.1:8081", port.Addr)
	for _, look := range []struct {
		method, path, token string
		status              int
		says                string
	}{
		{http.MethodGet, "/livez", "", http.StatusOK, "ok\n"},
		{http.MethodGet, "/readyz", "", http.StatusServiceUnavailable, "the engine does not answer\n"},
		{http.MethodGet, "/metrics", "", http.StatusUnauthorized, "Say who you are.\n"},
		{http.MethodGet, "/metrics", "collec", http.StatusUnauthorized, "Say who you are.\n"},
		{http.MethodGet, "/metrics", "collect", http.StatusOK, "friendpay_database_readable 1\n"},
		{http.MethodPost, "/livez", "", http.StatusMethodNotAllowed, "Method Not Allowed\n"},
		{http.MethodGet, "/", "", http.StatusNotFound, "404 page not found\n"},
	} {
		call := httptest.NewRequest(look.method, look.path, nil)
		if look.token != "" {
			call.Header.Set("Authorization", "Bearer "+look.token)
		}
		answer := httptest.NewRecorder()
		port.Handler.ServeHTTP(answer, call)
		require.Equal(t, look.status, answer.Code, "%+v", look)
		require.Contains(t, answer.Body.String(), look.says, "%+v", look)
	}
}
