package browser

import (
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/local"
)

// twice is the double tap of who is in a hurry; it waits for the page that comes of it.
func (v *visit) twice(selector string) {
	v.t.Helper()
	v.mark()
	v.do(chromedp.DoubleClick(chromedp.CSS(selector), calmly), "pressing twice "+selector)
	v.sees(nextPage)
}

// Each button of the friend pressed twice in a row: one login, one attempt, one payment.
func TestADoubleTapPaysOnce(t *testing.T) {
	t.Parallel()
	house := openHouse(t)
	friend, own := newVisit(t, house), ownPhone()
	link := newVisit(t, house).ask()
	friend.open(link)
	friend.twice("form.choices button[value=alipay_wap]")
	friend.sees("input[name=phone]")
	friend.fill("input[name=phone]", own)
	friend.twice("form[action='/pay/code'] button")
	friend.sees("input[name=code]")
	friend.fill("input[name=code]", friend.code(own))
	friend.twice("form[action='/pay/login'] button.main")
	friend.sees(payButton)
	require.Zero(t, friend.count("p.problem"), "the second tap does not take the first one for an error")
	friend.twice(payButton)
	friend.sees("button.pay")
	require.Len(t, requestOf(t, house, link).Attempts, 1)
	friend.press("button.pay")
	friend.sees("article.notice.paid")
	require.Len(t, requestOf(t, house, link).Attempts, 1)
}

// Two tabs of one friend on one link are one payer: one attempt, and both tabs come to know.
func TestTwoTabsOfAFriendShareAnAttempt(t *testing.T) {
	t.Parallel()
	house := openHouse(t)
	first := newVisit(t, house)
	link := newVisit(t, house).ask()
	first.open(link)
	first.turn("form.choices button[value=alipay_wap]")
	first.login(ownPhone())
	second := first.beside()
	second.open(link)
	second.turn("form.choices button[value=alipay_wap]")
	second.sees(payButton)
	first.press(payButton)
	first.sees("button.pay")
	second.press(payButton)
	second.sees("button.pay")
	require.Len(t, requestOf(t, house, link).Attempts, 1)
	second.open(house.APIURL + "/pay/result")
	second.sees("article.notice.waiting")
	first.press("button.pay")
	first.sees("article.notice.paid")
	second.sees("article.notice.paid")
	require.Len(t, requestOf(t, house, link).Attempts, 1)
}

// A browser has one session, of the link opened last: the other tab's button does nothing to it, says so, and
// the other link is as good as before.
func TestTwoTabsOnTwoLinksAreNotMixedUp(t *testing.T) {
	t.Parallel()
	house := openHouse(t)
	first := newVisit(t, house)
	buyer := newVisit(t, house)
	one, other := buyer.ask(), buyer.ask()
	earlier, later := requestOf(t, house, one), requestOf(t, house, other)
	require.NotEqual(t, earlier.ID, later.ID)
	own := ownPhone()
	first.open(one)
	first.turn("form.choices button[value=alipay_wap]")
	first.login(own)
	second := first.beside()
	second.open(other)
	second.turn("form.choices button[value=alipay_wap]")
	first.turn(payButton)
	first.sees("article.notice.other_link")
	first.fits()
	for _, link := range []string{one, other} {
		require.Empty(t, requestOf(t, house, link).Attempts, "nobody has paid anything")
	}
	first.open(one)
	first.turn("form.choices button[value=alipay_wap]")
	first.loginAgain(house, one)
}

// loginAgain is the rest of the way of who came back to a link by which he had logged in before.
func (v *visit) loginAgain(house *local.House, link string) {
	v.t.Helper()
	v.login(ownPhone())
	v.turn(payButton)
	v.sees("button.pay")
	v.press("button.pay")
	v.sees("article.notice.paid")
	require.Len(v.t, requestOf(v.t, house, link).Attempts, 1)
}

// goBack presses the browser's own button so many times.
func (v *visit) goBack(pages int64) {
	v.t.Helper()
	known, err := chromedp.Run(v.tab, chromedp.NavigationEntries())
	require.NoError(v.t, err)
	require.GreaterOrEqual(v.t, known.CurrentIndex, pages)
	v.mark()
	before := page.NavigateToHistoryEntryParams{EntryID: known.Entries[known.CurrentIndex-pages].ID}
	_, err = chromedp.Call(v.tab, page.NavigateToHistoryEntry, before)
	require.NoError(v.t, err)
	v.sees(nextPage)
}

// Going back, from the cashier and after paying, leads to how it stands, never to a form that pays again.
func TestGoingBackPaysNothingTwice(t *testing.T) {
	t.Parallel()
	house := openHouse(t)
	friend := newVisit(t, house)
	link := newVisit(t, house).ask()
	friend.open(link)
	friend.turn("form.choices button[value=alipay_wap]")
	friend.login(ownPhone())
	friend.press(payButton)
	friend.sees("button.pay")
	friend.goBack(1)
	friend.sees("article.notice.waiting")
	require.Zero(t, friend.count(payButton))
	friend.press("article a.button.main")
	friend.sees("button.pay")
	require.Len(t, requestOf(t, house, link).Attempts, 1)
	friend.press("button.pay")
	friend.sees("article.notice.paid")
	for friend.goesBackToUs() { // over the cashier: to pay, to the code, to the phone, to the link
		friend.sees("article.notice.paid")
		require.Zero(t, friend.count(payButton))
	}
	friend.open(house.APIURL + "/pay")
	friend.sees("article.notice.paid")
	require.Zero(t, friend.count(payButton))
	require.Len(t, requestOf(t, house, link).Attempts, 1)
}
