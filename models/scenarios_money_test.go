package models

import (
	"reflect"
	"slices"
	"testing"
	"time"
)

func TestAPriceFallsWhileNobodyPays(t *testing.T) {
	s := begin(t)
	old := s.wants("A1", "friend", "wechat")
	s.price(9000).is(Open).refused(old, "price_changed").pay("A2").opened("A2").succeeds("A2", 9000)
	s.is(Settled).has("A2", Applied, 0)
}

func TestAPriceFallsWhileSomeonePays(t *testing.T) {
	s := begin(t).pay("A1").opened("A1").price(9000).is(Confirming).wasAsked(ClosePayment, "A1")
	s.succeeds("A1", 10000).is(Settled).has("A1", Applied, 1000).back(0).is(Settled)
	if rest := CNY(9000); s.try(Event{Kind: RefundAsked, Refund: "RX", Money: &rest}) != nil {
		t.Error("what stayed applied can be refunded")
	}
	s.back(1).is(Refunded)
}

func TestPriceRiseWaitsForTheBuyer(t *testing.T) {
	s := begin(t).price(12000).is(Paused).refused(begin(t).wants("A1", "friend", "wechat"), "paused")
	s.after(5 * time.Minute).do(Event{Kind: PriceAccepted}).is(Open)
	s.pay("A2").opened("A2").succeeds("A2", 12000).is(Settled)
}

func TestTheBuyerAgreesToThePriceHeSaw(t *testing.T) {
	s := begin(t).price(12000)
	seen := Price{Payable: s.Payable, Version: s.PriceVersion}
	s.price(15000).refused(Event{Kind: PriceAccepted, Price: &seen}, "price_changed").is(Paused)
	s.do(Event{Kind: PriceAccepted, Price: &Price{Payable: s.Payable, Version: s.PriceVersion}}).is(Open)
}

func TestMoneyAtAStalePriceGoesBack(t *testing.T) {
	s := begin(t).pay("A1").opened("A1").price(12000).is(Paused).wasAsked(ClosePayment, "A1")
	s.succeeds("A1", 10000).is(Paused).has("A1", StalePrice, 10000)
	s.do(Event{Kind: PriceDeclined}).is(Superseded)
}

func TestAPriceThatFallsBackResumes(t *testing.T) {
	s := begin(t).price(12000).is(Paused).price(10000).is(Open)
	s.refused(Event{Kind: PriceAccepted}, "nothing_to_agree")
}

func TestOldPricesAndOtherCurrenciesAreRefused(t *testing.T) {
	s := begin(t).price(9000)
	s.refused(Event{Kind: PriceChanged, Price: &Price{Payable: CNY(8000), Version: 2}}, "old_price")
	dollars := Money{Minor: 100, Currency: "USD"}
	s.refused(Event{Kind: PriceChanged, Price: &Price{Payable: dollars, Version: 3}}, "other_currency")
}

func TestAHoldStopsTheClock(t *testing.T) {
	s := begin(t)
	end := s.ExpiresAt
	s.do(Event{Kind: HoldPlaced}).is(Paused).after(10 * time.Minute).do(Event{Kind: HoldLifted}).is(Open)
	if !s.ExpiresAt.Equal(end.Add(10 * time.Minute)) {
		t.Errorf("ends %s, want ten minutes after %s", s.ExpiresAt, end)
	}
	s.refused(Event{Kind: HoldLifted}, "not_held")
}

// The end of an outage lifts what the outage held, and nothing that staff hold as well.
func TestAnOutageLiftsNoOtherHold(t *testing.T) {
	out, over := Event{Kind: HoldPlaced, Reason: Outage}, Event{Kind: HoldLifted, Reason: Outage}
	begin(t).do(out).is(Paused).do(over).is(Open)
	byStaff := Event{Kind: HoldPlaced, Reason: "ticket_7"}
	for _, holds := range [][]Event{{byStaff}, {out, byStaff}, {byStaff, out}} {
		s := begin(t)
		for _, hold := range holds {
			s.do(hold)
		}
		s.refused(over, "not_held")
		s.is(Paused).do(Event{Kind: HoldLifted}).is(Open).do(out).do(over).is(Open)
	}
	s := begin(t).do(out).do(Event{Kind: HoldLifted, Reason: "staff_know_better"}).is(Open)
	s.refused(over, "not_held")
}

func TestAHoldWithAnAttemptPendingConfirmsFirst(t *testing.T) {
	s := begin(t).pay("A1").opened("A1").do(Event{Kind: HoldPlaced}).is(Paused).wasAsked(ClosePayment, "A1")
	s.do(Event{Kind: HoldLifted}).is(Confirming).closed("A1").is(Open)
}

func settled(t *testing.T) *scene {
	return begin(t).pay("A1").opened("A1").succeeds("A1", 10000).is(Settled)
}

func (s *scene) refund(number string, fen int64) *scene {
	money := CNY(fen)
	return s.do(Event{Kind: RefundAsked, Refund: number, Money: &money})
}

func TestAfterSaleRefunds(t *testing.T) {
	s := settled(t).refund("RA", 3000).is(Refunding).refund("RB", 2000).refund("RB", 2000)
	tooMuch := CNY(5001)
	s.refused(Event{Kind: RefundAsked, Refund: "RC", Money: &tooMuch}, "refund_exceeds")
	s.back(0).is(Refunding).back(1).is(PartlyRefunded).has("A1", Applied, 5000)
	s.refund("RD", 5000).is(Refunding).back(2).is(Refunded)
	s.refused(Event{Kind: RefundAsked, Refund: "RE", Money: &tooMuch}, "not_paid")
}

func TestAMerchantsWordIsKeptBesideTheLaws(t *testing.T) {
	s, one := settled(t), CNY(1)
	words := map[string]string{"wrong_size": "wrong_size", "": AfterSale, "price_fell": AfterSale}
	for said, kept := range words {
		s.do(Event{Kind: RefundAsked, Refund: "R" + said, Money: &one, Reason: said})
		if f, _ := s.Refund("R" + said); f.Reason != kept || f.Why() != AfterSale {
			t.Errorf("of %q is kept %q, which stands for %q", said, f.Reason, f.Why())
		}
	}
}

func TestRefundStuckAndRetried(t *testing.T) {
	s := settled(t).refund("RA", 10000).broke(0, "abnormal").is(RefundStuck)
	if !slices.Equal(s.cases, []CaseKind{CaseRefund}) {
		t.Errorf("cases %v", s.cases)
	}
	s.broke(0, "abnormal").is(RefundStuck).do(Event{Kind: RefundRetried, Refund: "RA"}).is(Refunding)
	if len(s.Refunds) != 1 || len(s.cases) != 1 {
		t.Errorf("the same number is retried: %+v, one case: %v", s.Refunds, s.cases)
	}
	s.refused(Event{Kind: RefundRetried, Refund: "RA"}, "refund_known").back(0).is(Refunded)
	s.broke(0, "abnormal").is(Refunded)
}

func TestAClosedRefundGetsANewNumber(t *testing.T) {
	s := settled(t).refund("RA", 10000).broke(0, "closed")
	s.do(Event{Kind: RefundRetried, Refund: "RA"}).is(Refunding)
	if s.Refunds[0].State != RefundReplaced || s.Returned("A1") != CNY(10000) {
		t.Errorf("refunds %+v", s.Refunds)
	}
	s.wasAsked(StartRefund, s.Refunds[1].Number).back(1).is(Refunded)
}

func TestOneOfTwoRefundsStaysStuck(t *testing.T) {
	s := settled(t).refund("RA", 3000).refund("RB", 3000).broke(0, "rejected").is(RefundStuck)
	s.back(1).is(RefundStuck).do(Event{Kind: RefundRetried, Refund: "RA"}).back(0).is(PartlyRefunded)
}

func TestAnswersAboutStrangersAreRefused(t *testing.T) {
	s := settled(t)
	for _, kind := range told {
		if kind == PaymentBusy || kind == PaymentUnpaid {
			continue // they change nothing about anybody
		}
		s.refused(Event{Kind: kind, Attempt: "A9", Capture: &Capture{}}, "unknown_attempt")
	}
	for _, kind := range []EventKind{RefundDone, RefundBroke, RefundReported, RefundRetried} {
		s.refused(Event{Kind: kind, Refund: "R9"}, "unknown_refund")
	}
}

// A lost run is taken up where it was: each thing outstanding is asked for again.
func TestUnfinishedNamesWhatIsOutstanding(t *testing.T) {
	creating := begin(t).pay("A1")
	closing := begin(t).pay("A1").opened("A1").do(Event{Kind: BuyerCancelled})
	applying := begin(t)
	applying.Hooked = true
	applying.pay("A1").opened("A1").succeeds("A1", 10000)
	for _, want := range []struct {
		s      *scene
		effect Effect
	}{
		{creating, Effect{OpenPayment, "A1"}}, {closing, Effect{ClosePayment, "A1"}},
		{applying, Effect{AskOrderHook, "A1"}}, {settled(t).refund("RA", 1), Effect{StartRefund, "RA"}},
	} {
		if got := want.s.Unfinished(); !slices.Equal(got, []Effect{want.effect}) {
			t.Errorf("%s: %v, want %v", want.s.State, got, want.effect)
		}
	}
}

func TestApplyLeavesTheRequestAlone(t *testing.T) {
	s := settled(t).refund("RA", 3000)
	was := s.Request
	was.Attempts, was.Refunds = slices.Clone(s.Attempts), slices.Clone(s.Refunds)
	if _, _, err := s.Apply(Event{Kind: RefundDone, Refund: "RA", At: s.now}); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(s.Attempts, was.Attempts) || !slices.Equal(s.Refunds, was.Refunds) ||
		s.State != was.State {
		t.Error("Apply changed the request it was asked about")
	}
}
