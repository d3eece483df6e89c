package web_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/web"
)

// The words of a person are words on the page, whatever they look like, and are told as his.
func TestAMessageIsQuotedAndEscaped(t *testing.T) {
	t.Parallel()
	pages, err := web.New()
	require.NoError(t, err)
	told := card
	told.Message, told.Shows = `<script>x</script>"&`, models.ShowsFull
	html, err := pages.HTML(web.Chinese, web.Page{Template: web.LinkPage, View: web.Link{Card: told}})
	require.NoError(t, err)
	require.Contains(t, string(html), `<q dir="auto">&lt;script&gt;x&lt;/script&gt;&#34;&amp;</q>`)
	require.Contains(t, string(html), "王** 自己写的留言")
}

// The buyer's page frames the very card of the friend, under a heading of its own.
func TestTheFrameHoldsTheFriendsCard(t *testing.T) {
	t.Parallel()
	pages, err := web.New()
	require.NoError(t, err)
	for _, shows := range models.AllShows {
		seen := web.Card{Asker: "王**", Merchant: "良品小店", Amount: models.CNY(12900), Shows: shows, Message: "谢谢"}
		switch shows {
		case models.ShowsFull:
			seen.Items = card.Items
		case models.ShowsCategory:
			seen.Category = "咖啡器具"
		case models.ShowsSurprise: // nothing of it
		}
		link, err := pages.HTML(web.Chinese, web.Page{Template: web.LinkPage, View: web.Link{Card: seen}})
		require.NoError(t, err)
		seen.Framed = true
		framed, err := pages.HTML(web.Chinese, web.Page{Template: web.PrivacyPage, View: web.Privacy{
			ID: "fpr_1", Choices: models.AllShows, Set: models.ShowsFull, Chosen: shows, Seen: seen, MayChange: true,
		}})
		require.NoError(t, err)
		require.Equal(t, 1, strings.Count(string(framed), "<h1"))
		inside := func(html []byte) string {
			_, rest, _ := strings.Cut(string(html), `<article class="card">`)
			text, _, _ := strings.Cut(rest, "</article>")
			text = strings.NewReplacer("<h1>", `<div class="asks">`, "</h1>", "</div>").Replace(text)
			return strings.Join(strings.Fields(text), " ")
		}
		require.NotEmpty(t, inside(link))
		require.Equal(t, inside(link), inside(framed))
	}
}
