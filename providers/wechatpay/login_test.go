package wechatpay_test

import (
	"fmt"
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/providers/wechatpay"
)

func plain(body string) func(http.ResponseWriter, *http.Request, []byte) {
	return func(w http.ResponseWriter, _ *http.Request, _ []byte) {
		w.Header().Set("Content-Type", "text/plain")
		_, _ = io.WriteString(w, body)
	}
}

func TestTheLoginAddressKeepsItsOrder(t *testing.T) {
	t.Parallel()
	a, err := wechatpay.New(good("https://api.mch.weixin.qq.com"), nil)
	require.NoError(t, err)
	require.Equal(t, "https://open.weixin.qq.com/connect/oauth2/authorize?appid="+app+
		"&redirect_uri=https%3A%2F%2Fpay.example.cn%2Fback%3Fa%3Db%26c&response_type=code&scope=snsapi_base"+
		"&state=S1#wechat_redirect", a.LoginURL("https://pay.example.cn/back?a=b&c", "S1"))
}

func TestACodeIsExchangedForAnOpenID(t *testing.T) {
	t.Parallel()
	s := open(t, plain(`{"access_token":"A","expires_in":7200,"refresh_token":"R",
		"openid":"oFriend01","scope":"snsapi_base"}`))
	who, err := adapter(t, s, nil).Login(t.Context(), "CODE&x")
	require.NoError(t, err)
	require.Equal(t, providers.Identity{Subject: "oFriend01", App: app}, who)
	require.Equal(t, map[string][]string{
		"appid": {app}, "secret": {secret}, "code": {"CODE&x"}, "grant_type": {"authorization_code"},
	}, map[string][]string(s.calls()[0].URL.Query()))
}

func TestASpentCodeHasItsOwnName(t *testing.T) {
	t.Parallel()
	for _, code := range []int{40029, 40163, 41008, 42003} {
		said := fmt.Sprintf(`{"errcode":%d,"errmsg":"invalid code, rid: 1"}`, code)
		_, err := adapter(t, open(t, plain(said)), nil).Login(t.Context(), "CODE")
		require.ErrorIs(t, err, providers.ErrLogin)
	}
	a := adapter(t, open(t, plain(`{}`)), nil)
	for _, code := range []string{"", string(make([]byte, 513))} {
		_, err := a.Login(t.Context(), code)
		require.ErrorIs(t, err, providers.ErrLogin)
	}
}

func TestOtherLoginErrorsAreClassed(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]struct {
		class providers.Class
		code  string
	}{
		`{"errcode":-1,"errmsg":"system busy"}`:      {providers.Refused, "-1"},
		`{"errcode":45011,"errmsg":"too often"}`:     {providers.Refused, "45011"},
		`{"errcode":40125,"errmsg":"bad secret"}`:    {providers.Definite, "40125"},
		`{"errcode":41002,"errmsg":"appid"}`:         {providers.Definite, "41002"},
		`{"openid":"oFriend01","is_snapshotuser":1}`: {providers.Definite, "SNAPSHOT"},
		`{"openid":""}`:         {providers.Ambiguous, "ANSWER"},
		`openid=o1&errcode=0`:   {providers.Ambiguous, "ANSWER"},
		`<html>maintenance</x>`: {providers.Ambiguous, "ANSWER"},
	} {
		_, err := adapter(t, open(t, plain(body)), nil).Login(t.Context(), "CODE")
		classed(t, err, want.class, want.code)
	}
	_, err := adapter(t, open(t, unsigned(502, `{"openid":"oFriend01"}`)), nil).Login(t.Context(), "CODE")
	classed(t, err, providers.Ambiguous, "ANSWER")
}

func TestASecretInAnAddressStaysOutOfTheError(t *testing.T) {
	t.Parallel()
	settings := good(nowhere(t))
	a, err := wechatpay.New(settings, &http.Client{Transport: &http.Transport{}})
	require.NoError(t, err)
	_, err = a.Login(t.Context(), "CODE-that-is-secret")
	failed := classed(t, err, providers.Ambiguous, "WIRE")
	require.NotContains(t, fmt.Sprintf("%+v %v", failed, failed.Err), "CODE-that-is-secret")
}

func TestAnAccountWithoutASecretHasNoLogin(t *testing.T) {
	t.Parallel()
	settings := good(nowhere(t))
	settings.AppSecret = ""
	a, err := wechatpay.New(settings, nil)
	require.NoError(t, err)
	require.Empty(t, a.LoginURL("https://pay.example.cn", "s"))
	_, err = a.Login(t.Context(), "CODE")
	classed(t, err, providers.Definite, "NO_SECRET")
}
