package api

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/api/console"
	"github.com/friendpay/friendpay/internal/token"
)

// access says, for every route of the list, who gets past its guard. A route
// without a row here fails the test.
var access = map[string]audience{
	"POST /v1/buyer-tokens":                          merchant,
	"GET /v1/staff/funnel":                           staff,
	"POST /v1/payer-tokens":                          merchant,
	"POST /v1/eligibility":                           seller,
	"POST /v1/orders":                                merchant,
	"POST /v1/requests":                              seller,
	"GET /v1/requests":                               seller,
	"GET /v1/requests/{id}":                          seller,
	"POST /v1/requests/{id}/cancel":                  seller,
	"POST /v1/requests/{id}/card":                    seller,
	"GET /v1/requests/{id}/preview":                  seller,
	"POST /v1/requests/{id}/price":                   merchant,
	"POST /v1/requests/{id}/price/accept":            seller,
	"POST /v1/requests/{id}/price/decline":           seller,
	"POST /v1/requests/{id}/refunds":                 merchant,
	"POST /v1/requests/{id}/invites":                 seller,
	"GET /v1/requests/{id}/invites":                  seller,
	"POST /v1/requests/{id}/invites/{invite}/revoke": seller,
	"POST /v1/requests/{id}/invites/{invite}/label":  seller,
	"GET /v1/requests/{id}/events":                   seller,
	"GET /v1/requests/{id}/stream":                   seller,
	"GET /v1/requests/{id}/invites/stream":           seller,
	"GET /docs/reference":                            anybody,
	"GET /docs/errors":                               anybody,
	"GET /docs/errors/{reason}":                      anybody,
	"GET /docs/quickstart":                           anybody,
	"GET /docs/webhooks":                             anybody,
	"GET /docs/events":                               anybody,
	"GET /docs/idempotency":                          anybody,
	"GET /docs/order-hook":                           anybody,
	"GET /v1/events":                                 merchant,
	"GET /v1/events/stream":                          merchant,

	"POST /v1/requests/{id}/pay":    seller,
	"POST /v1/requests/{id}/extend": seller,
	"POST /v1/requests/{id}/thanks": seller,
	"GET /v1/link/payments":         payer,
	"GET /pay/mine":                 payer,

	"GET /v1/apps":                                  merchant,
	"GET /v1/api-keys":                              merchant,
	"POST /v1/api-keys":                             merchant,
	"POST /v1/api-keys/{id}/rotate":                 merchant,
	"POST /v1/api-keys/{id}/revoke":                 merchant,
	"GET /v1/webhook-endpoints":                     merchant,
	"POST /v1/webhook-endpoints":                    merchant,
	"GET /v1/webhook-endpoints/{id}":                merchant,
	"POST /v1/webhook-endpoints/{id}":               merchant,
	"POST /v1/webhook-endpoints/{id}/enable":        merchant,
	"POST /v1/webhook-endpoints/{id}/disable":       merchant,
	"POST /v1/webhook-endpoints/{id}/rotate-secret": merchant,
	"POST /v1/webhook-endpoints/{id}/delete":        merchant,
	"POST /v1/webhook-endpoints/{id}/test":          merchant,
	"POST /v1/webhook-endpoints/{id}/replay":        merchant,
	"GET /v1/webhook-deliveries":                    merchant,
	"GET /v1/webhook-deliveries/{id}":               merchant,
	"POST /v1/webhook-deliveries/{id}/replay":       merchant,

	"GET /f/{token}":                 anybody,
	"POST /f/{token}":                anybody,
	"GET /c":                         anybody,
	"POST /c":                        anybody,
	"GET /c/{code}":                  anybody,
	"POST /c/{code}":                 anybody,
	"GET /static/{file}":             anybody,
	"GET /pay":                       payer,
	"POST /pay/code":                 payer,
	"POST /pay/login":                payer,
	"POST /pay/login/provider":       payer,
	"GET /pay/login/return":          payer,
	"POST /v1/link/login/provider":   payer,
	"GET /pay/hop":                   payer,
	"POST /pay/attempts":             payer,
	"GET /pay/result":                payer,
	"POST /pay/result":               anybody,
	"GET /pay/own":                   anybody,
	"POST /pay/own":                  anybody,
	"GET /pay/decline":               payer,
	"POST /pay/decline":              payer,
	"POST /pay/pledge":               payer,
	"POST /pay/report":               payer,
	"GET /v1/link":                   payer,
	"POST /v1/link/opened":           payer,
	"POST /v1/link/login/code":       payer,
	"POST /v1/link/login":            payer,
	"POST /v1/link/attempts":         payer,
	"GET /v1/link/attempts/{number}": payer,
	"POST /v1/link/decline":          payer,

	"POST /v1/link/attempts/{number}/withdraw": payer,
	"POST /pay/withdraw":                       payer,

	"POST /v1/link/refunds/{number}/wish": payer,
	"POST /pay/refund":                    payer,

	"GET /v1/requests/{id}/invites/{invite}/qr": seller,

	"POST /pay/handoff":      payer,
	"POST /v1/link/handoffs": payer,
	"POST /pay/blocked":      payer,
	"POST /v1/link/blocked":  payer,

	"POST /pay/asker":             payer,
	"POST /pay/login/openid":      payer,
	"POST /v1/link/asker":         payer,
	"POST /v1/link/login/openid":  payer,
	"POST /v1/link/login/voucher": payer,

	"POST /v1/link/pledge": payer,
	"POST /v1/link/report": payer,
	"GET /v1/link/stream":  payer,

	"POST /v1/callbacks/{provider}/{account}": provider,

	"GET /v1/staff/requests/{id}/decisions": staff,
	"GET /v1/staff/requests":                staff,
	"GET /v1/staff/requests/{id}":           staff,
	"GET /v1/staff/orders/{id}/decisions":   staff,
	"GET /v1/staff/{family}":                staff,
	"GET /v1/staff/{family}/history":        staff,
	"POST /v1/staff/{family}":               staff,
	"POST /v1/staff/{family}/take-away":     staff,

	"GET /v1/staff/requests/{id}/offers":      staff,
	"POST /v1/staff/requests/{id}/commands":   staff,
	"POST /v1/staff/commands":                 staff,
	"POST /v1/staff/commands/bulk":            staff,
	"GET /v1/staff/commands":                  staff,
	"GET /v1/staff/commands/{id}":             staff,
	"POST /v1/staff/commands/{id}/approve":    staff,
	"POST /v1/staff/commands/{id}/reject":     staff,
	"GET /v1/staff/cases":                     staff,
	"GET /v1/staff/cases/{id}":                staff,
	"GET /v1/staff/stuck":                     staff,
	"GET /v1/staff/stuck/counts":              staff,
	"POST /v1/staff/search":                   staff,
	"GET /v1/staff/filters":                   staff,
	"POST /v1/staff/filters":                  staff,
	"POST /v1/staff/filters/take-away":        staff,
	"POST /v1/staff/exports/{what}":           staff,
	"GET /staff/static/{file}":                anybody,
	"GET /staff/login":                        anybody,
	"POST /staff/login":                       anybody,
	"GET /staff/login/return":                 anybody,
	"POST /staff/logout":                      colleague,
	"GET /staff":                              colleague,
	"GET /staff/live":                         colleague,
	"POST /staff/filters":                     colleague,
	"POST /staff/filters/take-away":           colleague,
	"POST /staff/search":                      colleague,
	"POST /staff/export/{what}":               colleague,
	"POST /staff/bulk":                        colleague,
	"GET /staff/do":                           colleague,
	"POST /staff/do/preview":                  colleague,
	"POST /staff/do":                          colleague,
	"GET /staff/commands":                     colleague,
	"GET /staff/commands/{id}":                colleague,
	"GET /staff/commands/{id}/live":           colleague,
	"POST /staff/commands/{id}/approve":       colleague,
	"POST /staff/commands/{id}/reject":        colleague,
	"GET /staff/cases":                        colleague,
	"GET /staff/cases/{id}":                   colleague,
	"GET /staff/deliveries":                   colleague,
	"GET /staff/deliveries/{id}":              colleague,
	"GET /staff/endpoints":                    colleague,
	"GET /staff/catalogue":                    colleague,
	"GET /staff/catalogue/{family}":           colleague,
	"GET /staff/catalogue/{family}/row":       colleague,
	"POST /staff/catalogue/{family}/preview":  colleague,
	"POST /staff/catalogue/{family}":          colleague,
	"GET /staff/audit":                        colleague,
	"GET /staff/requests/{id}":                colleague,
	"GET /staff/requests/{id}/screens/{side}": colleague,

	"GET /livez":                 anybody,
	"GET /readyz":                anybody,
	"GET /metrics":               operator,
	"GET /.well-known/jwks.json": anybody,
	"GET /openapi.yaml":          anybody,
	"GET /docs":                  anybody,
	"GET /docs/style.css":        anybody,
}

// passes says which credentials an audience takes; "" is none at all.
var passes = map[audience][]string{
	merchant:  {"key"},
	seller:    {"key", "buyer"},
	payer:     {"cookie"},
	staff:     {"staff"},
	colleague: {"console"},
	operator:  {"metrics"},
	anybody:   {"", "key", "unknown key", "buyer", "payer", "staff", "cookie", "garbage", "metrics", "console"},
	provider:  {"", "key", "unknown key", "buyer", "payer", "staff", "cookie", "garbage", "metrics", "console"},
}

func (w *world) credentials() map[string][]string {
	w.t.Helper()
	signedPayer, _, err := w.server.Tokens.SignPayer(token.PayerClaims{Request: "fpr_1", Invite: "inv_1"}, 0)
	require.NoError(w.t, err)
	signedStaff := w.staffToken(w.server.Tokens, "viewer")
	signedBuyer := w.buyerToken("mer_tea", "app_tea", "buyer-1")
	old := tokensAt(w.t, func() time.Time { return time.Now().Add(-25 * time.Hour) })
	expiredPayer, _, err := old.SignPayer(token.PayerClaims{Request: "fpr_1", Invite: "inv_1"}, 0)
	require.NoError(w.t, err)
	expiredBuyer, _, err := old.SignBuyer(token.BuyerClaims{
		Merchant: "mer_tea", App: "app_tea", RegisteredClaims: jwt.RegisteredClaims{Subject: "buyer-1"},
	}, 0)
	require.NoError(w.t, err)
	bearer := func(value string) []string { return []string{"Authorization", "Bearer " + value} }
	seated := func(role string, since time.Duration) []string {
		return []string{"Cookie", console.Cookie + "=" + w.consoleSession("ada", role, time.Now().Add(-since))}
	}
	return map[string][]string{
		"": nil, "key": bearer(teaKey), "unknown key": bearer("fpk_test_nobody"), "buyer": bearer(signedBuyer),
		"payer": bearer(signedPayer), "staff": bearer(signedStaff), "garbage": bearer("a.b.c"),
		"cookie": {"Cookie", PayerCookie + "=" + signedPayer}, "metrics": bearer("collect"),
		"console":                seated("operator", 0),
		"console as a token":     bearer(w.consoleSession("ada", "operator", time.Now())),
		"console, past a shift":  seated("operator", 13*time.Hour),
		"console without a role": seated("boss", 0),
		"staff as a console":     {"Cookie", console.Cookie + "=" + signedStaff},
		"buyer in a cookie":      {"Cookie", PayerCookie + "=" + signedBuyer},
		"staff in a cookie":      {"Cookie", PayerCookie + "=" + signedStaff},
		"staff without a role":   bearer(w.staffToken(w.server.Tokens)),
		"expired staff":          bearer(w.staffToken(old, "viewer")),
		"expired buyer":          bearer(expiredBuyer),
		"expired cookie":         {"Cookie", PayerCookie + "=" + expiredPayer},
		"basic":                  {"Authorization", "Basic " + teaKey},
		"key in a cookie":        {"Cookie", PayerCookie + "=" + teaKey},
	}
}

// consoleSession is what a browser holds that logged in to the console.
func (w *world) consoleSession(name, role string, began time.Time) string {
	w.t.Helper()
	signed, _, err := w.server.Tokens.SignStaff(token.StaffClaims{
		RegisteredClaims: jwt.RegisteredClaims{Subject: name}, Roles: []string{role},
		Session: "word", Began: began.Unix(),
	}, time.Hour)
	require.NoError(w.t, err)
	return signed
}

func (w *world) staffToken(by *token.Tokens, roles ...string) string {
	w.t.Helper()
	signed, _, err := by.SignStaff(token.StaffClaims{
		RegisteredClaims: jwt.RegisteredClaims{Subject: "ada"}, Roles: roles,
	}, 0)
	require.NoError(w.t, err)
	return signed
}

func TestEveryRouteKnowsWhoMayTakeIt(t *testing.T) {
	w := newWorld(t, func(d *Deps) { d.Config.MetricsToken = "collect" })
	credentials := w.credentials()
	listed := map[string]bool{}
	for _, r := range w.server.allRoutes() {
		name := r.method + " " + r.path
		listed[name] = true
		who, known := access[name]
		require.True(t, known, "%s has no row in the access table", name)
		require.Equal(t, who, r.who, name)
		for credential, header := range credentials {
			allowed := false
			for _, pass := range passes[who] {
				allowed = allowed || pass == credential
			}
			if allowed || who == anybody || who == provider {
				continue
			}
			path := strings.NewReplacer("{id}", "fpr_1", "{", "", "}", "").Replace(r.path)
			got := w.call(r.method, path, "", "{}", append(header, keyHeader, "k")...)
			require.Equal(t, http.StatusUnauthorized, got.Code, "%s as %q: %s", name, credential, got.Body)
			require.Equal(t, "Bearer", got.Header().Get("WWW-Authenticate"))
		}
	}
	for name := range access {
		require.True(t, listed[name], "%s is in the access table and not in the list", name)
	}
}

func TestTheGuardLetsItsAudienceThrough(t *testing.T) {
	w := newWorld(t, func(d *Deps) { d.Config.MetricsToken = "collect" })
	credentials := w.credentials()
	for _, r := range w.server.allRoutes() {
		for _, pass := range passes[r.who] {
			if r.streams {
				continue
			}
			path := strings.NewReplacer("{id}", "fpr_1", "{", "", "}", "").Replace(r.path)
			got := w.call(r.method, path, "", "", append(credentials[pass], keyHeader, "k"+r.id+pass)...)
			require.NotEqual(t, http.StatusUnauthorized, got.Code, "%s %s as %q", r.method, r.path, pass)
		}
	}
}

func TestRoutesAreDescribedAndTheDescriptionIsRoutes(t *testing.T) {
	w := newWorld(t)
	described := 0
	for _, item := range w.server.huma.OpenAPI().Paths {
		if item.Get != nil {
			described++
		}
		if item.Post != nil {
			described++
		}
	}
	for _, r := range w.server.allRoutes() {
		if r.id == "" {
			continue
		}
		op := operationAt(w.server.huma.OpenAPI(), r)
		require.NotNil(t, op, "%s %s", r.method, r.path)
		require.NotEmpty(t, op.Summary, r.path)
		require.Equal(t, r.who.security(), op.Security, r.path)
		described--
	}
	require.Zero(t, described, "the description has an operation that is no route")
}

func TestNothingAnswersOutsideTheList(t *testing.T) {
	w := newWorld(t)
	registered := map[string]bool{}
	for _, r := range w.server.allRoutes() {
		registered[r.key()] = true
	}
	for _, r := range w.server.echo.Routes() {
		require.True(t, registered[r.Method+" "+r.Path], "%s %s is registered past the list", r.Method, r.Path)
	}
}
