package browser

import (
	"strconv"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// sizes are the smallest phone that is still in use, and a desk whose reader has everything twice as big: to
// the page it is half as wide and high.
var sizes = map[string]struct {
	width, height int64
	scale         float64
}{
	"320 px": {320, 568, 1}, "200 %": {640, 400, 2},
}

// On a narrow screen nothing of the main journey sticks out, and each primary button is reached.
func TestTheMainJourneyOnNarrowScreens(t *testing.T) {
	t.Parallel()
	house := openHouse(t)
	for name, size := range sizes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			buyer, friend := newVisit(t, house), newVisit(t, house)
			for _, v := range []*visit{buyer, friend} {
				v.do(chromedp.EmulateViewport(size.width, size.height, chromedp.EmulateScale(size.scale),
					chromedp.EmulateMobile, chromedp.EmulateTouch), "making it narrow")
			}
			buyer.open(house.APIURL + "/shop")
			buyer.reaches("form[action='/shop/requests'] button.main", size.width)
			link := buyer.ask()
			buyer.reaches("#share", size.width)
			friend.open(link)
			friend.reaches("form.choices button.main", size.width)
			friend.turn("form.choices button[value=alipay_wap]")
			friend.reaches("form[action='/pay/code'] button", size.width)
			friend.login(ownPhone())
			friend.reaches(payButton, size.width)
			friend.press(payButton)
			friend.sees("button.pay")
			buyer.sees(".paying")
			buyer.reaches("article.notice", size.width)
			friend.press("button.pay")
			friend.sees("article.notice.paid")
			friend.reaches("article.notice", size.width)
			buyer.sees("article.notice.settled")
			buyer.reaches(".thank button.main", size.width)
		})
	}
}

// reaches says that the page is as wide as the screen and no wider, that something of it is whole within its
// width when one scrolls there, and that it is big enough for a thumb.
func (v *visit) reaches(selector string, width int64) {
	v.t.Helper()
	v.sees(selector)
	v.fits()
	v.do(chromedp.ScrollIntoView(chromedp.CSS(selector)), "scrolling to "+selector)
	box, err := chromedp.Run(v.tab, chromedp.Evaluate[[]float64](`(() => {
		const b = document.querySelector(`+strconv.Quote(selector)+`).getBoundingClientRect();
		return [b.left, b.right, b.height, innerWidth] })()`))
	require.NoError(v.t, err)
	require.GreaterOrEqual(v.t, box[0], 0.0, selector)
	require.LessOrEqual(v.t, box[1], float64(width), selector)
	require.GreaterOrEqual(v.t, box[2], 44.0, selector)
	require.InDelta(v.t, width, box[3], 1, "nothing makes the page wider than the screen")
}
