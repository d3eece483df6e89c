package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
)

// returned is a browser that came back from the wallet, logged in as somebody there.
func (f *friends) returned(out answer, cookies, who string) *visitor {
	f.t.Helper()
	v := &visitor{friends: f}
	back := f.call(get, "/pay/login/return?code="+who+"&state="+out.state(), "", "", "Cookie", cookies,
		"Accept", "text/html", "User-Agent", inWeChat)
	require.Equal(f.t, http.StatusSeeOther, back.Code, back.Body)
	v.keep(back)
	return v
}

// A session is over after half an hour. Who paid without a phone comes back as who he is
// at the wallet, although the request takes no more money.
func TestWhoPaidInTheWalletSeesHisResultAgain(t *testing.T) {
	f := newWallet(t)
	f.door.shown = providers.Presentation{Kind: providers.Bridge, Fields: map[string]string{"paySign": "s"}}
	id := f.place()
	_, out, cookies := f.chosen(id)
	v := f.returned(out, cookies, "ming")
	form := []string{"channel", "wx_in", "minor", "12900", "currency", "CNY", "price_version", "1"}
	paid := v.post("/pay/attempts", form...)
	require.Equal(t, "/pay/hop", paid.Header().Get("Location"), paid.Body)
	f.happen(id, models.Event{
		Kind: models.PaymentSucceeded, Spare: strings.Repeat("S", 26),
		Capture: &models.Capture{Money: models.CNY(12900), Transaction: "t1", PaidAt: f.server.Clock()},
	})
	f.happen(id, models.Event{Kind: models.OrderAccepted})

	stranger := &visitor{friends: f}
	stranger.post("/f/"+f.secret(id), "then", "mine")
	page := stranger.get("/pay/result", "User-Agent", inWeChat).Body.String()
	require.Contains(t, page, "我是用wx_in付的")
	require.NotContains(t, stranger.get("/pay/result", "User-Agent", onDesktop).Body.String(), "我是用wx_in付的")

	login := f.call(post, "/pay/login/provider", "", "channel=wx_in&then=look", "User-Agent", inWeChat,
		"Cookie", stranger.cookie, "Sec-Fetch-Site", "same-origin",
		"Content-Type", "application/x-www-form-urlencoded")
	require.Equal(t, http.StatusSeeOther, login.Code, login.Body)
	cookies = stranger.cookie
	for _, cookie := range login.Result().Cookies() {
		cookies += "; " + cookie.Name + "=" + cookie.Value
	}
	again := f.returned(login, cookies, "ming")
	require.Contains(t, again.get("/pay/result").Body.String(), "付好了")
}

// One browser, two logins: the older one's return spoils nothing, and a return that is
// loaded again leads on.
func TestAStrayReturnSpoilsNoLogin(t *testing.T) {
	f := newWallet(t)
	_, out, cookies := f.chosen(f.place())
	older := "/pay/login/return?code=x&state=OLDER"
	stray := f.call(get, older, "", "", "Cookie", cookies, "Accept", "text/html")
	require.Equal(t, http.StatusGone, stray.Code)
	require.Empty(t, stray.Result().Cookies(), "the login under way keeps its cookie")
	v := f.returned(out, cookies, "ming")
	twice := f.call(get, "/pay/login/return?code=ming&state="+out.state(), "", "", "Accept", "text/html",
		"Cookie", v.cookie)
	require.Equal(t, "/pay", twice.Header().Get("Location"))
}

func TestAnAccountWithoutALoginIsNotAvailable(t *testing.T) {
	f := newFriendsWith(t, mute{})
	v := f.visit(f.place())
	login := v.json(post, "/v1/link/login/provider", `{"channel":"wx_in"}`)
	require.Equal(t, http.StatusConflict, login.Code)
	require.Equal(t, "channel_unavailable", login.text("reason"))
}

// Whoever pays without a login at the provider takes nothing of what his address, which
// he shares with a whole town, may begin of them.
func TestOnlyALoginCountsAsALogin(t *testing.T) {
	f := newWallet(t)
	const ours = "logins:192.0.2.1" // where the test's calls come from
	f.visit(f.place())
	_, spent, err := f.store.Spent(t.Context(), ours, 1)
	require.NoError(t, err)
	require.False(t, spent)
	f.chosen(f.place())
	_, spent, err = f.store.Spent(t.Context(), ours, 1)
	require.NoError(t, err)
	require.True(t, spent)
}
