package models

import (
	"testing"
	"time"
)

func (s *scene) until(kind EventKind, d time.Duration) Event {
	return Event{Kind: kind, Actor: "staff:anna", Until: s.now.Add(d), HardEnd: s.now.Add(d)}
}

func TestADeadlineMovesBackAndNeverForth(t *testing.T) {
	s := begin(t)
	end := s.ExpiresAt
	s.refused(s.until(Extended, 30*time.Minute), "not_later").refused(s.until(Extended, 73*time.Hour),
		"too_long")
	if s.ExpiresAt != end {
		t.Fatalf("refused, and moved to %s", s.ExpiresAt)
	}
	s.do(s.until(Extended, 5*time.Hour))
	seq := s.Seq
	if s.do(s.until(Extended, 5*time.Hour)); s.Seq != seq {
		t.Error("the same deadline again is a change")
	}
	s.after(4 * time.Hour).pay("A1").opened("A1").do(s.until(Extended, 3*time.Hour)).is(Paying)
	s.closed("A1").after(2 * time.Hour).is(Open).lapse(RequestLapsed).is(Expired)
	s.refused(s.until(Extended, time.Hour), "ended")
}

func TestAPausedRequestIsExtendedToo(t *testing.T) {
	s := begin(t).do(Event{Kind: HoldPlaced}).do(later5(t, Extended)).is(Paused).after(10 * time.Minute)
	s.do(Event{Kind: HoldLifted}).is(Open)
	if s.ExpiresAt.Before(s.EnteredAt.Add(4 * time.Hour)) {
		t.Errorf("ends %s", s.ExpiresAt)
	}
}

// later5 moves a request that began just now to five hours from then.
func later5(t *testing.T, kind EventKind) Event { return begin(t).until(kind, 5*time.Hour) }

func TestAnEndIsTakenBack(t *testing.T) {
	for kind, end := range map[EventKind]State{BuyerCancelled: CancelledBuyer,
		MerchantCancelled: CancelledMerchant} {
		s := begin(t).pay("A1").opened("A1").do(Event{Kind: kind}).closed("A1").is(end)
		s.do(s.until(Reopened, time.Hour)).is(Open)
		if s.Guarded || !s.EndedAt.IsZero() || s.Target != "" {
			t.Fatalf("still ended: %+v", s.Request)
		}
		s.pay("A2").opened("A2").succeeds("A2", 10000).do(Event{Kind: OrderAccepted}).is(Settled)
	}
	begin(t).lapse(RequestLapsed).do(later5(t, Reopened)).is(Open)
}

func TestWhatIsNotTakenBack(t *testing.T) {
	begin(t).refused(later5(t, Reopened), "still_open")
	begin(t).do(Event{Kind: MerchantWithdrew}).refused(later5(t, Reopened), "merchant_withdrew")
	begin(t).do(Event{Kind: RiskBlocked}).refused(later5(t, Reopened), "ended")
	s := begin(t).lapse(RequestLapsed)
	s.refused(s.until(Reopened, -time.Minute), "not_later").refused(s.until(Reopened, 80*time.Hour), "too_long")
	s.after(guardWindow).refused(s.until(Reopened, time.Hour), "ended")
	late := begin(t).pay("A1").opened("A1").do(Event{Kind: BuyerCancelled}).closed("A1").succeeds("A1", 10000)
	late.is(CancelledBuyer).refused(late.until(Reopened, time.Hour), "money_came")
}

// What the order or the rules refuse stays ended as it was, still on guard.
func TestARefusedReopeningChangesNothing(t *testing.T) {
	s := begin(t).lapse(RequestLapsed)
	before := s.Request
	e := s.until(Reopened, time.Hour)
	e.At = s.now
	asked, verdict, err := s.Apply(e)
	if err != nil || asked.State != Checking || verdict.Effects[0].Kind != CheckOrder {
		t.Fatalf("%s %v %v", asked.State, verdict, err)
	}
	after, _, err := asked.Apply(Event{Kind: OrderIneligible, At: s.now, Reason: "order_paid"})
	if err != nil || after.State != Expired || !after.Guarded || after.GuardUntil != before.GuardUntil ||
		after.EndedAt != before.EndedAt || after.ExpiresAt != before.ExpiresAt {
		t.Errorf("%+v %v", after, err)
	}
}

func TestStaffFreeASlot(t *testing.T) {
	s := begin(t).pay("A1").opened("A1")
	s.refused(Event{Kind: PayWithdrawn, Attempt: "A1", Actor: "payer:other"}, "not_paying")
	s.refused(Event{Kind: PayWithdrawn, Attempt: "A9", Actor: "staff:anna"}, "not_paying")
	s.do(Event{Kind: PayWithdrawn, Attempt: "A1", Actor: "staff:anna"}).is(Confirming)
	if s.Attempts[0].Reason == GivenUp {
		t.Error("its payer did not give it up")
	}
	s.closed("A1").is(Open)
}
