package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// ofApp is the endpoint that stands for app_1's one address.
func (w *world) ofApp() store.Endpoint {
	w.t.Helper()
	list, err := w.Endpoints(w.t.Context(), "app_1")
	require.NoError(w.t, err)
	require.NotEmpty(w.t, list)
	require.True(w.t, list[0].OfApp)
	return list[0]
}

func (w *world) endpoint(events ...string) store.Endpoint {
	w.t.Helper()
	made, err := w.CreateEndpoint(w.t.Context(), store.Endpoint{
		App: "app_1", URL: "https://shop.example/more", Events: events,
	}, "whsec_bW9yZQ==")
	require.NoError(w.t, err)
	return made
}

// The release before reads and writes an app's address only, and may come back.
func TestTheAddressOfAnAppAndItsEndpointAreOne(t *testing.T) {
	w := open(t)
	first := w.ofApp()
	require.Equal(t, "https://shop.example/hook", first.URL)
	secrets, err := w.EndpointSecrets(t.Context(), first.ID)
	require.NoError(t, err)
	require.Equal(t, []string{webhookSecret}, secrets, "the app's, until it is rotated")

	require.NoError(t, w.exec("UPDATE apps SET webhook_url = 'https://shop.example/before'"))
	require.Equal(t, "https://shop.example/before", w.ofApp().URL, "as the release before writes it")
	require.Equal(t, first.ID, w.ofApp().ID)

	_, err = w.ChangeEndpoint(t.Context(), first.ID, "https://shop.example/now", nil)
	require.NoError(t, err)
	app, err := w.App(t.Context(), "app_1")
	require.NoError(t, err)
	require.Equal(t, "https://shop.example/now", app.WebhookURL, "as the release before reads it")

	require.NoError(t, w.DeleteEndpoint(t.Context(), first.ID))
	app, err = w.App(t.Context(), "app_1")
	require.NoError(t, err)
	require.Empty(t, app.WebhookURL)
	require.NoError(t, w.exec("UPDATE apps SET webhook_url = 'https://shop.example/again'"))
	require.NotEqual(t, first.ID, w.ofApp().ID, "an address after none is a new endpoint")
}

func TestASecretIsRotatedWithOverlap(t *testing.T) {
	w := open(t)
	endpoint := w.ofApp()
	until := time.Now().Add(time.Hour)
	rotated, err := w.RotateEndpointSecret(t.Context(), endpoint.ID, "whsec_bmV3", until)
	require.NoError(t, err)
	require.WithinDuration(t, until, rotated.PreviousUntil, time.Millisecond)
	secrets, err := w.EndpointSecrets(t.Context(), endpoint.ID)
	require.NoError(t, err)
	require.Equal(t, []string{"whsec_bmV3", webhookSecret}, secrets)
	require.NoError(t, w.exec("UPDATE webhook_endpoints SET previous_until = now()"))
	secrets, err = w.EndpointSecrets(t.Context(), endpoint.ID)
	require.NoError(t, err)
	require.Equal(t, []string{"whsec_bmV3"}, secrets)
	app, err := w.App(t.Context(), "app_1")
	require.NoError(t, err)
	require.Equal(t, webhookSecret, string(app.WebhookSecret), "the order hook keeps its own")
}

func TestAnAppHasTenEndpoints(t *testing.T) {
	w := open(t)
	for range 9 {
		w.endpoint()
	}
	_, err := w.CreateEndpoint(t.Context(), store.Endpoint{App: "app_1", URL: "https://a.example"}, "s")
	require.ErrorContains(t, err, "too_many_endpoints")
}

// message writes a webhook message of a request, as a step does, and returns it.
func (w *world) message(l *life, kind string) store.Message {
	w.t.Helper()
	m := store.Message{
		ID: mint.ID(mint.Message), App: "app_1", Request: l.request.ID, Type: kind, Payload: []byte(`{"a":1}`),
	}
	require.NoError(w.t, w.exec(`INSERT INTO messages (id, request_id, version, seq, kind, type, app_id,
		payer_id, payload) VALUES ($1, $2, 1, $3, 'webhook', $4, 'app_1', '', '{"a": 1}')`, m.ID, m.Request,
		time.Now().UnixNano(), kind))
	return m
}

func (w *world) deliveries(filter store.DeliveryFilter) []store.Delivery {
	w.t.Helper()
	page, err := w.Deliveries(w.t.Context(), filter)
	require.NoError(w.t, err)
	return page.Items
}

func TestAMessageFansOutToWhoWantsIt(t *testing.T) {
	w := open(t)
	l := w.opened()
	all := w.ofApp()
	paid, other := w.endpoint("request.settled"), w.endpoint("request.refunded")
	off := w.endpoint()
	_, err := w.DisableEndpoint(t.Context(), off.ID, store.DisabledByMerchant)
	require.NoError(t, err)
	m := w.message(l, "request.settled")
	require.NoError(t, w.FanOut(t.Context(), m))
	require.NoError(t, w.FanOut(t.Context(), m), "again tells nobody again")
	states := map[string]store.DeliveryState{}
	for _, d := range w.deliveries(store.DeliveryFilter{Request: l.request.ID}) {
		states[d.Endpoint] = d.State
		require.Equal(t, m.ID, d.Message, "one webhook-id everywhere")
	}
	require.Equal(t, map[string]store.DeliveryState{
		all.ID: store.DeliveryQueued, paid.ID: store.DeliveryQueued, off.ID: store.DeliveryHeld,
	}, states, "not %s", other.ID)

	gone := w.message(l, "request.settled")
	require.NoError(t, w.exec("DELETE FROM messages WHERE id = $1", gone.ID))
	require.NoError(t, w.FanOut(t.Context(), gone), "its step took it back")
	require.Len(t, w.deliveries(store.DeliveryFilter{Request: l.request.ID}), 3)
}

// A backlog for one endpoint leaves the others their turn, and begins no more than its share.
func TestEachEndpointHasItsShare(t *testing.T) {
	w := open(t)
	busy, idle := w.ofApp(), w.endpoint("request.refunded")
	for range 40 {
		require.NoError(t, w.Tell(t.Context(), store.Message{
			ID: mint.ID(mint.Message), App: "app_1", Type: "request.settled", Payload: []byte("{}"),
		}))
	}
	_, err := w.SendTestEvent(t.Context(), idle.ID)
	require.NoError(t, err)
	taken := map[string]int{}
	for range 3 {
		list, err := w.TakeDeliveries(t.Context(), 32, 16)
		require.NoError(t, err)
		for _, d := range list {
			taken[d.Endpoint]++
		}
	}
	require.Equal(t, map[string]int{busy.ID: 16, idle.ID: 1}, taken)
	require.NoError(t, w.exec(`UPDATE deliveries SET next_try_at = now() + interval '1 hour'
		WHERE state = 'trying'`))
	list, err := w.TakeDeliveries(t.Context(), 32, 16)
	require.NoError(t, err)
	require.Len(t, list, 16, "those that wait for their next try hold nobody up")
	require.NoError(t, w.exec("UPDATE deliveries SET leased_at = now() - interval '1 hour', next_try_at = NULL"))
	list, err = w.TakeDeliveries(t.Context(), 100, 0)
	require.NoError(t, err)
	require.Len(t, list, 33, "a run that was lost begins anew")
}

func (w *world) tried(d store.Delivery, state store.DeliveryState, disable string) {
	w.t.Helper()
	tried := store.Tried{Round: d.Round, State: state, Disable: disable, Try: store.DeliveryTry{
		Delivery: d.ID, At: time.Now().UTC(), Status: 500, TookMS: 7, Headers: map[string]string{"a": "b"},
		Answer: "no", Error: "the receiver answered 500",
	}}
	if state == store.DeliveryTrying {
		tried.Next = time.Now().Add(time.Hour)
	}
	require.NoError(w.t, w.RecordTry(w.t.Context(), d.Endpoint, tried))
}

func TestTriesAreKeptAndReplayed(t *testing.T) {
	w := open(t)
	endpoint := w.ofApp()
	made, err := w.SendTestEvent(t.Context(), endpoint.ID)
	require.NoError(t, err)
	_, err = w.TakeDeliveries(t.Context(), 9, 9)
	require.NoError(t, err)
	w.tried(made, store.DeliveryTrying, "")
	require.False(t, w.ofApp().FailingSince.IsZero())
	waiting, tries, err := w.Delivery(t.Context(), made.ID)
	require.NoError(t, err)
	require.Equal(t, 1, waiting.Tries)
	require.Len(t, tries, 1)
	require.Equal(t, "no", tries[0].Answer)

	again, err := w.ReplayDelivery(t.Context(), made.ID)
	require.NoError(t, err)
	require.Equal(t, store.DeliveryQueued, again.State)
	require.Equal(t, []int{2, 0}, []int{again.Round, again.Tries})
	require.Equal(t, made.Message, again.Message)
	_, err = w.Trying(t.Context(), made.ID, 1)
	require.Equal(t, models.NotFound, models.CodeOf(err), "the run of the round before is over")
	_, err = w.TakeDeliveries(t.Context(), 9, 9)
	require.NoError(t, err)
	w.tried(made, store.Delivered, "") // its try ends late, and counts for nothing
	now, tries, err := w.Delivery(t.Context(), made.ID)
	require.NoError(t, err)
	require.Equal(t, store.DeliveryTrying, now.State)
	require.Len(t, tries, 2)

	w.tried(now, store.DeliveryDead, store.DisabledGone)
	require.Equal(t, store.EndpointDisabled, w.ofApp().State)
	require.Equal(t, store.DisabledGone, w.ofApp().Reason)
	_, err = w.ReplayDelivery(t.Context(), made.ID)
	require.ErrorContains(t, err, "endpoint_disabled")
	_, err = w.SendTestEvent(t.Context(), endpoint.ID)
	require.ErrorContains(t, err, "endpoint_disabled")
}

func TestARangeIsReplayed(t *testing.T) {
	w := open(t)
	endpoint := w.ofApp()
	for i := range 6 {
		made, err := w.SendTestEvent(t.Context(), endpoint.ID)
		require.NoError(t, err)
		state := []string{"dead", "dead", "delivered"}[i%3]
		require.NoError(t, w.exec(fmt.Sprintf(`UPDATE deliveries SET state = '%s',
			created_at = now() - interval '%d hours' WHERE id = $1`, state, i), made.ID))
	}
	dead := store.DeliveryFilter{
		Endpoint: endpoint.ID, State: store.DeliveryDead, From: time.Now().Add(-210 * time.Minute),
		Until: time.Now().Add(-30 * time.Minute),
	}
	count, err := w.CountDeliveries(t.Context(), dead)
	require.NoError(t, err)
	require.EqualValues(t, 2, count, "an hour and three hours ago")
	require.Empty(t, w.deliveries(store.DeliveryFilter{State: store.DeliveryQueued}), "counting sends nothing")
	sent, err := w.ReplayDeliveries(t.Context(), dead)
	require.NoError(t, err)
	require.EqualValues(t, 2, sent)
	sent, err = w.ReplayDeliveries(t.Context(), dead)
	require.NoError(t, err)
	require.Zero(t, sent, "again finds none")
	require.Len(t, w.deliveries(store.DeliveryFilter{State: store.DeliveryQueued}), 2)
	require.NoError(t, w.DeleteEndpoint(t.Context(), endpoint.ID))
	require.Len(t, w.deliveries(store.DeliveryFilter{State: store.DeliveryDead}), 4, "its log stays")
}

func TestWhatIsHeldGoesOnWhenTheEndpointDoes(t *testing.T) {
	w := open(t)
	endpoint := w.ofApp()
	made, err := w.SendTestEvent(t.Context(), endpoint.ID)
	require.NoError(t, err)
	_, err = w.DisableEndpoint(t.Context(), endpoint.ID, store.DisabledFailing)
	require.NoError(t, err)
	held, _, err := w.Delivery(t.Context(), made.ID)
	require.NoError(t, err)
	require.Equal(t, store.DeliveryHeld, held.State)
	list, err := w.TakeDeliveries(t.Context(), 9, 9)
	require.NoError(t, err)
	require.Empty(t, list)
	enabled, err := w.EnableEndpoint(t.Context(), endpoint.ID)
	require.NoError(t, err)
	require.Equal(t, store.EndpointEnabled, enabled.State)
	list, err = w.TakeDeliveries(t.Context(), 9, 9)
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.Equal(t, 2, list[0].Round)
	require.NoError(t, w.PutBackDelivery(t.Context(), made.ID, 2))
	require.Len(t, w.deliveries(store.DeliveryFilter{State: store.DeliveryQueued}), 1)
}
