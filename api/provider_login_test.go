package api

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/store"
)

// desks opens a desk for every account.
type desks struct{}

func (desks) Open(_ context.Context, provider, _ string) (providers.Adapter, error) {
	switch provider {
	case "wechatpay":
		return boundDesk{}, nil
	case "alipay":
		return otherNameDesk{}, nil
	}
	return plainDesk{}, nil
}

// mute opens accounts whose settings lack what a login needs.
type mute struct{}

func (mute) Open(context.Context, string, string) (providers.Adapter, error) { return muteDesk{}, nil }

type muteDesk struct{ boundDesk }

func (muteDesk) LoginURL(string, string) string { return "" }

// plainDesk takes money from anybody.
type plainDesk struct{ providers.Adapter }

// boundDesk is a provider whose product "jsapi" is for one person, named before.
type boundDesk struct{ providers.Adapter }

func (boundDesk) Seller() providers.Seller {
	return providers.Seller{Account: "1900000001", App: "wx1"}
}
func (boundDesk) Binds(product string) bool { return product == "jsapi" }

func (boundDesk) CodeName() string { return "code" }

// otherNameDesk brings the code under another name, as Alipay does.
type otherNameDesk struct{ boundDesk }

func (otherNameDesk) CodeName() string { return "auth_code" }

func (boundDesk) LoginURL(returnURL, state string) string {
	return "https://wallet.example/login?" + url.Values{"back": {returnURL}, "state": {state}}.Encode()
}

func (boundDesk) Login(_ context.Context, code string) (providers.Identity, error) {
	switch code {
	case "spent":
		return providers.Identity{}, providers.ErrLogin
	case "refused":
		return providers.Identity{}, &providers.Error{Class: providers.Definite, Op: "login"}
	case "snapshot":
		preview := &providers.Error{Class: providers.Definite, Op: "login", Err: providers.ErrSnapshot}
		return providers.Identity{}, preview
	case "down":
		return providers.Identity{}, &providers.Error{Class: providers.Ambiguous, Op: "login"}
	case "other-app":
		return providers.Identity{Subject: "o-1", App: "wx2"}, nil
	}
	return providers.Identity{Subject: "o-" + code, App: "wx1"}, nil
}

const (
	inWeChat  = "Mozilla/5.0 (iPhone) Mobile/15E148 MicroMessenger/8.0.50"
	inWeCom   = "Mozilla/5.0 (iPhone) Mobile/15E148 wxwork/4.1 MicroMessenger/7.0.1"
	onDesktop = "Mozilla/5.0 (X11; Linux x86_64) Chrome/142.0"
	onPhone   = "Mozilla/5.0 (Linux; Android 16) Chrome/142.0 Mobile"
)

// newWallet is a world whose app has one way to pay inside WeChat, and one elsewhere.
func newWallet(t *testing.T) *friends {
	t.Helper()
	return newFriendsWith(t, desks{})
}

func newFriendsWith(t *testing.T, accounts Accounts) *friends {
	t.Helper()
	f := newFriends(t, func(d *Deps) { d.Accounts = accounts })
	channel := func(id, product, surface string) store.Channel {
		return store.Channel{
			ID: id, App: "app_tea", Provider: "wechatpay", Account: "acc_wx", Product: product, Kind: "wallet",
			NameZH: id, NameEN: id, Min: models.CNY(1), Max: models.CNY(1_000_000), Enabled: true,
			Surfaces: []string{surface, "unknown"},
		}
	}
	require.NoError(t, f.store.Seed(t.Context(), store.SeedData{
		Accounts: []store.Account{
			{ID: "acc_wx", Provider: "wechatpay", App: "app_tea", Settings: []byte("{}"), State: "active"},
		},
		Channels: []store.Channel{
			channel("wx_in", "jsapi", "wechat"), channel("wx_h5", "h5", "mobile"),
			channel("wx_qr", "native", "desktop"),
		},
	}))
	return f
}

func TestChannelsAreOfferedWhereTheyWork(t *testing.T) {
	f := newWallet(t)
	id := f.place()
	for agent, want := range map[string]string{
		inWeChat: "wx_in", onPhone: "wx_h5", inWeCom: "wx_h5", onDesktop: "wx_qr", "": "wx_in wx_h5 wx_qr",
	} {
		page := f.call(get, "/f/"+f.secret(id), "", "", "User-Agent", agent).Body.String()
		for _, channel := range []string{"wx_in", "wx_h5", "wx_qr"} {
			require.Equal(t, strings.Contains(want, channel), strings.Contains(page, `value="`+channel+`"`),
				"%s in %q", channel, agent)
		}
	}
}

// chosen opens the link inside WeChat and picks the channel there.
func (f *friends) chosen(request string) (v *visitor, out answer, cookies string) {
	f.t.Helper()
	v = &visitor{friends: f}
	out = f.call(post, "/f/"+f.secret(request), "", "channel=wx_in", "User-Agent", inWeChat,
		"Content-Type", "application/x-www-form-urlencoded")
	require.Equal(f.t, http.StatusSeeOther, out.Code, out.Body)
	for _, cookie := range out.Result().Cookies() {
		require.True(f.t, cookie.HttpOnly && cookie.Secure)
		cookies += cookie.Name + "=" + cookie.Value + "; "
	}
	return v, out, cookies
}

// state is what the browser has to bring back.
func (a answer) state() string {
	a.t.Helper()
	at, err := url.Parse(a.Header().Get("Location"))
	require.NoError(a.t, err)
	require.Equal(a.t, "wallet.example", at.Host)
	require.Equal(a.t, "https://pay.example.com/pay/login/return", at.Query().Get("back"))
	return at.Query().Get("state")
}

func TestInsideWeChatThePayerIsKnownWithoutBeingAsked(t *testing.T) {
	f := newWallet(t)
	f.door.shown = providers.Presentation{Kind: providers.Bridge, Fields: map[string]string{"paySign": "s"}}
	id := f.place()
	_, out, cookies := f.chosen(id)
	state := out.state()
	require.Regexp(t, `^[A-Z2-7]{26}$`, state)

	path := "/pay/login/return?code=ming&state=" + state
	stolen := f.call(get, path, "", "", "Cookie", cookies[:strings.Index(cookies, ";")], "Accept", "text/html")
	require.Equal(t, http.StatusGone, stolen.Code, "a browser that did not begin it")
	wrong := f.call(get, path+"X", "", "", "Cookie", cookies, "Accept", "text/html")
	require.Equal(t, http.StatusGone, wrong.Code)

	back := f.call(get, path, "", "", "Cookie", cookies, "Accept", "text/html", "User-Agent", inWeChat)
	require.Equal(t, http.StatusSeeOther, back.Code, back.Body)
	require.Equal(t, "/pay?channel=wx_in", back.Header().Get("Location"), "the code is in no address any more")
	again := f.call(get, path, "", "", "Cookie", cookies, "Accept", "text/html")
	require.Equal(t, http.StatusGone, again.Code, "a login is good once")

	v := &visitor{friends: f}
	v.keep(back)
	page := v.get("/pay?channel=wx_in", "User-Agent", inWeChat).Body.String()
	require.Contains(t, page, `name="minor"`)
	require.NotContains(t, page, `name="phone"`)
	form := []string{"channel", "wx_in", "minor", "12900", "currency", "CNY", "price_version", "1"}
	paid := v.post("/pay/attempts", form...)
	require.Equal(t, "/pay/hop", paid.Header().Get("Location"), paid.Body)
	hop := v.get("/pay/hop")
	require.Contains(t, hop.Body.String(), `data-bridge="{&#34;paySign&#34;:&#34;s&#34;}"`)
	require.Equal(t, "o-ming", f.subject(id))
	require.NotContains(t, f.log.String(), "ming")
}

// subject is who the payer of a request's newest attempt is at the wallet.
func (f *friends) subject(request string) string {
	f.t.Helper()
	r, err := f.store.Request(f.t.Context(), request)
	require.NoError(f.t, err)
	payer := r.Attempts[len(r.Attempts)-1].Payer
	subject, err := f.store.PayerSubject(f.t.Context(), payer, "wechatpay", "wx1")
	require.NoError(f.t, err)
	return subject
}

func TestALoginThatFailsSaysSoAndDoesNotLoop(t *testing.T) {
	for code, want := range map[string]int{
		"": http.StatusConflict, "spent": http.StatusConflict, "other-app": http.StatusConflict,
		"refused": http.StatusConflict, "down": http.StatusServiceUnavailable,
	} {
		t.Run(code, func(t *testing.T) {
			f := newWallet(t)
			_, out, cookies := f.chosen(f.place())
			back := f.call(get, "/pay/login/return?code="+code+"&state="+out.state(), "", "", "Cookie", cookies,
				"Accept", "text/html", "User-Agent", inWeChat)
			require.Equal(t, want, back.Code)
			require.Contains(t, back.Body.String(), `action="/pay/login/provider"`, "he may try again by himself")
		})
	}
}

func TestAPhoneDoesNotPayWhereTheWalletMustKnowWhoPays(t *testing.T) {
	f := newWallet(t)
	v := f.visit(f.place()).logIn("13800138000")
	body := strings.Replace(wantsTea, `"mock"`, `"wx_in"`, 1)
	require.Equal(t, "provider_login_first", v.json(post, "/v1/link/attempts", body).text("reason"))
	page := v.get("/pay?channel=wx_in", "User-Agent", inWeChat).Body.String()
	require.Contains(t, page, `formaction="/pay/login/provider"`)

	login := v.json(post, "/v1/link/login/provider", `{"channel":"wx_in"}`)
	require.Equal(t, http.StatusOK, login.Code, login.Body)
	require.Contains(t, login.text("url"), "https://wallet.example/login?")
	require.Contains(t, login.Header().Get("Set-Cookie"), LoginCookie)
	none := v.json(post, "/v1/link/login/provider", `{"channel":"wx_qr"}`)
	require.Equal(t, "no_provider_login", none.text("reason"))
}

func TestThePageBeforeWeChatsOwnTellsItsOriginOnly(t *testing.T) {
	f := newWallet(t)
	f.door.shown = providers.Presentation{Kind: providers.Redirect, URL: bankPage, Referer: true}
	v := f.visit(f.place()).logIn("13800138000")
	require.Equal(t, "/pay/result", v.get("/pay/hop").Header().Get("Location"), "nothing to pay yet")
	require.Equal(t, "/pay/hop", v.pay().Header().Get("Location"))
	hop := v.get("/pay/hop")
	require.Equal(t, "origin", hop.Header().Get("Referrer-Policy"))
	require.Contains(t, hop.Body.String(), `href="`+strings.ReplaceAll(bankPage, "&", "&amp;")+`"`)
	require.NotContains(t, hop.Body.String(), "noreferrer")
	require.Contains(t, v.get("/pay/result").Body.String(), `href="/pay/hop"`)
}

func TestWhereNothingWorksThePageSaysToOpenItElsewhere(t *testing.T) {
	f := newWallet(t)
	f.exec(`UPDATE channels SET surfaces = '["wechat"]'`)
	page := f.call(get, "/f/"+f.secret(f.place()), "", "", "User-Agent", onDesktop, "Accept", "text/html")
	require.Contains(t, page.Body.String(), "请换个地方打开")
}

// Alipay brings its code as auth_code, beside more that is none of ours. The name that
// counts is the one of the provider at which the login began.
func TestALoginsCodeHasTheNameThatItsProviderGivesIt(t *testing.T) {
	f := newWallet(t)
	f.exec(`UPDATE channels SET provider = 'alipay' WHERE id = 'wx_in'`)
	id := f.place()
	back := func(query string) (*visitor, answer) {
		v, out, cookies := f.chosen(id)
		path := "/pay/login/return?app_id=2021&source=alipay_wallet&scope=auth_base&state=" + out.state() + query
		return v, f.call(get, path, "", "", "Cookie", cookies, "Accept", "text/html", "User-Agent", inWeChat)
	}
	_, other := back("&code=ming")
	require.Equal(t, http.StatusConflict, other.Code, "another provider's name")
	v, home := back("&auth_code=ming&code=hua")
	require.Equal(t, http.StatusSeeOther, home.Code, home.Body)
	require.Equal(t, "/pay?channel=wx_in", home.Header().Get("Location"), "the code is in no address any more")
	v.keep(home)
	require.Contains(t, v.get("/pay?channel=wx_in", "User-Agent", inWeChat).Body.String(), "已登录")
	require.NotContains(t, f.log.String(), "ming")
}
