package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/internal/reasons"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/store"
)

// listed is the queue at that time.
func (w *world) listed(now time.Time) []store.StuckRow {
	w.t.Helper()
	page, err := w.Stuck(w.t.Context(), store.StuckFilter{Now: now, Limit: 500})
	require.NoError(w.t, err)
	for _, row := range page.Items {
		require.False(w.t, row.Since.IsZero())
		require.NotEmpty(w.t, row.Severity, row.Reason)
		require.Equal(w.t, row.Step == "", row.StepSubject == "", "%s: a step is done to something", row.Reason)
	}
	return page.Items
}

// reasons lists why things are stuck at that time, with the detail.
func (w *world) reasons(now time.Time) []string {
	w.t.Helper()
	list := []string{}
	for _, row := range w.listed(now) {
		text := string(row.Reason)
		if row.Detail != "" {
			text += " " + row.Detail
		}
		list = append(list, text)
	}
	return list
}

// called records a call about a request, and about a refund if one is named.
func (l *life) called(op, refund string, class providers.Class, at time.Time) {
	l.w.t.Helper()
	require.NoError(l.w.t, l.w.RecordCall(l.w.t.Context(), store.Call{
		Request: l.request.ID, Attempt: l.request.Attempts[0].Number, Refund: refund, Provider: "mockpay", Op: op,
		Class: class, At: at,
	}))
}

// A normal payment is never in the queue, whenever somebody looks.
func TestHealthyRequestsAreNotStuck(t *testing.T) {
	w := open(t)
	looked := func(l *life) { require.Empty(t, w.reasons(l.at.Add(time.Second))) }
	l := w.opened()
	looked(l)
	number := mint.Number()
	l.save(l.ask(number))
	looked(l)
	require.Empty(t, w.reasons(l.at.Add(9*time.Second)), "an order may take its time to be made")
	l.save(models.Event{Kind: models.PaymentOpened, Attempt: number})
	l.called("create", "", "", l.at)
	looked(l)
	l.called("query", "", providers.Ambiguous, l.at.Add(time.Second))
	looked(l) // one question without an answer is none
	l.save(capture(number, 12900))
	looked(l)
	l.save(models.Event{Kind: models.OrderAccepted, Attempt: number, Spare: mint.Number()})
	looked(l)
	asked := models.CNY(100)
	l.save(models.Event{Kind: models.RefundAsked, Refund: mint.Number(), Money: &asked})
	looked(l)
	require.Empty(t, w.reasons(l.at.Add(time.Hour)), "what a customer gets back may take a day")
}

func TestPaymentsAreStuck(t *testing.T) {
	w := open(t)
	l := w.opened()
	number := mint.Number()
	l.save(l.ask(number))
	at := l.at
	require.Contains(t, w.reasons(at.Add(21*time.Second)), "payment_unmade")
	l.called("create", "", providers.Ambiguous, at)
	require.NotContains(t, w.reasons(at.Add(2*time.Second)), "payment_unmade")
	l.called("create", "", providers.Ambiguous, at.Add(time.Second))
	require.Contains(t, w.reasons(at.Add(2*time.Second)), "payment_unmade", "twice is enough")

	l.save(models.Event{Kind: models.PaymentOpened, Attempt: number})
	l.called("query", "", "", at.Add(2*time.Second))
	require.Empty(t, w.reasons(at.Add(3*time.Second)))
	l.called("query", "", providers.Ambiguous, at.Add(3*time.Second))
	l.called("query", "", providers.Ambiguous, at.Add(4*time.Second))
	require.Contains(t, w.reasons(at.Add(5*time.Second)), "payment_unknown")

	require.Contains(t, w.reasons(at.Add(10*time.Minute)), "overdue poll_due")
	l.called("query", "", "", at.Add(5*time.Second))
	l.save(models.Event{Kind: models.SlotLapsed})
	require.NotContains(t, w.reasons(at.Add(14*time.Minute)), "payment_closing", "it may be too early")
	require.Contains(t, w.reasons(at.Add(16*time.Minute)), "payment_closing")
	l.save(models.Event{Kind: models.PriceChanged, Price: &models.Price{Payable: models.CNY(12800), Version: 2}})
	require.Contains(t, w.reasons(at.Add(16*time.Minute)), "payment_closing", "a step does not make it younger")
	late := w.reasons(l.request.ExpiresAt.Add(11 * time.Second))
	require.Contains(t, late, "closing_live")
	require.NotContains(t, late, "payment_closing", "one reason for one trouble")
}

func TestRefundsAreStuck(t *testing.T) {
	w := open(t)
	l, number := w.paying()
	l.save(capture(number, 12900))
	require.Contains(t, w.reasons(l.at.Add(16*time.Second)), "overdue applying", "nothing takes the money")
	l.save(models.Event{Kind: models.OrderRefused, Attempt: number, Reason: "order_gone", Spare: mint.Number()})
	at, refund := l.at, l.request.Refunds[0].Number
	require.Contains(t, w.reasons(at), "money_returning order_gone")
	require.Contains(t, w.reasons(at.Add(25*time.Hour)), "refund_slow")

	l.called("refund", refund, providers.Ambiguous, at)
	l.called("refund", refund, providers.Ambiguous, at.Add(time.Second))
	silent, err := w.SilentSince(t.Context(), l.request.ID, refund)
	require.NoError(t, err)
	require.WithinDuration(t, at, silent, time.Millisecond, "the first of them counts")
	require.Contains(t, w.reasons(at.Add(2*time.Second)), "refund_unknown")
	l.called("query_refund", refund, "", at.Add(3*time.Second))
	require.NotContains(t, w.reasons(at.Add(time.Minute)), "refund_unknown", "it has answered since")
	l.called("query_refund", refund, providers.Refused, at.Add(4*time.Second))
	require.NotContains(t, w.reasons(at.Add(5*time.Second)), "refund_unknown")
	require.Contains(t, w.reasons(at.Add(20*time.Second)), "refund_unknown", "one that nobody has followed")

	opened, err := w.OpenCase(t.Context(), store.Case{
		Request: l.request.ID, Kind: models.CaseRefund, Attempt: number, Refund: refund, Detail: "empty",
	})
	require.NoError(t, err)
	require.Contains(t, w.reasons(at), "refund_no_funds waiting")
	require.NoError(t, w.CloseCase(t.Context(), opened.ID, "engine", "topped up"))

	l.save(models.Event{Kind: models.RefundBroke, Refund: refund, Reason: "abnormal"})
	rows := w.listed(at)
	require.Len(t, rows, 1, "its case says the same")
	require.Equal(t, []any{reasons.RefundFailed, "abnormal", "divert_refund", refund, reasons.Act, "app_1"},
		[]any{rows[0].Reason, rows[0].Detail, rows[0].Step, rows[0].StepSubject, rows[0].Severity, rows[0].App})
	l.save(models.Event{Kind: models.RefundDiverted, Refund: refund})
	require.Equal(t, []string{"refund_failed diverted"}, w.reasons(at))
	require.Empty(t, w.listed(at)[0].Step, "it is on its way: nothing is to be done twice")
	l.save(models.Event{Kind: models.RefundDone, Refund: refund})
	require.Equal(t, "hand_refund", w.listed(at)[0].Step)
}

func TestTheOrderHookIsStuck(t *testing.T) {
	w := open(t)
	l, number := w.paying()
	l.request.Hooked = true
	l.save(capture(number, 12900))
	require.NotContains(t, w.reasons(l.at.Add(9*time.Second)), "hook_silent")
	require.Contains(t, w.reasons(l.at.Add(16*time.Second)), "hook_silent")
	l.save(models.Event{Kind: models.OrderRefused, Attempt: number, Reason: "stale_price", Spare: mint.Number()})
	require.Contains(t, w.reasons(l.at), "hook_refused stale_price")
}

func TestCallbacksAreStuck(t *testing.T) {
	w := open(t)
	now := time.Now().UTC()
	first := event("a")
	kept, err := w.KeepEvent(t.Context(), first)
	require.NoError(t, err)
	require.Empty(t, w.reasons(now))
	require.Contains(t, w.reasons(now.Add(20*time.Second)), "callback_waiting")
	require.NoError(t, w.MarkEvent(t.Context(), kept.ID, store.Mark{Status: store.EventDead, Reason: "poison"}))
	require.Contains(t, w.reasons(now), "callback_dead poison")
	other := event("a")
	other.Raw = []byte("other")
	_, err = w.KeepEvent(t.Context(), other)
	require.NoError(t, err)
	require.Contains(t, w.reasons(now), "callback_conflict")

	dead := store.Mark{Status: store.EventDead, Reason: "unknown_number"}
	require.NoError(t, w.MarkEvent(t.Context(), kept.ID, dead))
	opened, err := w.OpenCase(t.Context(), store.Case{
		Kind: models.CaseOrphan, Attempt: first.Number, Refund: first.Refund,
	})
	require.NoError(t, err)
	require.ElementsMatch(t, []string{"callback_unknown_number", "callback_conflict"}, w.reasons(now))
	require.NoError(t, w.CloseCase(t.Context(), opened.ID, "staff:1", "not ours"))
	require.Equal(t, []string{"callback_conflict"}, w.reasons(now))
}

func TestABurstOfForgedCallbacksIsStuck(t *testing.T) {
	w := open(t)
	for range 4 {
		require.NoError(t, w.CountRefused(t.Context(), "mockpay", "acc_1", "forged"))
	}
	require.Empty(t, w.reasons(time.Now()))
	require.NoError(t, w.CountRefused(t.Context(), "mockpay", "acc_1", "unreadable"))
	require.Equal(t, []string{"callback_forged 5"}, w.reasons(time.Now()))
	require.Equal(t, "app_1", w.listed(time.Now())[0].App)
	require.Empty(t, w.reasons(time.Now().Add(11*time.Minute)), "it is over when it is quiet")
	require.NoError(t, w.exec("UPDATE refused_callbacks SET burst_at = now() - interval '11 minutes'"))
	require.NoError(t, w.CountRefused(t.Context(), "mockpay", "acc_1", "forged"))
	require.NoError(t, w.CountRefused(t.Context(), "mockpay", "acc_1", "unreadable"))
	require.Empty(t, w.reasons(time.Now()), "seven of a day are no burst")
}
