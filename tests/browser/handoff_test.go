package browser

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A friend leaves the app's browser by a code, types it in his own, and goes on where he was.
func TestAFriendGoesOnInHisOwnBrowser(t *testing.T) {
	t.Parallel()
	house := carefulHouse(t)
	inApp, own := newVisit(t, house), newVisit(t, house)
	inApp.open(newVisit(t, house).ask())
	inApp.shot("name-check")
	inApp.fill("input[name=asker]", "王")
	inApp.press("form.choices button[value=alipay_wap]")
	inApp.press("form[action='/pay/handoff'] button")
	inApp.sees("article.handoff svg.qr")
	inApp.fits()
	inApp.shot("handoff")
	code := inApp.text("b.code")

	own.open(house.APIURL + "/c")
	own.fill("input[name=code]", code)
	own.press("form[action='/c'] button.main")
	own.sees("form.choices button[value=alipay_wap]")
	require.Zero(t, own.count("input[name=asker]"), "he has said it")
	own.press("form.choices button[value=alipay_wap]")
	own.login(ownPhone())
	own.press(payButton)
	own.sees("button.pay")
	own.press("button.pay")
	own.sees("article.notice.paid")
}
