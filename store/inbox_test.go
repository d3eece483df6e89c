package store_test

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

func event(key string) store.ProviderEvent {
	return store.ProviderEvent{
		Provider: "mockpay", Account: "acc_1", Key: key, Kind: "payment", Number: mint.Number(),
		Raw: []byte(`{"canary-raw":1}`), Headers: map[string][]string{"Signature": {"canary-header"}},
	}
}

// FM-01: over two instances, as providers resend.
func TestTwoHundredResendsAreOneRow(t *testing.T) {
	w := open(t)
	stores := []*store.Store{w.Store, w.another()}
	sent := event("key-1")
	var fresh atomic.Int64
	var all sync.WaitGroup
	for i := range 200 {
		all.Go(func() {
			kept, err := stores[i%2].KeepEvent(t.Context(), sent)
			require.NoError(t, err)
			require.NotEmpty(t, kept.ID)
			require.False(t, kept.Conflict)
			if kept.Fresh {
				fresh.Add(1)
			}
		})
	}
	all.Wait()
	require.EqualValues(t, 1, fresh.Load())
	require.EqualValues(t, 1, value[int64](w, "SELECT count(*) FROM provider_events"))
}

// FM-02: the first stands; the second waits for a human.
func TestAnotherBodyUnderAKnownKeyIsAConflict(t *testing.T) {
	w := open(t)
	first := event("key-1")
	kept, err := w.KeepEvent(t.Context(), first)
	require.NoError(t, err)
	second := first
	second.Raw = []byte(`{"amount":1}`)
	for range 3 {
		again, err := w.KeepEvent(t.Context(), second)
		require.NoError(t, err)
		require.Equal(t, store.Kept{ID: kept.ID, Conflict: true}, again)
	}
	require.EqualValues(t, 3, value[int64](w, "SELECT count FROM provider_event_conflicts"))
	taken, err := w.TakeEvents(t.Context(), 10, time.Minute)
	require.NoError(t, err)
	require.Len(t, taken, 1)
	require.Equal(t, first.Raw, taken[0].Raw)
	require.Equal(t, first.Headers, taken[0].Headers)

	elsewhere := second
	elsewhere.Account = "acc_2"
	other, err := w.KeepEvent(t.Context(), elsewhere)
	require.NoError(t, err)
	require.True(t, other.Fresh, "another account's key is another key")
}

func TestLeasesAreDisjoint(t *testing.T) {
	w := open(t)
	stores := []*store.Store{w.Store, w.another()}
	const events = 60
	for i := range events {
		_, err := w.KeepEvent(t.Context(), event(strings.Repeat("k", i+1)))
		require.NoError(t, err)
	}
	var mu sync.Mutex
	seen := map[string]int{}
	var all sync.WaitGroup
	for i := range 12 {
		all.Go(func() {
			taken, err := stores[i%2].TakeEvents(t.Context(), 5, time.Minute)
			require.NoError(t, err)
			mu.Lock()
			defer mu.Unlock()
			for _, e := range taken {
				seen[e.ID]++
			}
		})
	}
	all.Wait()
	for id, times := range seen {
		require.Equal(t, 1, times, id)
	}
	rest, err := w.TakeEvents(t.Context(), events, time.Minute)
	require.NoError(t, err)
	require.Len(t, rest, events-len(seen), "none is lost to a lock that was skipped")
}

func TestAnEventIsTriedAgainAfterItsLease(t *testing.T) {
	w := open(t)
	oldest, err := w.KeepEvent(t.Context(), event("a"))
	require.NoError(t, err)
	_, err = w.KeepEvent(t.Context(), event("b"))
	require.NoError(t, err)
	taken, err := w.TakeEvents(t.Context(), 1, 50*time.Millisecond)
	require.NoError(t, err)
	require.Equal(t, oldest.ID, taken[0].ID)
	require.Equal(t, 1, taken[0].Tries)
	require.Eventually(t, func() bool {
		again, err := w.TakeEvents(t.Context(), 10, time.Minute)
		require.NoError(t, err)
		for _, e := range again {
			if e.ID == oldest.ID {
				return e.Tries == 2
			}
		}
		return false
	}, 5*time.Second, 20*time.Millisecond)
}

func TestAMarkedEventStays(t *testing.T) {
	w := open(t)
	kept, err := w.KeepEvent(t.Context(), event("a"))
	require.NoError(t, err)
	mark := func(m store.Mark) string {
		require.NoError(t, w.MarkEvent(t.Context(), kept.ID, m))
		return value[string](w, "SELECT status FROM provider_events")
	}
	require.Equal(t, "pending", mark(store.Mark{Status: store.EventPending, NextTry: time.Now().Add(time.Hour)}))
	none, err := w.TakeEvents(t.Context(), 10, time.Minute)
	require.NoError(t, err)
	require.Empty(t, none, "put off")
	require.Equal(t, "dead", mark(store.Mark{Status: store.EventDead, Reason: "poison"}))
	require.Equal(t, "pending", mark(store.Mark{Status: store.EventPending}), "staff replays a dead one")
	some, err := w.TakeEvents(t.Context(), 10, time.Minute)
	require.NoError(t, err)
	require.Len(t, some, 1)
	require.Equal(t, "applied", mark(store.Mark{Status: store.EventApplied}))
	require.Equal(t, "applied", mark(store.Mark{Status: store.EventPending}), "applied is for ever")
}

// FM-06: of a forged callback nothing is kept but a count.
func TestAForgedCallbackLeavesACount(t *testing.T) {
	w := open(t)
	for range 3 {
		require.NoError(t, w.CountRefused(t.Context(), "mockpay", "acc_1", "signature"))
	}
	require.EqualValues(t, 3, value[int64](w, "SELECT count FROM refused_callbacks"))
	require.EqualValues(t, 0, value[int64](w, "SELECT count(*) FROM provider_events"))
}

func TestMessagesAreAQueue(t *testing.T) {
	w := open(t)
	w.opened()
	other := w.another()
	first, err := w.TakeMessages(t.Context(), 10, time.Minute)
	require.NoError(t, err)
	require.Len(t, first, 1)
	none, err := other.TakeMessages(t.Context(), 10, time.Minute)
	require.NoError(t, err)
	require.Empty(t, none)

	id := first[0].ID
	again, err := w.Message(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, first[0], again)
	require.NoError(t, w.RetryMessage(t.Context(), id, time.Now(), "503"))
	second, err := other.TakeMessages(t.Context(), 10, time.Minute)
	require.NoError(t, err)
	require.Equal(t, 2, second[0].Tries)
	require.NoError(t, w.SentMessage(t.Context(), id, 204))
	require.NoError(t, w.DeadMessage(t.Context(), id, "too late"))
	require.Equal(t, "sent", value[string](w, "SELECT status FROM messages"))
	_, err = w.Message(t.Context(), id)
	refused(t, err, models.NotFound, "unknown_message")
}

func TestAReplacedMessageIsGone(t *testing.T) {
	w := open(t)
	l := w.live(w.order())
	require.NoError(t, w.SaveStep(t.Context(),
		l.judge(models.Event{Kind: models.Placed}, models.Event{Kind: models.OrderEligible})))
	taken, err := w.TakeMessages(t.Context(), 10, time.Minute)
	require.NoError(t, err)
	l.save(models.Event{Kind: models.Placed}, models.Event{Kind: models.OrderIneligible})
	_, err = w.Message(t.Context(), taken[0].ID)
	refused(t, err, models.NotFound, "unknown_message")
}
