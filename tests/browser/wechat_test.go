package browser

import (
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// The link is opened in the chat: the friend is known without being asked, and pays in
// the window that WeChat's bridge opens.
func TestAFriendPaysInsideWeChat(t *testing.T) {
	t.Parallel()
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
	t.Parallel()
	house := openHouse(t)
	buyer, friend, phoneInHand := newVisit(t, house), newVisitIn(t, house, onDesktop), newVisit(t, house)
	friend.open(buyer.ask())
	friend.press("form.choices button.main")
	friend.login(ownPhone())
	phoneInHand.scans(friend, "wechatpay")
	friend.fits()
	friend.shot("desktop-code")
	phoneInHand.press("button.pay")
	friend.sees("article.notice.paid")
	friend.shot("desktop-paid")
	buyer.sees("article.notice.settled")
}

// scanning is held from the making of a code until it is scanned: the simulator lists those of everybody, the
// newest first.
var scanning sync.Mutex

// scans is a phone that scans the code which a friend has made at his desk, and stands before the cashier.
func (v *visit) scans(friend *visit, provider string) {
	v.t.Helper()
	scanning.Lock()
	defer scanning.Unlock()
	friend.turn(payButton)
	friend.sees("svg.qr")
	v.open(v.house.SimURL + "/sim/" + provider + "/codes")
	v.press("a.code")
	v.sees("button.pay")
}

// scan pays at a desk by a provider's code, which a phone scans.
func scan(t *testing.T, provider, name string) {
	t.Helper()
	house := openHouse(t)
	buyer, friend, phoneInHand := newVisit(t, house), newDesk(t, house), newVisit(t, house)
	friend.open(buyer.ask())
	friend.press("form.choices button[value=" + provider + "_qr]")
	friend.login(ownPhone())
	phoneInHand.scans(friend, provider)
	friend.fits()
	require.Contains(t, friend.text("figcaption"), name)
	phoneInHand.press("button.pay")
	friend.sees("article.notice.paid")
	friend.fits()
	buyer.sees("article.notice.settled")
}
