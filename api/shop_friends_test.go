package api

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// invited asks one more friend by the shop's form, and gives his link's id.
func (v *visitor) invited(address, name string) (invite string) {
	v.t.Helper()
	got := v.post(address+"/friends", "key", mint.Number(), "name", name, "where", "wechat_group")
	require.Equal(v.t, http.StatusSeeOther, got.Code, got.Body)
	at, err := url.Parse(got.Header().Get("Location"))
	require.NoError(v.t, err)
	require.Equal(v.t, address, at.Path)
	return at.Query().Get("friend")
}

// line is how the page tells of one friend.
func (v *visitor) line(address, name string) string {
	v.t.Helper()
	page := v.get(address).Body.String()
	found := regexp.MustCompile(`<b>` + name + `</b> <span class="state">(.*?)</span>`).FindStringSubmatch(page)
	require.Len(v.t, found, 2, page)
	return found[1]
}

func TestTheBuyerSeesHowItGoesWithEachFriend(t *testing.T) {
	v := newShop(t)
	address := v.ask()
	id := address[strings.LastIndex(address, "/")+1:]
	require.NotContains(t, v.get(address).Body.String(), "你请的朋友", "one friend needs no list")
	require.Contains(t, v.get(address+"/friends").Body.String(), "朋友圈")
	zhang := v.invited(address, "老张")
	page := v.get(address + "?friend=" + zhang).Body.String()
	require.Contains(t, page, v.server.Links.Token(zhang, 1), "whose link is offered")
	require.NotContains(t, v.get(address).Body.String(), v.server.Links.Token(zhang, 1))
	require.Equal(t, "还没打开", v.line(address, "老张"))

	require.NoError(t, v.store.OpenInvite(t.Context(), zhang))
	require.Regexp(t, `^\d\d:\d\d 打开了$`, v.line(address, "老张"))
	require.NoError(t, v.store.OpenInvite(t.Context(), zhang))
	require.Contains(t, v.line(address, "老张"), "共打开 2 次")
	later := time.Now().In(time.FixedZone("UTC+8", 8*60*60)).Add(5 * 24 * time.Hour)
	require.NoError(t, v.store.PledgeInvite(t.Context(), zhang, "", later))
	require.Equal(t, "说好 "+later.Format("01-02 15:04")+" 付", v.line(address, "老张"))

	li := v.invited(address, "小李")
	require.NoError(t, v.store.DeclineInvite(t.Context(), li, reported))
	require.Equal(t, "这次不付", v.line(address, "小李"), "what he said of it is not the buyer's to know")

	friend := v.visit(id).logIn("13800138000")
	friend.pay()
	require.Equal(t, "正在付款", v.line(address, "朋友 1"))
	asks := v.get(address + "/friends/" + zhang).Body.String()
	require.Contains(t, asks, "其他朋友的链接不受影响")
	require.NotContains(t, asks, "对方正在付款")
	require.Equal(t, http.StatusSeeOther, v.post(address+"/friends/"+zhang+"/revoke").Code)
	require.Equal(t, "链接已收回", v.line(address, "老张"))
	require.Equal(t, "正在付款", v.line(address, "朋友 1"), "who pays is not concerned")
	require.Contains(t, v.get(address+"?friend="+zhang).Body.String(), "再发一个新链接")

	v.happen(id, captured12900())
	v.happen(id, models.Event{Kind: models.OrderAccepted})
	require.Equal(t, "已付款", v.line(address, "朋友 1"))
	require.NotContains(t, v.get(address).Body.String(), "?friend=", "nothing is left to send")
}

func TestAskingAgainIsCareful(t *testing.T) {
	v := newShop(t)
	address, other := v.ask(), v.ask()
	for range 2 {
		got := v.post(address+"/friends", "key", "one-form", "name", "老张", "where", "other")
		require.Equal(t, http.StatusSeeOther, got.Code, got.Body)
	}
	id := address[strings.LastIndex(address, "/")+1:]
	invites, err := v.store.Invites(t.Context(), id)
	require.NoError(t, err)
	require.Len(t, invites, 2, "a form that is sent twice makes one link")
	require.Empty(t, invites[1].Surface)
	require.Equal(t, http.StatusNotFound, v.get(other+"/friends/"+invites[1].ID).Code)
	require.Equal(t, http.StatusNotFound, v.post(other+"/friends/"+invites[1].ID+"/revoke").Code)
	require.Equal(t, http.StatusNotFound, v.get("/shop/requests/fpr_1/friends").Code)
	for range maxInvites - 2 {
		_, err := v.store.CreateInvite(t.Context(), store.Invite{
			ID: mint.ID(mint.Invite), Request: id, Generation: 1, TokenHash: []byte(mint.Number() + "012345"),
			ExpiresAt: time.Now().Add(time.Hour),
		})
		require.NoError(t, err)
	}
	full := v.post(address+"/friends", "key", "more", "name", "<小李>", "where", "qq")
	require.Equal(t, http.StatusConflict, full.Code)
	require.Contains(t, full.Body.String(), "最多发 50 个链接")
	require.Contains(t, full.Body.String(), `value="&lt;小李&gt;"`, "what he typed is kept")
	require.Contains(t, v.get(address).Body.String(), "其他 44 位")
}

func TestAStreamTellsOfTheLinks(t *testing.T) {
	f := newFriends(t)
	id := f.place()
	path, first := "/v1/requests/"+id+"/invites", strings.Replace(id, mint.Request, mint.Invite, 1)
	version := f.call(get, path, teaKey, "").field("version")
	require.EqualValues(t, 2, version, "the request's first step, and its first link")
	stream := f.listen(path+"/stream?after=2", teaKey)
	stream.until("retry:")
	require.NoError(t, f.store.OpenInvite(t.Context(), first))
	require.Equal(t, "id: 3", stream.until("id:"))
	require.Equal(t, "event: invites", stream.until("event:"))
	told := stream.until("data:")
	require.Contains(t, told, `"opened_count":1`)
	require.NotContains(t, told, f.secret(id), "what opens it is not told")
	f.visit(id).logIn("13800138000").pay()
	for !strings.Contains(told, `"paying":true`) {
		told = stream.until("data:")
	}
	require.NoError(t, f.store.RevokeInvite(t.Context(), first))
	for !strings.Contains(told, `"state":"revoked"`) {
		told = stream.until("data:")
	}
	require.Contains(t, told, `"paying":true`, "his payment goes on")
}

// The order's page says by what a friend can pay, and why not by the rest, in words.
func TestTheOrderSaysWhoCanPayAndHow(t *testing.T) {
	v := newShop(t)
	page := v.get("/shop").Body.String()
	require.Contains(t, page, `<li class="yes"><b>mock</b>`)
	require.Contains(t, page, `<li class="no"><b>small</b>`)
	require.Contains(t, page, "金额超出该付款方式的限额。朋友可以换一种方式付。")
	english := v.get("/shop", "Accept-Language", "en").Body.String()
	require.Contains(t, english,
		"The amount is outside what this way to pay takes. Your friend can pay another way.")
	require.NotContains(t, page, "channel_amount", "no ids")
	own := v.post("/shop/pay")
	require.Equal(t, http.StatusSeeOther, own.Code, own.Body)
	require.Equal(t, bankPage, own.Header().Get("Location"))
	require.True(t, v.door.event.Pay.ByBuyer)

	v.exec("UPDATE channels SET enabled = false WHERE id = 'mock'")
	require.Eventually(t, func() bool {
		page = v.get("/shop").Body.String()
		return strings.Contains(page, "这笔订单不能请朋友付")
	}, 10*time.Second, 50*time.Millisecond, page)
	require.NotContains(t, page, `action="/shop/requests"`)
	require.Contains(t, page, "你可以自己付")
}

// The first friend is asked before anybody has named him: the buyer can, later, and only of his own.
func TestAFriendIsNamedLater(t *testing.T) {
	v := newShop(t)
	address, other := v.ask(), v.ask()
	id := address[strings.LastIndex(address, "/")+1:]
	first := strings.Replace(id, mint.Request, mint.Invite, 1)
	before := v.call(get, "/v1/requests/"+id+"/invites", teaKey, "").field("version")
	require.Equal(t, http.StatusSeeOther, v.post(address+"/friends/"+first+"/label", "name", " 老张 ").Code)
	v.invited(address, "小李")
	require.Equal(t, "还没打开", v.line(address, "老张"))
	require.NotEqual(t, before, v.call(get, "/v1/requests/"+id+"/invites", teaKey, "").field("version"))
	require.Equal(t, http.StatusNotFound, v.post(other+"/friends/"+first+"/label", "name", "x").Code)
	long := `{"label":"` + strings.Repeat("长", 41) + `"}`
	require.Equal(t, http.StatusUnprocessableEntity,
		v.call(post, "/v1/requests/"+id+"/invites/"+first+"/label", teaKey, long).Code)
	require.Equal(t, "还没打开", v.line(address, "老张"), "what was refused changed nothing")
}

// One page of the order, sent twice or with the dial turned in between, places one order and asks once.
func TestAPageOfTheOrderAsksOnce(t *testing.T) {
	v := newShop(t)
	page := v.get("/shop").Body.String()
	number := regexp.MustCompile(`name="order" value="(.*?)"`).FindStringSubmatch(page)
	require.Len(t, number, 2, page)
	require.Regexp(t, `value="full" checked`, page)
	at := map[string]bool{}
	for _, shows := range []string{"full", "full", "surprise"} {
		got := v.post("/shop/requests", "order", number[1], "shows", shows)
		require.Equal(t, http.StatusSeeOther, got.Code, got.Body)
		at[got.Header().Get("Location")] = true
	}
	require.Len(t, at, 1)
	list, err := v.store.Requests(t.Context(), store.RequestFilter{Merchant: "mer_tea", App: "app_tea"})
	require.NoError(t, err)
	require.Len(t, list.Items, 1)
	require.Equal(t, number[1], list.Items[0].OrderNumber)
	card, err := v.store.Card(t.Context(), list.Items[0].ID)
	require.NoError(t, err)
	require.Equal(t, models.ShowsSurprise, card.Shows, "the last word holds")
	for _, alien := range []string{"", "T1", "20250101-000000-aaaaaaaaaaaa", number[1] + "A"} {
		got := v.post("/shop/requests", "order", alien)
		require.Equal(t, http.StatusSeeOther, got.Code, got.Body)
		require.False(t, at[got.Header().Get("Location")], alien)
	}
}
