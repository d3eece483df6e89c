package store_test

import (
	"encoding/json"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// rows counts the children of a request, table by table.
func (w *world) rows(request string) map[string]int64 {
	counts := map[string]int64{}
	for _, table := range []string{"transitions", "attempts", "refunds", "ledger_entries", "messages", "cases"} {
		counts[table] = value[int64](w, "SELECT count(*) FROM "+table+" WHERE request_id = $1", request)
	}
	return counts
}

func TestAPaymentIsProjected(t *testing.T) {
	w := open(t)
	l, number := w.settled()

	saved, err := w.Request(t.Context(), l.request.ID)
	require.NoError(t, err)
	require.Equal(t, l.request, saved)

	order, err := w.Order(t.Context(), l.request.Order)
	require.NoError(t, err)
	require.Equal(t, store.OrderPaid, order.State)
	require.Equal(t, number, order.AppliedAttempt)

	transitions, err := w.Transitions(t.Context(), l.request.ID, 1, 2)
	require.NoError(t, err)
	require.Equal(t, []int64{2, 3}, []int64{transitions[0].Seq, transitions[1].Seq})

	l.totals(12900, 0, 12900)

	located, err := w.Locate(t.Context(), number)
	require.NoError(t, err)
	require.Equal(t, store.Located{
		Request: l.request.ID, Attempt: number, Provider: "mockpay", Account: "acc_1",
	}, located)
}

func TestSavingAStepAgainChangesNothing(t *testing.T) {
	w := open(t)
	l, _ := w.settled()
	last := models.Step{Request: l.request}
	transitions, err := w.Transitions(t.Context(), l.request.ID, l.request.Seq-1, 9)
	require.NoError(t, err)
	last.Transitions = transitions

	before := w.rows(l.request.ID)
	require.NoError(t, w.SaveStep(t.Context(), last))
	require.Equal(t, before, w.rows(l.request.ID))
	order, err := w.Order(t.Context(), l.request.Order)
	require.NoError(t, err)
	require.Equal(t, store.OrderPaid, order.State)
}

// A step whose task was lost is judged again and ends otherwise: everything that
// its first judgement wrote must be gone.
func TestALostStepIsReplaced(t *testing.T) {
	w := open(t)
	l, number := w.paying()
	before := w.rows(l.request.ID)

	// A mismatch: refund, case, messages.
	lost := l.judge(capture(number, 1), models.Event{Kind: models.HoldPlaced})
	require.Len(t, lost.Transitions, 2)
	require.NoError(t, w.SaveStep(t.Context(), lost))
	grown := w.rows(l.request.ID)
	require.EqualValues(t, 1, grown["cases"])
	require.EqualValues(t, 1, grown["refunds"])
	require.EqualValues(t, 2, grown["ledger_entries"])

	l.save(models.Event{Kind: models.PollDue}) // fewer transitions, no money
	after := w.rows(l.request.ID)
	before["transitions"]++
	require.Equal(t, before, after)
	saved, err := w.Request(t.Context(), l.request.ID)
	require.NoError(t, err)
	require.Equal(t, models.Paying, saved.State)
	require.Equal(t, l.request.Seq, saved.Seq)
}

func TestALostAttemptIsForgotten(t *testing.T) {
	w := open(t)
	l := w.opened()
	lost := mint.Number()
	require.NoError(t, w.SaveStep(t.Context(), l.judge(l.ask(lost))))
	kept := mint.Number()
	l.save(l.ask(kept)) // another friend was first, the second time
	_, err := w.Locate(t.Context(), lost)
	refused(t, err, models.NotFound, "unknown_number")
	_, err = w.Locate(t.Context(), kept)
	require.NoError(t, err)
}

func TestALostClaimIsCleared(t *testing.T) {
	w := open(t)
	l, number := w.paying()
	reason, err := w.ClaimOrder(t.Context(), l.claim(number))
	require.NoError(t, err)
	require.Empty(t, reason)
	require.NoError(t, w.SaveStep(t.Context(), l.judge(capture(number, 12900),
		models.Event{Kind: models.OrderAccepted, Attempt: number, Spare: mint.Number()})))
	l.save(models.Event{Kind: models.PaymentClosed, Attempt: number})
	order, err := w.Order(t.Context(), l.request.Order)
	require.NoError(t, err)
	require.Equal(t, store.OrderUnpaid, order.State)
	require.Empty(t, order.AppliedRequest)
}

func TestAnOlderJudgementIsRefused(t *testing.T) {
	w := open(t)
	l, number := w.paying()
	asleep := l.judge(models.Event{Kind: models.PollDue}, models.Event{Kind: models.SlotLapsed})
	asleep.Request.Version += 5 // a worker that judged far ahead, and then slept
	low := l.judge(models.Event{Kind: models.PollDue})
	l.save(capture(number, 12900))
	l.save(models.Event{Kind: models.OrderAccepted, Attempt: number, Spare: mint.Number()})

	refused(t, w.SaveStep(t.Context(), low), models.Conflict, "stale_step")
	refused(t, w.SaveStep(t.Context(), asleep), models.Conflict, "stale_step")
	saved, err := w.Request(t.Context(), l.request.ID)
	require.NoError(t, err)
	require.Equal(t, models.Settled, saved.State)

	silent := models.Step{Request: l.request} // without transitions the version alone decides
	silent.Request.Version--
	refused(t, w.SaveStep(t.Context(), silent), models.Conflict, "stale_step")
}

// Two steps of one task are lost together; the lower is judged again, later.
func TestTwoLostStepsAreReplaced(t *testing.T) {
	w := open(t)
	l, number := w.paying()
	before := *l
	l.save(models.Event{Kind: models.PollDue})
	l.save(capture(number, 12900))
	at := l.at
	*l = before
	l.at = at
	l.save(models.Event{Kind: models.PaymentClosed, Attempt: number})

	saved, err := w.Request(t.Context(), l.request.ID)
	require.NoError(t, err)
	require.Equal(t, models.Open, saved.State)
	require.EqualValues(t, 0, w.rows(l.request.ID)["ledger_entries"])
	require.EqualValues(t, l.request.Seq, w.rows(l.request.ID)["transitions"])
}

func TestAChannelSwitchKeepsOnePending(t *testing.T) {
	w := open(t)
	l, first := w.paying()
	second := mint.Number()
	other := l.ask(second)
	other.Pay.Channel = "code"
	l.save(other)
	l.save(models.Event{Kind: models.PaymentClosed, Attempt: first})
	require.Equal(t, second, l.request.Slot)
	require.EqualValues(t, 2, w.rows(l.request.ID)["attempts"])
}

func TestOneOpenRequestPerOrder(t *testing.T) {
	w := open(t)
	first := w.opened()
	order, err := w.Order(t.Context(), first.request.Order)
	require.NoError(t, err)
	second := w.live(order)
	placed := second.judge(models.Event{Kind: models.Placed})
	refused(t, w.SaveStep(t.Context(), placed), models.Conflict, "request_open")

	first.save(models.Event{Kind: models.BuyerCancelled})
	order, err = w.Order(t.Context(), order.ID)
	require.NoError(t, err)
	require.Equal(t, store.OrderReleased, order.State)
	second.save(models.Event{Kind: models.Placed}, models.Event{Kind: models.OrderEligible})
	first.save(models.Event{Kind: models.GuardLapsed}) // the old one's end touches the new one's order no more
	order, err = w.Order(t.Context(), order.ID)
	require.NoError(t, err)
	require.Equal(t, store.OrderUnpaid, order.State)

	second.save(models.Event{Kind: models.MerchantWithdrew})
	order, err = w.Order(t.Context(), order.ID)
	require.NoError(t, err)
	require.Equal(t, store.OrderCancelled, order.State)
}

func TestNoticesBecomeMessages(t *testing.T) {
	w := open(t)
	l, number := w.settled()
	messages, err := w.TakeMessages(t.Context(), 100, time.Minute)
	require.NoError(t, err)
	var sent []string
	for _, m := range messages {
		sent = append(sent, string(m.Kind)+" "+m.Type)
		var notice store.Notice
		require.NoError(t, json.Unmarshal(m.Payload, &notice))
		require.Equal(t, m.Type, notice.Type)
		require.Equal(t, l.request.ID, notice.Data.Request)
		if m.Kind == store.SMS {
			require.Equal(t, "pay_1", m.Payer)
			require.Equal(t, number, notice.Data.Attempt)
			require.Equal(t, models.CNY(12900), notice.Data.Amount)
		}
	}
	slices.Sort(sent)
	require.Equal(t, []string{
		"sms request.settled", "webhook request.opened", "webhook request.paying", "webhook request.settled",
	}, sent)
}

// A message that left stays under its id when its step is saved once more.
func TestASentMessageIsNotOwedAgain(t *testing.T) {
	w := open(t)
	l := w.opened()
	messages, err := w.TakeMessages(t.Context(), 1, time.Minute)
	require.NoError(t, err)
	require.NoError(t, w.SentMessage(t.Context(), messages[0].ID, 200))
	transitions, err := w.Transitions(t.Context(), l.request.ID, 0, 9)
	require.NoError(t, err)
	require.NoError(t, w.SaveStep(t.Context(), models.Step{Request: l.request, Transitions: transitions}))
	require.Equal(t, messages[0].ID, value[string](w, "SELECT string_agg(id, ',') FROM messages"))
}

func TestConcurrentFirstSavesAgree(t *testing.T) {
	w := open(t)
	step := w.live(w.order()).judge(models.Event{Kind: models.Placed}, models.Event{Kind: models.OrderEligible})
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() { require.NoError(t, w.SaveStep(t.Context(), step)) })
	}
	all.Wait()
	require.Equal(t, map[string]int64{
		"transitions": 1, "messages": 1, "attempts": 0, "refunds": 0, "ledger_entries": 0, "cases": 0,
	}, w.rows(step.Request.ID))
}
