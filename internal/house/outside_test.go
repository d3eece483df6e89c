package house

import (
	"errors"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/outward"
)

// reached answers nothing, and proves that a call was let through.
type reached struct{}

var errReached = errors.New("let through")

func (reached) RoundTrip(*http.Request) (*http.Response, error) { return nil, errReached }

func TestProductionReachesProvidersOutsideOnly(t *testing.T) {
	t.Parallel()
	inside := outward.ErrInside
	for address, want := range map[string]error{
		"https://api.mch.weixin.qq.com/v3": errReached, "http://api.mch.weixin.qq.com/v3": inside,
		"https://127.0.0.1:8090/v3": inside, "https://localhost/v3": inside, "https://[::1]/v3": inside,
		"https://[::ffff:127.0.0.1]/v3": inside,
		"https://sim.localhost/":        inside, "https://0.0.0.0/": inside,
	} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
		require.NoError(t, err)
		_, err = outside{next: reached{}}.RoundTrip(request) //nolint:bodyclose // never answers
		require.ErrorIs(t, err, want, address)
	}
	require.Nil(t, Config{Mode: "dev"}.providerClient().Transport)
	require.IsType(t, outside{}, Config{Mode: "production"}.providerClient().Transport)
}

// In production nothing that a merchant wrote leads outward.ErrInside; dev has him on this machine.
func TestProductionReachesMerchantsOutsideOnly(t *testing.T) {
	t.Parallel()
	strict, dev := Config{Mode: "production"}, Config{Mode: "dev"}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://127.0.0.1:1/hook", nil)
	require.NoError(t, err)
	_, err = strict.merchants().RoundTrip(request) //nolint:bodyclose // never answers
	require.ErrorIs(t, err, outward.ErrInside)
	require.Nil(t, dev.merchants())
	require.NoError(t, dev.CheckWebhook("http://127.0.0.1:1/hook"))
	require.NoError(t, strict.CheckWebhook(""))
	require.NoError(t, strict.CheckWebhook("https://shop.example.com/hook"))
	require.ErrorIs(t, strict.CheckWebhook("https://10.0.0.1/hook"), outward.ErrInside)
	own := Config{Mode: "production", WebhookNetworks: []string{"10.0.0.0/8"}}
	require.NoError(t, own.CheckWebhook("https://10.0.0.1/hook"))
}
