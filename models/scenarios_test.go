package models

import (
	"errors"
	"slices"
	"testing"
	"time"
)

func TestAFriendPays(t *testing.T) {
	s := begin(t).is(Open).pay("A1").is(Paying).wasAsked(OpenPayment, "A1").opened("A1")
	s.succeeds("A1", 10000).is(Settled).has("A1", Applied, 0)
	s.lapse(GuardLapsed)
	if !s.Final() {
		t.Error("a settled request whose guard has passed is final")
	}
	if want := []Notice{NoticeOpened, NoticePaying, NoticeSettled}; !slices.Equal(s.notices, want) {
		t.Errorf("told %v, want %v", s.notices, want)
	}
}

func TestBuyerPaysHimself(t *testing.T) {
	s := begin(t).do(begin(t).wants("A1", "buyer", "wechat")).opened("A1")
	s.refused(s.wants("A2", "friend", "wechat"), "slot_taken")
	s.succeeds("A1", 10000).is(PaidByBuyer).has("A1", Applied, 0)
}

func TestOnlyOnePaysAtATime(t *testing.T) {
	s := begin(t).pay("A1").opened("A1")
	var err *Error
	if !errors.As(s.Accepts(s.wants("A2", "another", "wechat")), &err) {
		t.Fatal("another friend is let in")
	}
	if err.Reason != "slot_taken" || !err.Until.Equal(s.SlotUntil) || err.Code != Conflict {
		t.Errorf("another friend hears %+v", err)
	}
	s.do(s.wants("A3", "friend", "wechat")).is(Paying)
	if len(s.Attempts) != 1 {
		t.Error("the same payer on the same channel started a second attempt")
	}
}

func TestTheFirstSuccessWins(t *testing.T) {
	s := begin(t).pay("A1").opened("A1").closed("A1").pay("A2").opened("A2")
	s.succeeds("A1", 10000).is(Settled).wasAsked(ClosePayment, "A2")
	s.succeeds("A2", 10000).is(Settled).has("A1", Applied, 0).has("A2", Duplicate, 10000)
	s.back(0).is(Settled).lapse(GuardLapsed)
	if !s.Final() {
		t.Error("nothing is left to do")
	}
}

func TestASuccessTwiceIsOne(t *testing.T) {
	s := begin(t).pay("A1").opened("A1").succeeds("A1", 10000).succeeds("A1", 10000)
	s.is(Settled).has("A1", Applied, 0)
}

func TestExpiryClosesFirst(t *testing.T) {
	s := begin(t).after(56 * time.Minute).pay("A1").opened("A1").lapse(PollDue).lapse(RequestLapsed).is(Closing)
	s.wasAsked(ClosePayment, "A1").closed("A1").is(Expired)
	if !s.Guarded {
		t.Error("an expired request watches for money")
	}
}

func TestMoneyWinsAgainstExpiry(t *testing.T) {
	s := begin(t).after(56 * time.Minute).pay("A1").opened("A1").lapse(PollDue).lapse(RequestLapsed).is(Closing)
	s.succeeds("A1", 10000).is(Settled).has("A1", Applied, 0)
}

func TestLateMoneyIsRefunded(t *testing.T) {
	s := begin(t).pay("A1").opened("A1").closed("A1").lapse(RequestLapsed).is(Expired)
	s.after(time.Second).succeeds("A1", 10000).is(Expired).has("A1", Late, 10000)
	s.lapse(GuardLapsed)
	if s.Final() {
		t.Error("final while money is on its way back")
	}
	s.back(0).is(Expired)
	if !s.Final() {
		t.Error("the money is back, the guard is over: nothing is left")
	}
}

func TestMoneyAfterTheGuardIsRefunded(t *testing.T) {
	s := begin(t).pay("A1").opened("A1").closed("A1").lapse(RequestLapsed).lapse(GuardLapsed)
	s.after(time.Hour).succeeds("A1", 10000).is(Expired).has("A1", Late, 10000).wasAsked(StartRefund, "R9")
	if s.Final() {
		t.Error("final while money is on its way back")
	}
}

func lateBy(t *testing.T, d time.Duration) *scene {
	s := begin(t)
	s.AcceptLate = 10 * time.Minute
	return s.pay("A1").opened("A1").closed("A1").lapse(RequestLapsed).is(Expired).after(d)
}

func TestReopenWithinAcceptance(t *testing.T) {
	s := lateBy(t, 9*time.Minute).succeeds("A1", 10000).is(Settled).has("A1", Applied, 0)
	if s.Target != "" || !s.Guarded {
		t.Errorf("reopened and settled, with target %q, guarded %t", s.Target, s.Guarded)
	}
}

func TestNoReopeningAfterAcceptance(t *testing.T) {
	lateBy(t, 11*time.Minute).succeeds("A1", 10000).is(Expired).has("A1", Late, 10000)
}

func TestARefusedReopeningIsLateMoney(t *testing.T) {
	s := lateBy(t, time.Minute)
	s.refuses = "order_gone"
	s.succeeds("A1", 10000).is(Expired).has("A1", Late, 10000)
	if s.Winner != "" {
		t.Error("money that the order refused still counts as the winner's")
	}
}

func TestForcedCancelReturnsMoney(t *testing.T) {
	s := begin(t).pay("A1").opened("A1").do(Event{Kind: MerchantWithdrew}).is(Closing)
	s.succeeds("A1", 10000).is(CancelledMerchant).has("A1", OrderGone, 10000)
	s.wasAsked(StartRefund, s.Refunds[0].Number)
}

func TestSoftCancelLosesToMoney(t *testing.T) {
	for _, kind := range []EventKind{MerchantCancelled, BuyerCancelled} {
		s := begin(t).pay("A1").opened("A1").do(Event{Kind: kind}).is(Closing).wasAsked(ClosePayment, "A1")
		s.succeeds("A1", 10000).is(Settled).has("A1", Applied, 0)
		s.refused(Event{Kind: kind}, "already_paid")
	}
}

func TestASoftCancelMayBecomeAForcedOne(t *testing.T) {
	s := begin(t).pay("A1").opened("A1").do(Event{Kind: BuyerCancelled}).refused(
		Event{Kind: MerchantCancelled}, "already_ending").do(Event{Kind: MerchantWithdrew})
	s.succeeds("A1", 10000).is(CancelledMerchant).has("A1", OrderGone, 10000)
}

func TestRiskHoldsMoneyForAHuman(t *testing.T) {
	s := begin(t).pay("A1").opened("A1").do(Event{Kind: RiskBlocked}).do(Event{Kind: MerchantWithdrew})
	s.succeeds("A1", 10000).is(BlockedRisk).has("A1", RiskHold, 0)
	if !slices.Equal(s.cases, []CaseKind{CaseRiskHold}) {
		t.Errorf("cases %v", s.cases)
	}
	more, all := CNY(10001), CNY(10000)
	s.refused(Event{Kind: RefundAsked, Attempt: "A1", Refund: "RX", Money: &more}, "refund_exceeds")
	s.do(Event{Kind: RefundAsked, Attempt: "A1", Refund: "RX", Money: &all}).has("A1", RiskHold, 10000)
	s.wasAsked(StartRefund, "RX").back(0).is(BlockedRisk)
}

func TestMismatchedMoneyIsRefundedAndACase(t *testing.T) {
	s := begin(t).pay("A1").opened("A1").succeeds("A1", 9999).is(Open).has("A1", AmountMismatch, 9999)
	if !slices.Equal(s.cases, []CaseKind{CaseMismatch}) {
		t.Errorf("cases %v", s.cases)
	}
	s.pay("A2").opened("A2").do(Event{Kind: PaymentSucceeded, Attempt: "A2",
		Capture: &Capture{Money: CNY(10000), Mismatch: "account"}})
	s.is(Open).has("A2", AmountMismatch, 10000)
}

func TestTheOrderMayRefuse(t *testing.T) {
	for reason, as := range map[string]Disposition{
		"order_gone": OrderGone, "stale_price": StalePrice, "duplicate": Duplicate, "": OrderGone,
	} {
		s := begin(t)
		s.Hooked = true
		s.pay("A1").opened("A1").succeeds("A1", 10000).is(Applying).wasAsked(AskOrderHook, "A1")
		s.do(Event{Kind: OrderRefused, Attempt: "A1", Reason: reason}).is(Refunding).has("A1", as, 10000)
		s.back(0).is(Refunded)
	}
}

func TestChannelSwitchClosesFirst(t *testing.T) {
	s := begin(t).pay("A1").opened("A1")
	s.do(s.wants("A2", "friend", "alipay")).is(Confirming).wasAsked(ClosePayment, "A1")
	s.do(s.wants("A2", "friend", "alipay")).refused(s.wants("A3", "friend", "wechat"), "slot_taken")
	s.closed("A1").is(Paying).wasAsked(OpenPayment, "A2")
	if len(s.Attempts) != 2 || s.Slot != "A2" {
		t.Errorf("slot %q, attempts %+v", s.Slot, s.Attempts)
	}
}

func TestAChannelSwitchPastTheLastCallFreesTheSlot(t *testing.T) {
	s := begin(t).after(58 * time.Minute).pay("A1").opened("A1")
	s.do(s.wants("A2", "friend", "alipay")).after(90 * time.Second).closed("A1").is(Open)
	if s.Next != nil || len(s.Attempts) != 1 {
		t.Errorf("next %+v, attempts %+v", s.Next, s.Attempts)
	}
}

func TestMoneyOnTheOldChannelWinsASwitch(t *testing.T) {
	s := begin(t).pay("A1").opened("A1")
	s.do(s.wants("A2", "friend", "alipay")).succeeds("A1", 10000).is(Settled).has("A1", Applied, 0)
}

// gives is a payer giving the slot up.
func gives(number, actor string) Event {
	return Event{Kind: PayWithdrawn, Attempt: number, Actor: actor}
}

func TestAPayerGivesTheSlotUp(t *testing.T) {
	s := begin(t).pay("A1").opened("A1").do(gives("A1", "payer:friend")).is(Confirming)
	s.wasAsked(ClosePayment, "A1").refused(s.wants("A2", "another", "wechat"), "slot_taken")
	if a, _ := s.Attempt("A1"); a.Reason != GivenUp || s.PollAt != (time.Time{}) {
		t.Errorf("closing, and the reason is %q, polled at %s", a.Reason, s.PollAt)
	}
	s.refused(gives("A1", "payer:friend"), "not_paying").closed("A1").is(Open)
	s.do(s.wants("A2", "another", "wechat")).is(Paying)
}

func TestMoneyWinsAgainstGivingUp(t *testing.T) {
	s := begin(t).pay("A1").opened("A1").do(gives("A1", "payer:friend"))
	s.succeeds("A1", 10000).is(Settled).has("A1", Applied, 0)
}

func TestGivingUpWaitsForCreating(t *testing.T) {
	s := begin(t).pay("A1").do(gives("A1", "payer:friend")).is(Confirming)
	if slices.Contains(s.asked, Effect{ClosePayment, "A1"}) {
		t.Fatal("closed before it was created")
	}
	s.opened("A1").wasAsked(ClosePayment, "A1").closed("A1").is(Open)
}

func TestOnlyThePayerInTheSlotGivesItUp(t *testing.T) {
	s := begin(t).refused(gives("A1", "payer:friend"), "not_paying")
	s.pay("A1").opened("A1").refused(gives("A1", "payer:another"), "not_paying")
	s.refused(gives("A0", "payer:friend"), "not_paying").refused(gives("A1", "buyer"), "not_paying")
	s.succeeds("A1", 10000).refused(gives("A1", "payer:friend"), "not_paying")
	own := begin(t)
	own.do(own.wants("A1", "buyer", "wechat")).opened("A1").do(gives("A1", "buyer")).is(Confirming)
}

func TestClosingNeverOvertakesCreating(t *testing.T) {
	s := begin(t).pay("A1").do(Event{Kind: BuyerCancelled}).is(Closing)
	if slices.Contains(s.asked, Effect{ClosePayment, "A1"}) {
		t.Fatal("closed before it was created")
	}
	s.opened("A1").wasAsked(ClosePayment, "A1").closed("A1").is(CancelledBuyer)
}

func TestAHintWhileCreatingIsRemembered(t *testing.T) {
	s := begin(t).pay("A1").do(Event{Kind: PaymentReported, Attempt: "A1"})
	if len(s.Watched()) != 0 {
		t.Fatal("polled before it was created")
	}
	s.opened("A1").is(Paying)
	if !slices.Equal(s.Watched(), []string{"A1"}) {
		t.Error("the hint was forgotten")
	}
}

func TestAHintThatCannotBeCheckedKeepsTheRunAlive(t *testing.T) {
	s := begin(t).pay("A1").opened("A1").closed("A1").lapse(RequestLapsed)
	s.do(Event{Kind: PaymentUnknown, Attempt: "A1"}).lapse(SilenceLapsed).lapse(GuardLapsed)
	if s.Final() || !slices.Equal(s.cases, []CaseKind{CaseSilence}) {
		t.Fatalf("final %t, cases %v", s.Final(), s.cases)
	}
	s.do(Event{Kind: PaymentUnpaid, Attempt: "A1", By: PollPayment})
	if !s.Final() || !slices.Equal(s.cases, []CaseKind{CaseSilence, CaseMismatch}) {
		t.Error("nothing bore the report out: nothing is left, and a human is told")
	}
}

// The provider's answers may lag behind its callbacks: what the first look finds ends
// no report, also not the close that comes after it.
func TestAReportOutlivesAnswersThatLagBehind(t *testing.T) {
	first := func(kind EventKind) Event { return Event{Kind: kind, Attempt: "A1", By: QueryPayment} }
	live := func() *scene { return begin(t).pay("A1").opened("A1") }
	ended := func() *scene { return live().closed("A1").lapse(RequestLapsed) }
	stories := map[string]*scene{
		"after the end":    ended().do(first(PaymentUnpaid)),
		"and says closed":  ended().do(first(PaymentClosed)),
		"before the close": live().do(first(PaymentUnpaid)).lapse(PollDue).lapse(SlotLapsed).closed("A1"),
		"while closing":    live().lapse(PollDue).lapse(SlotLapsed).do(first(PaymentBusy)).closed("A1"),
		"instead of it":    live().do(first(PaymentClosed)),
	}
	for name, s := range stories {
		if !slices.Equal(s.Watched(), []string{"A1"}) || s.StuckAt.IsZero() {
			t.Errorf("%s: watched %v, a case at %s", name, s.Watched(), s.StuckAt)
		}
		s.do(Event{Kind: PaymentClosed, Attempt: "A1", By: ClosePayment})
		if s.succeeds("A1", 10000); len(s.Watched()) > 0 {
			t.Errorf("%s: money is no end", name)
		}
	}
}

func TestAnAmbiguousAnswerIsClosedBeforeAnotherTry(t *testing.T) {
	s := begin(t).pay("A1").do(Event{Kind: PaymentUnknown, Attempt: "A1"}).is(Confirming)
	s.wasAsked(ClosePayment, "A1")
	s.refused(s.wants("A2", "friend", "alipay"), "slot_taken").closed("A1").is(Open).pay("A2").is(Paying)
}
