package browser

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/local"
)

// The three ways through the walls, as people see them: pictures from the shop to "paid", the buyer's page
// turning by itself each time.
func TestRecordedJourneys(t *testing.T) {
	t.Parallel()
	house := openHouse(t)
	var all []*journey
	walks := []func(*testing.T, *local.House) *journey{inWeChatRecorded, inAlipayRecorded, atDeskRecorded}
	for _, walk := range walks {
		all = append(all, walk(t, house))
	}
	bind(t, all)
	for _, j := range all {
		require.GreaterOrEqual(t, len(j.Frames), 8, j.Name)
	}
}

func inWeChatRecorded(t *testing.T, house *local.House) *journey {
	j := record(t, "wechat", "Asked and paid in WeChat, by the app's own window")
	buyer, friend := newVisit(t, house), newVisitIn(t, house, inWeChat)
	j.inApp(buyer, friend)
	return j
}

func inAlipayRecorded(t *testing.T, house *local.House) *journey {
	j := record(t, "alipay", "Paid in Alipay, by the app's own window")
	buyer, friend := newVisit(t, house), newVisitIn(t, house, inAlipay)
	j.inApp(buyer, friend)
	return j
}

// inApp is the whole way where the app knows who its user is.
func (j *journey) inApp(buyer, friend *visit) {
	link := j.asks(buyer)
	friend.open(link)
	friend.sees("form.choices button.main")
	j.frame(friend, "link", "Friend", "opens the link in the chat: who asks, for what, how much")
	friend.turn("form.choices button.main")
	friend.sees(payButton)
	j.frame(friend, "confirm", "Friend", "is known without being asked, and confirms")
	friend.press(payButton)
	friend.sees("button.pay")
	j.frame(friend, "cashier", "Friend", "stands before the app's own cashier")
	buyer.sees(".paying")
	j.frame(buyer, "paying", "Buyer", "sees that somebody is paying")
	friend.press("button.pay")
	friend.sees("article.notice.paid")
	j.frame(friend, "paid", "Friend", "has paid")
	buyer.sees("article.notice.settled")
	j.frame(buyer, "settled", "Buyer", "sees it without touching the page")
	friend.leavesNoToken(link)
}

// asks is the buyer's half of each.
func (j *journey) asks(buyer *visit) (link string) {
	buyer.open(buyer.house.APIURL + "/shop")
	buyer.sees("form[action='/shop/requests'] button.main")
	j.frame(buyer, "shop", "Buyer", "has an unpaid order")
	link = buyer.ask()
	j.frame(buyer, "asked", "Buyer", "has a link to send")
	return link
}

// At a desk the friend logs in by a code, and his phone scans what the page shows.
func atDeskRecorded(t *testing.T, house *local.House) *journey {
	j := record(t, "desktop-qr", "Paid at a desk, by a code that a phone scans")
	buyer, friend, inHand := newDesk(t, house), newDesk(t, house), newVisit(t, house)
	friend.open(j.asks(buyer))
	friend.sees("form.choices button.main")
	j.frame(friend, "link", "Friend", "opens the link at a desk")
	friend.turn("form.choices button[value=wechatpay_native]")
	friend.sees("input[name=phone]")
	j.frame(friend, "login", "Friend", "logs in only now that he pays")
	friend.login(ownPhone())
	j.frame(friend, "confirm", "Friend", "confirms")
	inHand.scans(friend, "wechatpay")
	j.frame(friend, "code", "Friend", "has a code to scan")
	j.frame(inHand, "scanned", "Friend's phone", "scans it and stands before the cashier")
	buyer.sees(".paying")
	j.frame(buyer, "paying", "Buyer", "sees that somebody is paying")
	inHand.press("button.pay")
	friend.sees("article.notice.paid")
	j.frame(friend, "paid", "Friend", "sees at the desk that it is paid")
	buyer.sees("article.notice.settled")
	j.frame(buyer, "settled", "Buyer", "sees it without touching the page")
	return j
}
