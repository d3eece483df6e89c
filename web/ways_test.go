package web_test

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/web"
)

// wayButton is one to pay by; that of another browser is plain.
var wayButton = regexp.MustCompile(`<button name="channel" value="cha_\d"( class="main")?>`)

func someWays(n int, login ...int) (channels []web.Channel) {
	for i := range n {
		id := "cha_" + strconv.Itoa(i)
		channels = append(channels, web.Channel{ID: id, NameZH: "渠道" + id, Pays: models.CNY(12900)})
	}
	for _, i := range login {
		channels[i].Login = true
	}
	return channels
}

func drawnIn(t *testing.T, page web.Page) string {
	t.Helper()
	pages, err := web.New()
	require.NoError(t, err)
	html, err := pages.HTML(web.Chinese, page)
	require.NoError(t, err)
	return string(html)
}

// However many ways there are, one is the one to press; few more are in sight.
func TestOneWayIsTheOneToPress(t *testing.T) {
	t.Parallel()
	for n, inSight := range map[int]int{1: 1, 4: 4, 5: 5, 6: 4, 9: 4} {
		link := drawnIn(t, web.Page{Template: web.LinkPage, View: web.Link{Card: card, Channels: someWays(n)}})
		pay := drawnIn(t, web.Page{Template: web.PayPage, View: web.Pay{
			Card: card, Channels: someWays(n), LoggedIn: true, Chosen: someWays(n)[n-1],
		}})
		for _, page := range []string{link, pay} {
			require.Equal(t, 1, strings.Count(page, `class="main"`), "of %d", n)
			before, _, hides := strings.Cut(page, "<details>")
			require.Equal(t, n != inSight, hides, "of %d", n)
			require.Len(t, wayButton.FindAllString(page, -1), n)
			require.Len(t, wayButton.FindAllString(before, -1), min(n, inSight))
		}
		first := `value="cha_` + strconv.Itoa(n-1) + `" class="main"`
		require.Contains(t, pay, first, "what was picked before comes first")
	}
}

// Before the login, too, where the ways ask for different ones.
func TestOneLoginIsTheOneToPress(t *testing.T) {
	t.Parallel()
	for name, view := range map[string]web.Pay{
		"by a provider": {Channels: someWays(2, 0, 1)},
		"by a phone":    {Channels: someWays(3, 1, 2)},
		"picked":        {Channels: someWays(3, 1, 2), Chosen: someWays(3, 1, 2)[2]},
		"a code sent":   {Channels: someWays(3, 0), CodeSent: true, Phone: "13800138000"},
		"to look":       {Channels: someWays(2, 0, 1), Look: true},
		"look by phone": {Look: true},
	} {
		view.Card = card
		page := drawnIn(t, web.Page{Template: web.PayPage, View: view})
		require.Equal(t, 1, strings.Count(page, `class="main"`), name)
	}
}
