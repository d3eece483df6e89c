package store_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// tell numbers every message that is due, as the outbox does of durable ones.
func (w *world) tell() {
	w.t.Helper()
	messages, err := w.TakeMessages(w.t.Context(), 100, time.Minute)
	require.NoError(w.t, err)
	for _, m := range messages {
		require.NoError(w.t, w.TellMessage(w.t.Context(), m.ID))
		require.NoError(w.t, w.TellMessage(w.t.Context(), m.ID), "told again")
	}
}

func TestEventsAreReadInTheirOrder(t *testing.T) {
	w := open(t)
	w.settled()
	events, err := w.Events(t.Context(), "app_1", 0, 10)
	require.NoError(t, err)
	require.Empty(t, events, "what is not durable is nobody's")

	w.tell()
	events, err = w.Events(t.Context(), "app_1", 0, 10)
	require.NoError(t, err)
	require.Len(t, events, 3, "texts to payers are none of the merchant's")
	var notice store.Notice
	require.NoError(t, json.Unmarshal(events[2].Body, &notice))
	require.Equal(t, "request.settled", notice.Type)
	require.True(t, strings.HasPrefix(events[2].ID, "msg_"))

	rest, err := w.Events(t.Context(), "app_1", events[0].No, 1)
	require.NoError(t, err)
	require.Equal(t, events[1:2], rest)
	rest, err = w.Events(t.Context(), "app_1", events[2].No, 10)
	require.NoError(t, err)
	require.Empty(t, rest)
	others, err := w.Events(t.Context(), "app_2", 0, 10)
	require.NoError(t, err)
	require.Empty(t, others, "another app's are not listed")

	last, err := w.LastEvents(t.Context(), []string{"app_1", "app_2"})
	require.NoError(t, err)
	require.Equal(t, map[string]int64{"app_1": events[2].No}, last)
}

// An app that listens nowhere has its events all the same.
func TestEventsNeedNoEndpoint(t *testing.T) {
	w := open(t)
	require.NoError(t, w.exec("UPDATE apps SET webhook_url = ''"))
	w.opened()
	w.tell()
	events, err := w.Events(t.Context(), "app_1", 0, 10)
	require.NoError(t, err)
	require.Len(t, events, 1)
}

// Two workers that tell at once give one message one number, and two messages two.
func TestARaceToTellGivesOneNumber(t *testing.T) {
	w := open(t)
	for range 4 {
		w.opened()
	}
	messages, err := w.TakeMessages(t.Context(), 100, time.Minute)
	require.NoError(t, err)
	require.Len(t, messages, 4)
	w.race(16, func(i int) { require.NoError(t, w.TellMessage(t.Context(), messages[i%4].ID)) })
	events, err := w.Events(t.Context(), "app_1", 0, 100)
	require.NoError(t, err)
	require.Len(t, events, 4)
	seen := map[string]bool{}
	for i, e := range events {
		require.False(t, seen[e.ID])
		seen[e.ID] = true
		require.True(t, i == 0 || events[i-1].No < e.No)
	}
}

// The outbox carries several at once: however they are told, one request's are numbered in order.
func TestEventsOfARequestAreNumberedInTheirOrder(t *testing.T) {
	w := open(t)
	w.settled()
	w.settled()
	messages, err := w.TakeMessages(t.Context(), 100, time.Minute)
	require.NoError(t, err)
	slices.Reverse(messages)
	w.race(4*len(messages), func(i int) {
		require.NoError(t, w.TellMessage(t.Context(), messages[i%len(messages)].ID))
	})
	events, err := w.Events(t.Context(), "app_1", 0, 100)
	require.NoError(t, err)
	require.Len(t, events, 6)
	newest := map[string]int64{}
	for _, e := range events {
		var notice store.Notice
		require.NoError(t, json.Unmarshal(e.Body, &notice))
		require.Greater(t, notice.Data.Seq, newest[notice.Data.Request])
		newest[notice.Data.Request] = notice.Data.Seq
	}
	require.Len(t, newest, 2)
}

// A page of a busy app is one walk along its own index.
func TestAPageOfEventsIsOneRead(t *testing.T) {
	w := open(t)
	l := w.opened()
	require.NoError(t, w.exec(`INSERT INTO messages (id, request_id, version, seq, kind, type, app_id, payer_id,
		payload, status, event_no) SELECT 'msg_e' || n, $1, n + 10, n + 10, 'webhook', 'request.paying', 'app_1',
		'', '{}', 'sent', n FROM generate_series(1, 20000) n`, l.request.ID))
	require.NoError(t, w.exec("ANALYZE messages"))
	before, err := w.CountStatements()
	require.NoError(t, err)
	events, err := w.Events(t.Context(), "app_1", 15000, 100)
	require.NoError(t, err)
	require.Len(t, events, 100)
	require.Equal(t, int64(1), before.Load())
	rows, err := w.raw.Query(t.Context(), "EXPLAIN SELECT event_no, id, payload FROM messages "+
		"WHERE app_id = 'app_1' AND event_no > 15000 ORDER BY event_no LIMIT 100")
	require.NoError(t, err)
	plan, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	require.Contains(t, strings.Join(plan, "\n"), "Index Scan using messages_events")
	require.NotContains(t, strings.Join(plan, "\n"), "Sort")
	require.Equal(t, models.Open, l.request.State)
}
