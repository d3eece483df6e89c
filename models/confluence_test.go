package models

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

// told is everything a provider may say of one attempt it captured, in any order
// and as often as it likes.
var told = []EventKind{
	PaymentReported, PaymentOpened, PaymentBusy, PaymentUnpaid, PaymentUnknown, PaymentClosed, PaymentFailed,
	PaymentRefused, PaymentSucceeded,
}

// An attempt that was paid ends applied, whatever else is said of it and when.
func TestAnyOrderOfEventsEndsTheSame(t *testing.T) {
	setRapid(t, "rapid.checks", "3000")
	rapid.Check(t, func(t *rapid.T) {
		s := begin(t).pay("A1")
		if left := rapid.SampledFrom([]EventKind{"", SlotLapsed, PayWithdrawn}).Draw(t, "slot left"); left != "" {
			s.do(Event{Kind: left, Attempt: "A1", Actor: "payer:friend"})
		}
		kinds := rapid.SliceOf(rapid.SampledFrom(told)).Draw(t, "kinds")
		for _, kind := range kinds {
			s.hear(kind, "A1")
		}
		s.hear(PaymentSucceeded, "A1")
		for _, kind := range kinds {
			s.hear(kind, "A1")
		}
		a, _ := s.Attempt("A1")
		if s.State != Settled || s.Winner != "A1" || a.State != SucceededAttempt || a.Disposition != Applied ||
			a.Captured != a.Quoted || a.Watched || len(s.Refunds) != 0 || s.pending() {
			t.Fatalf("ended %s, %+v, %v", s.State, a, s.Refunds)
		}
	})
}

// An attempt that was never paid leaves the request open again, whatever is said.
func TestAnyOrderWithoutMoneyFreesTheSlot(t *testing.T) {
	setRapid(t, "rapid.checks", "3000")
	rapid.Check(t, func(t *rapid.T) {
		s := begin(t).pay("A1")
		kinds := rapid.SliceOf(rapid.SampledFrom(told[1:len(told)-1])).Draw(t, "kinds")
		ended := rapid.SampledFrom([]EventKind{PaymentClosed, PaymentFailed, PaymentRefused}).Draw(t, "end")
		for _, kind := range append(kinds, ended) {
			s.hear(kind, "A1")
		}
		if len(s.Watched()) > 0 { // what was said has to be borne out, or not
			s.do(Event{Kind: PaymentUnpaid, Attempt: "A1", By: PollPayment})
		}
		if s.State != Open || s.Slot != "" || s.silent() || len(s.Refunds) != 0 {
			t.Fatalf("ended %s, slot %q, %+v", s.State, s.Slot, s.Attempts)
		}
	})
}

// Of several captures one is applied and the others go back; which one may depend
// on the order of arrival, how much may not.
func TestTotalsAgreeInAnyOrder(t *testing.T) {
	setRapid(t, "rapid.checks", "3000")
	numbers := []string{"A1", "A2", "A3"}
	rapid.Check(t, func(t *rapid.T) {
		s := begin(t).pay("A1").opened("A1").closed("A1").pay("A2").opened("A2").closed("A2").pay("A3").opened("A3")
		leave := rapid.SampledFrom([]EventKind{"", SlotLapsed, BuyerCancelled, MerchantCancelled}).Draw(t, "leave")
		if leave != "" {
			s.do(Event{Kind: leave})
		}
		for range rapid.IntRange(0, 20).Draw(t, "events") {
			s.hear(rapid.SampledFrom(told).Draw(t, "kind"), rapid.SampledFrom(numbers).Draw(t, "attempt"))
		}
		for _, number := range rapid.Permutation(numbers).Draw(t, "last") {
			s.hear(PaymentSucceeded, number)
		}
		if got := s.totals(); got != "captured 30000 applied 10000 owed 20000" &&
			got != "captured 30000 applied 0 owed 30000" {
			t.Fatalf("%s: %s", s.State, got)
		}
		if s.State == Settled != (s.Winner != "") {
			t.Fatalf("%s with winner %q", s.State, s.Winner)
		}
	})
}

// hear delivers one thing that the provider says of an attempt.
func (s *scene) hear(kind EventKind, attempt string) {
	e := Event{Kind: kind, Attempt: attempt}
	if kind == PaymentSucceeded {
		e.Capture = &Capture{Money: CNY(10000)}
	}
	_ = s.try(e) // a refusal changes nothing, which is the point
}

func (s *scene) totals() string {
	var captured, applied, owed int64
	for _, a := range s.Attempts {
		captured += a.Captured.Minor
		if a.Disposition == Applied {
			applied += a.Captured.Minor
		}
	}
	for _, f := range s.Refunds {
		owed += f.Amount.Minor
	}
	return fmt.Sprintf("captured %d applied %d owed %d", captured, applied, owed)
}
