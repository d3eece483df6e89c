package api

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/mint"
)

// tell makes readable what is owed, as the outbox does of durable steps.
func (w *world) tell() {
	w.t.Helper()
	messages, err := w.store.TakeMessages(w.t.Context(), 100, time.Nanosecond)
	require.NoError(w.t, err)
	for _, m := range messages {
		require.NoError(w.t, w.store.TellMessage(w.t.Context(), m.ID))
	}
}

func TestAMerchantReadsHisEvents(t *testing.T) {
	w := newWorld(t)
	id := w.place()
	empty := w.call(get, "/v1/events", teaKey, "")
	require.Equal(t, http.StatusOK, empty.Code, empty.Body)
	require.Empty(t, empty.field("events"), "a step that may be taken back is not told")
	w.pay(id)
	w.tell()

	page := w.call(get, "/v1/events?limit=2", teaKey, "")
	require.Equal(t, http.StatusOK, page.Code, page.Body)
	first := page.field("events").([]any)[0].(map[string]any)
	require.Equal(t, "request.opened", first["body"].(map[string]any)["type"])
	require.True(t, strings.HasPrefix(first["id"].(string), "msg_"))
	next := strconv.Itoa(int(page.field("next").(float64)))
	rest := w.call(get, "/v1/events?after="+next, teaKey, "")
	require.Len(t, rest.field("events"), 1)
	require.Contains(t, rest.Body.String(), `"type":"request.settled"`)
	over := w.call(get, "/v1/events?after=999", teaKey, "")
	require.InDelta(t, 999, over.field("next"), 0, "unchanged when there is nothing new")
}

// The list holds the bodies of webhooks: what reads these reads it.
func TestEventsNeedTheScopeOfWebhooks(t *testing.T) {
	w := newWorld(t)
	poor, fit := w.keyed(requestsRead, requestsWrite), w.keyed(webhooksRead)
	for _, path := range []string{"/v1/events", "/v1/events/stream"} {
		refused := w.call(get, path, poor, "")
		require.Equal(t, http.StatusForbidden, refused.Code, path)
		require.Equal(t, "insufficient_scope", refused.text("reason"))
		require.Contains(t, refused.text("fix"), webhooksRead)
	}
	require.Equal(t, http.StatusOK, w.call(get, "/v1/events", fit, "").Code)
}

func TestEventsAreTheirMerchantsAlone(t *testing.T) {
	w := newWorld(t)
	w.place()
	w.tell()
	require.Empty(t, w.call(get, "/v1/events", coffeeKey, "").field("events"))
	asked := w.call(get, "/v1/events?app=app_tea", coffeeKey, "")
	require.Equal(t, http.StatusNotFound, asked.Code, asked.Body)
	require.Equal(t, http.StatusNotFound, w.call(get, "/v1/events/stream?app=app_tea", coffeeKey, "").Code)
	for _, path := range []string{"/v1/events", "/v1/events/stream"} {
		require.Equal(t, http.StatusUnauthorized, w.call(get, path, "", "").Code)
		buyer := w.buyerToken("mer_tea", "app_tea", "buyer-1")
		require.Equal(t, http.StatusUnauthorized, w.call(get, path, buyer, "").Code, "not a buyer's")
	}
}

func TestTheStreamOfAnAppGoesOnWhereItWas(t *testing.T) {
	w := newWorld(t)
	w.place()
	w.tell()
	stream := w.listen("/v1/events/stream", teaKey)
	require.Equal(t, "id: 1", stream.until("id:"), "it stands after what was before")
	stream.until(": still here")
	id := w.place()
	w.tell()
	require.Equal(t, "id: 2", stream.until("id:"), "what was before it came is not told again")
	require.Contains(t, stream.until("data:"), id)
	stream.close()

	again := w.listen("/v1/events/stream", teaKey, "Last-Event-ID", "0")
	require.Equal(t, "id: 0", again.until("id:"))
	require.Equal(t, "id: 1", again.until("id:"))
	require.Equal(t, "id: 2", again.until("id:"))
	bad := w.call(get, "/v1/events/stream", teaKey, "", "Last-Event-ID", mint.Number())
	require.Equal(t, http.StatusUnprocessableEntity, bad.Code)
}
