package integration

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	standard "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/activities"
	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/internal/webhook"
	"github.com/friendpay/friendpay/store"
	"github.com/friendpay/friendpay/worker"
	"github.com/friendpay/friendpay/workflows"
)

// listener is a merchant's endpoint that believes only what verifies by its secret.
type listener struct {
	id, secret string
	mu         sync.Mutex
	came       []string
	answer     func() int
	calls      chan time.Time
}

func (l *listener) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	key, keyErr := standard.NewWebhook(l.secret)
	if err != nil || keyErr != nil || key.Verify(body, r.Header) != nil {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	l.mu.Lock()
	l.came = append(l.came, r.Header.Get("webhook-id"))
	l.mu.Unlock()
	l.calls <- time.Now()
	w.WriteHeader(l.answer())
}

// listen adds an endpoint of app_1 that answers so.
func (e *engine) listen(answer func() int, events ...string) *listener {
	e.t.Helper()
	l := &listener{answer: answer, calls: make(chan time.Time, 1000), secret: hookSecret}
	server := httptest.NewServer(l)
	e.t.Cleanup(server.Close)
	made, err := e.store.CreateEndpoint(e.t.Context(), store.Endpoint{
		App: "app_1", URL: server.URL, Events: events,
	}, l.secret)
	require.NoError(e.t, err)
	l.id = made.ID
	return l
}

// deliver works with a postman and the queue of webhooks.
func (e *engine) deliver(patience time.Duration) {
	e.t.Helper()
	log := slog.Default()
	way := http.DefaultTransport.(*http.Transport).Clone() //nolint:forcetypeassert // it is one
	way.ResponseHeaderTimeout = patience
	w, err := worker.New(e.temporal, &activities.Activities{}, worker.Options{
		Deliveries: &activities.Deliveries{
			Post: e.store, Receivers: webhook.New(way, time.Now), Clock: time.Now, Log: log, Speed: 50,
		},
	}, &worker.Postman{Bags: e.store, Temporal: e.temporal, Log: log})
	require.NoError(e.t, err)
	require.NoError(e.t, w.Start(context.WithoutCancel(e.t.Context())))
	e.worker = w
	e.t.Cleanup(way.CloseIdleConnections)
	e.t.Cleanup(e.rest)
}

func (e *engine) delivery(id string) store.Delivery {
	e.t.Helper()
	d, _, err := e.store.Delivery(e.t.Context(), id)
	require.NoError(e.t, err)
	return d
}

// awaitDelivery waits until a delivery is in that state.
func (e *engine) awaitDelivery(id string, state store.DeliveryState) store.Delivery {
	e.t.Helper()
	require.Eventually(e.t, func() bool { return e.delivery(id).State == state }, 20*time.Second,
		20*time.Millisecond, "%s", state)
	return e.delivery(id)
}

// A receiver that takes connections and never answers has a hundred messages waiting for it.
// Another's arrive within a second.
func TestABlackHoleHoldsUpNoOtherEndpoint(t *testing.T) {
	e := newHouse(t, "")
	released := make(chan struct{})
	hole := e.listen(func() int { <-released; return 500 }, "request.settled")
	quick := e.listen(func() int { return 204 }, "request.refunded")
	t.Cleanup(func() { close(released) })
	for range 100 {
		require.NoError(t, e.store.Tell(t.Context(), store.Message{
			ID: mint.ID(mint.Message), App: "app_1", Type: "request.settled", Payload: []byte("{}"),
		}))
	}
	e.deliver(2 * time.Second)
	for range 8 {
		<-hole.calls // its lane is full
	}
	for range 10 {
		began := time.Now()
		require.NoError(t, e.store.Tell(t.Context(), store.Message{
			ID: mint.ID(mint.Message), App: "app_1", Type: "request.refunded", Payload: []byte("{}"),
		}))
		select {
		case at := <-quick.calls:
			require.Less(t, at.Sub(began), time.Second)
		case <-time.After(10 * time.Second):
			require.Fail(t, "held up")
		}
	}
}

// It fails, is tried again by the run's own timer, and is taken; then it is replayed.
func TestADeliveryIsARun(t *testing.T) {
	e := newHouse(t, "")
	var calls atomic.Int64
	l := e.listen(func() int {
		if calls.Add(1) == 1 {
			return 503
		}
		return 200
	})
	made, err := e.store.SendTestEvent(t.Context(), l.id)
	require.NoError(t, err)
	e.deliver(time.Second)
	done := e.awaitDelivery(made.ID, store.Delivered)
	require.Equal(t, 2, done.Tries)
	e.keepRun(workflows.DeliveryID(made.ID), "delivered")
	_, err = e.store.ReplayDelivery(t.Context(), made.ID)
	require.NoError(t, err)
	done = e.awaitDelivery(made.ID, store.Delivered)
	require.Equal(t, 2, done.Round)
	require.Equal(t, []string{made.Message, made.Message, made.Message}, l.came, "one webhook-id over all")
	_, tries, err := e.store.Delivery(t.Context(), made.ID)
	require.NoError(t, err)
	require.Len(t, tries, 3)
	require.NotContains(t, fmt.Sprint(tries), "v1,", "no signature is kept")
}

// A replay does not wait for the next try of the round before: its run takes the place.
func TestAReplayOvertakesTheWait(t *testing.T) {
	e := newHouse(t, "")
	well := make(chan struct{})
	l := e.listen(func() int {
		select {
		case <-well:
			return 200
		default:
			return 500
		}
	})
	made, err := e.store.SendTestEvent(t.Context(), l.id)
	require.NoError(t, err)
	e.deliver(time.Second)
	require.Eventually(t, func() bool { return e.delivery(made.ID).Tries >= 2 }, 20*time.Second,
		20*time.Millisecond)
	close(well)
	began := time.Now()
	_, err = e.store.ReplayDelivery(t.Context(), made.ID)
	require.NoError(t, err)
	e.awaitDelivery(made.ID, store.Delivered)
	require.Less(t, time.Since(began), 5*time.Second, "the third try of the first round is six seconds off")
}

func TestAGoneEndpointIsDisabledAndGoesOn(t *testing.T) {
	e := newHouse(t, "")
	var status atomic.Int64
	status.Store(410)
	l := e.listen(func() int { return int(status.Load()) })
	made, err := e.store.SendTestEvent(t.Context(), l.id)
	require.NoError(t, err)
	e.deliver(time.Second)
	e.awaitDelivery(made.ID, store.DeliveryDead)
	endpoint, err := e.store.Endpoint(t.Context(), l.id)
	require.NoError(t, err)
	require.Equal(t, store.DisabledGone, endpoint.Reason)
	require.NoError(t, e.store.Tell(t.Context(), store.Message{
		ID: mint.ID(mint.Message), App: "app_1", Type: "request.settled", Payload: []byte("{}"),
	}))
	page, err := e.store.Deliveries(t.Context(), store.DeliveryFilter{Endpoint: l.id, State: store.DeliveryHeld})
	require.NoError(t, err)
	require.Len(t, page.Items, 1, "what comes meanwhile waits")
	status.Store(200)
	_, err = e.store.EnableEndpoint(t.Context(), l.id)
	require.NoError(t, err)
	e.awaitDelivery(page.Items[0].ID, store.Delivered)
}
