package api

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

func TestTheExchangeLeavesTheSecretBehind(t *testing.T) {
	f := newFriends(t)
	id := f.place()
	secret := f.secret(id)
	v := &visitor{friends: f}
	got := v.post("/f/"+secret, "channel", "mock")
	require.Equal(t, http.StatusSeeOther, got.Code)
	require.Equal(t, "/pay?channel=mock", got.Header().Get("Location"))
	cookies := got.Result().Cookies()
	require.Len(t, cookies, 1)
	c := cookies[0]
	require.Equal(t, PayerCookie, c.Name)
	require.True(t, strings.HasPrefix(c.Name, "__Host-"))
	require.True(t, c.Secure && c.HttpOnly && c.Path == "/" && c.Domain == "")
	require.Equal(t, http.SameSiteLaxMode, c.SameSite)
	require.LessOrEqual(t, time.Until(c.Expires), 30*time.Minute)
	claims, err := f.server.Tokens.Payer(c.Value)
	require.NoError(t, err)
	require.Equal(t, id, claims.Request)
	require.Empty(t, claims.Payer, "nobody has logged in")

	v.logIn("13800138000")
	v.pay()
	for _, path := range []string{"/pay", "/pay/result", "/pay/decline", "/v1/link", "/f/" + secret} {
		answer := v.get(path)
		require.NotContains(t, answer.Body.String(), secret, path)
		for name, values := range answer.Header() {
			require.NotContains(t, strings.Join(values, " "), secret, "%s of %s", name, path)
		}
	}
	code := f.sms.codes["13800138000"]
	for _, canary := range []string{secret, f.code(id), c.Value, "13800138000", code, "capability"} {
		require.NotContains(t, f.log.String(), canary)
	}
	require.Contains(t, f.log.String(), `"route":"/f/:token"`)
}

func TestTheExchangeLeadsNowhereElse(t *testing.T) {
	f := newFriends(t)
	path := "/f/" + f.secret(f.place())
	for channel, want := range map[string]string{
		"": "/pay", "//evil.example": "/pay", "https://evil.example": "/pay", "/\t/evil.example": "/pay",
		"a&next=//evil": "/pay", "a\r\nSet-Cookie: x=1": "/pay", strings.Repeat("a", 65): "/pay",
		"mock": "/pay?channel=mock",
	} {
		v := &visitor{friends: f}
		got := v.post(path, "channel", channel, "next", "//evil.example", "return_url", "//evil.example")
		require.Equal(t, http.StatusSeeOther, got.Code)
		require.Equal(t, want, got.Header().Get("Location"), channel)
	}
	v := &visitor{friends: f}
	require.Equal(t, "/pay/decline", v.post(path, "then", "decline").Header().Get("Location"))
	require.Equal(t, "/pay/result", v.post(path, "then", "mine").Header().Get("Location"))
}

func TestOnlyPeopleOpenALink(t *testing.T) {
	f := newFriends(t)
	id := f.place()
	path, opened := "/f/"+f.secret(id), func() int64 {
		invite, err := f.store.Invite(t.Context(), strings.Replace(id, mint.Request, mint.Invite, 1))
		require.NoError(t, err)
		require.Equal(t, invite.OpenedCount == 0, invite.FirstOpenedAt.IsZero())
		return invite.OpenedCount
	}
	v := &visitor{friends: f}
	v.get(path)
	require.Zero(t, opened())
	require.Equal(t, http.StatusNoContent, v.post(path, "then", "opened").Code)
	require.EqualValues(t, 1, opened())
	require.Empty(t, v.cookie, "a touch is no session")
	v.post(path, "told", "1", "channel", "mock")
	require.EqualValues(t, 1, opened(), "the page has told already")
	v = &visitor{friends: f}
	v.post(path, "channel", "mock")
	require.EqualValues(t, 1, opened(), "it is the same visitor")
	f.exec("DELETE FROM limits")
	v.post(path, "channel", "mock")
	require.EqualValues(t, 2, opened(), "without a script, going on tells it")
	f.exec("DELETE FROM limits")
	require.Equal(t, http.StatusNoContent, v.json(post, "/v1/link/opened", "{}").Code)
	require.EqualValues(t, 3, opened())
}

func TestFormsOfOtherSitesAreRefused(t *testing.T) {
	f := newFriends(t)
	id := f.place()
	v := f.visit(id).logIn("13800138000")
	forms := []string{"/pay/attempts", "/pay/decline", "/pay/report", "/pay/pledge", "/pay/code", "/pay/login",
		"/v1/link/decline", "/v1/link/attempts", "/v1/link/opened", "/f/" + f.secret(id)}
	for name, headers := range map[string][]string{
		"cross-site": {"Sec-Fetch-Site", "cross-site"},
		"same-site":  {"Sec-Fetch-Site", "same-site"},
		"evil":       {"Origin", "https://evil.example"},
		"suffix":     {"Origin", "https://pay.example.com.evil.example"},
		"sandbox":    {"Sec-Fetch-Site", "cross-site", "Origin", "null"},
	} {
		before := f.rows()
		for _, path := range forms {
			got := v.call(post, path, "", "channel=mock", v.headers(append(headers,
				"Content-Type", "application/x-www-form-urlencoded"))...)
			require.Equal(t, http.StatusForbidden, got.Code, "%s from %s", path, name)
			require.Empty(t, got.Header().Get("Set-Cookie"))
		}
		require.Equal(t, before, f.rows(), name)
	}
	old := []string{"Origin", "null", "Content-Type", "application/x-www-form-urlencoded"}
	got := v.call(post, "/f/"+f.secret(id), "", "channel=mock", v.headers(old)...)
	require.Equal(t, http.StatusSeeOther, got.Code, "a browser of before 2023, from a page without Referer")
	got = v.call(post, "/pay/decline", "", "", v.headers(old)...)
	require.Equal(t, http.StatusForbidden, got.Code, "where a cookie counts, null is nobody")
	require.Contains(t, got.Body.String(), "请从链接里操作")
	policy := func(path string) string { return v.get(path).Header().Get("Referrer-Policy") }
	require.Equal(t, "no-referrer", policy("/f/"+f.secret(id)))
	require.Equal(t, "same-origin", policy("/pay/decline"))
}

func TestWithoutASessionThePageSaysHowToGetOne(t *testing.T) {
	f := newFriends(t)
	v := &visitor{friends: f}
	for _, path := range []string{"/pay", "/pay/result", "/pay/decline"} {
		got := v.get(path)
		require.Equal(t, http.StatusUnauthorized, got.Code, path)
		require.Contains(t, got.Body.String(), "请重新打开链接", path)
	}
	require.Equal(t, http.StatusUnauthorized, v.post("/pay/attempts").Code)
}

func TestDecliningReportingAndPledging(t *testing.T) {
	f := newFriends(t)
	id := f.place()
	v := f.visit(id)
	require.Contains(t, v.get("/pay/decline").Body.String(), "这次不付？")

	require.Equal(t, http.StatusSeeOther, v.post("/pay/pledge", "minutes", "30").Code)
	require.Contains(t, v.get("/pay").Body.String(), "你说过")
	for _, bad := range []string{"", "-5", "0", "999999", "x"} {
		require.Equal(t, http.StatusUnprocessableEntity, v.post("/pay/pledge", "minutes", bad).Code, bad)
	}
	before := func(end time.Duration) {
		f.server.Clock = func() time.Time { return time.Now().Add(24*time.Hour - end) }
	}
	before(31 * time.Minute)
	offered := v.get("/pay/decline").Body.String()
	require.Contains(t, offered, `value="30"`)
	require.NotContains(t, offered, `value="120"`, "the request ends before")
	late := v.post("/pay/pledge", "minutes", "120").Body.String()
	require.Contains(t, late, "请选一个在截止时间之前的时间")
	require.NotContains(t, late, "请稍候")
	before(9 * time.Minute)
	require.NotContains(t, v.get("/pay/decline").Body.String(), `action="/pay/pledge"`)
	before(24 * time.Hour)
	tooLate := `{"at":"` + time.Now().Add(100*time.Hour).UTC().Format(time.RFC3339) + `"}`
	require.Equal(t, "bad_pledge", v.json(post, "/v1/link/pledge", tooLate).text("reason"))

	require.Equal(t, "/pay", v.post("/pay/decline").Header().Get("Location"))
	got := v.get("/pay")
	require.Equal(t, http.StatusGone, got.Code)
	require.Contains(t, got.Body.String(), "已记下：这次不付")
	soon := `{"at":"` + time.Now().Add(time.Hour).UTC().Format(time.RFC3339) + `"}`
	require.Equal(t, "link_declined", v.json(post, "/v1/link/pledge", soon).text("reason"))
	r, err := f.store.Request(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, models.Open, r.State, "the request is not the friend's to end")

	v = f.visit(f.place())
	require.Equal(t, http.StatusSeeOther, v.post("/pay/report").Code)
	require.Contains(t, v.get("/pay").Body.String(), "已收到举报")
	require.Contains(t, f.log.String(), "link reported")
	v.post("/pay/report")
	cases, err := f.store.Cases(t.Context(), store.CaseFilter{Kind: models.CaseReported})
	require.NoError(t, err)
	require.Len(t, cases.Items, 1, "one for each link, however often it is reported")
	require.NotEmpty(t, cases.Items[0].Invite)
}

// A report is heard at any time, and never takes a payer's way to his money away.
func TestAReportLeavesAPaymentItsLink(t *testing.T) {
	f := newFriends(t)
	v := f.visit(f.place()).logIn("13800138000")
	v.pay()
	require.Equal(t, http.StatusNoContent, v.json(post, "/v1/link/report", "").Code)
	require.Equal(t, "live", v.json(get, "/v1/link", "").text("invite"))
	page := v.post("/pay/report")
	require.Equal(t, http.StatusOK, page.Code)
	require.Contains(t, page.Body.String(), "已收到举报")
	require.Contains(t, page.Body.String(), `href="/pay/result"`)
	require.Contains(t, f.log.String(), `"kept":true`)
	require.Contains(t, v.get("/pay/result").Body.String(), "等你付款")
}
