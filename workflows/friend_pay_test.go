package workflows_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/workflows"
)

var refundName = workflow.RegisterOptions{Name: workflows.RefundWorkflow}

func placed() models.Event { return models.Event{Kind: models.Placed, Actor: "buyer"} }

func TestAFriendPays(t *testing.T) {
	h := newHouse(t)
	start := h.at(0, placed())
	paying := h.at(time.Minute, pay(first, "pay_1"))
	h.env.RegisterDelayedCallback(func() { h.capture(first) }, 65*time.Second)
	told := h.at(70*time.Second, reported(first))
	again := h.at(75*time.Second, reported(first))

	request := h.run(h.fresh())

	require.Equal(t, models.Open, start.request.State)
	require.Equal(t, models.Paying, paying.request.State)
	require.Equal(t, models.LiveAttempt, paying.request.Attempts[0].State,
		"the payer hears when the order exists")
	require.Equal(t, models.Settled, told.request.State)
	require.Equal(t, models.Settled, again.request.State)
	require.Equal(t, models.Settled, request.State)
	require.False(t, request.Guarded)
	require.Equal(t, []string{
		"CheckOrder", "save open", "CheckLogin", "save paying", "OpenPayment", "save paying",
		"QueryPayment", "ApplyOrder", "save settled", "save settled",
	}, h.did)
}

func TestNobodyPays(t *testing.T) {
	h := newHouse(t)
	h.at(0, placed())
	request := h.run(h.fresh())
	require.Equal(t, models.Expired, request.State)
	require.Equal(t, time.Hour, request.EndedAt.Sub(request.ExpiresAt.Add(-time.Hour)).Round(time.Minute))
}

func TestAnUnpaidAttemptIsClosedBeforeTheRequestExpires(t *testing.T) {
	h := newHouse(t)
	h.at(0, placed())
	h.at(57*time.Minute, pay(first, "pay_1"))
	request := h.run(h.fresh())
	require.Equal(t, models.Expired, request.State)
	require.Equal(t, models.ClosedAttempt, request.Attempts[0].State)
	require.Contains(t, h.did, "ClosePayment")
}

func TestLateMoneyGoesBack(t *testing.T) {
	h := newHouse(t)
	h.at(0, placed())
	h.at(57*time.Minute, pay(first, "pay_1"))
	h.env.RegisterDelayedCallback(func() { h.capture(first) }, 3*time.Hour)
	late := h.at(3*time.Hour, reported(first))
	request := h.run(h.fresh())
	require.Equal(t, models.Expired, late.request.State)
	require.Equal(t, models.Late, request.Attempts[0].Disposition)
	require.Equal(t, models.RefundSucceeded, request.Refunds[0].State)
	require.Equal(t, models.CNY(12900), request.Refunds[0].Amount)
}

// A refund whose run is ended from outside becomes work for a human; the provider is
// asked on meanwhile, also long after the guard, and what it says at last counts.
func TestALostRefundBecomesACaseAndIsFollowed(t *testing.T) {
	h := newHouse(t)
	h.refund = temporal.NewNonRetryableApplicationError("ended from outside", "ended", nil)
	h.silent = 9 // hours; the test's server tries ten times
	h.at(0, placed())
	h.at(57*time.Minute, pay(first, "pay_1"))
	h.env.RegisterDelayedCallback(func() { h.capture(first) }, 3*time.Hour)
	h.at(3*time.Hour, reported(first))
	fresh := h.fresh()
	fresh.Guard = 3 * time.Hour
	request := h.run(fresh)
	require.True(t, slices.ContainsFunc(h.saved, func(step models.Step) bool {
		refunds := step.Request.Refunds
		return len(refunds) == 1 && refunds[0].State == models.RefundFailed && refunds[0].Failure == models.Lost
	}))
	require.Equal(t, models.RefundSucceeded, request.Refunds[0].State)
	require.True(t, request.Refunds[0].DoneAt.After(request.GuardUntil.Add(6*time.Hour)))
}

// A system that is dead for good: when the merchant withdraws, the money goes back, the
// system is not asked on, and the run can end.
func TestAWithdrawalEndsTheQuestionToADeadHook(t *testing.T) {
	h := newHouse(t)
	h.dead = true
	h.at(0, placed())
	h.at(time.Minute, pay(first, "pay_1"))
	h.env.RegisterDelayedCallback(func() { h.capture(first) }, 70*time.Second)
	told := h.at(75*time.Second, reported(first))
	h.at(3*time.Hour, models.Event{Kind: models.MerchantWithdrew, Actor: "merchant", Spare: second})
	fresh := h.fresh()
	fresh.Hooked = true
	request := h.run(fresh)
	require.Equal(t, models.Applying, told.request.State)
	require.Equal(t, models.CancelledMerchant, request.State)
	require.Equal(t, second, request.Refunds[0].Number)
	asked := slices.DeleteFunc(slices.Clone(h.did), func(did string) bool { return did != "AskOrderHook" })
	require.LessOrEqual(t, len(asked), 4, "once an hour, for three hours")
	require.Equal(t, models.RefundSucceeded, request.Refunds[0].State)
}

func TestTheSecondFriendIsTurnedAway(t *testing.T) {
	h := newHouse(t)
	h.at(0, placed())
	h.at(time.Minute, pay(first, "pay_1"))
	other := h.at(2*time.Minute, pay(second, "pay_2"))
	h.env.RegisterDelayedCallback(func() { h.capture(first) }, 3*time.Minute)
	h.at(3*time.Minute, reported(first))
	request := h.run(h.fresh())
	require.Len(t, request.Attempts, 1)
	var refused *temporal.ApplicationError
	require.ErrorAs(t, other.rejected, &refused, "refused at the door, without a trace")
	var why models.Error
	require.NoError(t, refused.Details(&why))
	require.Equal(t, "slot_taken", why.Reason)
	require.False(t, why.Until.IsZero())
}

func TestThePollFindsWhatNoCallbackTold(t *testing.T) {
	h := newHouse(t)
	h.at(0, placed())
	h.at(time.Minute, pay(first, "pay_1"))
	h.env.RegisterDelayedCallback(func() { h.capture(first) }, 2*time.Minute)
	request := h.run(h.fresh())
	require.Equal(t, models.Settled, request.State)
	require.Contains(t, h.did, "PollPayment")
	require.NotContains(t, h.did, "QueryPayment")
}

func TestACancelWaitsForTheClose(t *testing.T) {
	h := newHouse(t)
	h.at(0, placed())
	h.at(time.Minute, pay(first, "pay_1"))
	cancel := h.at(2*time.Minute, models.Event{Kind: models.BuyerCancelled, Actor: "buyer"})
	request := h.run(h.fresh())
	require.Equal(t, models.CancelledBuyer, cancel.request.State, "the buyer hears how it ended")
	require.Equal(t, models.CancelledBuyer, request.State)
}

func TestACancelLosesToMoney(t *testing.T) {
	h := newHouse(t)
	h.at(0, placed())
	h.at(time.Minute, pay(first, "pay_1"))
	h.env.RegisterDelayedCallback(func() { h.capture(first) }, 90*time.Second)
	cancel := h.at(91*time.Second, models.Event{Kind: models.BuyerCancelled, Actor: "buyer"})
	request := h.run(h.fresh())
	require.Equal(t, models.Settled, cancel.request.State)
	require.Equal(t, models.Settled, request.State)
}

// The close answers only when the request is over and no more watched: a callback told
// of the money first. Who asked for the cancel hears of it, what comes meanwhile is
// judged, and the run ends.
func TestACloseThatAnswersAfterTheEndEndsItsWaiting(t *testing.T) {
	h := newHouse(t)
	h.early = 3
	h.at(0, placed())
	h.at(time.Minute, pay(first, "pay_1"))
	cancelled := h.at(2*time.Minute, models.Event{Kind: models.MerchantWithdrew, Actor: "merchant"})
	h.env.RegisterDelayedCallback(func() { h.capture(first) }, 3*time.Minute)
	h.at(3*time.Minute, reported(first))
	again := h.at(2*time.Hour, reported(first))
	fresh := h.fresh()
	fresh.Guard = 10 * time.Minute
	request := h.run(fresh)
	require.Equal(t, models.CancelledMerchant, request.State)
	require.Equal(t, models.RefundSucceeded, request.Refunds[0].State)
	require.True(t, cancelled.done)
	require.Equal(t, models.CancelledMerchant, cancelled.request.State)
	require.True(t, again.done)
	require.NoError(t, again.err)
}

func TestAMessageThatComesWithTheTimerIsJudgedFirst(t *testing.T) {
	h := newHouse(t)
	h.at(0, placed())
	h.at(50*time.Minute, pay(first, "pay_1"))
	h.env.RegisterDelayedCallback(func() { h.capture(first) }, 55*time.Minute)
	h.at(56*time.Minute, reported(first)) // the very moment the slot lapses
	request := h.run(h.fresh())
	require.Equal(t, models.Settled, request.State)
}

func TestTheMerchantsHookDecides(t *testing.T) {
	h := newHouse(t)
	h.hook = models.OrderRefused
	h.at(0, placed())
	h.at(time.Minute, pay(first, "pay_1"))
	h.env.RegisterDelayedCallback(func() { h.capture(first) }, 70*time.Second)
	told := h.at(75*time.Second, reported(first))
	fresh := h.fresh()
	fresh.Hooked = true
	request := h.run(fresh)
	require.Equal(t, models.Applying, told.request.State, "the relay does not wait for the merchant")
	require.Equal(t, models.Refunded, request.State)
	require.Contains(t, h.did, "AskOrderHook")
	require.NotContains(t, h.did, "ApplyOrder")
}

func TestAClosedRunStartsAgainFromTheStoredRequest(t *testing.T) {
	h := newHouse(t)
	h.at(0, placed())
	h.at(57*time.Minute, pay(first, "pay_1"))
	stored := h.run(h.fresh())
	require.True(t, stored.Final())

	again := newHouse(t)
	again.capture(first)
	told := again.at(0, reported(first))
	request := again.run(stored)
	require.True(t, told.done)
	require.Equal(t, models.Late, request.Attempts[0].Disposition)
	require.Equal(t, models.RefundSucceeded, request.Refunds[0].State)
	require.Equal(t, stored.Seq+2, request.Seq, "the story goes on where it stopped")
}

func TestAForgedAnswerIsRefusedAtTheDoor(t *testing.T) {
	h := newHouse(t)
	h.at(0, placed())
	h.at(time.Minute, pay(first, "pay_1"))
	forged := h.at(2*time.Minute, models.Event{
		Kind: models.PaymentSucceeded, Attempt: first, Capture: &models.Capture{Money: models.CNY(12900)},
	})
	request := h.run(h.fresh())
	require.Error(t, forged.rejected)
	require.Equal(t, models.Expired, request.State)
}
