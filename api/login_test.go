package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAFriendLogsInByPhone(t *testing.T) {
	f := newFriends(t)
	v := f.visit(f.place())
	page := v.get("/pay?channel=mock").Body.String()
	require.Contains(t, page, `name="phone"`)
	require.NotContains(t, page, `name="minor"`, "nobody pays before he has logged in")

	sent := v.post("/pay/code", "phone", " 138-0013 8000 ", "channel", "mock")
	require.Equal(t, http.StatusSeeOther, sent.Code)
	require.Equal(t, "/pay?channel=mock", sent.Header().Get("Location"), "the channel is remembered")
	typed := v.get("/pay?channel=mock").Body.String()
	require.Contains(t, typed, `autocomplete="one-time-code"`)
	require.Contains(t, typed, `value=" 138-0013 8000 "`)
	require.Regexp(t, `^[0-9]{6}$`, f.sms.codes["13800138000"])
	require.NotContains(t, strings.Join(f.sms.texts, " "), "http", "texts carry no address")

	before := v.cookie
	code := f.sms.codes["13800138000"]
	in := v.post("/pay/login", "phone", "+86 138 0013 8000", "code", code, "channel", "mock")
	require.Equal(t, "/pay?channel=mock", in.Header().Get("Location"))
	require.NotEqual(t, before, v.cookie, "the session is a new one")
	page = v.get("/pay?channel=mock").Body.String()
	require.Contains(t, page, "138****8000")
	require.Contains(t, page, "支付 ¥129.00 · mock")

	fixed := &visitor{friends: f, cookie: before}
	require.Equal(t, http.StatusForbidden, fixed.pay().Code, "the session of before the login pays nothing")
	require.Equal(t, "login_first", fixed.json(post, "/v1/link/attempts",
		`{"channel":"mock","quote":{"minor":12900,"currency":"CNY","price_version":1}}`).text("reason"))
}

func TestLoggingInByJSON(t *testing.T) {
	f := newFriends(t)
	v := f.visit(f.place())
	require.Equal(t, http.StatusNoContent, v.json(post, "/v1/link/login/code", `{"phone":"13800138000"}`).Code)
	wrong := v.json(post, "/v1/link/login", `{"phone":"13800138000","code":"nothing"}`)
	require.Equal(t, "code_wrong", wrong.text("reason"))
	before := v.cookie
	in := v.json(post, "/v1/link/login", `{"phone":"13800138000","code":"`+f.sms.codes["13800138000"]+`"}`)
	require.Equal(t, http.StatusOK, in.Code, in.Body)
	require.Equal(t, "138****8000", in.text("payer"))
	require.NotEqual(t, before, v.cookie)
	require.Equal(t, "138****8000", v.json(get, "/v1/link", "").text("payer"))
	again := v.json(post, "/v1/link/login", `{"phone":"13800138000","code":"`+f.sms.codes["13800138000"]+`"}`)
	require.Equal(t, "code_expired", again.text("reason"), "a code is used once")
}

func TestCodesAreLimited(t *testing.T) {
	f := newFriends(t)
	v := f.visit(f.place())
	require.Equal(t, http.StatusSeeOther, v.post("/pay/code", "phone", "13800138000").Code)
	soon := v.post("/pay/code", "phone", "13800138000")
	require.Equal(t, http.StatusTooManyRequests, soon.Code)
	require.Contains(t, soon.Body.String(), "一分钟后可以再取")
	require.Contains(t, soon.Body.String(), `name="code"`, "the one that was sent may still be typed")
	problem := v.json(post, "/v1/link/login/code", `{"phone":"13800138000"}`)
	require.Equal(t, http.StatusTooManyRequests, problem.Code)
	require.NotEmpty(t, problem.Header().Get("Retry-After"))
	require.NotEmpty(t, problem.text("until"))

	right := f.sms.codes["13800138000"]
	for range 5 {
		got := v.post("/pay/login", "phone", "13800138000", "code", "no")
		require.Equal(t, http.StatusUnprocessableEntity, got.Code)
		require.Contains(t, got.Body.String(), "验证码不对")
	}
	spent := v.post("/pay/login", "phone", "13800138000", "code", right)
	require.Equal(t, http.StatusTooManyRequests, spent.Code, "after five wrong ones the right one is no good")
	require.Contains(t, spent.Body.String(), "试错次数太多")
	other := v.post("/pay/login", "phone", "13900139000", "code", right)
	require.Equal(t, http.StatusGone, other.Code, "a code is for one phone")
}

func TestOneAddressSendsSoManyCodes(t *testing.T) {
	f := newFriends(t)
	v := f.visit(f.place())
	for range codesPerAddress {
		_, _, err := f.store.Hit(t.Context(), "codes:192.0.2.1", codesPerAddress, 3600e9)
		require.NoError(t, err)
	}
	got := v.call(post, "/pay/code", "", "phone=13800138000", v.headers([]string{
		"Content-Type", "application/x-www-form-urlencoded", "X-Forwarded-For", "203.0.113.77"})...)
	require.Equal(t, http.StatusTooManyRequests, got.Code)
	require.Empty(t, f.sms.codes, "no phone rings")
}

func TestPhonesAreReadAsPeopleTypeThem(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"13800138000": "13800138000", "+8613800138000": "13800138000", "86 138 0013 8000": "13800138000",
		" 199-0000-0000 ": "19900000000",
		"":                "", "12800138000": "", "1380013800": "", "138001380001": "", "+14155550100": "",
		"１３８００１３８０００":       "",
		"13800138000; DROP": "",
	} {
		got, err := mobile(typed)
		require.Equal(t, want, got, typed)
		require.Equal(t, want == "", err != nil, typed)
	}
}

func TestASilentGatewayIsSaidSo(t *testing.T) {
	f := newFriends(t)
	v := f.visit(f.place())
	f.sms.down = true
	got := v.post("/pay/code", "phone", "13800138000")
	require.Equal(t, http.StatusServiceUnavailable, got.Code)
	require.Contains(t, got.Body.String(), "短信暂时发不出去")
	require.NotContains(t, got.Body.String(), "gateway")
	require.NotContains(t, f.log.String(), "13800138000")
}

// A payer's language for messages is the one that he picked, not the one his browser is set to.
func TestTheLanguageThatAFriendPickedIsKept(t *testing.T) {
	f := newFriends(t)
	v := f.visit(f.place())
	v.logIn("13800138000")
	spoken := func(language string) int {
		return f.count("SELECT count(*)::int FROM payers WHERE locale = '" + language + "'")
	}
	require.Equal(t, 1, spoken("zh-CN"))
	other := f.visit(f.place())
	other.others = map[string]string{"friendpay-lang": "en"}
	other.logIn("13900139000")
	require.Equal(t, 1, spoken("en"))
}
