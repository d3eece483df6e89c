package api

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/store"
)

// keyed gives the tea house one more key with these scopes, and returns it.
func (w *world) keyed(scopes ...string) string {
	w.t.Helper()
	text, row := NewKey(store.APIKey{
		Merchant: "mer_tea", Apps: []string{"app_tea"}, Mode: "test", Scopes: scopes,
	})
	_, err := w.store.CreateAPIKey(w.t.Context(), row)
	require.NoError(w.t, err)
	return text
}

// Each route that a key opens, by a key with every scope but its own, and by one with its own only.
func TestEachRouteWantsItsScope(t *testing.T) {
	w := newWorld(t)
	own, others := map[string]string{}, map[string]string{}
	for _, scope := range Scopes {
		own[scope] = w.keyed(scope)
		others[scope] = w.keyed(slices.DeleteFunc(slices.Clone(Scopes),
			func(s string) bool { return s == scope })...)
	}
	tried := 0
	for _, r := range w.server.allRoutes() {
		if r.who != merchant && r.who != seller && r.who != buyer || r.streams {
			continue
		}
		require.Contains(t, Scopes, r.needs(), r.path)
		tried++
		path := strings.NewReplacer("{id}", "fpr_1", "{", "", "}", "").Replace(r.path)
		got := w.call(r.method, path, others[r.needs()], "{}", keyHeader, mint.Number())
		require.Equal(t, http.StatusForbidden, got.Code, "%s %s: %s", r.method, r.path, got.Body)
		require.Equal(t, "insufficient_scope", got.text("reason"))
		require.Contains(t, got.text("fix"), r.needs(), "it names the scope")
		got = w.call(r.method, path, own[r.needs()], "{}", keyHeader, mint.Number())
		require.NotEqual(t, http.StatusForbidden, got.Code, "%s %s: %s", r.method, r.path, got.Body)
	}
	require.Greater(t, tried, 30)
}

func TestAKeyFromBeforeHasAllButKeys(t *testing.T) {
	w := newWorld(t)
	old := w.keyed()
	require.Equal(t, http.StatusOK, w.call(get, "/v1/webhook-endpoints", old, "").Code)
	require.Equal(t, http.StatusOK, w.call(get, "/v1/requests", old, "").Code)
	got := w.call(get, "/v1/api-keys", old, "")
	require.Equal(t, http.StatusForbidden, got.Code)
	require.Contains(t, got.text("fix"), "keys:read")
}

func TestAKeyIsShownOnce(t *testing.T) {
	w := newWorld(t)
	mine := w.keyed(Scopes...)
	made := w.create("/v1/api-keys", mine, `{"label":"till","scopes":["requests:read"]}`)
	require.Equal(t, http.StatusCreated, made.Code, made.Body)
	text := made.text("key")
	require.True(t, strings.HasPrefix(text, made.text("prefix")))
	require.True(t, strings.HasSuffix(text, made.text("last_four")))
	list := w.call(get, "/v1/api-keys", mine, "")
	require.Contains(t, list.Body.String(), made.text("prefix"))
	require.NotContains(t, list.Body.String(), text)
	require.NotContains(t, w.log.String(), text)
	require.Equal(t, http.StatusOK, w.call(get, "/v1/requests", text, "").Code)

	fresh := w.create("/v1/api-keys/"+made.text("id")+"/rotate", mine, `{"overlap_seconds":3600}`)
	require.Equal(t, http.StatusCreated, fresh.Code, fresh.Body)
	require.Equal(t, http.StatusOK, w.call(get, "/v1/requests", text, "").Code, "both work meanwhile")
	require.Equal(t, http.StatusOK, w.call(get, "/v1/requests", fresh.text("key"), "").Code)
	revoked := w.call(http.MethodPost, "/v1/api-keys/"+made.text("id")+"/revoke", mine, "")
	require.Equal(t, http.StatusOK, revoked.Code)
	require.Equal(t, http.StatusUnauthorized, w.call(get, "/v1/requests", text, "").Code)
	at := w.create("/v1/api-keys/"+fresh.text("id")+"/rotate", mine, `{"overlap_seconds":0}`)
	require.Equal(t, http.StatusCreated, at.Code, at.Body)
	over := w.call(get, "/v1/requests", fresh.text("key"), "")
	require.Equal(t, http.StatusUnauthorized, over.Code, "no overlap")
}

// A key makes none that may more than itself, neither by naming scopes nor by rotating.
func TestAKeyGrantsNoMoreThanItHas(t *testing.T) {
	w := newWorld(t)
	small := w.keyed(keysRead, keysWrite)
	got := w.create("/v1/api-keys", small, `{"scopes":["refunds:write"]}`)
	require.Equal(t, "insufficient_scope", got.text("reason"), got.Body)
	got = w.create("/v1/api-keys", small, `{"scopes":["all"]}`)
	require.Equal(t, "unknown_scope", got.text("reason"))
	got = w.create("/v1/api-keys", small, `{"scopes":["keys:read"],"apps":["app_coffee"]}`)
	require.Equal(t, http.StatusNotFound, got.Code)
	w.keyed(refundsWrite)
	keys, err := w.store.APIKeys(t.Context(), "mer_tea", "test")
	require.NoError(t, err)
	i := slices.IndexFunc(keys, func(k store.APIKey) bool { return slices.Contains(k.Scopes, refundsWrite) })
	got = w.create("/v1/api-keys/"+keys[i].ID+"/rotate", small, `{"overlap_seconds":60}`)
	require.Equal(t, "insufficient_scope", got.text("reason"), got.Body)
}

func TestALiveKeyOpensNoTestApp(t *testing.T) {
	w := newWorld(t)
	text, row := NewKey(store.APIKey{Merchant: "mer_tea", Apps: []string{"app_tea"}, Mode: "live"})
	_, err := w.store.CreateAPIKey(t.Context(), row)
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(text, "fpk_live_"))
	require.Equal(t, http.StatusNotFound, w.create("/v1/orders", text, orderBody("A1")).Code)
	require.Equal(t, http.StatusCreated, w.create("/v1/orders", teaKey, orderBody("A1")).Code)
	require.JSONEq(t, `[]`, jsonOf(t, w.call(get, "/v1/apps", text, "").field("apps")))
	require.Contains(t, w.call(get, "/v1/apps", teaKey, "").Body.String(), `"mode":"test"`)
}
