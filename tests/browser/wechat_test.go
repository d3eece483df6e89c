package browser

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The link is opened in the chat: the friend is known without being asked, and pays in
// the window that WeChat's bridge opens.
func TestAFriendPaysInsideWeChat(t *testing.T) {
	house := openHouse(t)
	buyer, friend := newVisit(t, house), newVisitIn(t, house, inWeChat)
	link := buyer.ask()
	friend.open(link)
	friend.shot("wechat-friend")
	friend.press("form.choices button.main")
	friend.sees("form[action='/pay/attempts'] button.main")
	require.NotContains(t, friend.address(), "code=", "the login's code is in no address any more")
	require.Zero(t, friend.count("input[name=phone]"), "nobody asks for a phone here")
	friend.fits()
	friend.shot("wechat-confirm")
	friend.press("form[action='/pay/attempts'] button.main")
	friend.sees("button.pay")
	require.True(t, strings.HasPrefix(friend.address(), house.SimURL+"/wechatpay/jsapi"), friend.address())
	friend.shot("wechat-cashier")
	friend.press("button.pay")
	friend.sees("article.notice.paid")
	friend.fits()
	friend.shot("wechat-paid")
	buyer.sees("article.notice.settled")
	friend.leavesNoToken(link)
}

// At a desk the friend gets a code to scan with his phone; the page turns by itself.
func TestAFriendPaysAtADesk(t *testing.T) {
	house := openHouse(t)
	buyer, friend, phoneInHand := newVisit(t, house), newVisitIn(t, house, onDesktop), newVisit(t, house)
	friend.open(buyer.ask())
	friend.press("form.choices button.main")
	friend.login(ownPhone())
	friend.press("form[action='/pay/attempts'] button.main")
	friend.sees("svg.qr")
	friend.fits()
	friend.shot("desktop-code")
	phoneInHand.open(house.SimURL + "/sim/wechatpay/codes")
	phoneInHand.press("a[href*='/wechatpay/native']")
	phoneInHand.press("button.pay")
	friend.sees("article.notice.paid")
	friend.shot("desktop-paid")
	buyer.sees("article.notice.settled")
}

// scan pays at a desk by a provider's code, which a phone scans.
func scan(t *testing.T, provider, name string) {
	t.Helper()
	house := openHouse(t)
	buyer, friend, phoneInHand := newVisit(t, house), newDesk(t, house), newVisit(t, house)
	friend.open(buyer.ask())
	friend.press("form.choices button[value=" + provider + "_qr]")
	friend.login(ownPhone())
	friend.press("form[action='/pay/attempts'] button.main")
	friend.sees("svg.qr")
	friend.fits()
	require.Contains(t, friend.text("figcaption"), name)
	phoneInHand.open(house.SimURL + "/sim/" + provider + "/codes")
	phoneInHand.press("a[href*='/" + provider + "/cashier']")
	phoneInHand.sees("button.pay")
	phoneInHand.press("button.pay")
	friend.sees("article.notice.paid")
	friend.fits()
	buyer.sees("article.notice.settled")
}
