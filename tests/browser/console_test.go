package browser

import (
	_ "embed"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/local"
	"github.com/friendpay/friendpay/internal/testkit"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// axe is axe-core 4.14.1, under the MPL 2.0 (see axe.LICENSE); it is part of no build.
//
//go:embed testdata/axe.min.js
var axe string

// subjects of the development's issuer, by the short name of the colleague.
var subjects = map[string]string{"vera": "staff-5", "anna": "staff-6", "sofia": "staff-7", "otto": "staff-8"}

// stranger is a visit at a desk, before the login of the console.
func stranger(t *testing.T, house *local.House, language string) *visit {
	t.Helper()
	v := visitAs(t, house, testkit.Person{Agent: onDesktop, Language: language, Desk: true})
	v.open(house.APIURL + "/staff")
	v.sees("section.login")
	return v
}

// colleague is one who is logged in.
func colleague(t *testing.T, house *local.House, name, language string) *visit {
	t.Helper()
	v := stranger(t, house, language)
	v.looks("login", language)
	v.press("button[value=" + name + "]")
	v.press("button[value=" + subjects[name] + "]")
	v.sees("header.bar")
	return v
}

// accessible holds the page against axe's rules.
func (v *visit) accessible(page string) {
	v.t.Helper()
	const script = `axe.run(document, {resultTypes: ["violations"]}).then(r =>
		r.violations.map(f => f.id + ": " + f.nodes.map(n => n.html).join(" ")))`
	loaded, err := chromedp.Run(v.tab, chromedp.Evaluate[bool](axe+"; true"))
	require.NoError(v.t, err)
	require.True(v.t, loaded)
	found, err := chromedp.Run(v.tab, chromedp.Evaluate[[]string](script, chromedp.EvalAwaitPromise))
	require.NoError(v.t, err)
	require.Empty(v.t, found, page)
}

// stuck puts a case, an endpoint and a delivery into the rows.
func stuck(t *testing.T, house *local.House) (opened store.Case, delivery string) {
	t.Helper()
	rows := house.Parts.Store
	opened, err := rows.OpenCase(t.Context(), store.Case{
		Kind: models.CaseOrphan, Provider: "wechatpay", Detail: "A callback for a number that nobody knows.",
	})
	require.NoError(t, err)
	endpoint, err := rows.CreateEndpoint(t.Context(), store.Endpoint{
		App: local.DemoApp, URL: "https://shop.example/hooks",
	}, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	require.NoError(t, err)
	sent, err := rows.SendTestEvent(t.Context(), endpoint.ID)
	require.NoError(t, err)
	return opened, sent.ID
}

// consoleWorld is one house with what the console is tried on.
type consoleWorld struct {
	house        *local.House
	opened       store.Case // about no request
	delivery     string
	paid, broken string // requests: settled; settled with a refund that the provider could not give
	costly       string // settled, above what one colleague may give back alone
}

// TestTheConsole has one house for all that is tried on it: starting one takes longer than each visit.
func TestTheConsole(t *testing.T) { //nolint:tparallel // its parts share one house and leave traces in it
	t.Parallel() // its house is its own
	house := newHouse(t)
	w := &consoleWorld{house: house}
	w.paid, w.broken = w.buy(t, "C-1001", 12_900), w.buy(t, "C-1002", 9_900)
	w.costly = w.buy(t, "C-1003", 200_000)
	w.breakRefund(t)
	w.opened, w.delivery = stuck(t, house)
	t.Run("keyboard", w.byKeyboardAlone)
	t.Run("second person", w.secondPerson)
	t.Run("bulk", w.bulk)
	t.Run("channel", w.channel)
	t.Run("pages", w.everyPage)
}

// buy has a friend pay an order of that many fen; it returns the request.
func (w *consoleWorld) buy(t *testing.T, number string, fen int64) string {
	t.Helper()
	var placed struct {
		ID   string
		Link struct{ URL string }
	}
	merchantCall(t, w.house, http.MethodPost, "/v1/requests", fmt.Sprintf(`{"order":{"app":"app_demo",
		"number":%q,"title":"白桃乌龙 大杯","kind":"physical","price_version":1,"buyer":{"id":"b-1"},
		"payable":{"minor":%d,"currency":"CNY"},"items":[{"title":"白桃乌龙","quantity":1,
		"price":{"minor":%[2]d,"currency":"CNY"}}]}}`, number, fen), &placed)
	newVisit(t, w.house).paysAs("1380000"+number[2:], placed.Link.URL, "wechatpay_h5")
	return placed.ID
}

// breakRefund gives the money of one request back to an account that cannot take it.
func (w *consoleWorld) breakRefund(t *testing.T) {
	t.Helper()
	simulate(t, w.house, "faults", `{"op":"refund","mode":"abnormal"}`)
	var answer any
	refunds := "/v1/requests/" + w.broken + "/refunds"
	merchantCall(t, w.house, http.MethodPost, refunds, `{"reason":"returned"}`, &answer)
	require.Eventually(t, func() bool {
		r, err := w.house.Parts.Store.Request(t.Context(), w.broken)
		return err == nil && len(r.Refunds) == 1 && r.Refunds[0].State == models.RefundFailed
	}, 20*time.Second, 100*time.Millisecond)
}

func (v *visit) keys(typed ...string) {
	v.t.Helper()
	for _, key := range typed {
		require.NoError(v.t, chromedp.Do(v.tab, chromedp.KeyEvent(key)), key)
	}
}

// tabTo presses Tab until something has the focus.
func (v *visit) tabTo(selector string) {
	v.t.Helper()
	script := `document.activeElement.matches("` + selector + `")`
	for range 60 {
		there, err := chromedp.Run(v.tab, chromedp.Evaluate[bool](script))
		require.NoError(v.t, err)
		if there {
			return
		}
		v.keys(kb.Tab)
	}
	require.Fail(v.t, "no way to "+selector)
}
