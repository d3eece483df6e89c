package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/internal/reasons"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

func TestTheLastHeartbeatIsKnown(t *testing.T) {
	w := open(t)
	at, _, err := w.LastBeat(t.Context())
	require.NoError(t, err)
	require.True(t, at.IsZero(), "there never was a worker")
	for _, process := range []string{"a", "b", "a"} {
		require.NoError(t, w.Beat(t.Context(), store.Heartbeat{Process: process, Queues: []string{"friendpay"}}))
	}
	require.EqualValues(t, 2, value[int](w, "SELECT count(*) FROM heartbeats"))
	_, ago, err := w.LastBeat(t.Context())
	require.NoError(t, err)
	require.Less(t, ago, 5*time.Second)
	require.NoError(t, w.exec("UPDATE heartbeats SET at = now() - interval '2 days'"))
	require.NoError(t, w.Beat(t.Context(), store.Heartbeat{Process: "b"}))
	require.EqualValues(t, 1, value[int](w, "SELECT count(*) FROM heartbeats"), "the dead are forgotten")
}

func TestTroublesAreInTheQueueUntilTheyAreOver(t *testing.T) {
	w := open(t)
	kinds := []reasons.Reason{reasons.TemporalDown, reasons.TaskFailing}
	tell := func(troubles ...store.Trouble) []string {
		require.NoError(t, w.SetTroubles(t.Context(), kinds, troubles))
		return w.reasons(time.Now())
	}
	l := w.opened()
	failing := store.Trouble{Kind: reasons.TaskFailing, Request: l.request.ID, Detail: "3"}
	require.ElementsMatch(t, []string{"temporal_down", "task_failing 3"},
		tell(failing, store.Trouble{Kind: reasons.TemporalDown}))
	since := w.listed(time.Now())[0].Since
	failing.Detail = "4"
	require.Equal(t, []string{"task_failing 4"}, tell(failing))
	row := w.listed(time.Now())[0]
	require.True(t, row.Since.Equal(since), "it lasts since it was first seen")
	require.Equal(t, []string{"reset_workflow", l.request.ID, "app_1"},
		[]string{row.Step, row.StepSubject, row.App})
	require.NoError(t, w.SetTroubles(t.Context(), []reasons.Reason{reasons.TemporalDown}, nil))
	require.Len(t, w.listed(time.Now()), 1, "other kinds stay as they are")
	counted := w.waiting(time.Now().Add(time.Hour))
	require.EqualValues(t, 1, counted["engine task_failing"])
	require.Empty(t, tell())
}

func TestSuspectsAreFound(t *testing.T) {
	w := open(t)
	l, number := w.paying()
	require.NoError(t, w.Suspect(t.Context(), "fpr_silent"))
	require.NoError(t, w.Suspect(t.Context(), "fpr_silent"))
	suspects := func() []string {
		list, err := w.Suspects(t.Context(), 10)
		require.NoError(t, err)
		return list
	}
	require.Equal(t, []string{"fpr_silent"}, suspects())
	reported := event("a")
	reported.Number = number
	_, err := w.KeepEvent(t.Context(), reported)
	require.NoError(t, err)
	require.NoError(t, w.exec("UPDATE provider_events SET received_at = now() - interval '20 seconds'"))
	require.NoError(t, w.exec("UPDATE engine_suspects SET at = now() - interval '11 minutes'"))
	require.Equal(t, []string{l.request.ID}, suspects(), "who was silent long ago has had its look")
	require.NoError(t, w.exec("UPDATE provider_events SET status = 'applied'"))
	require.NoError(t, w.exec("UPDATE requests SET next_at = now() - interval '10 seconds'"))
	require.Equal(t, []string{l.request.ID}, suspects())
}

func TestWhatNobodyPostsIsCounted(t *testing.T) {
	w := open(t)
	_, err := w.KeepEvent(t.Context(), event("a"))
	require.NoError(t, err)
	count, _, err := w.Unposted(t.Context(), 10*time.Second)
	require.NoError(t, err)
	require.Zero(t, count)
	require.NoError(t, w.exec(`UPDATE provider_events SET received_at = now() - interval '20 seconds'`))
	count, _, err = w.Unposted(t.Context(), 10*time.Second)
	require.NoError(t, err)
	require.Zero(t, count, "the relay has put its next try off")
	require.NoError(t, w.exec(`UPDATE provider_events SET next_try_at = received_at`))
	count, since, err := w.Unposted(t.Context(), 10*time.Second)
	require.NoError(t, err)
	require.EqualValues(t, 1, count)
	require.False(t, since.IsZero())
}

func TestALeaseHasOneHolder(t *testing.T) {
	w := open(t)
	lease := func(holder string) bool {
		mine, err := w.Lease(t.Context(), "watch", holder, time.Minute)
		require.NoError(t, err)
		return mine
	}
	require.True(t, lease("a"))
	require.False(t, lease("b"))
	require.True(t, lease("a"), "it is kept")
	require.NoError(t, w.exec("UPDATE leases SET until = now() - interval '1 second'"))
	require.True(t, lease("b"))
	require.False(t, lease("a"))
}

func TestTheQueueComesInPagesAndParts(t *testing.T) {
	w := open(t)
	for range 7 {
		_, err := w.OpenCase(t.Context(), store.Case{Kind: models.CaseRiskHold, Attempt: mint.Number()})
		require.NoError(t, err)
	}
	require.NoError(t, w.exec("UPDATE cases SET opened_at = '2026-11-22 01:02:03.456789Z'"))
	l, number := w.paying()
	l.save(capture(number, 12900))
	l.save(models.Event{Kind: models.OrderRefused, Attempt: number, Reason: "order_gone", Spare: mint.Number()})
	ask := func(f store.StuckFilter) (subjects []string) {
		f.Now = time.Now()
		for more := true; more; more = f.Cursor != "" {
			page, err := w.Stuck(t.Context(), f)
			require.NoError(t, err)
			for _, row := range page.Items {
				subjects = append(subjects, row.Subject)
			}
			require.LessOrEqual(t, len(page.Items), f.Limit)
			f.Cursor = page.Next
		}
		return subjects
	}
	all := ask(store.StuckFilter{Limit: 3})
	require.Len(t, all, 8)
	require.ElementsMatch(t, all, ask(store.StuckFilter{Limit: 500}), "each once, also those of one moment")
	require.Len(t, ask(store.StuckFilter{Limit: 9, Reasons: []reasons.Reason{reasons.CaseOpen}}), 7)
	refund := []string{l.request.Refunds[0].Number}
	require.Equal(t, refund, ask(store.StuckFilter{Limit: 9, App: "app_1"}))
	require.Equal(t, refund, ask(store.StuckFilter{Limit: 9, Severity: reasons.Watch}))
	require.Equal(t, refund, ask(store.StuckFilter{Limit: 9, Request: l.request.ID}))
	require.Len(t, ask(store.StuckFilter{Limit: 9, Age: time.Hour}), 7)
	require.Empty(t, ask(store.StuckFilter{
		Limit: 9, Severity: reasons.Watch, Reasons: []reasons.Reason{reasons.CaseOpen},
	}))
	counts, err := w.StuckCounts(t.Context(), store.StuckFilter{Now: time.Now()})
	require.NoError(t, err)
	require.Len(t, counts, 2)
	require.Equal(t, []any{reasons.MoneyReturning, int64(1)}, []any{counts[0].Reason, counts[0].Count})
	require.Equal(t, []any{reasons.CaseOpen, int64(7)}, []any{counts[1].Reason, counts[1].Count})
	_, err = w.Stuck(t.Context(), store.StuckFilter{Now: time.Now(), Cursor: "x"})
	refused(t, err, models.Invalid, "bad_cursor")
}
