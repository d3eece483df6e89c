package paysim_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/paysim"
	"github.com/friendpay/friendpay/internal/paysim/alipay"
)

func (s *stall) loginURL(scope string) string {
	return s.base + "/alipay/oauth2/publicAppAuthorize.htm?app_id=" + s.account.AppID + "&scope=" + scope +
		"&redirect_uri=" + url.QueryEscape(home) + "&state=Abc123"
}

// authCode is the code that an answer redirects home with.
func (s *stall) authCode(status int, header http.Header) string {
	s.t.Helper()
	require.Equal(s.t, http.StatusFound, status)
	target, err := url.Parse(header.Get("Location"))
	require.NoError(s.t, err)
	query := target.Query()
	require.Equal(s.t, "shop.example/c", target.Host+target.Path)
	require.Equal(s.t, []string{"1", "Abc123", s.account.AppID},
		[]string{query.Get("x"), query.Get("state"), query.Get("app_id")})
	return query.Get("auth_code")
}

// token asks who logged in; the parameters stand outside biz_content.
func (s *stall) token(grant, name, code string) aliSaid {
	s.t.Helper()
	form := s.form("alipay.system.oauth.token", nil)
	form.Del("biz_content")
	form.Set("grant_type", grant)
	form.Set(name, code)
	return s.post(s.sign(form))
}

func TestAlipayLogsInWithoutAWord(t *testing.T) {
	t.Parallel()
	s := openStall(t, paysim.Options{})
	status, header, _ := s.see(aliUser(t, s.loginURL("auth_base"), "friend01", ""))
	code := s.authCode(status, header)
	answer := s.token("authorization_code", "code", code)
	require.True(t, answer.signed)
	require.Equal(t, "alipay_system_oauth_token_response", answer.name)
	require.Equal(t, "friend01", answer.get("open_id"))
	require.NotContains(t, answer.node, "user_id")
	require.NotContains(t, answer.node, "code", "its success has none")
	require.NotEmpty(t, answer.get("access_token"))
	again := s.token("authorization_code", "code", code)
	require.Equal(t, "isv.code-invalid", again.code(), "a code serves once")
	require.Equal(t, "error_response", again.name)
	renewed := s.token("refresh_token", "refresh_token", answer.get("refresh_token"))
	require.Equal(t, "friend01", renewed.get("open_id"))
	require.Equal(t, "isv.refresh-token-invalid", s.token("refresh_token", "refresh_token", "x").code())
	require.Equal(t, "isv.invalid-grant-type", s.token("x", "code", code).code())

	status, header, _ = s.see(aliUser(t, s.loginURL("auth_base"), "friend01", ""))
	stolen := s.authCode(status, header)
	s.become(s.sim.AlipayAccounts()[1])
	form := s.form("alipay.system.oauth.token", nil)
	form.Set("grant_type", "authorization_code")
	form.Set("code", stolen)
	s.certify(form)
	require.Equal(t, "isv.code-invalid", s.post(s.sign(form)).code(), "it is another app's")
}

func TestAlipayAsksBeforeItTellsMore(t *testing.T) {
	t.Parallel()
	s := openStall(t, paysim.Options{})
	address := s.loginURL("auth_user")
	status, _, text := s.see(aliUser(t, address, "friend01", ""))
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, text, "良品小店 申请获取你的会员信息")
	_, _, text = s.see(aliUser(t, address, "friend01", "cancel"))
	require.Contains(t, text, "已拒绝授权")
	status, header, _ := s.see(aliUser(t, address, "friend01", "allow"))
	require.NotEmpty(t, s.authCode(status, header))
}

func TestAlipayLooksAtTheLoginAddress(t *testing.T) {
	t.Parallel()
	s := openStall(t, paysim.Options{})
	page := s.base + "/alipay/oauth2/publicAppAuthorize.htm?scope=auth_base&redirect_uri=https://shop.example/"
	for name, address := range map[string]string{
		"app": page + "&app_id=1", "scope": s.loginURL("snsapi_base"), "state": s.loginURL("auth_base") + "%20",
	} {
		status, _, _ := s.see(get(t, address))
		require.Equal(t, http.StatusBadRequest, status, name)
	}
	s.account.AppID += "&redirect_uri=" + url.QueryEscape("https://evil.example/")
	status, _, _ := s.see(get(t, s.loginURL("auth_base")))
	require.Equal(t, http.StatusBadRequest, status, "a host that is not registered")
}

func TestABrowserBecomesAnAlipayUser(t *testing.T) {
	t.Parallel()
	s := openStall(t, paysim.Options{})
	r := post(t, s.base+"/sim/alipay/user", `{"openid":"friend07"}`)
	status, header, _ := s.see(r)
	require.Equal(t, http.StatusNoContent, status)
	require.Contains(t, header.Get("Set-Cookie"), "paysim_alipay_user=friend07;")
	status, _, _ = s.see(post(t, s.base+"/sim/alipay/user", `{"openid":"a b"}`))
	require.Equal(t, http.StatusConflict, status)
}

func TestAppsOfOldAreToldUserIDs(t *testing.T) {
	t.Parallel()
	old := stalls()[0]
	old.UserIDs = true
	s := openStall(t, paysim.Options{Alipay: []alipay.Account{old}})
	number, _ := s.coded(nowhere)
	status, _ := s.payment(members{"number": number, "openid": "2088123456789012"})
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, "2088123456789012", s.query(number).get("buyer_user_id"))
	require.NotContains(t, s.query(number).node, "buyer_open_id")
}
