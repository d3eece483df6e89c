package api

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/providers"
)

// issuer logs in whoever the code names, if the browser's secret is that of the login.
type issuer struct{ begun map[string]string } // state → secret

func (i *issuer) LoginURL(_ context.Context, returnURL, state, secret string) (string, error) {
	i.begun[state] = secret
	return "https://wallet.example/login?" + url.Values{"back": {returnURL}, "state": {state}}.Encode(), nil
}

func (i *issuer) Login(_ context.Context, _, code, secret string) (providers.Identity, error) {
	for _, begun := range i.begun {
		if begun == secret && code != "spent" {
			return providers.Identity{Subject: code, App: "https://login.example#us"}, nil
		}
	}
	return providers.Identity{}, providers.ErrLogin
}

func newIssued(t *testing.T) (*friends, *issuer) {
	t.Helper()
	at := &issuer{begun: map[string]string{}}
	return newFriends(t, func(d *Deps) { d.OpenID = at }), at
}

// begin presses the issuer's button; it answers the state and the browser's cookies.
func (v *visitor) begin() (state, cookies string) {
	v.t.Helper()
	out := v.post("/pay/login/openid", "channel", "mock")
	require.Equal(v.t, http.StatusSeeOther, out.Code, out.Body)
	cookies = v.cookie
	for _, c := range out.Result().Cookies() {
		require.True(v.t, c.HttpOnly && c.Secure)
		cookies += "; " + c.Name + "=" + c.Value
	}
	return out.state(), cookies
}

func (v *visitor) comeBack(code, state, cookies string) answer {
	v.t.Helper()
	path := "/pay/login/return?code=" + code + "&state=" + state
	return v.keep(v.call(get, path, "", "", "Cookie", cookies, "Accept", "text/html"))
}

// payerOf is who is logged in.
func (v *visitor) payerOf() string {
	v.t.Helper()
	claims, err := v.server.Tokens.Payer(strings.TrimPrefix(v.cookie, PayerCookie+"="))
	require.NoError(v.t, err)
	return claims.Payer
}

func TestAFriendLogsInAtTheIssuer(t *testing.T) {
	f, at := newIssued(t)
	v := f.visit(f.place())
	require.Contains(t, v.get("/pay").Body.String(), `action="/pay/login/openid"`)
	state, cookies := v.begin()
	require.NotContains(t, at.begun[state], state, "what is in the address proves nothing")

	thief := f.visit(f.place())
	_, own := thief.begin()
	require.Equal(t, http.StatusGone, thief.comeBack("ming", state, own).Code, "begun in another browser")
	stolen := strings.Replace(cookies, at.begun[state], strings.Repeat("A", 52), 1)
	require.Equal(t, http.StatusConflict, v.comeBack("ming", state, stolen).Code, "without the secret")
	require.Empty(t, v.payerOf())

	state, cookies = v.begin()
	back := v.comeBack("ming", state, cookies)
	require.Equal(t, "/pay?channel=mock", back.Header().Get("Location"), back.Body)
	require.NotEmpty(t, v.payerOf())
	require.Equal(t, http.StatusSeeOther, v.pay().Code)
	require.NotContains(t, f.log.String(), "ming")
}

func TestWithoutAnIssuerNobodyIsOfferedOne(t *testing.T) {
	none := newFriends(t)
	page := none.visit(none.place())
	require.NotContains(t, page.get("/pay").Body.String(), "openid")
	require.Equal(t, "no_issuer", page.json(post, "/v1/link/login/openid", `{}`).text("reason"))
}

// One profile over several identities; a merchant's word is tied to none of them.
func TestOnePayerLogsInInSeveralWays(t *testing.T) {
	f, _ := newIssued(t)
	v := f.visit(f.place()).logIn("13800138000")
	ming := v.payerOf()
	state, cookies := v.begin()
	v.comeBack("ming", state, cookies)
	require.Equal(t, ming, v.payerOf(), "linked")

	other := f.visit(f.place())
	state, cookies = other.begin()
	other.comeBack("ming", state, cookies)
	require.Equal(t, ming, other.payerOf(), "known by the other one, on another day")

	hua := f.visit(f.place()).logIn("13900139000")
	before := hua.payerOf()
	state, cookies = hua.begin()
	hua.comeBack("ming", state, cookies)
	require.Equal(t, ming, hua.payerOf(), "another's identity leads to him")
	f.forgetCodes(t)
	require.Equal(t, before, f.visit(f.place()).logIn("13900139000").payerOf(), "and takes nothing along")
}

func TestAMerchantVouchesForAFriend(t *testing.T) {
	f, _ := newIssued(t)
	word := func(person string) string {
		made := f.call(post, "/v1/payer-tokens", teaKey, `{"app":"app_tea","person":"`+person+`"}`)
		require.Equal(t, http.StatusOK, made.Code, made.Body)
		return made.text("token")
	}
	foreign := f.call(post, "/v1/payer-tokens", coffeeKey, `{"app":"app_tea","person":"p"}`)
	require.Equal(t, "unknown_app", foreign.text("reason"))

	token := word("buyer-1")
	id := f.place()
	v := &visitor{friends: f}
	in := v.post("/f/"+f.secret(id), "channel", "mock", "voucher", token)
	require.Equal(t, http.StatusSeeOther, in.Code)
	require.NotContains(t, in.Header().Get("Location"), token)
	vouched := v.payerOf()
	require.NotEmpty(t, vouched)
	r, err := f.store.Request(t.Context(), id)
	require.NoError(t, err)
	self, err := f.store.PayerIsBuyer(t.Context(), vouched, r.Order)
	require.NoError(t, err)
	require.True(t, self, "the merchant says that he is the buyer himself")

	again := &visitor{friends: f}
	again.post("/f/"+f.secret(id), "channel", "mock", "voucher", token)
	require.Empty(t, again.payerOf(), "good once; he logs in like everybody")
	over := again.json(post, "/v1/link/login/voucher", `{"token":"`+token+`"}`)
	require.Equal(t, "voucher_over", over.text("reason"))
	require.Equal(t, http.StatusOK, again.json(post, "/v1/link/login/voucher",
		`{"token":"`+word("friend-7")+`"}`).Code)
	friend := again.payerOf()
	require.NotEqual(t, vouched, friend)

	// A link with a word of somebody else's must not tie the next login to his profile.
	again.logIn("13800138000")
	require.NotEqual(t, friend, again.payerOf())
	fresh := f.visit(f.place()).logIn("13900139000")
	mine := fresh.payerOf()
	fresh.post("/f/"+f.secret(id), "channel", "mock", "voucher", word("buyer-1"))
	require.Equal(t, vouched, fresh.payerOf(), "at another link he comes as who is vouched for")
	require.NotEqual(t, mine, vouched)
	require.NotContains(t, f.log.String(), token)
}

// WeChat lets people who did not touch the page look at it; their login is nobody's.
func TestAPreviewInWeChatIsViewOnly(t *testing.T) {
	f := newWallet(t)
	v, out, cookies := f.chosen(f.place())
	back := f.call(get, "/pay/login/return?code=snapshot&state="+out.state(), "", "", "Cookie", cookies,
		"Accept", "text/html", "User-Agent", inWeChat)
	require.Equal(t, http.StatusOK, back.Code, "it is no error")
	require.Contains(t, back.Body.String(), "使用完整服务")
	require.Contains(t, back.Body.String(), "¥129.00", "he may look")
	require.NotContains(t, back.Body.String(), `role="alert"`)
	v.cookie = cookies[:strings.Index(cookies, ";")]
	require.Empty(t, v.keep(back).Header().Get("Location"))
	require.NotContains(t, v.get("/pay", "User-Agent", inWeChat).Body.String(), "/pay/attempts")
}
