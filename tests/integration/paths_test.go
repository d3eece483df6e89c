package integration

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

func TestThePollSettlesWhatNoCallbackTold(t *testing.T) {
	e := newEngine(t)
	request := e.place(wish{speed: 60})
	e.press(e.pay(request))
	e.await(request.ID, models.Settled)
	e.history(request.ID)
	e.keep(request.ID, "polled")
}

func TestAnUnpaidRequestExpiresAfterTheClose(t *testing.T) {
	e := newEngine(t)
	request := e.place(wish{speed: 60, expires: 3 * time.Second})
	number := e.pay(request)
	row := e.await(request.ID, models.Expired)
	attempt, _ := row.Attempt(number)
	require.Equal(t, models.ClosedAttempt, attempt.State)
	e.history(request.ID)
	e.keep(request.ID, "expired")
}

func TestLateMoneyGoesBackToItsPayer(t *testing.T) {
	e := newEngine(t)
	request := e.place(wish{speed: 60, expires: 3 * time.Second, guard: 6 * time.Second})
	number := e.pay(request)
	e.await(request.ID, models.Expired)
	e.capture(number)
	e.report(number)
	e.history(request.ID)
	e.wentBack(request.ID, models.Late)
	e.keep(request.ID, "late_money")
}

// wentBack holds the ledger against the provider's totals: all of it is back.
func (e *engine) wentBack(id string, as models.Disposition) {
	e.t.Helper()
	row, err := e.store.Request(e.t.Context(), id)
	require.NoError(e.t, err)
	require.Len(e.t, row.Refunds, 1)
	require.Equal(e.t, models.RefundSucceeded, row.Refunds[0].State)
	attempt, _ := row.Attempt(row.Refunds[0].Attempt)
	require.Equal(e.t, as, attempt.Disposition)
	totals, err := e.store.Totals(e.t.Context(), id)
	require.NoError(e.t, err)
	require.Equal(e.t, totals.Captured.Minor-totals.Refunded.Minor, totals.Applied.Minor)
}

// What a callback says of an amount is nothing: the query decides, and money that
// is not what was quoted goes back and is a case.
func TestAWrongAmountGoesBackAndIsACase(t *testing.T) {
	e := newEngine(t)
	request := e.place(wish{speed: 60})
	number := e.pay(request)
	e.simulated("/sim/mockpay/capture", `{"number":"`+number+`","amount":100}`)
	e.report(number)
	e.await(request.ID, models.Open) // another friend may pay
	require.Eventually(t, func() bool {
		row, err := e.store.Request(t.Context(), request.ID)
		return err == nil && len(row.Refunds) == 1 && row.Refunds[0].State == models.RefundSucceeded
	}, 20*time.Second, 20*time.Millisecond)
	row, err := e.store.Request(t.Context(), request.ID)
	require.NoError(t, err)
	attempt, _ := row.Attempt(number)
	require.Equal(t, models.AmountMismatch, attempt.Disposition)
	require.Equal(t, models.CNY(100), row.Refunds[0].Amount)
	cases, err := e.store.Cases(t.Context(), store.CaseFilter{Request: request.ID})
	require.NoError(t, err)
	require.Len(t, cases.Items, 1)
	require.Equal(t, models.CaseMismatch, cases.Items[0].Kind)
}

// A run that has ended starts again from the stored request when money comes.
func TestMoneyAfterTheGuardGoesBackToo(t *testing.T) {
	e := newEngine(t)
	request := e.place(wish{speed: 60, expires: 3 * time.Second})
	number := e.pay(request)
	e.await(request.ID, models.Expired)
	e.history(request.ID)
	e.capture(number)
	e.report(number)
	require.Eventually(t, func() bool {
		row, err := e.store.Request(t.Context(), request.ID)
		return err == nil && len(row.Refunds) == 1 && row.Refunds[0].State == models.RefundSucceeded
	}, 20*time.Second, 20*time.Millisecond)
	e.history(request.ID)
	e.keep(request.ID, "restarted")
}

func TestACancelClosesTheAttemptFirst(t *testing.T) {
	e := newEngine(t)
	request := e.place(wish{})
	e.pay(request)
	after, err := e.door.Deliver(t.Context(), request.ID, mint.Number(),
		models.Event{Kind: models.BuyerCancelled, Actor: "buyer"})
	require.NoError(t, err)
	require.Equal(t, models.CancelledBuyer, after.State)
	e.history(request.ID)
	e.keep(request.ID, "cancelled")
}

func TestWhoGivesTheSlotUpLetsAnotherPay(t *testing.T) {
	e := newEngine(t)
	request := e.place(wish{speed: 60})
	number, paying, err := e.ask(request)
	require.NoError(t, err)
	mine, _ := paying.Attempt(number)
	after, err := e.door.Deliver(t.Context(), request.ID, "withdraw_"+number,
		models.Event{Kind: models.PayWithdrawn, Attempt: number, Actor: mine.Actor()})
	require.NoError(t, err)
	require.Equal(t, models.Open, after.State, "closed at the provider, and free")
	e.press(e.pay(request))
	e.await(request.ID, models.Settled)
	e.history(request.ID)
	e.keep(request.ID, "given_up")
}

func TestTheMoneyOfASecondPayerGoesBack(t *testing.T) {
	e := newEngine(t)
	request := e.place(wish{speed: 600, expires: 20 * time.Second, guard: 4 * time.Second})
	slow := e.pay(request)
	e.await(request.ID, models.Open) // the slot lapsed
	quick := e.pay(request)
	e.press(quick)
	e.await(request.ID, models.Settled)
	e.capture(slow)
	e.report(slow)
	e.history(request.ID)
	e.wentBack(request.ID, models.Duplicate)
	e.keep(request.ID, "two_payers")
}

func TestWhatIsRefusedLeavesTheRequestAsItWas(t *testing.T) {
	e := newEngine(t)
	request := e.place(wish{})
	var group sync.WaitGroup
	refused := make(chan error, 8)
	for range cap(refused) {
		group.Go(func() { _, _, err := e.ask(request); refused <- err })
	}
	group.Wait()
	close(refused)
	passed := 0
	for err := range refused {
		if err == nil {
			passed++
			continue
		}
		var why *models.Error
		require.ErrorAs(t, err, &why)
		require.Equal(t, "slot_taken", why.Reason)
		require.False(t, why.Until.IsZero())
	}
	require.Equal(t, 1, passed)
	_, err := e.door.Deliver(t.Context(), request.ID, mint.Number(), models.Event{Kind: models.HoldLifted})
	require.Equal(t, models.Conflict, models.CodeOf(err))
	_, err = e.door.Deliver(t.Context(), request.ID, mint.Number(),
		models.Event{Kind: models.BuyerCancelled, Actor: "buyer"})
	require.NoError(t, err)
	e.history(request.ID)
	e.keep(request.ID, "refused")
}

// The same update id is the same knock: one effect, the same answer.
func TestAKnockRepeatedIsOneKnock(t *testing.T) {
	e := newEngine(t)
	request := e.place(wish{})
	id := mint.Number()
	cancel := models.Event{Kind: models.BuyerCancelled, Actor: "buyer"}
	first, err := e.door.Deliver(t.Context(), request.ID, id, cancel)
	require.NoError(t, err)
	again, err := e.door.Deliver(t.Context(), request.ID, id, cancel)
	require.NoError(t, err)
	require.Equal(t, first.Seq, again.Seq)
}
