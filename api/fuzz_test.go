package api

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"
)

// FuzzMoney: an amount that is taken is the very one that was written, whole and above
// zero, by form and by JSON.
func FuzzMoney(f *testing.F) {
	for _, minor := range []string{
		"12900", "1", "0", "-1", "+5", "012900", "1e3", "1.0", "129.00", "0x10", "1_000", " 7", "7 ", "", "NaN",
		"Inf", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "１２", "1\x00", `"1"`, "null",
	} {
		f.Add(minor, "CNY")
	}
	for _, currency := range []string{"", "cny", "USD", "CNYY", "€", "人", "\x00\x00\x00"} {
		f.Add("12900", currency)
	}
	f.Fuzz(func(t *testing.T, minor, currency string) {
		form := url.Values{"minor": {minor}, "currency": {currency}, "price_version": {"1"}}
		request := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(form.Encode()))
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		price, err := quoted(echo.New().NewContext(request, httptest.NewRecorder()), "mock")
		exact := strings.TrimLeft(strings.TrimPrefix(minor, "+"), "0")
		if err == nil && (price.Payable.Minor <= 0 || strconv.FormatInt(price.Payable.Minor, 10) != exact) {
			t.Fatalf("the form's %q became %d", minor, price.Payable.Minor)
		}
		var amount Amount
		if json.Unmarshal([]byte(`{"minor":`+minor+`}`), &amount) != nil || strings.ContainsAny(minor, `,{"n `) {
			return
		}
		if text := strconv.FormatInt(amount.Minor, 10); text != strings.TrimSpace(minor) && minor != "-0" {
			t.Fatalf("JSON's %q became %s", minor, text)
		}
	})
}

// hostileQueries are values for a list's filters.
var hostileQueries = []string{
	"", "app_tea", "app_coffee", "app_tea,app_coffee", "%", "_", "' OR '1'='1", `"; DROP TABLE requests; --`,
	"\x00", "\xff", "$1", "@app", "?", "NULL", "mer_tea", "buyer-1", "open", "open,paying", "OPEN", "open;",
	"fpr_", "zzzz", "-1", "0",
	"1e9", "100000", "../..", "{}", "[]", "\u202e", strings.Repeat("a", 300), "app_coffee' UNION SELECT 1 --",
}

// FuzzListFilters: whatever is asked for, a list stays within what the caller may see.
func FuzzListFilters(f *testing.F) {
	for _, text := range hostileQueries {
		f.Add(text, text, text, text, text)
	}
	f.Fuzz(func(t *testing.T, app, state, order, person, cursor string) {
		in := &requestsIn{App: app, State: strings.Split(state, ","), Order: order, Buyer: person, Cursor: cursor}
		for _, p := range []Principal{
			{Kind: merchant, Merchant: "mer_tea", Apps: []string{"app_tea", "app_two"}},
			{Kind: buyer, Merchant: "mer_tea", Apps: []string{"app_tea"}, Buyer: "buyer-1"},
		} {
			filter, err := p.filter(in)
			if err != nil {
				continue
			}
			if filter.Merchant != p.Merchant || !slices.Contains(p.Apps, filter.App) ||
				p.Kind == buyer && filter.Buyer != p.Buyer {
				t.Fatalf("%+v sees %+v", p, filter)
			}
		}
	})
}

// A hostile value is refused or finds nothing; it is never our fault, and no mistake
// of ours is told.
func TestHostileQueriesFindNothing(t *testing.T) {
	w := newWorld(t)
	id := w.place()
	stranger := w.buyerToken("mer_tea", "app_tea", "buyer-2")
	for _, name := range []string{"app", "state", "order_id", "buyer", "cursor", "limit", "unknown"} {
		for _, value := range hostileQueries {
			for _, as := range []string{teaKey, coffeeKey, stranger} {
				got := w.call(get, "/v1/requests?"+url.Values{name: {value}}.Encode(), as, "")
				require.Less(t, got.Code, http.StatusInternalServerError, "%s=%q: %s", name, value, got.Body)
				require.True(t, as == teaKey || !strings.Contains(got.Body.String(), id), "%s=%q", name, value)
			}
		}
	}
}
