package browser

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// back is the button that takes the payer from the cashier to our page.
const back = "form[action*='/pay/result'] button.pay"

// On a phone our page posts a form to the gateway, and the cashier posts the browser
// back: from another site, so that the session stays at home until our answer has the
// browser come again by itself.
func TestAFriendPaysByCloudQuickPassOnAPhone(t *testing.T) {
	t.Parallel()
	house := openHouse(t)
	buyer, friend := newVisit(t, house), newVisit(t, house)
	link := buyer.ask()
	friend.open(link)
	friend.press("form.choices button[value=unionpay_wap]")
	friend.login(ownPhone())
	friend.press("form[action='/pay/attempts'] button.main")
	friend.sees("button.pay")
	require.Contains(t, friend.address(), elsewhere(house.SimURL)+"/unionpay/cashier?")
	friend.fits()
	friend.shot("unionpay-cashier")
	friend.press("button.pay")
	friend.sees(back) // the cashier's page before it has such a button, too
	friend.fits()

	log := friend.listen()
	friend.press(back)
	friend.sees("article.notice.paid")
	require.Equal(t, house.APIURL+"/pay/result", friend.address(), "nothing of the form is in the address")
	log.cameBackFromAway(t, house)
	friend.fits()
	buyer.sees("article.notice.settled")
	friend.leavesNoToken(link)
}

// At a desk there is Cloud QuickPass's code to scan.
func TestAFriendScansCloudQuickPasssCodeAtADesk(t *testing.T) {
	t.Parallel()
	scan(t, "unionpay", "云闪付")
}
