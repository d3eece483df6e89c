package store_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/internal/notify"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// feed lists the types of what the merchant can read.
func (w *world) feed() (types []string) {
	w.t.Helper()
	events, err := w.Events(w.t.Context(), "app_1", 0, 100)
	require.NoError(w.t, err)
	for _, e := range events {
		var notice store.Notice
		require.NoError(w.t, json.Unmarshal(e.Body, &notice))
		types = append(types, notice.Type)
	}
	return types
}

// one finds the message of a type.
func (w *world) one(kind string) store.Message {
	w.t.Helper()
	m, err := w.Message(w.t.Context(), value[string](w, "SELECT id FROM messages WHERE type = $1", kind))
	require.NoError(w.t, err)
	return m
}

func TestAReminderIsToldByItselfAlone(t *testing.T) {
	w := open(t)
	l, _ := w.shared("wechat")
	w.reminders(w.Store, l.request.ID, notify.ReminderHalf)
	reminder := w.one("request.reminder")
	l.save(models.Event{Kind: models.BuyerCancelled})
	ended := value[string](w, "SELECT id FROM messages WHERE seq > 0 ORDER BY seq DESC LIMIT 1")
	require.NoError(t, w.TellMessage(t.Context(), ended))
	require.NotContains(t, w.feed(), "request.reminder", "nobody has judged it again")
	told := len(w.feed())

	require.NoError(t, w.TellMessage(t.Context(), reminder.ID))
	require.Len(t, w.feed(), told+1)
	require.NoError(t, w.DropMessage(t.Context(), reminder.ID))
	require.Contains(t, w.feed(), "request.reminder", "an event does not vanish")
	still, err := w.ReminderTrue(t.Context(), reminder)
	require.NoError(t, err)
	require.True(t, still, "what was read is delivered")
}

func TestToldRemindersTellNoOthers(t *testing.T) {
	w := open(t)
	l, _ := w.shared("wechat")
	w.reminders(w.Store, l.request.ID, notify.ReminderHalf, notify.ReminderLast)
	for place, seq := range []int{-1, -2} {
		id := value[string](w, "SELECT id FROM messages WHERE request_id = $1 AND seq = $2", l.request.ID, seq)
		require.NoError(t, w.TellMessage(t.Context(), id))
		require.Len(t, w.feed(), place+1)
	}
}

// Somebody else pays for a moment: a reminder that is to leave then waits.
func TestAReminderWaitsForTheSlot(t *testing.T) {
	w := open(t)
	l, invite := w.shared("wechat")
	payer := w.comesIn(invite.ID, phone, "")
	w.reminders(w.Store, l.request.ID, notify.ReminderHalf)
	letter, number := w.one("request.reminder_half"), mint.Number()
	l.save(l.ask(number), models.Event{Kind: models.LoginPassed, Attempt: number})
	require.NotEqual(t, models.Open, l.request.State)
	_, err := w.ReminderTrue(t.Context(), letter)
	refused(t, err, models.Unavailable, "slot_taken")
	l.save(models.Event{Kind: models.PaymentOpened, Attempt: number})
	_, err = w.ReminderTrue(t.Context(), letter)
	refused(t, err, models.Unavailable, "slot_taken")
	require.NoError(t, w.BlockPayer(t.Context(), payer, true, "fraud"))
	still, err := w.ReminderTrue(t.Context(), letter)
	require.NoError(t, err)
	require.False(t, still, "not his any more, whoever pays")
	require.NoError(t, w.BlockPayer(t.Context(), payer, false, "mistaken"))
	l.save(models.Event{Kind: models.PaymentClosed, Attempt: number})
	require.Equal(t, models.Open, l.request.State)
	still, err = w.ReminderTrue(t.Context(), letter)
	require.NoError(t, err)
	require.True(t, still)
	l.save(l.ask(mint.Number()))
	require.NoError(t, w.exec("UPDATE requests SET expires_at = now() - interval '1 second'"))
	still, err = w.ReminderTrue(t.Context(), letter)
	require.NoError(t, err)
	require.False(t, still, "it cannot become true again")
}

// A visitor who has not logged in says when he will pay: nobody else is held to it.
func TestAnAnonymousPledgeIsNobodys(t *testing.T) {
	w := open(t)
	l, invite := w.shared("wechat_group")
	payer := w.comesIn(invite.ID, phone, "")
	at := time.Now().Add(time.Minute).UTC().Truncate(time.Microsecond)
	require.NoError(t, w.PledgeInvite(t.Context(), invite.ID, "", at))
	w.reminders(w.Store, l.request.ID, notify.ReminderPledge, notify.ReminderHalf)
	require.Equal(t, "request.reminder , request.reminder_half "+payer, w.said(l.request.ID))

	require.NoError(t, w.PledgeInvite(t.Context(), invite.ID, payer, at))
	require.NoError(t, w.PledgeInvite(t.Context(), invite.ID, "", at.Add(time.Hour)))
	kept, err := w.Invite(t.Context(), invite.ID)
	require.NoError(t, err)
	require.Equal(t, payer, kept.PledgedBy)
	require.True(t, at.Equal(kept.PledgedFor))
	due := value[time.Time](w, "SELECT due_at FROM reminder_dues WHERE invite_id = $1", invite.ID)
	require.True(t, at.Equal(due))
}

// What refers to a request does not wait for who judges its reminder.
func TestAJudgeHoldsNobodyUp(t *testing.T) {
	w := open(t)
	l, _ := w.shared("wechat")
	at := value[time.Time](w, "SELECT due_at FROM reminder_dues WHERE request_id = $1 AND kind = $2",
		l.request.ID, notify.ReminderHalf)
	due := store.ReminderDue{Request: l.request.ID, Kind: notify.ReminderHalf, DueAt: at}
	var refers error
	_, err := w.Remind(t.Context(), due, func(notify.Standing) notify.Verdict {
		refers = w.exec("SET lock_timeout = '2s'; " + strings.ReplaceAll(
			invite("('inv_other', $1, 1, sha256('o'), 'live', now())"), "$1", "'"+l.request.ID+"'"))
		return notify.Verdict{Why: "test"}
	})
	require.NoError(t, err)
	require.NoError(t, refers)
	require.Equal(t, 1, value[int](w, "SELECT count(*) FROM invites WHERE id = 'inv_other'"), "it was judged")
}
