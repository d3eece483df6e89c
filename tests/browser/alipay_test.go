package browser

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// On a phone Alipay's cashier opens in the browser, and leads back.
func TestAFriendPaysByAlipayOnAPhone(t *testing.T) {
	t.Parallel()
	house := openHouse(t)
	buyer, friend := newVisit(t, house), newVisit(t, house)
	link := buyer.ask()
	friend.open(link)
	friend.press("form.choices button[value=alipay_wap]")
	friend.login(ownPhone())
	friend.press("form[action='/pay/attempts'] button.main")
	friend.sees("button.pay")
	require.Contains(t, friend.address(), elsewhere(house.SimURL)+"/alipay/cashier?")
	friend.fits()
	friend.shot("alipay-cashier")
	buyer.sees(".paying")
	friend.press("button.pay")
	friend.sees("article.notice.paid")
	friend.fits()
	buyer.sees("article.notice.settled")
	friend.leavesNoToken(link)
}

// Whoever leaves the cashier without paying stands before his own page again, which
// leads there once more.
func TestAFriendTurnsBackAtAlipaysCashier(t *testing.T) {
	t.Parallel()
	house := openHouse(t)
	buyer, friend := newVisit(t, house), newVisit(t, house)
	friend.open(buyer.ask())
	friend.press("form.choices button[value=alipay_wap]")
	friend.login(ownPhone())
	friend.press("form[action='/pay/attempts'] button.main")
	friend.sees("button.pay")
	friend.press("button[value=cancel]")
	friend.sees("article.notice.waiting")
	friend.fits()
	friend.press("article a.button.main")
	friend.sees("button.pay")
	friend.press("button.pay")
	friend.sees("article.notice.paid")
}

// The link is opened in Alipay: the friend is known without being asked, and pays in
// the window that the app's bridge opens.
func TestAFriendPaysInsideAlipay(t *testing.T) {
	t.Parallel()
	house := openHouse(t)
	buyer, friend := newVisit(t, house), newVisitIn(t, house, inAlipay)
	link := buyer.ask()
	friend.open(link)
	friend.fits()
	require.Equal(t, 1, friend.count("form.choices button[value^=alipay]"), "one name is offered once")
	friend.press("form.choices button.main")
	friend.sees("form[action='/pay/attempts'] button.main")
	require.NotContains(t, friend.address(), "auth_code=", "the login's code is in no address any more")
	require.Zero(t, friend.count("input[name=phone]"), "nobody asks for a phone here")
	friend.fits()
	friend.press("form[action='/pay/attempts'] button.main")
	friend.sees("button.pay")
	require.Contains(t, friend.address(), house.SimURL+"/alipay/cashier?tradeNO=", "by tradePay")
	friend.press("button.pay")
	friend.sees("article.notice.paid")
	friend.fits()
	buyer.sees("article.notice.settled")
	friend.leavesNoToken(link)
}

// At a desk there is Alipay's code to scan.
func TestAFriendScansAlipaysCodeAtADesk(t *testing.T) {
	t.Parallel()
	scan(t, "alipay", "支付宝")
}
