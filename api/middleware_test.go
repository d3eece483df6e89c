package api

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEveryAnswerIsSecured(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{"/livez", "/v1/requests", "/nowhere", "/docs"} {
		h := w.call(get, path, "", "").Header()
		require.Contains(t, h.Get("Content-Security-Policy"), "default-src 'self'", path)
		require.Equal(t, "no-referrer", h.Get("Referrer-Policy"), path)
		require.Equal(t, "nosniff", h.Get("X-Content-Type-Options"), path)
		require.Equal(t, "no-store", h.Get("Cache-Control"), path)
		require.Contains(t, h.Get("X-Robots-Tag"), "noindex", path)
		require.NotEmpty(t, h.Get("X-Request-Id"), path)
		require.NotEmpty(t, h.Get("Strict-Transport-Security"), path)
		require.Empty(t, h.Get("Access-Control-Allow-Origin"), path)
	}
	require.Contains(t, w.call(get, "/.well-known/jwks.json", "", "").Header().Get("Cache-Control"), "public")
}

func TestAnotherSiteIsRefused(t *testing.T) {
	w := newWorld(t)
	for _, header := range [][]string{
		{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://evil.example"}, {"Sec-Fetch-Site", "same-site"},
	} {
		got := w.call(post, "/v1/eligibility", teaKey, `{}`, header...)
		require.Equal(t, http.StatusForbidden, got.Code, header)
		require.Equal(t, "cross_site", got.text("reason"))
	}
	preflight := w.call(http.MethodOptions, "/v1/requests", "", "", "Origin", "https://evil.example")
	require.Empty(t, preflight.Header().Get("Access-Control-Allow-Origin"))
}

func TestLogsHoldTemplatesOnly(t *testing.T) {
	w := newWorld(t)
	w.call(get, "/v1/requests/fpr_canary?app=canary", teaKey, "")
	w.call(get, "/canary/path?token=canary", "", "")
	w.call("CANARY", "/v1/requests", "", "")
	line := w.log.String()
	require.Contains(t, line, `"route":"/v1/requests/:id"`)
	require.Contains(t, line, `"route":"(none)"`)
	require.NotContains(t, strings.ToLower(line), "canary")
	require.NotContains(t, line, "fpk_")
	metrics := w.call(get, "/metrics", "", "").Body.String()
	counted := `friendpay_http_seconds_count{method="GET",route="/v1/requests/:id",status="422"} 1`
	require.Contains(t, metrics, counted)
	require.NotContains(t, strings.ToLower(metrics), "canary")
}

func TestOnlyTrustedProxiesNameTheAddress(t *testing.T) {
	t.Parallel()
	ask := func(proxies []netip.Prefix, remote, forwarded string) string {
		r := httptest.NewRequestWithContext(t.Context(), get, "/", nil)
		r.RemoteAddr = remote
		r.Header.Set("X-Forwarded-For", forwarded)
		return ipExtractor(proxies)(r)
	}
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	require.Equal(t, "203.0.113.9", ask(nil, "203.0.113.9:1", "198.51.100.1"))
	require.Equal(t, "198.51.100.1", ask(proxies, "10.1.2.3:1", "198.51.100.1"))
	require.Equal(t, "198.51.100.1", ask(proxies, "[fd00::1]:1", "198.51.100.1"))
	require.Equal(t, "198.51.100.1", ask(proxies, "10.1.2.3:1", "192.0.2.7, 198.51.100.1, 10.9.9.9"))
	require.Equal(t, "203.0.113.9", ask(proxies, "203.0.113.9:1", "198.51.100.1"), "a stranger is not believed")
	require.Equal(t, "127.0.0.1", ask(proxies, "127.0.0.1:1", "198.51.100.1"), "nor is this machine")
}

func TestHealth(t *testing.T) {
	w := newWorld(t)
	require.Equal(t, http.StatusOK, w.call(get, "/livez", "", "").Code)
	require.Equal(t, http.StatusOK, w.call(get, "/readyz", "", "").Code)
	require.Contains(t, w.call(get, "/.well-known/jwks.json", "", "").Body.String(), `"kid":"payer"`)
	require.Contains(t, w.call(get, "/docs/style.css", "", "").Header().Get("Content-Type"), "text/css")
}

func TestOneSiteIsOneVisitor(t *testing.T) {
	for from, want := range map[string]string{
		"203.0.113.9": "203.0.113.9", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64", "nonsense": "nonsense",
	} {
		require.Equal(t, want, address(context.WithValue(t.Context(), addressKey, from)))
	}
}
