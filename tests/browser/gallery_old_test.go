package browser

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/web"
)

// mainStates are the pages that a friend and a buyer meet on the way to "paid".
var mainStates = []string{
	"link-five-channels", "link-must-say", "link-savings", "link-many-items", "pay-login", "pay-code-sent",
	"pay-confirm-five", "pay-provider-login", "decline", "handoff-blocked", "hop-form", "bridge",
	"notice-taken-wait", "notice-paid-mine", "notice-elsewhere-handoff", "result-waiting-qr",
	"result-paid-saving",
	"result-refunds-several", "order-before", "request-open-pledged", "request-paying", "request-settled-saving",
	"receipt-all-lines",
}

// An engine of 2018 ignores what is newer in the style sheet; the pages hold all the same.
func TestThePagesHoldInAnOldEngine(t *testing.T) {
	var states []state
	for _, name := range mainStates {
		states = append(states, stateNamed(t, name))
	}
	s, browser := newStage(t, states), newBrowser(t)
	var found faults
	look := func(tab *screen, j job) error {
		err := tab.open(s.address("old", j.locale, j.name))
		offends, err2 := tab.finds("firm(390)")
		found.add(j.name+"/"+string(j.locale), offends)
		return errors.Join(err, err2, tab.keep(filepath.Join(out, "old", string(j.locale), j.name+".png")))
	}
	inTabs(t, 2, func() *screen { return newScreen(browser, t) }, jobsOf(states), look)
	found.report(t)
}

// With no style at all a page still says one thing after another: who asks, how much, what for, how to pay,
// and what to heed.
func TestThePageReadsInOrderWithoutStyle(t *testing.T) {
	link := stateNamed(t, "link-two-channels")
	s, tab := newStage(t, []state{link}), newScreen(newBrowser(t), t)
	require.NoError(t, tab.open(s.address("bare", web.Chinese, link.name)))
	require.NoError(t, tab.keep(filepath.Join(out, "bare", link.name+".png")))
	text, err := chromedp.Run(tab.tab, chromedp.Evaluate[string]("document.body.innerText"))
	require.NoError(t, err)
	inTurn(t, text, "良品小店", "王** 请你帮忙付款", "¥129.00", "手冲咖啡壶", "滤纸", "选择付款方式", "微信支付", "支付宝",
		"确认认识对方再付款", "这次不付")
	styled, err := chromedp.Run(tab.tab, chromedp.Evaluate[int]("document.styleSheets.length"))
	require.NoError(t, err)
	require.Zero(t, styled, "there was a style after all")
}

// inTurn says that a text has these, one after the other.
func inTurn(t *testing.T, text string, parts ...string) {
	t.Helper()
	rest := text
	for _, part := range parts {
		_, after, found := strings.Cut(rest, part)
		require.True(t, found, "%s is not after what should come before it:\n%s", part, text)
		rest = after
	}
}
