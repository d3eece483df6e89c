package models

import (
	"testing"
	"time"
)

func TestWindowsAreDividedBySpeed(t *testing.T) {
	s := begin(t)
	s.Speed = 60
	s.pay("A1").opened("A1")
	if got := s.SlotUntil.Sub(s.now); got != slotWindow/60 {
		t.Errorf("the slot is held %s", got)
	}
	if got := s.PollAt.Sub(s.now); got != pollWindow/60 {
		t.Errorf("polled after %s", got)
	}
	s.closed("A1").do(Event{Kind: BuyerCancelled}).is(CancelledBuyer)
	if got := s.GuardUntil.Sub(s.now); got != guardWindow/60 {
		t.Errorf("guarded for %s", got)
	}
}

func TestSpeedZeroIsOne(t *testing.T) {
	if got := (Request{}).scaled(time.Hour); got != time.Hour {
		t.Errorf("an hour at speed 0 lasts %s", got)
	}
}

func TestAFirstEventThatNeverCame(t *testing.T) {
	s := &scene{t: t, Request: newborn(new(dice))}
	s.lapse(CheckLapsed).is(Ineligible)
	if !s.Final() || s.now.Sub(s.EndedAt) != 0 {
		t.Errorf("final %t, ended %s", s.Final(), s.EndedAt)
	}
}

func TestNothingLapsesWhileTheProviderOrderIsMade(t *testing.T) {
	s := begin(t).pay("A1")
	if _, kind, ok := s.Deadline(); ok {
		t.Errorf("waits for %s", kind)
	}
}

func TestDeadlinesComeInOrder(t *testing.T) {
	s := begin(t).pay("A1").opened("A1").lapse(PollDue).is(Paying)
	s.lapse(SlotLapsed).is(Confirming)
	if got := s.now.Sub(s.EnteredAt); got != 0 {
		t.Errorf("entered %s ago", got)
	}
	s.lapse(RequestLapsed).is(Closing).lapse(SilenceLapsed).is(Closing)
	if _, kind, ok := s.Deadline(); ok {
		t.Errorf("the case is filed and still it waits for %s", kind)
	}
}

func TestABusyPayerGetsOneExtension(t *testing.T) {
	s := begin(t).pay("A1").opened("A1")
	until := s.SlotUntil
	for range 3 {
		s.do(Event{Kind: PaymentBusy, Attempt: "A1"})
	}
	if got := s.SlotUntil.Sub(until); got != slotExtra {
		t.Errorf("extended by %s", got)
	}
}

func TestTheLastCall(t *testing.T) {
	s := begin(t).after(55 * time.Minute)
	wish := s.wants("A1", "friend", "wechat")
	wish.Pay.MinCloseSecs = 300
	s.refused(wish, "closing_soon")
	wish.Pay.MinCloseSecs = 240
	s.do(wish).is(Paying)
	if a, _ := s.Attempt("A1"); !a.ExpiresAt.Equal(s.ExpiresAt) {
		t.Errorf("the attempt lives until %s, the request until %s", a.ExpiresAt, s.ExpiresAt)
	}
}

func TestAPauseEndsWithTheStock(t *testing.T) {
	s := begin(t)
	s.HardEnd = s.now.Add(65 * time.Minute)
	s.after(40 * time.Minute).do(Event{Kind: HoldPlaced})
	if !s.PausedUntil.Equal(s.HardEnd) {
		t.Errorf("paused until %s, the stock is gone at %s", s.PausedUntil, s.HardEnd)
	}
	s.after(20 * time.Minute).do(Event{Kind: HoldLifted})
	if !s.ExpiresAt.Equal(s.HardEnd) {
		t.Errorf("ends %s, the stock is gone at %s", s.ExpiresAt, s.HardEnd)
	}
}

func TestPausesHaveATotal(t *testing.T) {
	s := begin(t).do(Event{Kind: HoldPlaced}).after(20 * time.Minute).do(Event{Kind: HoldLifted})
	s.do(Event{Kind: HoldPlaced})
	if got := s.PausedUntil.Sub(s.now); got != 10*time.Minute {
		t.Errorf("20 minutes are used up, %s are left", got)
	}
	s.lapse(PauseLapsed).is(Expired)
}

func TestAPauseWithAnAttemptPendingClosesFirst(t *testing.T) {
	s := begin(t).pay("A1").opened("A1").do(Event{Kind: HoldPlaced}).lapse(PauseLapsed).is(Closing)
	s.closed("A1").is(Expired)
}

func TestASilentOrderHookBecomesACase(t *testing.T) {
	s := begin(t)
	s.Hooked = true
	s.pay("A1").opened("A1").closed("A1").pay("A2").opened("A2").succeeds("A1", 10000).is(Applying).closed("A2")
	s.lapse(SilenceLapsed).is(Applying).do(Event{Kind: OrderAccepted, Attempt: "A1"}).is(Settled)
}

func TestTheGuardOfAReopenedRequestStartsAgain(t *testing.T) {
	s := lateBy(t, 5*time.Minute).succeeds("A1", 10000).is(Settled)
	if got := s.GuardUntil.Sub(s.now); got != guardWindow {
		t.Errorf("guarded for %s", got)
	}
	if got := s.now.Sub(s.EndedAt); got != 5*time.Minute {
		t.Errorf("ended %s ago", got)
	}
}
