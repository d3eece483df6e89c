package api

import (
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/mint"
)

func TestCodesAreNotSharedWhereTheyAreForbidden(t *testing.T) {
	f := newFriends(t)
	id := f.place()
	invite := func(surface string) answer {
		made := f.create("/v1/requests/"+id+"/invites", teaKey, `{"surface":"`+surface+`"}`)
		require.Equal(t, http.StatusCreated, made.Code, made.Body)
		return made
	}
	moments := invite("wechat_moments")
	require.Empty(t, moments.text("link", "code"))
	require.Empty(t, moments.text("link", "qr"))
	require.NotContains(t, moments.text("link", "share_text"), "短码")
	bearer := []string{"Authorization", "Bearer " + teaKey}
	picture := "/v1/requests/" + id + "/invites/"
	require.Equal(t, "no_qr", f.call(get, picture+moments.text("id")+"/qr", "", "", bearer...).text("reason"))

	for _, place := range []string{"wechat", "wechat_group"} {
		chat := invite(place)
		require.Contains(t, chat.text("link", "share_text"), chat.text("link", "code"))
		require.Contains(t, chat.text("link", "share_text"), "https://pay.example.com/c ")
		at := strings.TrimPrefix(chat.text("link", "qr"), "https://pay.example.com")
		drawn := f.call(get, at, "", "", bearer...)
		require.Equal(t, "image/svg+xml", drawn.Header().Get("Content-Type"))
		require.Contains(t, drawn.Body.String(), `xmlns="http://www.w3.org/2000/svg"`)
	}
}

// What operators say of a place counts at once, for links made before, too.
func TestLinksAreNotSharedWhereTheyAreBlocked(t *testing.T) {
	f := newFriends(t)
	id := f.place()
	made := f.create("/v1/requests/"+id+"/invites", teaKey, `{"surface":"wechat_group"}`)
	address, code := made.text("link", "url"), made.text("link", "code")
	require.Contains(t, made.text("link", "share_text"), address)
	text := func() string {
		got := f.call(get, "/v1/requests/"+id+"/invites", teaKey, "")
		require.Equal(t, http.StatusOK, got.Code, got.Body)
		link := got.field("invites").([]any)[1].(map[string]any)["link"].(map[string]any)
		require.Equal(t, address, link["url"], "it is still the link")
		return link["share_text"].(string)
	}
	f.exec("INSERT INTO surfaces (surface, works) VALUES ('wechat', false)")
	require.Equal(t, "帮我付一下这笔订单，谢谢！\n此处打不开链接，请用手机浏览器打开 pay.example.com/c，输入短码 "+code, text())
	f.exec("UPDATE surfaces SET share_code = false WHERE surface = 'wechat'")
	require.Equal(t, "帮我付一下这笔订单，谢谢！\n此处打不开链接，请保存二维码图片，用其他应用扫码打开", text())
	moments := f.create("/v1/requests/"+id+"/invites", teaKey, `{"surface":"wechat_moments"}`)
	require.NotContains(t, moments.text("link", "share_text"), "http")
	at := strings.TrimPrefix(moments.text("link", "qr"), "https://pay.example.com")
	drawn := f.call(get, at, "", "", "Authorization", "Bearer "+teaKey)
	require.Equal(t, http.StatusOK, drawn.Code, "a picture is all that is left")
	f.exec("DELETE FROM surfaces WHERE surface = 'wechat'")
	require.Contains(t, text(), address)
}

// Each link stands by itself: what happens to one leaves the others.
func TestALinkThatIsTakenBackLeavesTheOthers(t *testing.T) {
	f := newFriends(t)
	id := f.place()
	second := f.create("/v1/requests/"+id+"/invites", teaKey, `{"label":"Hua"}`)
	address := strings.TrimPrefix(second.text("link", "url"), "https://pay.example.com")
	ming := f.visit(id).logIn("13800138000")
	first := strings.Replace(id, mint.Request, mint.Invite, 1)
	taken := f.call(post, "/v1/requests/"+id+"/invites/"+first+"/revoke", teaKey, "")
	require.Equal(t, "revoked", taken.text("state"))

	require.Equal(t, "link_revoked", ming.json(post, "/v1/link/attempts", wantsTea).text("reason"))
	require.Equal(t, http.StatusNotFound, ming.get("/c/"+f.code(id)).Code, "its code is dead, too")
	hua := &visitor{friends: f}
	require.Equal(t, http.StatusSeeOther, hua.post(address, "channel", "mock").Code)
	require.Equal(t, http.StatusSeeOther, hua.logIn("13900139000").pay().Code)
	code := second.text("link", "code")
	require.Equal(t, http.StatusOK, f.call(get, "/c/"+code, "", "", "Accept", "text/html").Code)
	f.exec("UPDATE invites SET expires_at = now() - interval '1 second'")
	require.Equal(t, http.StatusNotFound, f.call(get, "/c/"+code, "", "", "Accept", "text/html").Code,
		"a code lives as long as its request may")
}

// What a chat draws of a link: no name, no amount, no order, and nothing is changed by it.
func TestThePreviewOfALinkTellsNothingPersonal(t *testing.T) {
	f := newFriends(t)
	link := "/f/" + f.secret(f.place())
	before := f.rows()
	page := f.call(get, link, "", "", "User-Agent", "facebookexternalhit/1.1", "Accept", "text/html")
	require.Equal(t, before, f.rows())
	found := regexp.MustCompile(`<meta property="og:[^>]*>`).FindAllString(page.Body.String(), -1)
	tags := strings.Join(found, "\n")
	for _, tag := range []string{"og:title", "og:description", "og:type", "og:image"} {
		require.Contains(t, tags, tag)
	}
	for _, never := range []string{"王", "129", "Tea", "T-"} {
		require.NotContains(t, tags, never)
	}
	require.Contains(t, tags, `content="https://pay.example.com/static/`)
}

// Sharing is never rewarded, in no word of any page.
func TestNothingRewardsSharing(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"zh-CN", "en"} {
		words, err := os.ReadFile("../web/translations/" + name + ".json")
		require.NoError(t, err)
		require.NotRegexp(t, `(?i)红包|奖励|返现|抽奖|积分|赢取|邀请有礼|reward|bonus|cash ?back|prize|\bpoints\b|\bearn\b`,
			string(words), name)
	}
}
