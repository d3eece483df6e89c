package models

import (
	"slices"
	"testing"
	"time"
)

// undecided is a request whose money waits for a merchant's system that is silent.
func undecided(t *testing.T) *scene {
	s := begin(t)
	s.Hooked = true
	return s.pay("A1").opened("A1").succeeds("A1", 10000).is(Applying)
}

func TestAMerchantWhoseSystemIsDeadWithdraws(t *testing.T) {
	s := undecided(t).after(3 * time.Hour).do(Event{Kind: SilenceLapsed}).is(Applying)
	s.refused(Event{Kind: MerchantCancelled}, "already_paid")
	s.refused(Event{Kind: BuyerCancelled}, "already_paid")
	s.do(Event{Kind: MerchantWithdrew, Reason: "duplicate"}).is(CancelledMerchant).has("A1", OrderGone, 10000)
	s.wasAsked(StartRefund, s.Refunds[0].Number)
	for _, late := range []EventKind{OrderAccepted, OrderRefused} {
		s.do(Event{Kind: late, Attempt: "A1"}).is(CancelledMerchant).has("A1", OrderGone, 10000)
	}
	s.back(0).is(CancelledMerchant)
}

func TestWithdrawingWithoutANumberForTheRefundIsRefused(t *testing.T) {
	s := undecided(t)
	_, _, err := s.Apply(Event{Kind: MerchantWithdrew, At: s.now})
	if CodeOf(err) != Conflict {
		t.Errorf("an older API that brings no number is refused, not taken half-way: %v", err)
	}
}

func TestWithdrawingFromAReopenedRequestLeavesItsEnd(t *testing.T) {
	s := begin(t)
	s.Hooked, s.AcceptLate = true, time.Hour
	s.pay("A1").opened("A1").do(Event{Kind: SlotLapsed}).closed("A1").is(Open).do(Event{Kind: RequestLapsed})
	s.is(Expired).succeeds("A1", 10000).is(Applying).do(Event{Kind: MerchantWithdrew}).is(Expired)
	s.has("A1", Late, 10000)
	if !s.Withdrawn {
		t.Error("no later money asks the order again")
	}
}

func TestWithdrawingWaitsForWhatIsStillBeingClosed(t *testing.T) {
	s := begin(t)
	s.Hooked = true
	s.pay("A1").opened("A1").do(Event{Kind: SlotLapsed}).closed("A1").pay("A2").opened("A2")
	s.succeeds("A1", 10000).is(Applying).do(Event{Kind: MerchantWithdrew}).is(Closing)
	s.closed("A2").is(CancelledMerchant).has("A1", OrderGone, 10000)
}

func TestABrokenRefundIsFollowedWhileItMayArrive(t *testing.T) {
	for failure, follows := range map[string]bool{
		Overdue: true, Abnormal: true, Lost: true, ReturnClosed: false, "rejected": false, "mismatch": false,
	} {
		s := settled(t).do(Event{Kind: GuardLapsed}).refund("RA", 10000).broke(0, failure).is(RefundStuck)
		polled := slices.Contains(s.Polls(), Effect{FollowRefund, "RA"})
		if polled != follows || s.Final() == follows {
			t.Errorf("%s: followed %v, final %v", failure, polled, s.Final())
		}
	}
	s := settled(t).do(Event{Kind: GuardLapsed}).refund("RA", 10000).broke(0, Overdue).back(0).is(Refunded)
	if len(s.Polls()) > 0 || !s.Final() {
		t.Error("what arrived is not followed any more")
	}
}

// A new number is taken only where the provider has closed the old one, however late it says so.
func TestOnlyAClosedRefundTakesANewNumber(t *testing.T) {
	for _, failure := range []string{Overdue, Abnormal, Lost, "rejected", "mismatch"} {
		s := settled(t).refund("RA", 10000).broke(0, failure).do(Event{Kind: RefundRetried, Refund: "RA"})
		if len(s.Refunds) != 1 || s.Refunds[0].State != RefundDue {
			t.Errorf("%s: %+v", failure, s.Refunds)
		}
	}
	s := settled(t).refund("RA", 10000).broke(0, Overdue).broke(0, Overdue)
	s.broke(0, ReturnClosed).is(RefundStuck)
	if s.Refunds[0].Failure != ReturnClosed || len(s.cases) != 1 || len(s.Polls()) != 0 {
		t.Errorf("the provider's last word counts, in the one case: %+v, %v", s.Refunds, s.cases)
	}
	s.broke(0, Abnormal)
	if s.Refunds[0].Failure != ReturnClosed {
		t.Error("closed is closed")
	}
	s.do(Event{Kind: RefundRetried, Refund: "RA"}).is(Refunding)
	if s.Refunds[0].State != RefundReplaced || len(s.Refunds) != 2 {
		t.Errorf("refunds %+v", s.Refunds)
	}
}

func TestARequestIsTriedAtMostFiftyTimes(t *testing.T) {
	s := begin(t)
	s.ExpiresAt = s.ExpiresAt.Add(24 * time.Hour)
	for i := range mostAttempts {
		number := "A" + numerals[i+1]
		s.pay(number).opened(number).do(Event{Kind: SlotLapsed}).closed(number).is(Open)
	}
	s.refused(s.wants("B1", "friend", "wechat"), "too_many_attempts").succeeds("A1", 10000).is(Settled)

	s = begin(t)
	s.ExpiresAt = s.ExpiresAt.Add(24 * time.Hour)
	for i := range mostAttempts - 1 {
		number := "A" + numerals[i+1]
		s.pay(number).opened(number).do(Event{Kind: SlotLapsed}).closed(number).is(Open)
	}
	s.pay("B1").opened("B1").refused(s.wants("B2", "friend", "alipay"), "too_many_attempts").is(Paying)
}
