package api

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/mint"
)

var shownCode = regexp.MustCompile(`<b class="code">([0-9A-Z]{5}-[0-9A-Z]{5})</b>`)

// handOff presses the button and reads the code.
func (v *visitor) handOff() string {
	v.t.Helper()
	page := v.post("/pay/handoff", "channel", "mock")
	require.Equal(v.t, http.StatusOK, page.Code, page.Body)
	found := shownCode.FindStringSubmatch(page.Body.String())
	require.Len(v.t, found, 2, page.Body)
	require.Contains(v.t, page.Body.String(), `class="qr"`)
	return found[1]
}

func TestAFriendGoesOnInAnotherBrowser(t *testing.T) {
	f := newChecked(t)
	id := f.placeBy("王小明", "")
	here, _ := f.say(id, "王")
	here.logIn("13800138000")
	code := here.handOff()

	there := &visitor{friends: f}
	before := f.rows("limits")
	typed := there.post("/c", "code", strings.ToLower(code))
	require.Equal(t, "/c/"+code, typed.Header().Get("Location"))
	page := there.get("/c/" + code)
	require.Contains(t, page.Body.String(), "王**", "he has said who asks")
	require.NotContains(t, page.Body.String(), `name="asker"`)
	require.Equal(t, before, f.rows("limits"), "looking uses nothing up")
	require.Equal(t, http.StatusNoContent, there.post("/c/"+code, "then", "opened").Code)
	in := there.post("/c/" + code)
	require.Equal(t, "/pay?channel=mock", in.Header().Get("Location"), "with what he picked")
	require.Empty(t, there.payerOf(), "a login does not travel")
	there.logIn("13900139000")
	require.Equal(t, http.StatusSeeOther, there.pay().Code)

	third := &visitor{friends: f}
	require.Equal(t, http.StatusNotFound, third.post("/c/"+code).Code, "good once")
	used := third.get("/c/" + code)
	require.Equal(t, http.StatusNotFound, used.Code)
	require.Contains(t, used.Body.String(), "请回到拿到短码的地方重新取一个")
	require.NotContains(t, f.log.String(), code)
}

func TestAHandoffIsForItsLinkAndTwoMinutes(t *testing.T) {
	f := newChecked(t)
	id := f.placeBy("王小明", "")
	made := f.visitUnchecked(id).json(post, "/v1/link/handoffs", `{"channel":"nothing"}`)
	require.Equal(t, http.StatusOK, made.Code, made.Body)
	require.Equal(t, "https://pay.example.com/c/"+made.text("code"), made.text("url"))
	there := &visitor{friends: f}
	page := there.get("/c/" + made.text("code")).Body.String()
	require.Contains(t, page, `name="asker"`, "what he has not said here, he says there")
	wrong := there.post("/c/"+made.text("code"), "channel", "mock", "asker", "赵")
	require.Equal(t, "/pay?channel=mock&asker=wrong", wrong.Header().Get("Location"))
	told := there.get(wrong.Header().Get("Location")).Body.String()
	require.Contains(t, told, `action="/pay/asker"`)
	require.Contains(t, told, "和商家登记的下单人对不上")

	v, _ := f.say(id, "王")
	late := v.handOff()
	f.exec("UPDATE handoffs SET expires_at = now() - interval '1 second'")
	require.Equal(t, http.StatusNotFound, there.get("/c/"+late).Code)
	over := v.handOff()
	require.NoError(t, f.store.RevokeInvite(t.Context(), strings.Replace(id, mint.Request, mint.Invite, 1)))
	require.Contains(t, there.get("/c/"+over).Body.String(), "链接已被收回")
	require.Equal(t, "link_revoked", v.json(post, "/v1/link/handoffs", `{}`).text("reason"))
}

func TestWhereNothingWorksAHandoffIsOffered(t *testing.T) {
	f := newWallet(t)
	f.exec(`UPDATE channels SET surfaces = '["wechat"]'`)
	link := "/f/" + f.secret(f.place())
	page := f.call(get, link, "", "", "User-Agent", onDesktop, "Accept", "text/html")
	require.Contains(t, page.Body.String(), `value="handoff"`)
	v := &visitor{friends: f}
	made := v.post(link, "then", "handoff")
	code := shownCode.FindStringSubmatch(made.Body.String())
	require.Len(t, code, 2, made.Body)
	there := f.call(get, "/c/"+code[1], "", "", "User-Agent", inWeChat, "Accept", "text/html")
	require.Contains(t, there.Body.String(), `value="wx_in"`, "in WeChat he can pay")
}
