package browser

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// Two friends are asked. The buyer's page tells by itself that one has opened his link and that the other
// is paying; the first link is taken back meanwhile, and the payment goes on.
func TestTheBuyerSeesTwoFriendsAndTakesOneLinkBack(t *testing.T) {
	t.Parallel()
	house := newHouse(t)
	buyer, first, second := newVisit(t, house), newVisit(t, house), newVisit(t, house)
	toFirst := buyer.ask()
	toSecond := buyer.askAnother("老张")
	require.NotEqual(t, toFirst, toSecond)
	require.Contains(t, buyer.text(".friends"), "还没打开")

	first.open(toFirst)
	first.press("h1")
	buyer.sees(".friends li.opened")
	second.open(toSecond)
	second.press("form.choices button[value=mockpay]")
	second.login(phone)
	second.press("form[action='/pay/attempts'] button[value=mockpay]")
	second.sees("button.pay")
	buyer.sees(".friends li.paying")
	require.Contains(t, buyer.text(".friends li.paying"), "老张")
	buyer.fits()

	buyer.turn(".friends li.opened a")
	buyer.turn(".share a[href*='/friends/inv_']")
	require.Contains(t, buyer.text("article.card"), "其他朋友的链接不受影响")
	buyer.fits()
	buyer.turn("form[action$='/revoke'] button")
	buyer.sees(".friends li.revoked")
	buyer.sees(".friends li.paying")
	first.open(toFirst)
	first.sees("article.notice.revoked")

	second.press("button.pay")
	second.sees("article.notice.paid")
	buyer.sees("article.notice.settled")
	buyer.sees(".friends li.paid")
	require.Contains(t, buyer.text(".friends li.paid"), "老张")
}

// askAnother asks one more friend from the request's page; it returns the link to send.
func (v *visit) askAnother(name string) string {
	v.t.Helper()
	v.turn("a[href$='/friends']")
	v.fits()
	v.fill("input[name=name]", name)
	v.turn("form[action$='/friends'] button.main")
	v.sees("#share")
	v.fits()
	const script = `document.querySelector(".share a[href*='/f/']").href`
	link, err := chromedp.Run(v.tab, chromedp.Evaluate[string](script))
	require.NoError(v.t, err)
	require.Contains(v.t, v.text(".share h2"), name)
	return link
}
