package api

import (
	"flag"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/api/console"
	"github.com/friendpay/friendpay/internal/multitude"
	"github.com/friendpay/friendpay/internal/support"
	"github.com/friendpay/friendpay/internal/token"
	"github.com/friendpay/friendpay/store"
)

var (
	crowdSize = flag.Int("requests", 2_000, "requests for the test of the console's pages")
	slowest   = flag.Duration("slowest", 0, "what no page may take at the 95th percentile; 0: it is only told")
)

// consolePages are asked for again and again, by the name under which their times are told.
var consolePages = []struct{ name, path string }{
	{"queue", "/staff"}, {"queue of a reason", "/staff?reason=refund_failed"},
	{"queue of an app", "/staff?app=app_1&severity=act"}, {"queue, refreshed", "/staff/live"},
	{"request", "/staff/requests/fpr_777"}, {"request, stuck", "/staff/requests/fpr_150"},
	{"cases", "/staff/cases"}, {"cases, closed too", "/staff/cases?closed=1"},
	{"commands", "/staff/commands"}, {"deliveries", "/staff/deliveries"},
	{"audit", "/staff/audit"}, {"audit of one", "/staff/audit?actor=a"},
	{"audit of an act", "/staff/audit?act=refund"},
	{"catalogue", "/staff/catalogue/channels"}, {"preview", "/staff/do?command=requery&subject=fpr_150"},
	{"search number", "post /staff/search words=" + strings.Repeat("A", 23) + "777"},
	{"search order", "post /staff/search words=A777"}, {"search phone", "post /staff/search words=13800138000"},
}

// Every page of the console answers soon, however many requests are well: make scale gives it 100,000.
func TestTheConsolesPagesAnswerSoon(t *testing.T) {
	w := newWorld(t, func(d *Deps) {
		desk := d.Desk.(*support.Desk)
		d.Console = console.Parts{Desk: console.NewDesk(desk), Offers: desk}
	})
	require.NoError(t, w.store.Seed(t.Context(), store.SeedData{
		Merchants: []store.Merchant{{ID: "mer_1", Name: "Tea House"}},
		Apps:      []store.App{{ID: "app_1", Merchant: "mer_1", Name: "Shop", DefaultExpirySeconds: 86400}},
	}))
	conn, err := pgx.Connect(t.Context(), w.dsn)
	require.NoError(t, err)
	require.NoError(t, multitude.Fill(t.Context(), conn, *crowdSize))
	require.NoError(t, conn.Close(t.Context()))
	cookie, form := w.colleague(support.Operator)
	for _, page := range consolePages {
		var took []time.Duration
		for range 40 {
			began := time.Now()
			code, body := w.page(page.path, cookie, form)
			took = append(took, time.Since(began))
			require.Equal(t, http.StatusOK, code, "%s: %s", page.path, body)
		}
		slices.Sort(took)
		t.Logf("%-18s p50 %8s  p95 %8s", page.name, took[20].Round(100*time.Microsecond),
			took[37].Round(100*time.Microsecond))
		if *slowest > 0 {
			require.Less(t, took[37], *slowest, page.name)
		}
	}
}

// colleague is somebody who is logged in: his cookie, and what his forms carry.
func (w *world) colleague(role support.Role) (cookie *http.Cookie, form string) {
	w.t.Helper()
	signed, _, err := w.server.Tokens.SignStaff(token.StaffClaims{
		RegisteredClaims: jwt.RegisteredClaims{Subject: "anna"}, Roles: []string{string(role)},
		Session: "a session", Began: time.Now().Unix(),
	}, time.Hour)
	require.NoError(w.t, err)
	cookie = &http.Cookie{Name: console.Cookie, Value: signed}
	_, html := w.page("/staff", cookie, "")
	_, form, _ = strings.Cut(html, `name="form" value="`)
	form, _, _ = strings.Cut(form, `"`)
	require.NotEmpty(w.t, form)
	return cookie, form
}

// page asks for a page like a browser; "post path name=value" sends a form.
func (w *world) page(path string, cookie *http.Cookie, form string) (code int, html string) {
	w.t.Helper()
	words := strings.SplitN(path, " ", 3)
	address := words[len(words)/2]
	request := httptest.NewRequestWithContext(w.t.Context(), http.MethodGet, address, http.NoBody)
	if len(words) == 3 {
		name, value, _ := strings.Cut(words[2], "=")
		sent := url.Values{name: {value}, "form": {form}}.Encode()
		request = httptest.NewRequestWithContext(w.t.Context(), http.MethodPost, address, strings.NewReader(sent))
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	request.Header.Set("Accept", "text/html")
	request.AddCookie(cookie)
	answer := httptest.NewRecorder()
	w.server.Handler().ServeHTTP(answer, request)
	return answer.Code, answer.Body.String()
}
