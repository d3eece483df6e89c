package browser

import (
	_ "embed"
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

// colleague is a visit at a desk, logged in to the console.
func colleague(t *testing.T, house *local.House, name, language string) *visit {
	t.Helper()
	tab := testkit.Chromium(t, chromedp.Flag("accept-lang", language), chromedp.UserAgent(onDesktop),
		chromedp.WindowSize(1280, 800))
	v := &visit{t: t, house: house, tab: tab}
	v.open(house.APIURL + "/staff")
	v.accessible("login")
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

func TestTheConsoleIsAccessibleInBothLanguages(t *testing.T) {
	house := newHouse(t)
	opened, delivery := stuck(t, house)
	for _, language := range []string{"zh-CN", "en"} {
		v := colleague(t, house, "otto", language)
		for _, page := range []struct{ name, path string }{
			{"queue", ""}, {"cases", "/cases"}, {"case", "/cases/" + opened.ID}, {"commands", "/commands"},
			{"deliveries", "/deliveries"}, {"delivery", "/deliveries/" + delivery},
			{"endpoints", "/endpoints?app=" + local.DemoApp}, {"catalogue", "/catalogue"},
			{"channels", "/catalogue/channels"},
			{"channel", "/catalogue/channels/row?key=" + local.DemoApp + "/mockpay"},
			{"do", "/do?command=case_note&subject=" + opened.ID}, {"audit", "/audit?subject=" + opened.ID},
			{"lost", "/nowhere"},
		} {
			v.open(house.APIURL + "/staff" + page.path)
			v.sees("header.bar")
			v.fits()
			v.accessible(page.name)
			v.shot("console-" + page.name + "-" + language)
		}
	}
}

// From the queue to a command that is done, with no pointer at all.
func TestACaseIsTakenByKeyboardAlone(t *testing.T) {
	house := newHouse(t)
	opened, _ := stuck(t, house)
	v := colleague(t, house, "anna", "en")
	v.sees("[data-row]")
	v.keys("j")
	v.sees("[data-row].here")
	v.keys("g", "c")
	v.sees("a[href='/staff/cases/" + opened.ID + "']")
	v.keys("j", "o")
	v.sees("aside a[data-step]")
	v.keys("?")
	v.sees("#help[open]")
	v.keys(kb.Escape)
	v.tabTo("aside a[data-step]")
	v.keys(kb.Enter)
	v.sees("input[name=reason]")
	v.tabTo("input[name=reason]")
	v.keys("ticket 7")
	v.tabTo("button.main")
	v.keys(kb.Enter)
	v.sees(".tag.done")
	require.Eventually(t, func() bool {
		page, err := house.Parts.Store.Cases(t.Context(), store.CaseFilter{})
		return err == nil && len(page.Items) == 1 && page.Items[0].Owner == "staff:anna"
	}, 5*time.Second, 50*time.Millisecond)
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
