package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// clock is the database's own: what is saved after it is not seen at it.
func (w *world) clock() time.Time { return value[time.Time](w, "SELECT clock_timestamp()") }

func TestARequestIsKnownAtEachMoment(t *testing.T) {
	w := open(t)
	before := w.clock()
	l, number := w.paying()
	paying := w.clock()
	l.save(capture(number, 12900))
	after := w.clock()

	_, err := w.SnapshotAt(t.Context(), l.request.ID, before)
	refused(t, err, models.NotFound, store.NotYet)
	_, err = w.SnapshotAt(t.Context(), "fpr_none", after)
	refused(t, err, models.NotFound, "unknown_request")
	then, err := w.SnapshotAt(t.Context(), l.request.ID, paying)
	require.NoError(t, err)
	require.Equal(t, models.Paying, then.Request.State)
	now, err := w.SnapshotAt(t.Context(), l.request.ID, after)
	require.NoError(t, err)
	require.Equal(t, l.request, now.Request)
	require.Equal(t, l.request.JudgedAt, now.JudgedAt)
	kept := value[int64](w, "SELECT count(*) FROM request_snapshots")
	require.Equal(t, l.request.Version, kept, "one a version")
}

// A step that is judged again and ends otherwise leaves no trace of how it ended first,
// whether its twin has the same version or a lower one.
func TestALostStepIsNotRemembered(t *testing.T) {
	w := open(t)
	l, number := w.paying()
	before := *l
	l.save(models.Event{Kind: models.PollDue})
	l.save(capture(number, 12900))
	seen := w.clock()
	at := l.at
	*l = before
	l.at = at
	l.save(models.Event{Kind: models.PaymentClosed, Attempt: number})

	require.EqualValues(t, 0, value[int64](w,
		"SELECT count(*) FROM request_snapshots WHERE snapshot ->> 'state' IN ('applying', 'confirming')"))
	require.Equal(t, l.request.Version, value[int64](w, "SELECT max(version) FROM request_snapshots"))
	then, err := w.SnapshotAt(t.Context(), l.request.ID, seen)
	require.NoError(t, err)
	require.Equal(t, before.request, then.Request, "what was seen meanwhile never was")
}

func TestASnapshotThatIsSavedAgainKeepsItsTime(t *testing.T) {
	w := open(t)
	l := w.opened()
	seen := w.clock()
	transitions, err := w.Transitions(t.Context(), l.request.ID, 0, 9)
	require.NoError(t, err)
	require.NoError(t, w.SaveStep(t.Context(), models.Step{Request: l.request, Transitions: transitions}))
	then, err := w.SnapshotAt(t.Context(), l.request.ID, seen)
	require.NoError(t, err)
	require.Equal(t, l.request, then.Request)
}

// A request that was saved before there was a history is known as it stands, and not before.
func TestWhatWasNotKeptIsNotGuessed(t *testing.T) {
	w := open(t)
	l, number := w.paying()
	early := w.clock()
	l.save(capture(number, 12900))
	require.NoError(t, w.exec("DELETE FROM request_snapshots"))
	_, err := w.SnapshotAt(t.Context(), l.request.ID, early)
	refused(t, err, models.NotFound, store.NotKept)
	now, err := w.SnapshotAt(t.Context(), l.request.ID, w.clock())
	require.NoError(t, err)
	require.Equal(t, l.request, now.Request)
}

func TestInvitesAndShopsAreKnownAtEachMoment(t *testing.T) {
	w := open(t)
	l, ctx := w.opened(), t.Context()
	id := mint.ID(mint.Invite)
	_, err := w.CreateInvite(ctx, store.Invite{
		ID: id, Request: l.request.ID, Generation: 1, TokenHash: hash(9), ExpiresAt: l.request.HardEnd,
	})
	require.NoError(t, err)
	fresh := w.clock()
	require.NoError(t, w.OpenInvite(ctx, id))
	require.NoError(t, w.exec("UPDATE merchants SET name = 'Coffee House'"))
	opened := w.clock()
	require.NoError(t, w.DeclineInvite(ctx, id, "declined"))

	for at, want := range map[time.Time]store.Invite{
		fresh: {State: store.InviteLive}, opened: {State: store.InviteLive, OpenedCount: 1},
		w.clock(): {State: store.InviteDeclined, OpenedCount: 1, DeclineReason: "declined"},
	} {
		list, err := w.InvitesAt(ctx, l.request.ID, at)
		require.NoError(t, err)
		require.Len(t, list, 1)
		require.True(t, list[0].Kept)
		require.Equal(t, want.State, list[0].State)
		require.Equal(t, want.OpenedCount, list[0].OpenedCount)
		require.Equal(t, want.DeclineReason, list[0].DeclineReason)
	}
	then, kept, err := w.AppAt(ctx, "app_1", fresh)
	require.NoError(t, err)
	require.True(t, kept)
	require.Equal(t, "Tea House", then.MerchantName)
	now, _, err := w.AppAt(ctx, "app_1", opened)
	require.NoError(t, err)
	require.Equal(t, "Coffee House", now.MerchantName)
	channels, err := w.ChannelsAt(ctx, "app_1", 1_000_000)
	require.NoError(t, err)
	known, err := w.Channels(ctx, "app_1")
	require.NoError(t, err)
	require.Equal(t, known, channels)
}

func TestOldSnapshotsArePruned(t *testing.T) {
	w := open(t)
	l, _ := w.settled()
	live := w.opened()
	require.NoError(t, w.exec("UPDATE request_snapshots SET saved_at = saved_at - interval '200 days'"))
	gone, err := w.PruneSnapshots(t.Context())
	require.NoError(t, err)
	require.Zero(t, gone, "one is guarded, the other has not ended")
	l.save(models.Event{Kind: models.GuardLapsed})
	require.NoError(t, w.exec(`UPDATE requests SET snapshot = jsonb_set(snapshot, '{guard_until}',
		to_jsonb(now() - interval '91 days')) WHERE id = $1`, l.request.ID))
	gone, err = w.PruneSnapshots(t.Context())
	require.NoError(t, err)
	require.Equal(t, l.request.Version-1, gone, "all but the newest, which was saved just now")
	_, err = w.SnapshotAt(t.Context(), live.request.ID, w.clock())
	require.NoError(t, err)
}

func TestRefusedCallbacksAreCountedByAccount(t *testing.T) {
	w := open(t)
	l, _ := w.paying()
	for range 3 {
		require.NoError(t, w.CountRefused(t.Context(), "mockpay", "acc_1", "bad_signature"))
	}
	require.NoError(t, w.CountRefused(t.Context(), "mockpay", "acc_other", "bad_signature"))
	counts, err := w.RefusedCallbacks(t.Context(), l.request.ID, w.clock())
	require.NoError(t, err)
	require.Equal(t, []store.RefusedCount{{
		Day: w.clock().UTC().Format(time.DateOnly), Provider: "mockpay", Account: "acc_1", Reason: "bad_signature",
		Count: 3,
	}}, counts)
}
