package house

import (
	"errors"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// reached answers nothing, and proves that a call was let through.
type reached struct{}

var errReached = errors.New("let through")

func (reached) RoundTrip(*http.Request) (*http.Response, error) { return nil, errReached }

func TestProductionReachesProvidersOutsideOnly(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]error{
		"https://api.mch.weixin.qq.com/v3": errReached, "http://api.mch.weixin.qq.com/v3": errInside,
		"https://127.0.0.1:8090/v3": errInside, "https://localhost/v3": errInside, "https://[::1]/v3": errInside,
		"https://[::ffff:127.0.0.1]/v3": errInside,
		"https://sim.localhost/":        errInside, "https://0.0.0.0/": errInside,
	} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
		require.NoError(t, err)
		_, err = outside{reached{}}.RoundTrip(request) //nolint:bodyclose // never answers
		require.ErrorIs(t, err, want, address)
	}
	require.Nil(t, Config{Mode: "dev"}.providerClient().Transport)
	require.IsType(t, outside{}, Config{Mode: "production"}.providerClient().Transport)
}
