package api

import (
	"context"
	"net/http"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// reports counts what was said of a surface.
func (f *friends) reports(surface string) (count int) {
	f.t.Helper()
	conn, err := pgx.Connect(f.t.Context(), f.dsn)
	require.NoError(f.t, err)
	defer func() { require.NoError(f.t, conn.Close(context.WithoutCancel(f.t.Context()))) }()
	const query = "SELECT count(*) FROM surface_reports WHERE surface = $1"
	require.NoError(f.t, conn.QueryRow(f.t.Context(), query, surface).Scan(&count))
	return count
}

func TestWhoCameByACodeMaySayThatHisLinkIsBlocked(t *testing.T) {
	f := newFriends(t)
	id := f.place()
	v, page := &visitor{friends: f}, "/c/"+f.code(id)
	before := f.rows()
	require.Contains(t, v.get(page).Body.String(), "链接在微信里打不开")
	require.Equal(t, before, f.rows(), "a GET changes nothing")
	require.NotContains(t, v.get("/f/"+f.secret(id)).Body.String(), "打不开", "this link opens")
	require.NotContains(t, v.get(page, "User-Agent", inWeChat).Body.String(), "打不开", "it opens in WeChat")

	said := v.post(page, "then", "blocked", "told", "1")
	require.Equal(t, http.StatusOK, said.Code, said.Body)
	require.Contains(t, said.Body.String(), "谢谢，已记下")
	require.Contains(t, said.Body.String(), `name="channel"`, "he may go on")
	require.Equal(t, http.StatusOK, v.post(page, "then", "blocked", "told", "1").Code)
	require.Equal(t, 1, f.reports("wechat"), "once for each visitor and link")
	require.NotContains(t, f.log.String(), "192.0.2.1")
}

func TestWhoGoesOnElsewhereMaySayThatHisLinkIsBlocked(t *testing.T) {
	f := newFriends(t)
	id := f.place()
	v := f.visit(id)
	require.Contains(t, v.post("/pay/handoff").Body.String(), "/pay/blocked")
	said := v.post("/pay/blocked", "channel", "mock")
	require.Equal(t, http.StatusOK, said.Code, said.Body)
	require.Contains(t, said.Body.String(), "谢谢，已记下")
	require.Regexp(t, shownCode, said.Body.String(), "the way on is still there")
	require.Equal(t, http.StatusNoContent, v.json(post, "/v1/link/blocked", `{"surface":"qq"}`).Code)
	require.Equal(t, []int{1, 0}, []int{f.reports("wechat"), f.reports("qq")}, "he has spoken of this link")

	chat := f.call(post, "/v1/link/blocked", "", `{}`,
		"Cookie", v.cookie, "User-Agent", inWeChat, keyHeader, "k1")
	require.Equal(t, "opened_here", chat.text("reason"))
	f.exec("DELETE FROM surface_reports")
	require.Equal(t, http.StatusNoContent, v.json(post, "/v1/link/blocked", `{"surface":"qq"}`).Code)
	require.Equal(t, 1, f.reports("qq"))
	var last answer
	for range blockedPerAddress {
		last = v.json(post, "/v1/link/blocked", `{}`)
	}
	require.Equal(t, "too_often", last.text("reason"))
}

// A link that was made for another app is reported for that.
func TestALinkIsReportedForTheAppThatItWasSentTo(t *testing.T) {
	f := newFriends(t)
	id := f.place()
	made := f.create("/v1/requests/"+id+"/invites", teaKey, `{"surface":"alipay"}`)
	v, page := &visitor{friends: f}, "/c/"+made.text("link", "code")
	require.Contains(t, v.get(page).Body.String(), "链接在支付宝里打不开")
	v.post(page, "then", "blocked")
	require.Equal(t, 1, f.reports("alipay"))
}
