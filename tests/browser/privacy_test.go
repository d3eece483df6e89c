package browser

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// clockText is what changes by itself on a card.
var clockText = regexp.MustCompile(`\d+:\d\d(:\d\d)?`)

func cardText(v *visit, selector string) string {
	return strings.TrimSpace(clockText.ReplaceAllString(v.text(selector), ""))
}

// The buyer tries a surprise, writes a word and saves; the friend reads the previewed card, to
// the letter, and nothing of what was bought.
func TestTheFriendSeesTheCardThatTheBuyerPreviewed(t *testing.T) {
	t.Parallel()
	house := newHouse(t)
	buyer, friend := newVisit(t, house), newVisit(t, house)
	link := buyer.ask()
	friend.open(link)
	require.Contains(t, friend.text("article.card"), "手冲咖啡壶")

	buyer.turn("section.privacy a.button")
	buyer.sees(".preview")
	require.Contains(t, buyer.text(".preview"), "手冲咖啡壶")
	buyer.turn(".dial button[value=surprise]")
	buyer.sees(".preview")
	require.NotContains(t, buyer.text(".preview"), "手冲")
	buyer.fits()
	buyer.shot("privacy-preview")
	friend.open(link)
	require.Contains(t, friend.text("article.card"), "手冲咖啡壶", "a preview changes nothing")

	buyer.fill("textarea[name=message]", "打给我 13800138000")
	buyer.turn("form[action$='/card'] button.main")
	buyer.sees("p.problem")
	buyer.fits()
	buyer.turn(".dial button[value=surprise]")
	buyer.sees(".preview")
	buyer.fill("textarea[name=message]", "生日快乐 <3")
	buyer.turn("form[action$='/card'] button.main")
	buyer.sees(".preview .says")
	previewed := cardText(buyer, ".preview article.card")
	require.Contains(t, previewed, "生日快乐 <3")
	buyer.fits()

	friend.open(link)
	friend.fits()
	friend.shot("privacy-surprise")
	require.Equal(t, previewed, cardText(friend, "article.card"))
	require.NotContains(t, friend.text("body"), "咖啡")
}
