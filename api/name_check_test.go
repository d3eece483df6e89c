package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/mint"
)

// newChecked is a world whose app wants friends to say who asks.
func newChecked(t *testing.T) *friends {
	t.Helper()
	f := newFriends(t)
	f.exec("UPDATE apps SET name_check = 'always'")
	return f
}

// placeBy asks for help as a buyer with this name and phone.
func (f *friends) placeBy(name, phone string) string {
	f.t.Helper()
	body := strings.Replace(orderBody(mint.Number()), `"name":"王小明"`, `"name":"`+name+`","phone":"`+phone+`"`, 1)
	if phone == "" {
		body = strings.Replace(body, `,"phone":""`, "", 1)
	}
	placed := f.create("/v1/requests", teaKey, `{"order":`+body+`}`)
	require.Equal(f.t, http.StatusCreated, placed.Code, placed.Body)
	return placed.text("id")
}

func (f *friends) say(id, asker string) (*visitor, answer) {
	v := &visitor{friends: f}
	return v, v.post("/f/"+f.secret(id), "channel", "mock", "asker", asker)
}

func TestAFriendSaysFirstWhoAsks(t *testing.T) {
	for name, c := range map[string]struct{ buyer, phone, typed string }{
		"surname":           {"王小明", "13800138042", "王"},
		"whole name":        {"王小明", "13800138042", " 王小明 "},
		"two characters":    {"欧阳娜娜", "", "欧阳"},
		"masked":            {"王**", "", "王"},
		"another script":    {"Ada Lovelace", "", "LOVELACE"},
		"last two digits":   {"王小明", "13800138042", "42"},
		"full-width digits": {"王小明", "13800138042", "４２"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newChecked(t)
			v, in := f.say(f.placeBy(c.buyer, c.phone), c.typed)
			require.Equal(t, http.StatusSeeOther, in.Code, in.Body)
			require.Equal(t, "/pay?channel=mock", in.Header().Get("Location"), "nothing of it is in an address")
			require.Contains(t, v.get("/pay").Body.String(), `name="phone"`)
			v.logIn("13900139000")
			require.Equal(t, http.StatusSeeOther, v.pay().Code)
			require.NotContains(t, f.log.String(), `"`+c.typed)
		})
	}
}

// The first character of the name is the answer: no page shows it before.
func TestTheAskersNameIsHiddenUntilItIsSaid(t *testing.T) {
	f := newChecked(t)
	id := f.placeBy("王小明", "13800138042")
	v := &visitor{friends: f}
	for _, page := range []string{"/f/" + f.secret(id), "/c/" + f.code(id)} {
		text := v.get(page).Body.String()
		require.NotContains(t, text, "王")
		require.Contains(t, text, `name="asker"`)
		require.Contains(t, text, "有人")
	}
	v.post("/f/"+f.secret(id), "then", "decline")
	for _, page := range []string{"/pay", "/pay/decline"} {
		require.NotContains(t, v.get(page).Body.String(), "王", page)
	}
	shown := v.json(get, "/v1/link", "")
	require.Empty(t, shown.text("asked_by"))
	require.Equal(t, true, shown.field("name_check"))
	require.Equal(t, http.StatusNoContent, v.json(post, "/v1/link/asker", `{"asker":"42"}`).Code)
	require.Equal(t, "王**", v.json(get, "/v1/link", "").text("asked_by"))
	require.Contains(t, v.get("/f/"+f.secret(id)).Body.String(), "王**")
	require.NotContains(t, v.get("/f/"+f.secret(id)).Body.String(), `name="asker"`, "asked once")
	elsewhere := f.visitUnchecked(f.placeBy("王小明", "13800138042"))
	require.NotContains(t, elsewhere.get("/pay").Body.String(), "王", "each link for itself")
}

// visitUnchecked has a session and has not said who asks.
func (f *friends) visitUnchecked(id string) *visitor {
	f.t.Helper()
	v := &visitor{friends: f}
	require.Equal(f.t, http.StatusSeeOther, v.post("/f/"+f.secret(id), "then", "decline").Code)
	return v
}

func TestNobodyLogsInOrPaysWhoHasNotSaidWhoAsks(t *testing.T) {
	f := newChecked(t)
	v := f.visitUnchecked(f.placeBy("王小明", ""))
	for path, body := range map[string]string{
		"/v1/link/login/code": `{"phone":"13800138000"}`, "/v1/link/login": `{"phone":"13800138000","code":"1"}`,
		"/v1/link/login/provider": `{"channel":"mock"}`, "/v1/link/login/voucher": `{"token":"t"}`,
		"/v1/link/attempts": wantsTea,
	} {
		got := v.json(post, path, body)
		want := []string{"asker_first"}
		if path == "/v1/link/attempts" {
			want = append(want, "login_first") // whichever is missing first
		}
		require.Contains(t, want, got.text("reason"), path)
	}
	require.Equal(t, http.StatusForbidden, v.post("/pay/code", "phone", "13800138000").Code)
	require.Empty(t, f.sms.codes)

	// A login from before the app wanted the check does not pay without it.
	f.exec("UPDATE apps SET name_check = 'never'")
	known := f.visit(f.placeBy("王小明", "")).logIn("13800138000")
	f.exec("UPDATE apps SET name_check = 'always'")
	require.Equal(t, "asker_first", known.json(post, "/v1/link/attempts", wantsTea).text("reason"))
	require.Zero(t, f.door.knocked)
}

// Wrong, and nothing to compare with, are one answer: its status, page and headers.
func TestTheCheckIsNoOracle(t *testing.T) {
	f := newChecked(t)
	type seen struct {
		code int
		body string
	}
	var answers []seen
	for _, buyer := range [][2]string{{"王小明", "13800138042"}, {"王小明", ""}, {"", "13800138042"}, {"", ""}} {
		v, in := f.say(f.placeBy(buyer[0], buyer[1]), "赵")
		body := strings.NewReplacer(v.cookie, "").Replace(in.Body.String())
		answers = append(answers, seen{in.Code, cut(body)})
		require.Equal(t, http.StatusUnprocessableEntity, in.Code)
		require.NotContains(t, in.Body.String(), "王")
	}
	for _, other := range answers[1:] {
		require.Equal(t, answers[0], other)
	}
}

// cut leaves out the clock.
func cut(page string) string {
	before, rest, _ := strings.Cut(page, "<time")
	_, after, _ := strings.Cut(rest, "</time>")
	return before + after
}

func TestThreeWrongNamesAreTheEndOfIt(t *testing.T) {
	f := newChecked(t)
	id := f.placeBy("王小明", "13800138042")
	for range askerTries {
		_, in := f.say(id, "赵")
		require.Equal(t, http.StatusUnprocessableEntity, in.Code)
		require.Contains(t, in.Body.String(), "对不上")
	}
	v, stop := f.say(id, "王")
	require.Equal(t, http.StatusTooManyRequests, stop.Code, "right or wrong does not matter any more")
	require.Contains(t, stop.Body.String(), `action="/pay/report"`)
	require.NotContains(t, stop.Body.String(), "王")
	require.Equal(t, "asker_stop", v.json(post, "/v1/link/asker", `{"asker":"王"}`).text("reason"))
	require.Equal(t, http.StatusTooManyRequests, v.post("/pay/asker", "asker", "王").Code)
	_, fine := f.say(f.placeBy("王小明", ""), "王")
	require.Equal(t, http.StatusSeeOther, fine.Code, "another link has its own tries")
	require.Contains(t, v.keep(v.post("/pay/report")).Header().Get("Location")+v.get("/pay").Body.String(), "举报")
}

// Many addresses together have twelve tries; whoever knows the answer uses none up.
func TestTheCheckHasACeilingForEachLink(t *testing.T) {
	f := newChecked(t)
	id := f.placeBy("王小明", "13800138042")
	invite := strings.Replace(id, mint.Request, mint.Invite, 1)
	for range 2 * askerTriesOfLink {
		_, in := f.say(id, "王")
		require.Equal(t, http.StatusSeeOther, in.Code)
	}
	for range askerTriesOfLink / askerTries {
		for range askerTries {
			_, in := f.say(id, "赵")
			require.Equal(t, http.StatusUnprocessableEntity, in.Code)
		}
		for range askerTries { // another address
			require.NoError(t, f.store.GiveBack(t.Context(), "asker:"+invite+":192.0.2.1"))
		}
	}
	_, in := f.say(id, "王")
	require.Equal(t, http.StatusTooManyRequests, in.Code)
}

func TestAManWhoOnlyLooksIsNotAsked(t *testing.T) {
	f := newChecked(t)
	id := f.placeBy("王小明", "")
	v, _ := f.say(id, "王")
	require.Equal(t, http.StatusSeeOther, v.logIn("13800138000").pay().Code)
	f.forgetCodes(t)
	again := &visitor{friends: f}
	require.Equal(t, http.StatusSeeOther, again.post("/f/"+f.secret(id), "then", "mine").Code)
	require.Equal(t, http.StatusSeeOther, again.post("/pay/code", "phone", "13800138000", "then", "look").Code)
	in := again.post("/pay/login", "phone", "13800138000", "code", f.sms.codes["13800138000"], "then", "look")
	require.Equal(t, "/pay/result", in.Header().Get("Location"))
	require.Equal(t, http.StatusOK, again.get("/pay/result").Code)
}
