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
