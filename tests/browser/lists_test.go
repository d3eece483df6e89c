package browser

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A buyer gives his friend more time, and thanks him when he has paid: the words come to the friend's open
// page by themselves. Both find what they did in their lists.
func TestAFriendIsThankedAndBothHaveLists(t *testing.T) {
	t.Parallel()
	house := newHouse(t)
	buyer, friend := newVisit(t, house), newVisit(t, house)
	link := buyer.ask()
	buyer.turn(".more-time button[value='30']")
	buyer.sees("#share")
	buyer.fits()
	friend.pays(link, "mockpay")
	require.Zero(t, friend.count("blockquote"))
	buyer.sees(".thank button.main")
	buyer.fits()
	buyer.press(".thank input[name=say][value^='太感谢了']")
	buyer.press(".thank button.main")
	buyer.sees(".thanked")
	friend.sees(".said blockquote")
	require.Equal(t, "太感谢了，下次我请你。", friend.text(".said blockquote"))
	friend.fits()

	buyer.turn(".aside a[href='/shop/asked']")
	buyer.fits()
	require.Equal(t, 1, buyer.count(".entries > li"))
	require.Contains(t, buyer.text(".entries"), "朋友已付款")
	buyer.turn(".phases a[href$='phase=open']")
	require.Zero(t, buyer.count(".entries > li"))
	buyer.turn("footer a[hreflang=en]")
	require.Equal(t, 1, buyer.count(".phases a[href$='phase=open'][aria-current]"), "the page stays what it was")
	friend.turn(".aside a[href='/pay/mine']")
	friend.fits()
	require.Equal(t, 1, friend.count(".entries > li"))
	require.NotContains(t, friend.text("main"), "咖啡", "what was bought is not in the list")
	friend.turn(".entries a[href='/pay/result']")
	friend.sees(".said blockquote")
}
