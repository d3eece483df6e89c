package browser

import (
	"net/url"
	"path"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/local"
	"github.com/friendpay/friendpay/models"
)

// The main job by hand: shop, link, friend, provider, and the buyer's page that
// turns to "paid" by itself.
func TestAFriendPaysByHand(t *testing.T) {
	t.Parallel()
	house := openHouse(t)
	buyer, friend := newVisit(t, house), newVisit(t, house)

	link := buyer.ask()
	buyer.shot("shop")
	friend.open(link)
	friend.fits()
	friend.shot("friend")
	friend.press("form.choices button.main")
	friend.login(ownPhone())
	friend.shot("confirm")
	friend.press("form[action='/pay/attempts'] button.main")
	friend.sees("button.pay")
	require.True(t, strings.HasPrefix(friend.address(), house.SimURL), "the provider's own page")
	buyer.sees(".paying")
	friend.press("button.pay")

	friend.sees("article.notice.paid")
	friend.fits()
	friend.shot("result")
	buyer.sees("article.notice.settled")
	buyer.fits()
	buyer.shot("paid")
	friend.leavesNoToken(link)
}

// ask orders in the shop and asks a friend; it returns the link to send.
func (v *visit) ask() string {
	v.t.Helper()
	v.open(v.house.APIURL + "/shop")
	v.fits()
	v.press("form[action='/shop/requests'] button.main")
	v.sees("#share")
	v.fits()
	const script = `document.querySelector(".share a[href*='/f/']").href`
	link, err := chromedp.Run(v.tab, chromedp.Evaluate[string](script))
	require.NoError(v.t, err)
	asked.Store(link, path.Base(v.address()))
	return link
}

// asked says by a link which request it asks for.
var asked sync.Map

// requestOf reads the request that a link asks for, as it stands now.
func requestOf(t *testing.T, house *local.House, link string) models.Request {
	t.Helper()
	id, known := asked.Load(link)
	require.True(t, known)
	r, err := house.Parts.Store.Request(t.Context(), id.(string)) //nolint:forcetypeassert // as ask keeps it
	require.NoError(t, err)
	return r
}

// login logs in with a one-time code at the moment of paying.
func (v *visit) login(phone string) {
	v.t.Helper()
	v.sees("input[name=phone]")
	v.fits()
	v.fill("input[name=phone]", phone)
	v.press("form[action='/pay/code'] button")
	v.sees("input[name=code]")
	v.fill("input[name=code]", v.code(phone))
	v.press("form[action='/pay/login'] button.main")
	v.sees("form[action='/pay/attempts']")
}

// leavesNoToken: after the exchange the secret is in no address any more.
func (v *visit) leavesNoToken(link string) {
	v.t.Helper()
	parsed, err := url.Parse(link)
	require.NoError(v.t, err)
	secret := parsed.Path[strings.LastIndex(parsed.Path, "/")+1:]
	require.NotContains(v.t, v.address(), secret)
	referrer, err := chromedp.Run(v.tab, chromedp.Evaluate[string]("document.referrer"))
	require.NoError(v.t, err)
	require.NotContains(v.t, referrer, secret)
}

// A second friend at the same link hears that somebody is paying, and that it is paid.
func TestASecondFriendIsToldWhoIsFaster(t *testing.T) {
	t.Parallel()
	house := openHouse(t)
	buyer, first, second := newVisit(t, house), newVisit(t, house), newVisit(t, house)
	link := buyer.ask()
	second.open(link)
	second.press("form.choices button[value=alipay_wap]")
	second.login("13900139000")
	first.open(link)
	first.press("form.choices button[value=alipay_wap]")
	first.login(ownPhone())
	first.press("form[action='/pay/attempts'] button[value=alipay_wap]")
	first.sees("button.pay")

	second.press("form[action='/pay/attempts'] button[value=alipay_wap]")
	second.sees("article.notice.taken")
	second.fits()
	first.press("button.pay")
	first.sees("article.notice.paid")
	second.sees("article.notice.paid")
}

// A buyer takes the request back; the friend who opens the link hears so.
func TestACancelledRequestSaysSo(t *testing.T) {
	t.Parallel()
	house := openHouse(t)
	buyer, friend := newVisit(t, house), newVisit(t, house)
	link := buyer.ask()
	buyer.press("form[action$='/cancel'] button")
	buyer.sees("article.notice.cancelled_buyer")
	friend.open(link)
	friend.sees("article.notice.cancelled")
}

// A link that nobody made is told from nothing else that does not exist.
func TestAnUnknownLinkIsNotFound(t *testing.T) {
	t.Parallel()
	house := openHouse(t)
	stranger := newVisit(t, house)
	stranger.open(house.APIURL + "/f/" + strings.Repeat("A", 43))
	stranger.sees("article.notice.unknown")
	stranger.fits()
	unknown := stranger.text("body")
	stranger.open(house.APIURL + "/f/nonsense")
	stranger.sees("article.notice.unknown")
	require.Equal(t, unknown, stranger.text("body"))
}

// A friend who leaves the provider's page without paying gives the slot up himself.
func TestAFriendGivesTheSlotUpByHand(t *testing.T) {
	t.Parallel()
	house := openHouse(t)
	buyer, friend := newVisit(t, house), newVisit(t, house)
	friend.open(buyer.ask())
	friend.press("form.choices button[value=alipay_wap]")
	friend.login(ownPhone())
	friend.press("form[action='/pay/attempts'] button[value=alipay_wap]")
	friend.sees("button.pay")
	friend.open(house.APIURL + "/pay/result")
	friend.fits()
	friend.press("form[action='/pay/withdraw'] button")
	friend.sees("article.notice.not_paid")
	buyer.sees("article.notice.open")
}

// A buyer who pays himself has no link: back from the cashier he is sent to the shop, where it says so.
func TestABuyerWhoPaysHimselfLooksInTheShop(t *testing.T) {
	t.Parallel()
	house := openHouse(t)
	buyer := newVisit(t, house)
	buyer.ask()
	order := buyer.address()
	buyer.turn("form[action$='/pay'] button")
	buyer.press("button.pay")
	buyer.sees("article.notice.own")
	buyer.fits()
	buyer.open(order)
	buyer.sees("article.notice.paid_by_buyer")
}
