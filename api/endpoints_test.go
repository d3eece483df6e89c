package api

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/store"
)

func jsonOf(t *testing.T, value any) string {
	t.Helper()
	raw, err := json.Marshal(value)
	require.NoError(t, err)
	return string(raw)
}

// listening makes an endpoint of the tea house and returns its answer.
func (w *world) listening() answer {
	w.t.Helper()
	made := w.create("/v1/webhook-endpoints", teaKey, `{"url":"https://tea.example.com/hook"}`)
	require.Equal(w.t, http.StatusCreated, made.Code, made.Body)
	return made
}

func TestAnEndpointsLife(t *testing.T) {
	w := newWorld(t)
	made := w.listening()
	path, secret := "/v1/webhook-endpoints/"+made.text("id"), made.text("secret")
	require.Regexp(t, `^whsec_.{40,}$`, secret)
	shown := w.call(get, path, teaKey, "")
	require.Equal(t, http.StatusOK, shown.Code)
	require.NotContains(t, shown.Body.String(), "whsec_", "a secret is shown once")

	changed := w.call(post, path, teaKey, `{"events":["request.settled"]}`)
	require.Equal(t, `["request.settled"]`, jsonOf(t, changed.field("events")))
	require.Equal(t, "https://tea.example.com/hook", changed.text("url"), "what is not named stays")
	rotated := w.create(path+"/rotate-secret", teaKey, `{"overlap_seconds":3600}`)
	require.NotEqual(t, secret, rotated.text("secret"))
	require.NotEmpty(t, rotated.text("previous_secret_until"))
	secrets, err := w.store.EndpointSecrets(t.Context(), made.text("id"))
	require.NoError(t, err)
	require.Equal(t, []string{rotated.text("secret"), secret}, secrets)

	require.Equal(t, "by_merchant", w.call(post, path+"/disable", teaKey, "").text("reason"))
	require.Equal(t, "endpoint_disabled", w.call(post, path+"/test", teaKey, "").text("reason"))
	require.Equal(t, "enabled", w.call(post, path+"/enable", teaKey, "").text("state"))
	require.Contains(t, w.call(get, "/v1/webhook-endpoints", teaKey, "").Body.String(), made.text("id"))
	require.NotContains(t, w.call(get, "/v1/webhook-endpoints", coffeeKey, "").Body.String(), made.text("id"))
	require.Equal(t, http.StatusNoContent, w.call(post, path+"/delete", teaKey, "").Code)
	require.Equal(t, http.StatusNotFound, w.call(get, path, teaKey, "").Code)
}

func TestAddressesAndEventsAreChecked(t *testing.T) {
	w := newWorld(t)
	for body, reason := range map[string]string{
		`{"url":"http://tea.example.com/"}`:                        "bad_webhook_url",
		`{"url":"https://127.0.0.1/"}`:                             "bad_webhook_url",
		`{"url":"https://169.254.169.254/latest"}`:                 "bad_webhook_url",
		`{"url":"https://user:pw@tea.example.com/"}`:               "bad_webhook_url",
		`{"url":"https://tea.example.com/","events":["x"]}`:        "unknown_event",
		`{"url":"https://tea.example.com/","app":"app_coffee"}`:    "unknown_app",
		`{"url":"https://tea.example.com:22/","app":"app_tea"}`:    "bad_webhook_url",
		`{"url":"https://metadata.internal/","events":["x"]}`:      "bad_webhook_url",
		`{"url":"https://tea.example.com/","events":["settled"]}`:  "unknown_event",
		`{"url":"https://tea.example.com/#x","events":["*"]}`:      "bad_webhook_url",
		`{"url":"ftp://tea.example.com/","events":["webhook.ok"]}`: "bad_webhook_url",
	} {
		got := w.create("/v1/webhook-endpoints", teaKey, body)
		require.Equal(t, reason, got.text("reason"), "%s: %s", body, got.Body)
	}
	path := "/v1/webhook-endpoints/" + w.listening().text("id")
	got := w.call(post, path, teaKey, `{"url":"https://10.0.0.1/"}`)
	require.Equal(t, "bad_webhook_url", got.text("reason"))
}

func TestTheLogOfDeliveries(t *testing.T) {
	w := newWorld(t)
	endpoint := w.listening().text("id")
	sent := w.call(post, "/v1/webhook-endpoints/"+endpoint+"/test", teaKey, "")
	require.Equal(t, http.StatusAccepted, sent.Code, sent.Body)
	_, err := w.store.TakeDeliveries(t.Context(), 9, 9)
	require.NoError(t, err)
	require.NoError(t, w.store.RecordTry(t.Context(), endpoint, store.Tried{
		Round: 1, State: store.DeliveryDead, Try: store.DeliveryTry{
			Delivery: sent.text("id"), At: time.Now(), Status: 503, TookMS: 12,
			Headers: map[string]string{"webhook-id": "msg"}, Answer: "busy", Error: "the receiver answered 503",
		},
	}))
	one := w.call(get, "/v1/webhook-deliveries/"+sent.text("id"), teaKey, "")
	require.Equal(t, store.TestEvent, one.text("body", "type"))
	calls, _ := one.field("calls").([]any)
	require.Len(t, calls, 1)
	call, _ := calls[0].(map[string]any)
	require.Equal(t, "busy", call["answer"])
	require.EqualValues(t, 12, call["took_ms"])

	for query, found := range map[string]bool{
		"": true, "?state=dead": true, "?state=delivered": false, "?endpoint_id=" + endpoint: true,
		"?type=webhook.test": true, "?type=request.settled": false, "?app=app_tea": true,
		"?from=2020-01-01T00:00:00Z": true, "?until=2020-01-01T00:00:00Z": false,
	} {
		got := w.call(get, "/v1/webhook-deliveries"+query, teaKey, "")
		require.Equal(t, http.StatusOK, got.Code, got.Body)
		list, _ := got.field("deliveries").([]any)
		require.Equal(t, found, len(list) == 1, query)
		stranger := w.call(get, "/v1/webhook-deliveries"+query, coffeeKey, "")
		require.NotContains(t, stranger.Body.String(), sent.text("id"), query)
	}
	replay := "/v1/webhook-endpoints/" + endpoint + "/replay"
	dry := w.call(post, replay, teaKey, `{"from":"2020-01-01T00:00:00Z","state":"dead","dry_run":true}`)
	require.EqualValues(t, 1, dry.field("deliveries"))
	require.Equal(t, "dead", w.call(get, "/v1/webhook-deliveries/"+sent.text("id"), teaKey, "").text("state"))
	replayed := w.call(post, replay, teaKey, `{"from":"2020-01-01T00:00:00Z"}`)
	require.EqualValues(t, 1, replayed.field("deliveries"))
	require.Equal(t, "queued", w.call(get, "/v1/webhook-deliveries/"+sent.text("id"), teaKey, "").text("state"))
	again := w.call(post, "/v1/webhook-deliveries/"+sent.text("id")+"/replay", teaKey, "")
	require.Equal(t, http.StatusAccepted, again.Code)
	require.Equal(t, sent.text("webhook_id"), again.text("webhook_id"))
}
