package support_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/support"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

func TestALargeRefundWaitsForASecondPerson(t *testing.T) {
	w := newWorld(t)
	given := w.largeRefund()
	w.carry()
	require.Empty(t, w.request(given.Request).Refunds, "nothing moves before")
	for _, no := range []struct {
		by     support.Person
		reason string
	}{
		{supervisor, "same_person"},
		{support.Person{Name: "staff:vera", Role: support.Viewer}, "role_too_low"},
		{agent, "role_too_low"},
		{support.Person{Name: supervisor.Name, Role: support.Operator}, "same_person"},
	} {
		_, err := w.Approve(t.Context(), given.ID, no.by, "looks right")
		refusedAs(t, err, no.reason)
	}
	for range 2 { // twice approved is once
		approved, err := w.Approve(t.Context(), given.ID, second, "looks right")
		require.NoError(t, err)
		require.Equal(t, second.Name, approved.ApprovedBy)
		w.carry()
	}
	require.Len(t, w.request(given.Request).Refunds, 1)
	require.Equal(t, models.CNY(150_000), w.request(given.Request).Refunds[0].Amount)
	_, err := w.Reject(t.Context(), given.ID, operator, "too late")
	refusedAs(t, err, "not_waiting")
	deeds, err := w.Rows.Deeds(t.Context(), given.ID)
	require.NoError(t, err)
	require.Len(t, deeds, 1)
}

func TestARejectedRefundMovesNothing(t *testing.T) {
	w := newWorld(t)
	given := w.largeRefund()
	rejected, err := w.Reject(t.Context(), given.ID, second, "wrong order")
	require.NoError(t, err)
	require.Equal(t, store.CommandRejected, rejected.State)
	_, err = w.Approve(t.Context(), given.ID, operator, "after all")
	refusedAs(t, err, "not_waiting")
	w.carry()
	require.Empty(t, w.request(given.Request).Refunds)
}

// A large refund in parts is one large refund.
func TestPartsOfARefundAddUp(t *testing.T) {
	w := newWorld(t)
	l := w.open().settled()
	first, err := w.give(w.wish(supervisor, "refund", l.ID, "amount", "60000"))
	require.NoError(t, err)
	require.Equal(t, store.CommandDone, first.State, first.Outcome)
	next, err := w.Submit(t.Context(), w.wish(supervisor, "refund", l.ID, "amount", "60000"))
	require.NoError(t, err)
	require.Equal(t, store.CommandWaiting, next.State)
	w.SecondPerson = 0
	each, err := w.Submit(t.Context(), w.wish(supervisor, "refund", w.open().settled().ID, "amount", "1"))
	require.NoError(t, err)
	require.Equal(t, store.CommandWaiting, each.State, "a limit of nothing is each refund")
}

// Each thing that somebody did is one line of the audit, and nothing else is.
func TestTheAuditIsWhatWasDone(t *testing.T) {
	w := newWorld(t)
	done := 0
	for _, name := range support.Commands() {
		subject, args := scenes[name](w)
		before := w.counts()["audit"]
		by := operator
		wish := w.wish(by, name, subject, args...)
		for range 3 { // the same is done once
			_, err := w.give(wish)
			require.NoError(t, err, name)
		}
		require.Equal(t, before+1, w.counts()["audit"], name)
		deeds, err := w.Rows.Deeds(t.Context(), subject)
		require.NoError(t, err)
		last := deeds[len(deeds)-1]
		require.Equal(t, []string{by.Name, name, "ticket 7"}, []string{last.Actor, last.Act, last.Reason})
		done++
	}
	waiting := 2 // large refunds that were made to be approved and rejected
	require.Equal(t, done+waiting, w.counts()["audit"])
	require.Equal(t, done-2+waiting, w.counts()["commands"], "an approval is no command of its own")
}

func TestTheSameKeyIsTheSameCommand(t *testing.T) {
	w := newWorld(t)
	wish := w.wish(supervisor, "refund", w.open().settled().ID, "amount", "100")
	first, err := w.give(wish)
	require.NoError(t, err)
	again, err := w.give(wish)
	require.NoError(t, err)
	require.Equal(t, first, again)
	require.Len(t, w.request(first.Request).Refunds, 1)
	other := wish
	other.Args = map[string]string{"amount": "200"}
	_, err = w.Submit(t.Context(), other)
	refusedAs(t, err, "key_reused")
	other.By = second // another person's key is another command
	_, err = w.give(other)
	require.NoError(t, err)
	require.Len(t, w.request(first.Request).Refunds, 2)
}

// A worker that dies after the deed and before the row carries it out again: it is there once.
func TestCarriedOutTwiceIsOnce(t *testing.T) {
	w := newWorld(t)
	for _, name := range []string{"refund", "release_slot", "cancel", "reopen", "extend", "case_close"} {
		subject, args := scenes[name](w)
		given, err := w.Submit(t.Context(), w.wish(supervisor, name, subject, args...))
		require.NoError(t, err)
		if given.DoneAt.IsZero() {
			w.carry()
		}
		before := w.counts()
		taken, err := w.Rows.Command(t.Context(), given.ID)
		require.NoError(t, err)
		w.door.seen = map[string]bool{} // also where the engine no longer knows the update
		_, err = w.raw.Exec(t.Context(), `UPDATE commands SET state = 'queued', done_at = NULL,
			next_try_at = now() WHERE id = $1`, taken.ID)
		require.NoError(t, err)
		w.carry()
		after, err := w.Rows.Command(t.Context(), given.ID)
		require.NoError(t, err)
		require.Equal(t, store.CommandDone, after.State, "%s: %s", name, after.Outcome)
		require.Equal(t, before, w.counts(), name)
	}
}

func TestADryRunChangesNothing(t *testing.T) {
	w := newWorld(t)
	for _, name := range support.Commands() {
		subject, args := scenes[name](w)
		wish := w.wish(operator, name, subject, args...)
		before, hits := w.counts(), w.door.hits
		plan, err := w.Preview(t.Context(), wish)
		require.NoError(t, err, name)
		require.Nil(t, plan.Refused, name)
		require.True(t, strings.HasSuffix(plan.Summary, "."), "%s: %q", name, plan.Summary)
		if name != "approve" && name != "reject" {
			lines, err := w.Bulk(t.Context(), []support.Wish{wish, wish}, true)
			require.NoError(t, err)
			require.Len(t, lines, 2)
		}
		require.Equal(t, before, w.counts(), name)
		require.Equal(t, hits, w.door.hits, "%s knocks at the door", name)
	}
	require.Empty(t, w.outer.did)
}

// While the engine is down commands are taken in and read; they are done when it is back.
func TestCommandsWaitForTheEngine(t *testing.T) {
	w := newWorld(t)
	l := w.open()
	w.door.down = models.Refuse(models.Unavailable, "engine_unavailable", "Try again in a moment.")
	given, err := w.give(w.wish(supervisor, "hold", l.ID))
	require.NoError(t, err)
	require.Equal(t, store.CommandQueued, given.State)
	require.Equal(t, "Try again in a moment.", given.Outcome)
	listed, err := w.Rows.Commands(t.Context(), store.CommandFilter{
		Request: l.ID, States: []store.CommandState{store.CommandQueued},
	})
	require.NoError(t, err)
	require.Len(t, listed.Items, 1)
	w.door.down = nil
	require.Eventually(t, func() bool {
		w.carry()
		now, err := w.Rows.Command(t.Context(), given.ID)
		return err == nil && now.State == store.CommandDone
	}, 10*time.Second, 50*time.Millisecond)
	require.Equal(t, models.Paused, w.request(l.ID).State)
}

// What is refused or broken when its time has come says why, in words for people.
func TestWhatIsNotDoneSaysWhy(t *testing.T) {
	w := newWorld(t)
	l := w.open()
	given, err := w.Submit(t.Context(), w.wish(supervisor, "hold", l.ID))
	require.NoError(t, err)
	l.do(models.Event{Kind: models.BuyerCancelled})
	w.carry()
	now, err := w.Rows.Command(t.Context(), given.ID)
	require.NoError(t, err)
	require.Equal(t, store.CommandRefused, now.State)
	require.Equal(t, "This request has ended. Ask the buyer for a new one.", now.Outcome)

	w.door.down = errors.New("canary 13800138000")
	given, err = w.Submit(t.Context(), w.wish(supervisor, "hold", w.open().ID))
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		_, err := w.raw.Exec(t.Context(), "UPDATE commands SET next_try_at = now() WHERE state = 'queued'")
		require.NoError(t, err)
		w.carry()
		now, err = w.Rows.Command(t.Context(), given.ID)
		return err == nil && now.State == store.CommandFailed
	}, 20*time.Second, time.Millisecond)
	require.NotContains(t, now.Outcome, "canary")
	require.NotEmpty(t, now.Outcome)
}
