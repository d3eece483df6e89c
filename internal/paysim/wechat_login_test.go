package paysim_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/paysim"
)

const home = "https://shop.example/c?x=1"

func (s *shop) authorizeURL(scope string) string {
	return s.base + "/connect/oauth2/authorize?appid=" + s.account.AppID +
		"&redirect_uri=" + url.QueryEscape(home) + "&response_type=code&scope=" + scope + "&state=Abc123"
}

// come opens an address as a WeChat user; nobody's openid is empty.
func come(t *testing.T, address, openid string) *http.Request {
	t.Helper()
	r := get(t, address)
	if openid != "" {
		r.AddCookie(&http.Cookie{Name: "paysim_wechat_user", Value: openid})
	}
	return r
}

// codeOf is the code that an answer redirects home with.
func (s *shop) codeOf(status int, header http.Header) string {
	s.t.Helper()
	require.Equal(s.t, http.StatusFound, status)
	target, err := url.Parse(header.Get("Location"))
	require.NoError(s.t, err)
	require.Equal(s.t, "shop.example/c", target.Host+target.Path)
	require.Equal(s.t, "1", target.Query().Get("x"))
	require.Equal(s.t, "Abc123", target.Query().Get("state"))
	return target.Query().Get("code")
}

func (s *shop) tokenURL(code string) string {
	return s.base + "/sns/oauth2/access_token?appid=" + s.account.AppID + "&secret=" + s.account.AppSecret +
		"&code=" + code + "&grant_type=authorization_code"
}

// exchange gets an address of the login's API, whose answers are all alike outside.
func (s *shop) exchange(address string) members {
	s.t.Helper()
	status, header, text := s.see(get(s.t, address))
	require.Equal(s.t, http.StatusOK, status)
	require.Equal(s.t, "text/plain", header.Get("Content-Type"))
	said := members{}
	require.NoError(s.t, json.Unmarshal([]byte(text), &said))
	return said
}

func TestWeChatLogsInWithoutAWord(t *testing.T) {
	t.Parallel()
	var clock movable
	s := openShop(t, paysim.Options{Now: clock.now})
	status, header, _ := s.see(come(t, s.authorizeURL("snsapi_base"), "oMe"))
	code := s.codeOf(status, header)
	said := s.exchange(s.tokenURL(code))
	require.Equal(t, "oMe", said["openid"])
	require.Equal(t, "snsapi_base", said["scope"])
	require.EqualValues(t, 40163, s.exchange(s.tokenURL(code))["errcode"], "once only")
	require.EqualValues(t, 40029, s.exchange(s.tokenURL("made-up"))["errcode"])
	token := s.base + "/sns/userinfo?access_token=" + said["access_token"].(string) + "&openid=oMe"
	require.EqualValues(t, 48001, s.exchange(token)["errcode"], "base tells no name")

	status, header, _ = s.see(come(t, s.authorizeURL("snsapi_base"), ""))
	late := s.codeOf(status, header)
	require.Contains(t, header.Get("Set-Cookie"), "paysim_wechat_user=o")
	clock.move(301 * time.Second)
	require.EqualValues(t, 40029, s.exchange(s.tokenURL(late))["errcode"])
}

func TestWeChatsLoginAPIRefuses(t *testing.T) {
	t.Parallel()
	s := openShop(t, paysim.Options{})
	status, header, _ := s.see(come(t, s.authorizeURL("snsapi_base"), "oMe"))
	code := s.codeOf(status, header)
	right := s.tokenURL(code)
	other := strings.NewReplacer(s.account.AppID, shops()[1].AppID, s.account.AppSecret, shops()[1].AppSecret)
	for address, errcode := range map[string]int{
		strings.Replace(right, "appid=", "app=", 1):            41002,
		strings.Replace(right, s.account.AppID, "wxnobody", 1): 40013,
		strings.Replace(right, "secret=", "secret=x", 1):       40125,
		strings.Replace(right, "secret=", "s=", 1):             41004,
		strings.Replace(right, "authorization_", "", 1):        40002,
		strings.Replace(right, "code="+code, "code=", 1):       41008,
		other.Replace(right):                                   40029,
	} {
		require.EqualValues(t, errcode, s.exchange(address)["errcode"], address)
	}
	require.Equal(t, "oMe", s.exchange(right)["openid"], "none of that used the code up")
	s.simulate("/sim/faults", members{"op": "login", "mode": "error_before"})
	status, _, _ = s.see(get(t, right))
	require.Equal(t, http.StatusInternalServerError, status)
}

func TestWeChatLooksAtTheLoginAddress(t *testing.T) {
	t.Parallel()
	s := openShop(t, paysim.Options{})
	good := s.authorizeURL("snsapi_base")
	at, query, _ := strings.Cut(good, "?")
	parts := strings.Split(query, "&")
	parts[3], parts[2] = parts[2], parts[3]
	for name, address := range map[string]string{
		"order":  at + "?" + strings.Join(parts, "&"),
		"app":    strings.Replace(good, s.account.AppID, "wxnobody", 1),
		"domain": strings.Replace(good, "shop.example", "evil.example", 1),
		"port":   strings.Replace(good, "shop.example", "shop.example%3A81", 1),
		"scheme": strings.Replace(good, "https%3A", "javascript%3A", 1),
		"type":   strings.Replace(good, "=code", "=token", 1),
		"scope":  strings.Replace(good, "snsapi_base", "snsapi_login", 1),
		"state":  good + "-",
		"long":   good + strings.Repeat("x", 128),
		"more":   good + "&x=1",
	} {
		status, header, _ := s.see(come(t, address, "oMe"))
		require.Equal(t, http.StatusBadRequest, status, name)
		require.Empty(t, header.Get("Location"))
	}
}

func TestWeChatAsksBeforeItTellsANameAndShowsASnapshotOtherwise(t *testing.T) {
	t.Parallel()
	s := openShop(t, paysim.Options{})
	address := s.authorizeURL("snsapi_userinfo")
	status, header, _ := s.see(come(t, address, "oMe"))
	said := s.exchange(s.tokenURL(s.codeOf(status, header)))
	require.EqualValues(t, 1, said["is_snapshotuser"])
	require.NotEqual(t, "oMe", said["openid"])
	order := s.desired("jsapi", newNumber(), nowhere)
	order["payer"] = members{"openid": said["openid"]}
	require.Equal(t, http.StatusBadRequest, s.ask(http.MethodPost, trades+"jsapi", order).status)

	touched := come(t, address, "oMe")
	touched.Header.Set("Sec-Fetch-User", "?1")
	status, _, text := s.see(touched)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, text, "允许")
	deny := post(t, address, "action=cancel")
	_, header, _ = s.see(deny)
	require.Empty(t, header.Get("Location"))
	allow := post(t, address, "action=allow")
	allow.AddCookie(&http.Cookie{Name: "paysim_wechat_user", Value: "oMe"})
	status, header, _ = s.see(allow)
	said = s.exchange(s.tokenURL(s.codeOf(status, header)))
	require.Equal(t, "oMe", said["openid"])
	token := s.base + "/sns/userinfo?access_token=" + said["access_token"].(string) + "&openid="
	require.Equal(t, "微信用户oMe", s.exchange(token + "oMe")["nickname"])
	require.EqualValues(t, 40003, s.exchange(token + "oYou")["errcode"])
	require.EqualValues(t, 40001, s.exchange(s.base + "/sns/userinfo?access_token=x&openid=oMe")["errcode"])
}

func TestABrowserBecomesAWeChatUser(t *testing.T) {
	t.Parallel()
	s := openShop(t, paysim.Options{})
	status, header, _ := s.see(post(t, s.base+"/sim/wechatpay/user", `{"openid":"oFriend01"}`))
	require.Equal(t, http.StatusNoContent, status)
	require.Contains(t, header.Get("Set-Cookie"), "paysim_wechat_user=oFriend01; Path=/")
	status, _, _ = s.see(post(t, s.base+"/sim/wechatpay/user", `{"openid":"a;b"}`))
	require.Equal(t, http.StatusBadRequest, status)
}
