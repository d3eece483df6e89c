package house

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
)

// The token that the command prints opens the door that the command serves.
func TestTheCodecServerTakesItsToken(t *testing.T) {
	t.Parallel()
	env := FreshKeys()
	env["FRIENDPAY_MODE"], env["FRIENDPAY_PUBLIC_URL"], env["DATABASE_URL"] = "dev", "http://127.0.0.1:1", "x"
	config, err := Read(env)
	require.NoError(t, err)
	handler, err := config.CodecServer("http://127.0.0.1:2", slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	raw, _, err := config.CodecToken("ada")
	require.NoError(t, err)
	for bearer, want := range map[string]int{raw: http.StatusBadRequest, "x": http.StatusUnauthorized} {
		request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/decode", nil)
		request.Header.Set("Authorization", "Bearer "+bearer)
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, request)
		require.Equal(t, want, answer.Code, answer.Body)
	}
}
