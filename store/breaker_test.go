package store_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/store"
)

// unmade notes that orders through a channel were not made for payers in an app.
func (w *world) unmade(surface string, times int, now time.Time) (turns []store.Turn) {
	w.t.Helper()
	for range times {
		number := mint.Number()
		require.NoError(w.t, w.SaveCheckout(w.t.Context(), number, store.Checkout{Surface: surface}))
		more, err := w.NoteMade(w.t.Context(), store.Made{
			App: "app_1", Channel: "mock", Attempt: number, Failed: true, Reason: "500", Speed: 1, At: now,
		})
		require.NoError(w.t, err)
		turns = append(turns, more...)
	}
	return turns
}

func (w *world) made(surface string, now time.Time) []store.Turn {
	w.t.Helper()
	number := mint.Number()
	require.NoError(w.t, w.SaveCheckout(w.t.Context(), number, store.Checkout{Surface: surface}))
	turns, err := w.NoteMade(w.t.Context(), store.Made{
		App: "app_1", Channel: "mock", Attempt: number, Speed: 1, At: now,
	})
	require.NoError(w.t, err)
	return turns
}

// broken lists what is not closed, as surface/state.
func (w *world) broken() []string {
	w.t.Helper()
	breakers, err := w.Breakers(w.t.Context(), "app_1")
	require.NoError(w.t, err)
	list := []string{}
	for _, b := range breakers {
		list = append(list, b.Surface+"/"+string(b.State))
	}
	return list
}

func TestABreakerOpensForItsSurfaceAndForAll(t *testing.T) {
	w := open(t)
	now := time.Now()
	require.Empty(t, w.unmade("wechat_group", 4, now))
	require.Empty(t, w.broken())
	require.Len(t, w.unmade("wechat", 1, now), 2)
	require.Equal(t, []string{"/open", "wechat/open"}, w.broken())
	breakers, err := w.Breakers(t.Context(), "app_1")
	require.NoError(t, err)
	require.Equal(t, []string{"mock"}, policy.BrokenOn(breakers, "desktop", now))
	require.WithinDuration(t, now.Add(30*time.Second), breakers[0].NextProbe, time.Millisecond)
}

// Payments that others can make elsewhere keep the channel up there.
func TestOneSurfaceFailsAlone(t *testing.T) {
	w := open(t)
	now := time.Now()
	for range 6 {
		w.unmade("wechat", 1, now)
		w.made("mobile", now)
	}
	require.Equal(t, []string{"wechat/open"}, w.broken())
}

func TestOperatorsSayWhatOpens(t *testing.T) {
	w := open(t)
	_, err := w.raw.Exec(t.Context(), `INSERT INTO breaker_rules VALUES ('', 'mock', 1, 60, 5, 5),
		('app_1', '', 2, 60, 10, 10)`)
	require.NoError(t, err)
	now := time.Now()
	require.Empty(t, w.unmade("", 1, now), "the app's own word comes before that for all")
	require.Len(t, w.unmade("", 1, now), 1)
	var kept int
	const history = "SELECT count(*) FROM catalogue_history WHERE family = 'breaker_rules' AND key <> '/'"
	row := w.raw.QueryRow(t.Context(), history)
	require.NoError(t, row.Scan(&kept))
	require.Equal(t, 2, kept)
}

// However many processes note failures at once, they agree: five are five.
func TestAllProcessesCountTogether(t *testing.T) {
	w := open(t)
	other := w.another()
	now := time.Now()
	var group sync.WaitGroup
	var turned atomic.Int64
	for i := range 20 {
		group.Go(func() {
			s := []*store.Store{w.Store, other}[i%2]
			turns, err := s.NoteMade(t.Context(), store.Made{
				App: "app_1", Channel: "mock", Attempt: mint.Number(), Failed: true, Speed: 1, At: now,
			})
			require.NoError(t, err)
			turned.Add(int64(len(turns)))
		})
	}
	group.Wait()
	require.EqualValues(t, 1, turned.Load(), "it opened once")
}

func TestOneProcessProbes(t *testing.T) {
	w := open(t)
	now := time.Now()
	_, found, err := w.TakeProbe(t.Context(), now, time.Minute)
	require.NoError(t, err)
	require.False(t, found)
	w.unmade("wechat", 5, now)
	due := now.Add(31 * time.Second)
	_, found, err = w.TakeProbe(t.Context(), now, time.Minute)
	require.NoError(t, err)
	require.False(t, found, "it rests first")
	probe, found, err := w.TakeProbe(t.Context(), due, time.Minute)
	require.NoError(t, err)
	require.True(t, found)
	require.Equal(t, store.Probe{App: "app_1", Channel: "mock", Provider: "mockpay", Account: "acc_1"}, probe)
	_, found, err = w.another().TakeProbe(t.Context(), due, time.Minute)
	require.NoError(t, err)
	require.False(t, found, "it is leased")

	for i, want := range [][]string{{"/half_open", "wechat/half_open"}, {}} {
		turns, err := w.NoteProbe(t.Context(), probe, store.Probed{Alive: true, At: due, Speed: 1})
		require.NoError(t, err)
		require.Len(t, turns, 2, i)
		require.Equal(t, want, w.broken(), i)
	}
	turns, err := w.NoteProbe(t.Context(), probe, store.Probed{Alive: true, At: due, Speed: 1})
	require.NoError(t, err)
	require.Empty(t, turns, "closed already")
}

func TestOnePersonTriesWhatIsHalfOpen(t *testing.T) {
	w := open(t)
	now := time.Now()
	key := store.BreakerKey{App: "app_1", Channel: "mock", Surface: "wechat"}
	tries := func(at time.Time) bool {
		may, err := w.TakeTrial(t.Context(), key, at)
		require.NoError(t, err)
		return may
	}
	require.True(t, tries(now))
	w.unmade("", 5, now)
	require.False(t, tries(now))
	_, err := w.NoteProbe(t.Context(), store.Probe{App: "app_1", Channel: "mock"},
		store.Probed{Alive: true, At: now, Speed: 1})
	require.NoError(t, err)
	require.True(t, tries(now))
	require.False(t, tries(now))
	require.True(t, tries(now.Add(time.Minute)), "he never came through")
	require.Equal(t, []store.Turn{{
		BreakerKey: store.BreakerKey{App: "app_1", Channel: "mock"}, To: policy.BreakerClosed,
	}}, w.made("mobile", now))
	require.True(t, tries(now))
}

// What an open breaker may cut off is looked through part by part, and then again.
func TestASweepGoesRound(t *testing.T) {
	w := open(t)
	now := time.Now()
	ids := []string{}
	for range 3 {
		ids = append(ids, w.opened().request.ID)
	}
	held := w.opened()
	held.save(models.Event{Kind: models.HoldPlaced, Reason: models.Outage})
	staff := w.opened()
	staff.save(models.Event{Kind: models.HoldPlaced, Reason: "ticket_7"})

	_, found, err := w.TakeSweep(t.Context(), now, time.Second, 2)
	require.NoError(t, err)
	require.False(t, found, "nothing is open")
	w.unmade("", 5, now)
	seen := []string{}
	for i := range 3 {
		at := now.Add(time.Duration(i) * time.Second)
		sweep, found, err := w.TakeSweep(t.Context(), at, time.Second, 2)
		require.NoError(t, err)
		require.True(t, found)
		require.WithinDuration(t, now, sweep.OpenedAt, time.Millisecond)
		for _, waiter := range sweep.Waiters {
			require.Equal(t, waiter.Order.ID, waiter.Request.Order)
			seen = append(seen, waiter.Request.ID)
		}
		_, found, err = w.another().TakeSweep(t.Context(), at, time.Second, 2)
		require.NoError(t, err)
		require.False(t, found, "another process waits for its turn")
	}
	require.Equal(t, fmt.Sprint(append(ids, ids[:2]...)), fmt.Sprint(seen))

	waiters, next, err := w.HeldBy(t.Context(), models.Outage, "", 10)
	require.NoError(t, err)
	require.Len(t, waiters, 1)
	require.Equal(t, held.request.ID, waiters[0].Request.ID)
	require.Empty(t, next)
}
