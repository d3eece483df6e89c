package store_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

func key(resource string) store.Key {
	return store.Key{Principal: "merchant:mer_1", Value: "k", Fingerprint: hash(1), Resource: resource}
}

func TestAKeyIsAnsweredOnceAndReplayed(t *testing.T) {
	w := open(t)
	state, err := w.BeginKey(t.Context(), key("fpr_1"))
	require.NoError(t, err)
	require.Equal(t, store.KeyState{Resource: "fpr_1"}, state)

	_, err = w.another().BeginKey(t.Context(), key("fpr_2"))
	known := refused(t, err, models.Conflict, "key_in_flight")
	require.WithinDuration(t, time.Now().Add(30*time.Second), known.Until, 10*time.Second)

	other := key("fpr_3")
	other.Fingerprint = hash(2)
	_, err = w.BeginKey(t.Context(), other)
	refused(t, err, models.Invalid, "key_reused")

	body := []byte("{\"link\":\"https://x/f/canary-token\"}\n\x00\xff")
	answer := store.Answer{Status: 201, ContentType: "a/b", Body: body}
	done, err := w.FinishKey(t.Context(), "merchant:mer_1", "k", answer)
	require.NoError(t, err)
	replayed, err := w.BeginKey(t.Context(), key("fpr_4"))
	require.NoError(t, err)
	require.Equal(t, done, replayed)
	require.Equal(t, body, replayed.Body, "byte for byte")
	require.Equal(t, "fpr_1", replayed.Resource)

	late, err := w.FinishKey(t.Context(), "merchant:mer_1", "k", store.Answer{Status: 500, Body: []byte("late")})
	require.NoError(t, err)
	require.Equal(t, replayed, late, "the first answer stays")
	_, err = w.BeginKey(t.Context(), other)
	refused(t, err, models.Invalid, "key_reused")

	foreign := key("fpr_5")
	foreign.Principal = "merchant:mer_2"
	state, err = w.BeginKey(t.Context(), foreign)
	require.NoError(t, err)
	require.Equal(t, "fpr_5", state.Resource, "keys of two principals never meet")
}

func TestALeaseTakenOverKeepsTheResource(t *testing.T) {
	w := open(t)
	_, err := w.BeginKey(t.Context(), key("fpr_1"))
	require.NoError(t, err)
	// Its holder died.
	require.NoError(t, w.exec("UPDATE idempotency_keys SET leased_until = now() - interval '1 s'"))
	state, err := w.BeginKey(t.Context(), key("fpr_2"))
	require.NoError(t, err)
	require.Equal(t, "fpr_1", state.Resource)
	_, err = w.BeginKey(t.Context(), key("fpr_3"))
	refused(t, err, models.Conflict, "key_in_flight")
	require.NoError(t, w.ReleaseKey(t.Context(), "merchant:mer_1", "k"))
	_, err = w.BeginKey(t.Context(), key("fpr_4"))
	require.NoError(t, err)
}

func TestAnAnswerIsStoredWithItsEffectOrNotAtAll(t *testing.T) {
	w := open(t)
	_, err := w.BeginKey(t.Context(), key("fpr_1"))
	require.NoError(t, err)
	boom := errors.New("boom")
	err = w.WithTx(t.Context(), func(tx *store.Store) error {
		_, err := tx.FinishKey(t.Context(), "merchant:mer_1", "k", store.Answer{Status: 201})
		require.NoError(t, err)
		return boom
	})
	require.ErrorIs(t, err, boom)
	require.EqualValues(t, 0, value[int32](w, "SELECT status FROM idempotency_keys"))
}

func TestOldKeysAreForgotten(t *testing.T) {
	w := open(t)
	_, err := w.BeginKey(t.Context(), key("fpr_1"))
	require.NoError(t, err)
	pruned, err := w.PruneKeys(t.Context())
	require.NoError(t, err)
	require.Zero(t, pruned)
	require.NoError(t, w.exec("UPDATE idempotency_keys SET created_at = now() - interval '25 h'"))
	pruned, err = w.PruneKeys(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 1, pruned)
}

// FM-33: whatever clients do with one key, one effect and one body come of it.
func TestRacingClientsSeeOneEffect(t *testing.T) {
	w := open(t)
	turn := 0
	rapid.Check(t, func(rt *rapid.T) {
		turn++
		principal := time.Unix(int64(turn), 0).String()
		var effects atomic.Int64
		var mu sync.Mutex
		bodies := map[string]bool{}
		var all sync.WaitGroup
		for client := range rapid.IntRange(2, 6).Draw(rt, "clients") {
			all.Go(func() {
				state, err := w.BeginKey(t.Context(), store.Key{
					Principal: principal, Value: "k", Fingerprint: hash(1), Resource: string(rune('a' + client)),
				})
				if models.CodeOf(err) == models.Conflict && err != nil {
					return
				}
				require.NoError(t, err)
				if !state.Done {
					effects.Add(1)
					answer := store.Answer{Status: 201, Body: []byte("body of " + state.Resource)}
					state, err = w.FinishKey(t.Context(), principal, "k", answer)
					require.NoError(t, err)
				}
				mu.Lock()
				defer mu.Unlock()
				bodies[string(state.Body)] = true
			})
		}
		all.Wait()
		require.EqualValues(rt, 1, effects.Load())
		require.Len(rt, bodies, 1)
	})
}
