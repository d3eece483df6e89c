package store_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/store"
)

// old makes a delivery in that state, made and, where it is over, ended so many days ago.
func (w *world) old(endpoint store.Endpoint, state store.DeliveryState, days int) store.Delivery {
	w.t.Helper()
	made, err := w.SendTestEvent(w.t.Context(), endpoint.ID)
	require.NoError(w.t, err)
	const age = `UPDATE deliveries SET state = $2, created_at = now() - make_interval(days => $3),
		done_at = CASE WHEN $2 IN ('delivered', 'dead') THEN now() - make_interval(days => $3) END WHERE id = $1`
	require.NoError(w.t, w.exec(age, made.ID, string(state), days))
	const try = `INSERT INTO delivery_tries (delivery_id, number, at, status, took_ms)
		VALUES ($1, 1, now(), 500, 1)`
	require.NoError(w.t, w.exec(try, made.ID))
	return made
}

func TestDeliveriesThatAreLongOverAreForgotten(t *testing.T) {
	w := open(t)
	endpoint := w.ofApp()
	kept := map[string]store.DeliveryState{}
	for state, days := range map[store.DeliveryState]int{
		store.Delivered: 29, store.DeliveryDead: 29, store.DeliveryQueued: 99, store.DeliveryTrying: 99,
		store.DeliveryHeld: 29,
	} {
		kept[w.old(endpoint, state, days).ID] = state
	}
	w.old(endpoint, store.Delivered, 31)
	w.old(endpoint, store.DeliveryDead, 31)
	stale := w.old(endpoint, store.DeliveryHeld, 31)
	require.NoError(t, w.exec("UPDATE webhook_endpoints SET state = 'disabled' WHERE id = $1", endpoint.ID))
	gone, err := w.PruneDeliveries(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 2, gone)
	kept[stale.ID] = store.DeliveryDead
	left := map[string]store.DeliveryState{}
	for _, d := range w.deliveries(store.DeliveryFilter{Endpoint: endpoint.ID, Limit: 100}) {
		left[d.ID] = d.State
	}
	require.Equal(t, kept, left)
	require.EqualValues(t, len(kept), value[int64](w, "SELECT count(*) FROM delivery_tries"))
	gone, err = w.PruneDeliveries(t.Context())
	require.NoError(t, err)
	require.Zero(t, gone, "again forgets nothing more")
	given, _, err := w.Delivery(t.Context(), stale.ID)
	require.NoError(t, err)
	require.Equal(t, "the endpoint stayed disabled", given.Error)
}

// Forgetting and counting read what is over, or waits, and nothing else.
func TestDeliveriesArePrunedAndCountedByIndexes(t *testing.T) {
	w := open(t)
	endpoint := w.ofApp()
	require.NoError(t, w.exec(`INSERT INTO deliveries (id, message_id, endpoint_id, app_id, type, payload, state,
			done_at)
		SELECT 'dlv_' || n, 'msg_' || n, $1, 'app_1', 'webhook.test', '{}', 'delivered', now()
		FROM generate_series(1, 20000) n`, endpoint.ID))
	require.NoError(t, w.exec("ANALYZE deliveries"))
	for query, index := range map[string]string{
		`SELECT id FROM deliveries WHERE state IN ('delivered', 'dead') AND done_at < now() - interval '30 days'
			LIMIT 20000`: "deliveries_over",
		`SELECT id FROM deliveries WHERE state = 'held' AND created_at < now() - interval '30 days'
			LIMIT 20000`: "deliveries_",
		`SELECT count(*), min(created_at) FROM deliveries WHERE state = 'dead'`: "deliveries_",
	} {
		plan := value[json.RawMessage](w, "EXPLAIN (FORMAT JSON) "+query)
		require.NotContains(t, string(plan), "Seq Scan", query)
		require.True(t, strings.Contains(string(plan), index), "%s: %s", query, plan)
	}
}

func TestADeliveryKeepsItsNewestTries(t *testing.T) {
	w := open(t)
	made, err := w.SendTestEvent(t.Context(), w.ofApp().ID)
	require.NoError(t, err)
	_, err = w.TakeDeliveries(t.Context(), 9, 9)
	require.NoError(t, err)
	for range 103 {
		w.tried(made, store.DeliveryTrying, "")
	}
	_, tries, err := w.Delivery(t.Context(), made.ID)
	require.NoError(t, err)
	require.Len(t, tries, 100)
	require.Equal(t, 103, tries[0].Number)
	require.EqualValues(t, 4, value[int64](w, "SELECT min(number) FROM delivery_tries"))
	require.EqualValues(t, 100, value[int64](w, "SELECT count(*) FROM delivery_tries"))
}

// Who is not reached was sent nothing: there are no headers, and the try is kept all the same.
func TestATryThatReachedNobodyIsKept(t *testing.T) {
	w := open(t)
	made, err := w.SendTestEvent(t.Context(), w.ofApp().ID)
	require.NoError(t, err)
	_, err = w.TakeDeliveries(t.Context(), 9, 9)
	require.NoError(t, err)
	require.NoError(t, w.RecordTry(t.Context(), made.Endpoint, store.Tried{
		Round: 1, State: store.DeliveryTrying, Next: time.Now().Add(time.Hour),
		Try: store.DeliveryTry{Delivery: made.ID, At: time.Now(), Error: "reach the receiver: refused"},
	}))
	d, tries, err := w.Delivery(t.Context(), made.ID)
	require.NoError(t, err)
	require.Equal(t, 1, d.Tries)
	require.Empty(t, tries[0].Headers)
}

// An endpoint may be enabled while a delivery is on its way to being held: it does not wait for ever.
func TestAHeldDeliveryOfAnEnabledEndpointGoesOn(t *testing.T) {
	w := open(t)
	endpoint := w.ofApp()
	held := w.old(endpoint, store.DeliveryHeld, 1)
	_, err := w.PruneDeliveries(t.Context())
	require.NoError(t, err)
	after, _, err := w.Delivery(t.Context(), held.ID)
	require.NoError(t, err)
	require.Equal(t, store.DeliveryQueued, after.State)
	taken, err := w.TakeDeliveries(t.Context(), 10, 10)
	require.NoError(t, err)
	require.Len(t, taken, 1)
	require.NoError(t, w.HoldDelivery(t.Context(), held.ID, taken[0].Round))
	after, _, err = w.Delivery(t.Context(), held.ID)
	require.NoError(t, err)
	require.Equal(t, store.DeliveryQueued, after.State, "held only while its endpoint is disabled")
}
