package models

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// discounted is a wish to pay an order of 100.00 of which offers take 10.01 off.
func (s *scene) discounted(number string) Event {
	e := s.wants(number, "friend", "wechat")
	e.Pay.Quoted = CNY(8999)
	e.Pay.Discounts = []Discount{{"shop", "merchant", 501}, {"rail", "channel", 500}}
	return e
}

func settledWithOffers(t tester) *scene {
	s := begin(t)
	return s.do(s.discounted("A1")).opened("A1").succeeds("A1", 8999).is(Settled)
}

func TestAnOrderIsPaidInFullByPayerAndOffers(t *testing.T) {
	s := begin(t)
	short := s.discounted("A1")
	short.Pay.Discounts = short.Pay.Discounts[:1]
	s.refused(short, "price_changed")
	s.do(s.discounted("A1")).opened("A1").succeeds("A1", 8999).is(Settled).has("A1", Applied, 0)

	s = begin(t)
	s.do(s.discounted("A1")).opened("A1").succeeds("A1", 10000).is(Open).has("A1", AmountMismatch, 10000)

	s = begin(t)
	s.do(s.discounted("A1")).opened("A1").price(12000).succeeds("A1", 8999).has("A1", StalePrice, 8999)
}

// Of a price that fell by half, the payer gets half of what he paid.
func TestTheFallOfAPriceIsSharedWithTheOffers(t *testing.T) {
	s := begin(t)
	s.do(s.discounted("A1")).opened("A1").price(5000).succeeds("A1", 8999).is(Settled).has("A1", Applied, 4499)
	if got := s.Refunds[0].OrderAmount; got != CNY(5000) {
		t.Errorf("%s of the order was undone", got)
	}
}

func TestRefundsOfAnOfferArePartsOfTheOrder(t *testing.T) {
	ask := func(number string, amount, worth int64) Event {
		e := Event{Kind: RefundAsked, Refund: number}
		if amount > 0 {
			e.Money = &Money{amount, "CNY"}
		} else {
			e.OrderAmount = &Money{worth, "CNY"}
		}
		return e
	}
	s := settledWithOffers(t)
	s.do(ask("R1", 0, 3333)).back(0).is(PartlyRefunded).has("A1", Applied, 2999)
	s.refused(ask("R2", 0, 6668), "refund_exceeds")
	s.refused(ask("R2", 6001, 0), "refund_exceeds")
	s.do(ask("R2", 1, 0)).back(1).has("A1", Applied, 3000)
	if got := s.Refunds[1].OrderAmount; got != CNY(1) {
		t.Errorf("one fen of his stands for %s of the order", got)
	}
	s.do(ask("R3", 5999, 0)).back(2).is(Refunded).has("A1", Applied, 8999)
	if got := s.Unwound("A1"); got != CNY(10000) {
		t.Errorf("with all of his money %s of the order is undone", got)
	}
}

// However an order is given back, in parts of it or of the payer's money, the payer never
// has more than his share, and all of his sum with all of the order. Each sponsor too.
func TestRefundsSumUpToWhatWasPaid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		face := rapid.Int64Range(2, 1_000_000).Draw(t, "face")
		quoted := rapid.Int64Range(1, face-1).Draw(t, "quoted")
		sponsor := Discount{"offer", "channel", face - quoted}
		pay := Pay{Number: "A1", Quoted: CNY(quoted), Discounts: []Discount{sponsor}}
		a := Attempt{Pay: pay, Captured: CNY(quoted)}
		r := Request{Payable: CNY(face), Attempts: []Attempt{a}}
		for r.Unwound("A1").Minor < face {
			var amount, worth Money
			if left := quoted - r.Returned("A1").Minor; left > 0 && rapid.Bool().Draw(t, "by amount") {
				amount = CNY(rapid.Int64Range(1, left).Draw(t, "amount"))
				worth = r.ForPayer("A1", amount)
			} else {
				worth = CNY(rapid.Int64Range(1, face-r.Unwound("A1").Minor).Draw(t, "worth"))
				amount = r.ForOrder("A1", worth)
			}
			if amount.Minor < 0 || worth.Minor < amount.Minor {
				t.Fatalf("%s goes back for %s of the order", amount, worth)
			}
			r.Refunds = append(slices.Clone(r.Refunds), Refund{Attempt: "A1", Amount: amount, OrderAmount: worth})
			back, undone := r.Returned("A1").Minor, r.Unwound("A1").Minor
			if back != undone*quoted/face {
				t.Fatalf("%d of %d went back for %d of %d", back, quoted, undone, face)
			}
		}
		if r.Returned("A1").Minor != quoted || a.Given(sponsor, r.Unwound("A1")) != sponsor.Minor {
			t.Fatal("the whole order is back, and not all that was paid")
		}
	})
}
