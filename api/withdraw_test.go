package api

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
)

func TestAFriendGivesTheSlotUp(t *testing.T) {
	f := newFriends(t)
	id := f.place()
	v, other := f.visit(id).logIn("13800138000"), f.visit(id).logIn("13900139000")
	v.pay()
	page := v.get("/pay/result").Body.String()
	require.Contains(t, page, `action="/pay/withdraw"`)
	require.Contains(t, page, "不付了，让别人来付")
	number := v.json(get, "/v1/link", "").field("attempts").([]any)[0].(map[string]any)["number"].(string)

	stranger := other.post("/pay/withdraw", "attempt", number)
	require.Equal(t, http.StatusNotFound, stranger.Code, "nobody gives up what is another's")
	left := v.post("/pay/withdraw", "attempt", number)
	require.Equal(t, "/pay/result", left.Header().Get("Location"))
	closing := v.get("/pay/result").Body.String()
	require.Contains(t, closing, "正在取消这笔付款")
	require.Contains(t, closing, `http-equiv="refresh"`)
	require.NotContains(t, closing, `action="/pay/withdraw"`)
	require.Equal(t, "slot_taken", other.json(post, "/v1/link/attempts", wantsTea).text("reason"))
	require.Equal(t, "/pay/result", v.post("/pay/withdraw", "attempt", number).Header().Get("Location"))

	f.happen(id, models.Event{Kind: models.PaymentClosed})
	require.Contains(t, v.get("/pay/result").Body.String(), "重新选择付款方式")
	require.Equal(t, http.StatusCreated, other.json(post, "/v1/link/attempts", wantsTea).Code)
}

func TestAFriendGivesTheSlotUpByJSON(t *testing.T) {
	f := newFriends(t)
	id := f.place()
	v, other := f.visit(id).logIn("13800138000"), f.visit(id).logIn("13900139000")
	number := v.json(post, "/v1/link/attempts", wantsTea).text("attempt")
	path := "/v1/link/attempts/" + number + "/withdraw"
	require.Equal(t, "unknown_attempt", other.json(post, path, "").text("reason"))
	for range 2 {
		got := v.json(post, path, "")
		require.Equal(t, http.StatusAccepted, got.Code, got.Body)
		require.Equal(t, "closing", got.text("state"))
	}
	r := f.happen(id, captured12900())
	require.Equal(t, models.Applying, r.State, "the money was faster")
	again := f.call(post, path, "", "", "Cookie", v.cookie)
	require.Equal(t, http.StatusOK, again.Code, again.Body)
	require.Equal(t, "succeeded", again.text("state"))
}

func TestOnlyWhoPaysCanGiveUp(t *testing.T) {
	f := newFriends(t)
	id := f.place()
	v := f.visit(id).logIn("13800138000")
	number := v.json(post, "/v1/link/attempts", wantsTea).text("attempt")
	f.happen(id, models.Event{Kind: models.SlotLapsed})
	got := v.json(post, "/v1/link/attempts/"+number+"/withdraw", "")
	require.Equal(t, http.StatusConflict, got.Code, got.Body)
	require.Equal(t, "not_paying", got.text("reason"))
}
