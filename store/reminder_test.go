package store_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/internal/notify"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// comesIn lets somebody log in by an invite.
func (w *world) comesIn(invite, phone, locale string) string {
	w.t.Helper()
	payer, err := w.PayerByPhone(w.t.Context(), phone)
	require.NoError(w.t, err)
	require.NoError(w.t, w.LoggedIn(w.t.Context(), store.Login{Invite: invite, Payer: payer.ID, Locale: locale}))
	return payer.ID
}

// reminders judges all that is planned of a request as if it were due, by that store.
func (w *world) reminders(s *store.Store, request string, kinds ...notify.Kind) {
	w.t.Helper()
	for _, kind := range kinds {
		var at time.Time
		var invite string
		err := w.raw.QueryRow(w.t.Context(), `SELECT due_at, invite_id FROM reminder_dues
			WHERE request_id = $1 AND kind = $2`, request, kind).Scan(&at, &invite)
		require.NoError(w.t, err)
		due := store.ReminderDue{Request: request, Kind: kind, Invite: invite, DueAt: at}
		_, err = s.Remind(w.t.Context(), due, func(s notify.Standing) notify.Verdict {
			s.Last = time.Time{}
			return notify.Judge(s, notify.Hours{}, time.Now())
		})
		require.NoError(w.t, err)
	}
}

// said lists the reminders that were written, by type and payer.
func (w *world) said(request string) string {
	return value[string](w, `SELECT coalesce(string_agg(type || ' ' || payer_id, ', ' ORDER BY seq DESC), '')
		FROM messages WHERE request_id = $1 AND seq < 0`, request)
}

func TestRemindersArePlannedWithTheStep(t *testing.T) {
	w := open(t)
	l := w.opened()
	const due = `SELECT extract(epoch FROM due_at - created_at)::int
		FROM reminder_dues JOIN requests ON id = request_id WHERE request_id = $1 AND kind = $2`
	require.InDelta(t, 12*60*60, value[int](w, due, l.request.ID, notify.ReminderHalf), 5)
	require.InDelta(t, 24*60*60-600, value[int](w, due, l.request.ID, notify.ReminderLast), 5)
	again := models.Step{Request: l.request}
	require.NoError(t, w.SaveStep(t.Context(), again))
	const planned = "SELECT count(*) FROM reminder_dues WHERE request_id = $1"
	require.Equal(t, 2, value[int](w, planned, l.request.ID))

	short := w.live(w.order())
	short.request.ExpiresAt = short.at.Add(15 * time.Minute)
	short.save(models.Event{Kind: models.Placed}, models.Event{Kind: models.OrderEligible})
	require.Equal(t, 1, value[int](w, planned, short.request.ID),
		"ten minutes before the end would come before half of the time")
}

func TestAReminderIsTakenByOne(t *testing.T) {
	w := open(t)
	l := w.opened()
	require.NoError(t, w.exec("UPDATE reminder_dues SET next_at = now() - interval '1 minute'"))
	other := w.another()
	taken := make([][]store.ReminderDue, 8)
	w.race(len(taken), func(i int) {
		s := w.Store
		if i%2 == 0 {
			s = other
		}
		var err error
		taken[i], err = s.TakeReminders(t.Context(), 10, time.Minute)
		require.NoError(t, err)
	})
	total := 0
	for _, dues := range taken {
		total += len(dues)
		for _, due := range dues {
			require.Equal(t, l.request.ID, due.Request)
		}
	}
	require.Equal(t, 2, total)
}

// Two who judge the same at once, as after a lease that ran out, write it once.
func TestAReminderIsSaidOnceByManyJudges(t *testing.T) {
	w := open(t)
	l, invite := w.shared("wechat")
	payer := w.comesIn(invite.ID, phone, "en")
	other := w.another()
	w.race(8, func(i int) {
		s := w.Store
		if i%2 == 0 {
			s = other
		}
		w.reminders(s, l.request.ID, notify.ReminderHalf)
	})
	require.Equal(t, "request.reminder_half "+payer, w.said(l.request.ID))
	require.NoError(t, w.exec("UPDATE reminder_dues SET done_at = NULL"))
	w.reminders(w.Store, l.request.ID, notify.ReminderHalf)
	require.Equal(t, "request.reminder_half "+payer, w.said(l.request.ID), "also when it is judged again")
	require.Error(t, w.exec("INSERT INTO reminders VALUES ($1, 'other', $2, 3)", l.request.ID, payer))
	require.Error(t, w.exec("INSERT INTO reminders VALUES ($1, 'other', $2, 1)", l.request.ID, payer))
}

func TestNobodyIsRemindedThreeTimes(t *testing.T) {
	w := open(t)
	l, invite := w.shared("wechat")
	payer := w.comesIn(invite.ID, phone, "")
	w.reminders(w.Store, l.request.ID, notify.ReminderHalf, notify.ReminderLast)
	require.NoError(t, w.PledgeInvite(t.Context(), invite.ID, payer, time.Now().Add(time.Minute)))
	w.reminders(w.Store, l.request.ID, notify.ReminderPledge)
	require.Equal(t, "request.reminder_half "+payer+", request.reminder_last "+payer, w.said(l.request.ID))
}

func TestAPledgeIsTheOnlyReminder(t *testing.T) {
	w := open(t)
	l, invite := w.shared("wechat")
	payer := w.comesIn(invite.ID, phone, "")
	w.comesIn(invite.ID, "13900139000", "") // came later, and pledged nothing
	at := time.Now().Add(time.Minute)
	require.NoError(t, w.PledgeInvite(t.Context(), invite.ID, payer, at.Add(-time.Second)))
	require.NoError(t, w.PledgeInvite(t.Context(), invite.ID, payer, at))
	w.reminders(w.Store, l.request.ID, notify.ReminderPledge)
	require.Equal(t, "request.reminder_pledge "+payer, w.said(l.request.ID))
	w.reminders(w.Store, l.request.ID, notify.ReminderHalf)
	require.NotContains(t, w.said(l.request.ID), "reminder_half "+payer)
}

func TestWhoIsNotReminded(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*world, *life, store.Invite, string) error{
		"declined": func(w *world, _ *life, i store.Invite, _ string) error {
			return w.DeclineInvite(w.t.Context(), i.ID, "declined")
		},
		"reported": func(w *world, _ *life, i store.Invite, _ string) error {
			return w.DeclineInvite(w.t.Context(), i.ID, "reported")
		},
		"said no to another link": func(w *world, l *life, _ store.Invite, payer string) error {
			other, err := w.CreateInvite(w.t.Context(), store.Invite{
				ID: mint.ID(mint.Invite), Request: l.request.ID, Generation: 1,
				TokenHash: []byte(mint.Number() + "000000")[:32], ExpiresAt: time.Now().Add(time.Hour),
			})
			require.NoError(w.t, err)
			require.Equal(w.t, payer, w.comesIn(other.ID, phone, ""))
			return w.DeclineInvite(w.t.Context(), other.ID, "declined")
		},
		"revoked": func(w *world, _ *life, i store.Invite, _ string) error {
			return w.RevokeInvite(w.t.Context(), i.ID)
		},
		"blocked": func(w *world, _ *life, _ store.Invite, payer string) error {
			return w.BlockPayer(w.t.Context(), payer, true, "fraud")
		},
		"ended": func(_ *world, l *life, _ store.Invite, _ string) error {
			l.save(models.Event{Kind: models.BuyerCancelled})
			return nil
		},
		"paid": func(_ *world, l *life, i store.Invite, payer string) error { l.paysBy(i.ID, payer); return nil },
	} {
		t.Run(name, func(t *testing.T) {
			w := open(t)
			l, invite := w.shared("wechat")
			payer := w.comesIn(invite.ID, phone, "")
			w.reminders(w.Store, l.request.ID, notify.ReminderHalf)
			message := value[string](w, "SELECT id FROM messages WHERE seq < 0")
			letter, err := w.Message(t.Context(), message)
			require.NoError(t, err)
			still, err := w.ReminderTrue(t.Context(), letter)
			require.NoError(t, err)
			require.True(t, still)
			require.NoError(t, change(w, l, invite, payer))
			still, err = w.ReminderTrue(t.Context(), letter)
			require.NoError(t, err)
			require.False(t, still, "what is written does not leave")
			w.reminders(w.Store, l.request.ID, notify.ReminderLast)
			require.NotContains(t, w.said(l.request.ID), "last "+payer, "and nothing more is written")
			require.NoError(t, w.DropMessage(t.Context(), message))
		})
	}
}

func TestTheBuyerIsRemindedWhereNobodyIsKnown(t *testing.T) {
	w := open(t)
	l, invite := w.shared("wechat")
	w.reminders(w.Store, l.request.ID, notify.ReminderHalf)
	require.Equal(t, "request.reminder ", w.said(l.request.ID))
	var told store.Notice
	payload := value[[]byte](w, "SELECT payload FROM messages WHERE seq < 0")
	require.NoError(t, json.Unmarshal(payload, &told))
	require.Equal(t, "reminder_half", told.Data.Reason)
	require.Equal(t, l.request.Seq, told.Data.Seq)
	require.Contains(t, store.EventTypes, told.Type)
	payer := w.comesIn(invite.ID, phone, "")
	w.reminders(w.Store, l.request.ID, notify.ReminderLast)
	require.Equal(t, "request.reminder , request.reminder_last "+payer, w.said(l.request.ID))
}

// A step that is judged again takes its messages back, and the reminder with none of them.
func TestALostStepKeepsTheReminder(t *testing.T) {
	w := open(t)
	l, invite := w.shared("wechat")
	payer := w.comesIn(invite.ID, phone, "")
	w.reminders(w.Store, l.request.ID, notify.ReminderHalf)
	require.NoError(t, w.SaveStep(t.Context(), models.Step{Request: l.request}))
	require.Equal(t, "request.reminder_half "+payer, w.said(l.request.ID))
}

func TestAFriendIsReachedInHisLanguage(t *testing.T) {
	w := open(t)
	_, invite := w.shared("wechat")
	payer := w.comesIn(invite.ID, phone, "")
	reach, err := w.Reach(t.Context(), payer, "app_1")
	require.NoError(t, err)
	require.Equal(t, store.Reach{Language: "zh-CN", Phone: phone}, reach)
	w.comesIn(invite.ID, phone, "en")
	identity := store.Identity{Provider: "mockpay", App: "sim", Subject: "oFriend"}
	_, err = w.LinkIdentity(t.Context(), payer, identity)
	require.NoError(t, err)
	reach, err = w.Reach(t.Context(), payer, "app_1")
	require.NoError(t, err)
	require.Equal(t, "en", reach.Language)
	require.Equal(t, []store.KnownAt{{Identity: identity, Account: "acc_1"}}, reach.Accounts)
	_, err = w.ForgetPayer(t.Context(), payer, store.By{Actor: "staff:anna", Reason: "asked"})
	require.NoError(t, err)
	_, err = w.Reach(t.Context(), payer, "app_1")
	refused(t, err, models.NotFound, "unknown_payer")
}
