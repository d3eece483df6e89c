package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/notify"
	"github.com/friendpay/friendpay/internal/testkit"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

func TestRemindersOfAForgottenFriendGo(t *testing.T) {
	w := open(t)
	l, payer := w.known()
	l.over()
	own := w.invite(l, 7)
	require.NoError(t, w.LoggedIn(t.Context(), store.Login{Invite: own.ID, Payer: payer.ID}))
	require.NoError(t, w.exec("UPDATE invites SET pledged_by = $2 WHERE id = $1", own.ID, payer.ID))
	const reminded = "INSERT INTO reminders VALUES ($1, 'reminder_half', $2, 1)"
	require.NoError(t, w.exec(reminded, l.request.ID, payer.ID))
	_, err := w.ForgetPayer(t.Context(), payer.ID, anna)
	require.NoError(t, err)
	dump := w.dump()
	for _, table := range []string{"invites", "invite_payers", "reminders"} {
		require.NotContains(t, dump[table], payer.ID, table)
	}
	_, err = w.SayThanks(t.Context(), store.Thanks{
		Request: l.request.ID, Attempt: l.request.Winner, Message: kind,
	})
	refused(t, err, models.NotFound, "unknown_payer")
	require.Zero(t, value[int](w, "SELECT count(*) FROM thanks"), "nothing new is kept of him")
}

func TestOldRemindersGo(t *testing.T) {
	w := open(t)
	l, invite := w.shared("wechat")
	payer := w.comesIn(invite.ID, phone, "")
	w.reminders(w.Store, l.request.ID, notify.ReminderHalf, notify.ReminderLast)
	require.NoError(t, w.exec("UPDATE invites SET pledged_by = $1", payer))
	require.NoError(t, w.exec("UPDATE reminders SET at = at - interval '91 days'"))
	require.NoError(t, w.exec("UPDATE reminder_dues SET done_at = done_at - interval '91 days'"))
	require.NoError(t, w.exec("UPDATE invite_payers SET at = at - interval '91 days'"))
	const left = `SELECT (SELECT count(*) FROM reminders) + (SELECT count(*) FROM reminder_dues)
		+ (SELECT count(*) FROM invites WHERE pledged_by <> '')`
	_, err := w.PruneSnapshots(t.Context())
	require.NoError(t, err)
	require.Equal(t, 5, value[int](w, left), "its request is not over: they keep anybody from a third")
	require.NoError(t, w.exec(`UPDATE requests SET ended_at = now(), guarded = false,
		snapshot = snapshot || jsonb_build_object('guard_until', now() - interval '91 days')`))
	_, err = w.PruneSnapshots(t.Context())
	require.NoError(t, err)
	require.Zero(t, value[int](w, left))
}

// A constraint on a table that grows is added without a look at its rows, which would keep everybody out.
func TestGrownTablesAreLookedAtWhileTheyAreUsed(t *testing.T) {
	t.Parallel()
	w := reach(t, testkit.Database(t, nil))
	const unseen = `SELECT count(*) FROM pg_constraint
		WHERE conname IN ('orders_category', 'payers_locale', 'invites_changes') AND convalidated = $1`
	require.NoError(t, store.MigrateTo(t.Context(), w.dsn, 39))
	require.Equal(t, 3, value[int](w, unseen, false))
	require.NoError(t, store.Migrate(t.Context(), w.dsn))
	require.Equal(t, 3, value[int](w, unseen, true))
	require.Contains(t, value[string](w, `SELECT pg_get_triggerdef(oid) FROM pg_trigger
		WHERE tgname = 'invites_counted'`), "IS DISTINCT FROM", "it is not called for what it does not count")
}
