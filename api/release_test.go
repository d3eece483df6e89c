package api

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/mint"
)

func (w *world) eligible(body string) answer {
	w.t.Helper()
	got := w.call(http.MethodPost, "/v1/eligibility", teaKey, body)
	require.Equal(w.t, http.StatusOK, got.Code, got.Body)
	return got
}

// A ramp goes up, stops and is killed; what was asked for goes on until the kill.
func TestARampStopsNewRequestsAndDrainsOldOnes(t *testing.T) {
	f := newFriends(t)
	f.exec(`INSERT INTO rollouts (feature, state, allow, owner) VALUES ('friend_pay', 'internal',
		'["buyer-1"]', 'bo')`)
	number := mint.Number()
	first := f.create("/v1/requests", teaKey, `{"order":`+orderBody(number)+`}`)
	require.Equal(t, http.StatusCreated, first.Code, first.Body)

	f.exec(`UPDATE rollouts SET state = 'draining'`)
	refused := f.create("/v1/requests", teaKey, `{"order":`+orderBody(mint.Number())+`}`)
	require.Equal(t, http.StatusUnprocessableEntity, refused.Code, refused.Body)
	require.Contains(t, refused.Body.String(), `"rule":"release_friend_pay"`)
	require.Equal(t, "hidden", f.eligible(`{"order":`+orderBody(mint.Number())+`}`).text("state"))

	again := f.create("/v1/requests", teaKey, `{"order":`+orderBody(number)+`}`)
	require.Equal(t, http.StatusOK, again.Code, again.Body)
	require.Equal(t, first.text("link", "url"), again.text("link", "url"), "the open request is still there")
	require.Equal(t, "enabled", f.eligible(`{"order":`+orderBody(number)+`}`).text("state"))
	v := f.visit(first.text("id")).logIn("13800138000")
	require.Contains(t, v.json(get, "/v1/link", "").Body.String(), `"id":"mock"`)

	f.exec(`UPDATE rollouts SET killed = true`)
	require.Contains(t, v.json(get, "/v1/link", "").Body.String(), `"channels":[]`)
	stopped := v.json(post, "/v1/link/attempts", wantsTea)
	require.Equal(t, "channel_unavailable", stopped.text("reason"), stopped.Body)
}

// The cohort of a channel is decided with the request, not with the friend.
func TestAChannelsCohortTravelsWithTheLink(t *testing.T) {
	f := newFriends(t)
	before := f.visit(f.place())
	f.exec(`INSERT INTO rollouts (feature, channel, state, owner) VALUES ('channel', 'mock', 'off', 'bo')`)
	require.Contains(t, before.json(get, "/v1/link", "").Body.String(), `"id":"mock"`)
	left := f.eligible(`{"order":` + orderBody(mint.Number()) + `}`)
	require.Contains(t, left.Body.String(), `"rule":"channel_release"`)
}

func TestWaysToAskAreListedApart(t *testing.T) {
	w := newWorld(t)
	w.exec(`INSERT INTO channels (id, app_id, provider, product, name_zh, name_en, kind, position, min_minor,
		min_currency, max_minor, max_currency, min_close_seconds, surfaces, enabled)
		SELECT 'ask_wechat', app_id, 'wechat', 'chat', '微信找朋友', 'Ask in WeChat', 'ask', 9, 0, 'CNY', 0,
			'CNY', 0, '[]', true
		FROM channels WHERE id = 'mock'`)
	got := w.eligible(`{"order":` + orderBody(mint.Number()) + `}`)
	require.Equal(t, "ask_wechat", got.field("asks").([]any)[0].(map[string]any)["id"])
	require.NotContains(t, got.Body.String(), `"channel":"ask_wechat"`)
}
