package browser

import (
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// withoutScripts turns JavaScript off in a visit's pages.
func (v *visit) withoutScripts() *visit {
	v.t.Helper()
	_, err := chromedp.Call(v.tab, emulation.SetScriptExecutionDisabled,
		emulation.SetScriptExecutionDisabledParams{Value: true})
	require.NoError(v.t, err)
	return v
}

// Without JavaScript the buyer asks, and a friend pays by each way but the apps' own windows; the pages of
// both turn all the same.
func TestEverybodyGetsThroughWithoutScripts(t *testing.T) {
	t.Parallel()
	house := openHouse(t)
	for channel, leads := range map[string]string{
		"alipay_wap": "/alipay/cashier", "wechatpay_h5": "/wechatpay/h5", "unionpay_wap": "/unionpay/cashier",
	} {
		t.Run(channel, func(t *testing.T) {
			t.Parallel()
			buyer, friend := newVisit(t, house).withoutScripts(), newVisit(t, house).withoutScripts()
			friend.open(buyer.ask())
			friend.turn("form.choices button[value=" + channel + "]")
			friend.login(ownPhone())
			friend.turn(payButton)
			if channel != "alipay_wap" {
				friend.sees("h1")
				friend.turn("form.choices button.main, a[data-go]") // our last page, which scripts leave at once
			}
			friend.sees("button.pay")
			require.Contains(t, friend.address(), leads)
			friend.turn("button.pay")
			if channel == "unionpay_wap" {
				friend.turn(back)
			}
			friend.sees("article.notice.paid")
			friend.fits()
			buyer.sees("article.notice.settled")
		})
	}
}

func TestADeskGetsThroughWithoutScripts(t *testing.T) {
	t.Parallel()
	house := openHouse(t)
	buyer, friend := newDesk(t, house).withoutScripts(), newDesk(t, house).withoutScripts()
	inHand := newVisit(t, house)
	friend.open(buyer.ask())
	friend.turn("form.choices button[value=alipay_qr]")
	friend.login(ownPhone())
	inHand.scans(friend, "alipay")
	inHand.press("button.pay")
	friend.sees("article.notice.paid")
	buyer.sees("article.notice.settled")
}

// The other ends: the buyer takes it back, the friend will not pay; each hears of the other.
func TestARequestEndsWithoutScripts(t *testing.T) {
	t.Parallel()
	house := openHouse(t)
	buyer, friend := newVisit(t, house).withoutScripts(), newVisit(t, house).withoutScripts()
	link := buyer.ask()
	buyer.turn("form[action$='/cancel'] button")
	buyer.sees("article.notice.cancelled_buyer")
	friend.open(link)
	friend.sees("article.notice.cancelled")

	link = buyer.ask()
	friend.open(link)
	friend.turn("form.choices button[value=decline]")
	friend.turn("form[action='/pay/decline'] button")
	friend.sees("article.notice.declined")
	buyer.sees(".unwilling a.main")
}
