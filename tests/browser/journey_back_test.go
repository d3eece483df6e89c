package browser

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/local"
)

// Who comes back from the cashier while the provider's word is awaited reads that the bank is being asked,
// and is not led to pay again: after a reload, in a second tab, and after the tab is closed. He may say that
// he has not paid. In a house of its own: the provider answers nobody, and calls nobody.
func TestBackFromTheCashierTheBankIsAsked(t *testing.T) {
	t.Parallel()
	house := houseOf(t, local.Options{Speed: 2}) // slow enough for the payment to stay open meanwhile
	browser := newVisit(t, house)
	friend := browser.beside()
	link := newVisit(t, house).ask()
	friend.open(link)
	friend.turn("form.choices button[value=alipay_wap]")
	friend.login(phone)
	friend.press(anyWay)
	friend.sees("button.pay")
	simulate(t, house, "faults", `{"op":"callback","mode":"lost","count":-1}`)
	simulate(t, house, "faults", `{"op":"query","mode":"hold","count":-1}`)
	friend.press("button.pay")
	asked := func(v *visit) {
		t.Helper()
		v.sees("article.notice.asking")
		require.Zero(t, v.count("button.main, a.button.main"))
		require.NotContains(t, v.text("body"), "等你付款")
		v.fits()
	}
	asked(friend)
	require.Equal(t, house.APIURL+"/pay/result", friend.address(), "what the provider adds does not stay")
	friend.mark()
	friend.do(chromedp.Reload(), "reloading")
	friend.sees(nextPage)
	asked(friend)
	require.NoError(t, chromedp.Cancel(friend.tab)) // the tab is closed
	second := browser.beside()
	second.open(link)
	asked(second)
	require.Contains(t, second.text("article a.button"), "我还没付")
	release(t, house)
	second.sees("article.notice.paid")
	require.Len(t, requestOf(t, house, link).Attempts, 1)
}

// Back from the cashier, step by step, each page is one that may be shown again: no form is sent a second
// time, and the form to type a code on is among them.
func TestGoingBackStepByStep(t *testing.T) {
	t.Parallel()
	house := openHouse(t)
	friend, own := newVisit(t, house), ownPhone()
	friend.open(newVisit(t, house).ask())
	friend.turn("form.choices button[value=alipay_wap]")
	friend.fill("input[name=phone]", own)
	friend.turn("form[action='/pay/code'] button")
	friend.sees("input[name=code]")
	require.NotContains(t, friend.address(), own)
	friend.mark()
	friend.do(chromedp.Reload(), "reloading")
	friend.sees(nextPage)
	friend.sees("input[name=code]") // and no other code was sent for it
	friend.fill("input[name=code]", friend.code(own))
	friend.turn("form[action='/pay/login'] button.main")
	friend.turn(payButton)
	friend.sees("button.pay")
	steps := 0
	for ; friend.goesBackToUs(); steps++ {
		friend.sees("article.notice.waiting")
		require.Zero(t, friend.count(payButton))
	}
	require.GreaterOrEqual(t, steps, 3, "to pay, to log in, and the link")
}

// goesBackToUs goes to the page before this one that is ours, over those of the cashier; false for none.
func (v *visit) goesBackToUs() bool {
	v.t.Helper()
	known, err := chromedp.Run(v.tab, chromedp.NavigationEntries())
	require.NoError(v.t, err)
	for pages := int64(1); pages <= known.CurrentIndex; pages++ {
		if strings.HasPrefix(known.Entries[known.CurrentIndex-pages].URL, v.house.APIURL) {
			v.goBack(pages)
			return true
		}
	}
	return false
}
