package api

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/internal/token"
	"github.com/friendpay/friendpay/store"
)

// bodies are what a route with an object in its path wants, so that a stranger fails
// for being one. A route that wants a body and has none here fails the test.
var bodies = map[string]string{
	"change-price": `{"payable":{"minor":9900,"currency":"CNY"},"price_version":2}`,
	"wish-refund":  `{"wish":"again"}`,

	"rotate-api-key": `{"overlap_seconds":60}`, "rotate-endpoint-secret": `{"overlap_seconds":60}`,
	"change-endpoint":   `{"url":"https://other.example.com/hook"}`,
	"replay-deliveries": `{"from":"2026-01-01T00:00:00Z"}`,
	"pay-request":       `{"channel":"mock"}`, "create-invite": `{}`, "create-refund": `{}`,
	"cancel-request": `{}`, "change-card": `{"shows":"full"}`, "extend-request": `{"minutes":30}`,
	"thank-payer": `{"message":"谢谢"}`, "label-invite": `{"label":"老张"}`,
}

// private is what a stranger must not see of somebody's object, nor that there is one.
var private = []string{"Tea", "buyer-1", "王", "12900", "open", "mock", "138"}

// Colleagues see everything, so that nothing is another's: their roles are checked by themselves.
// secretPaths have a parameter that is a proof by itself, or names nothing private.
var secretPaths = []string{
	"/f/{token}", "/c/{code}", "/v1/callbacks/{provider}/{account}", "/static/{file}",
	"/staff/static/{file}", "/docs/errors/{reason}",
}

// ledgers are the tables that remember a call, not what it asked for: the answer under
// an Idempotency-Key, and how often somebody tried.
var ledgers = []string{"idempotency_keys", "limits"}

// household is a request of the tea house with an attempt of a payer of its own.
type household struct {
	*friends
	request, invite, number string
	owner                   *visitor
}

func newHousehold(t *testing.T) household {
	t.Helper()
	f := newFriends(t)
	id := f.place()
	h := household{friends: f, request: id, invite: strings.Replace(id, mint.Request, mint.Invite, 1)}
	h.owner = f.visit(id).logIn("13800138000")
	require.Equal(t, http.StatusSeeOther, h.owner.pay().Code)
	attempts, ok := h.owner.json(get, "/v1/link", "").field("attempts").([]any)
	require.True(t, ok)
	h.number, _ = attempts[0].(map[string]any)["number"].(string)
	require.NotEmpty(t, h.number)
	h.call(get, "/v1/requests", coffeeKey, "") // that a key was used is known to the hour
	return h
}

// addresses fills in the ids of the household's things: a request in most paths.
func (h household) addresses() func(path string) string {
	h.t.Helper()
	keys, err := h.store.APIKeys(h.t.Context(), "mer_tea", "test")
	require.NoError(h.t, err)
	endpoint, err := h.store.CreateEndpoint(h.t.Context(), store.Endpoint{
		App: "app_tea", URL: "https://tea.example.com/hook",
	}, "whsec_dGVh")
	require.NoError(h.t, err)
	delivery, err := h.store.SendTestEvent(h.t.Context(), endpoint.ID)
	require.NoError(h.t, err)
	return func(path string) string {
		id := h.request
		for prefix, other := range map[string]string{
			"/v1/api-keys/": keys[0].ID, "/v1/webhook-endpoints/": endpoint.ID, "/v1/webhook-deliveries/": delivery.ID,
		} {
			if strings.HasPrefix(path, prefix) {
				id = other
			}
		}
		return strings.NewReplacer("{id}", id, "{invite}", h.invite, "{number}", h.number).Replace(path)
	}
}

// strangers are all who have a right to the route and none to the object.
func (h household) strangers(r route) map[string][]string {
	h.t.Helper()
	bearer := func(value string) []string { return []string{"Authorization", "Bearer " + value} }
	cookie := func(c token.PayerClaims) []string {
		signed, _, err := h.server.Tokens.SignPayer(c, 0)
		require.NoError(h.t, err)
		return []string{"Cookie", PayerCookie + "=" + signed}
	}
	list := map[string][]string{}
	switch r.who {
	case seller:
		list["a buyer of the same app"] = bearer(h.buyerToken("mer_tea", "app_tea", "buyer-2"))
		list["his name at another app"] = bearer(h.buyerToken("mer_coffee", "app_coffee", "buyer-1"))
		list["an app of another merchant"] = bearer(h.buyerToken("mer_coffee", "app_tea", "buyer-1"))
		list["another app of the merchant"] = bearer(h.buyerToken("mer_tea", "app_two", "buyer-1"))
		fallthrough
	case merchant:
		list["another merchant"] = bearer(coffeeKey)
	case payer:
		other := h.place()
		list["nobody yet, at the same link"] = cookie(token.PayerClaims{Request: h.request, Invite: h.invite})
		list["another payer at the same link"] =
			cookie(token.PayerClaims{Request: h.request, Invite: h.invite, Payer: "pay_other"})
		list["a payer at another link"] = cookie(token.PayerClaims{
			Request: other, Invite: strings.Replace(other, mint.Request, mint.Invite, 1), Payer: "pay_other",
		})
	default:
		require.Fail(h.t, "say who are strangers to "+r.path)
	}
	return list
}

// Every operation on an object, as everybody whose object it is not: it is not found,
// in the very words of one that does not exist, and nothing has changed.
func TestStrangersFindNothing(t *testing.T) {
	h := newHousehold(t)
	real := h.addresses()
	none := strings.NewReplacer(
		"{id}", mint.ID(mint.Request), "{invite}", mint.ID(mint.Invite), "{number}", mint.Number())
	tried := 0
	for _, r := range h.server.allRoutes() {
		if !strings.Contains(r.path, "{") || slices.Contains(secretPaths, r.path) || r.who == staff ||
			r.who == colleague {
			continue
		}
		strangers := h.strangers(r)
		before := h.rows(ledgers...)
		for name, credential := range strangers {
			tried++
			send := func(path string) answer {
				body := bodies[r.id]
				return h.call(r.method, path, "", body, append(credential, keyHeader, mint.Number())...)
			}
			got, want := send(real(r.path)), send(none.Replace(r.path))
			require.Equal(t, http.StatusNotFound, got.Code, "%s %s as %s: %s", r.method, r.path, name, got.Body)
			require.Equal(t, want.Body.String(), got.Body.String(), "%s as %s", r.path, name)
			for _, word := range private {
				require.NotContains(t, got.Body.String(), word, "%s as %s", r.path, name)
			}
		}
		require.Equal(t, before, h.rows(ledgers...), "%s %s", r.method, r.path)
	}
	require.Greater(t, tried, 50)
}

// An object that is named in a body or a query is no less another's.
func TestStrangersFindNothingByOtherNames(t *testing.T) {
	h := newHousehold(t)
	request, err := h.store.Request(t.Context(), h.request)
	require.NoError(t, err)
	named := `{"order_id":"` + request.Order + `"}`
	buyers := h.buyerToken("mer_coffee", "app_coffee", "buyer-1")
	neighbour := h.buyerToken("mer_tea", "app_tea", "buyer-2")
	before := h.rows(ledgers...)
	for _, c := range []struct{ path, body string }{
		{"/v1/requests", named}, {"/v1/eligibility", named},
		{"/v1/requests", `{"order":` + orderBody("A2") + `}`}, {"/v1/orders", orderBody("A3")},
		{"/v1/buyer-tokens", `{"app":"app_tea","buyer":{"id":"buyer-1","name":"x"}}`},
	} {
		for _, as := range []string{coffeeKey, buyers, neighbour} {
			if as != coffeeKey && c.body != named {
				continue
			}
			got := h.create(c.path, as, c.body)
			require.Equal(t, http.StatusNotFound, got.Code, "%s %s: %s", c.path, c.body, got.Body)
		}
	}
	require.Equal(t, before, h.rows(ledgers...))
	for _, query := range []string{
		"", "?order_id=" + request.Order, "?buyer=buyer-1", "?app=app_tea", "?app=app_tea&buyer=buyer-1",
		"?cursor=" + h.request, "?state=open", "?limit=100",
	} {
		for _, as := range []string{coffeeKey, buyers, neighbour} {
			got := h.call(get, "/v1/requests"+query, as, "")
			require.NotContains(t, got.Body.String(), h.request, query)
		}
	}
}

// The check itself knows an object that is found from one that is not.
func TestTheOwnerFindsWhatStrangersDoNot(t *testing.T) {
	h := newHousehold(t)
	mine := h.call(get, "/v1/requests/"+h.request, h.buyerToken("mer_tea", "app_tea", "buyer-1"), "")
	require.Equal(t, http.StatusOK, mine.Code)
	require.Equal(t, http.StatusOK, h.owner.json(get, "/v1/link/attempts/"+h.number, "").Code)
	require.Contains(t, mine.Body.String(), "Tea")
}
