package alipay_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/providers"
)

func TestTheLoginAddressIsOurOwn(t *testing.T) {
	t.Parallel()
	a := adapter(t, "http://127.0.0.1:1", nil)
	address, err := url.Parse(a.LoginURL("https://pay.example.cn/back?x=1", "state1"))
	require.NoError(t, err)
	require.Equal(t, "https://openauth.alipay.com/oauth2/publicAppAuthorize.htm",
		"https://"+address.Host+address.Path)
	require.Equal(t, url.Values{
		"app_id": {app}, "scope": {"auth_base"}, "state": {"state1"},
		"redirect_uri": {"https://pay.example.cn/back?x=1"},
	}, address.Query())
	require.True(t, a.Binds("jsapi"))
	require.False(t, a.Binds("wap") || a.Binds("page") || a.Binds("qr"))
}

func TestACodeIsExchangedForAnOpenID(t *testing.T) {
	t.Parallel()
	const old, both = `{"access_token":"secret","user_id":"2088000000000009"`, `,"open_id":"` + payer + `"}`
	for node, who := range map[string]string{
		`{"open_id":"` + payer + `","access_token":"secret","expires_in":1}`: payer,

		old + `}`:  "2088000000000009",
		old + both: payer,
	} {
		g := open(t, says(node))
		identity, err := adapter(t, g.URL, nil).Login(t.Context(), "code1")
		require.NoError(t, err)
		require.Equal(t, providers.Identity{Subject: who, App: app}, identity)
		call := g.calls()[0]
		require.Equal(t, "authorization_code", call.Get("grant_type"))
		require.Equal(t, "code1", call.Get("code"))
		require.False(t, call.Has("biz_content"))
	}
}

func TestALoginThatNamesNobodyIsNone(t *testing.T) {
	t.Parallel()
	for _, node := range []string{
		`{}`, `{"open_id":"` + payer + `"}`, `{"access_token":"secret"}`,
		`{"open_id":"a b","access_token":"secret"}`,
	} {
		_, err := asked(t, node).Login(t.Context(), "code1")
		classed(t, err, providers.Ambiguous, "ANSWER")
	}
}

func TestASpentCodeHasItsOwnName(t *testing.T) {
	t.Parallel()
	const node = `{"code":"40002","msg":"Invalid Arguments","sub_code":"isv.code-invalid","sub_msg":"授权码code无效"}`
	unsigned := false
	g := open(t, func(w http.ResponseWriter, _ url.Values) {
		answer := `{"error_response":` + node + `,"sign":"` + sign(keys().alipay, node) + `"}`
		if unsigned {
			answer = `{"error_response":` + node + `}`
		}
		_, _ = io.WriteString(w, answer)
	})
	a := adapter(t, g.URL, nil)
	_, err := a.Login(t.Context(), "code1")
	require.ErrorIs(t, err, providers.ErrLogin)
	for _, code := range []string{"", strings.Repeat("c", 513)} {
		_, err = a.Login(t.Context(), code)
		require.ErrorIs(t, err, providers.ErrLogin)
	}
	require.Len(t, g.calls(), 1)
	unsigned = true
	_, err = a.Login(t.Context(), "code1")
	require.ErrorIs(t, err, providers.ErrLogin)
	_, err = a.Query(t.Context(), ref) // elsewhere nothing unsigned is believed
	classed(t, err, providers.Ambiguous, "ANSWER")
	other := open(t, func(w http.ResponseWriter, _ url.Values) {
		_, _ = io.WriteString(w, `{"error_response":{"code":"20001","sub_code":"aop.invalid-auth-token"}}`)
	})
	_, err = adapter(t, other.URL, nil).Login(t.Context(), "code1")
	classed(t, err, providers.Ambiguous, "ANSWER")
	_, err = adapter(t, open(t, refuses("20000", "aop.unknow-error")).URL, nil).Login(t.Context(), "code1")
	classed(t, err, providers.Ambiguous, "aop.unknow-error")
}
