package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/mint"
)

// kept are the routes whose successes may be kept by caches: the same for everybody.
var kept = map[string]string{
	"GET /.well-known/jwks.json": "public, max-age=300",
	"GET /openapi.yaml":          "public, max-age=300",
}

// secured checks what no answer may go without, error or not.
func (a answer) secured(what, cached string) {
	a.t.Helper()
	h := a.Header()
	policy := h.Get("Content-Security-Policy")
	for _, part := range []string{
		"default-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'",
	} {
		require.Contains(a.t, policy, part, what)
	}
	require.NotContains(a.t, policy, "unsafe", what)
	require.Contains(a.t, []string{"no-referrer", "same-origin"}, h.Get("Referrer-Policy"), what)
	require.Equal(a.t, "nosniff", h.Get("X-Content-Type-Options"), what)
	require.Equal(a.t, "DENY", h.Get("X-Frame-Options"), what)
	require.NotEmpty(a.t, h.Get("Strict-Transport-Security"), what)
	require.Empty(a.t, h.Get("Access-Control-Allow-Origin"), what)
	if cached == "" || a.Code >= http.StatusBadRequest {
		cached = "no-store"
	}
	require.Equal(a.t, cached, h.Get("Cache-Control"), "%s answered %d", what, a.Code)
}

func newMeteredWorld(t *testing.T) *world {
	t.Helper()
	return newWorld(t, func(d *Deps) {
		d.Config.MetricsToken = "collect"
	})
}

// Every route, as its own audience, as nobody and with all that HTTP can get wrong.
func TestEveryAnswerOfEveryRouteIsSecured(t *testing.T) {
	w := newMeteredWorld(t)
	credentials := w.credentials()
	statuses := map[int]bool{}
	for _, r := range w.server.allRoutes() {
		name := r.method + " " + r.path
		path := strings.NewReplacer("{file}", "app.css", "{id}", "fpr_1", "{", "", "}", "").Replace(r.path)
		send := func(method, path, kind, body string, headers ...string) {
			got := w.call(method, path, "", body, append(headers, "Content-Type", kind, keyHeader, mint.Number())...)
			got.secured(name, kept[name])
			statuses[got.Code] = true
		}
		own := credentials[passes[r.who][0]]
		send(r.method, path, "application/json", "{}")
		send(r.method, path, "application/json", "{}", own...)
		send(http.MethodDelete, path, "", "", own...)
		send(r.method, path+"/../x", "", "", own...)
		send(r.method, path+"?%zz=%01", "application/json", "\xff", own...)
		if r.method == post {
			send(post, path, "application/json", strings.Repeat(" ", maxBody+1), own...)
			send(post, path, "text/plain", "{}", own...)
			send(post, path, "application/x-www-form-urlencoded", "channel=mock&code=x", own...)
			send(post, path, "application/json", "{}", append(own, "Sec-Fetch-Site", "cross-site")...)
		}
	}
	for _, status := range []int{200, 303, 400, 401, 403, 404, 405, 413, 415, 422} {
		require.True(t, statuses[status], "no answer was %d", status)
	}
	w.call(get, "/nowhere", "", "").secured("nowhere", "")
}

// A bug and a full share are answers, too.
func TestAnswersInTroubleAreSecured(t *testing.T) {
	w := newWorld(t)
	door := &panickyDoor{Door: w.door}
	w.server.Door = door
	broken := w.create("/v1/requests", teaKey, `{"order":`+orderBody("A1")+`}`)
	require.Equal(t, http.StatusInternalServerError, broken.Code)
	broken.secured("a panic", "")
	for range missesPerMinute {
		w.call(get, "/f/x", "", "")
	}
	limited := w.call(get, "/f/x", "", "", "Accept", "text/html")
	require.Equal(t, http.StatusTooManyRequests, limited.Code)
	limited.secured("a limit", "")
	require.Equal(t, "no-referrer", limited.Header().Get("Referrer-Policy"), "its address holds a secret")
	require.NoError(t, w.store.Close())
	away := w.call(get, "/readyz", "", "")
	require.Equal(t, http.StatusServiceUnavailable, away.Code)
	away.secured("no database", "")
}

// A form of another site changes nothing, wherever it is sent: each unsafe route of
// the list, with the credentials that a browser would add by itself.
func TestNoUnsafeRouteTakesAnotherSitesForm(t *testing.T) {
	w := newMeteredWorld(t)
	w.place()
	credentials := w.credentials()
	before := w.rows()
	unsafe := 0
	for _, r := range w.server.allRoutes() {
		if r.method == get {
			continue
		}
		unsafe++
		path := strings.NewReplacer("{id}", "fpr_1", "{", "", "}", "").Replace(r.path)
		for _, from := range [][]string{
			{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://evil.example"},
			{"Origin", "http://pay.example.com"}, {"Origin", "https://pay.example.com:8443"},
			{"Sec-Fetch-Site", "cross-site", "Origin", "null"},
		} {
			headers := append(from, "Content-Type", "application/x-www-form-urlencoded", keyHeader, "k")
			got := w.call(r.method, path, "", "channel=mock", append(headers, credentials[passes[r.who][0]]...)...)
			want := http.StatusForbidden
			if r.foreign {
				want = http.StatusSeeOther
			}
			require.Equal(t, want, got.Code, "%s from %s", path, from)
			require.Empty(t, got.Header().Get("Set-Cookie"), path)
		}
	}
	require.Greater(t, unsafe, 25)
	require.Equal(t, before, w.rows())
}
