package models

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// The rail's own example: of 10.00, a coupon paid 3.00; 9.00 go back, 6.30 to the payer.
func TestARefundIsSharedWithTheCoupon(t *testing.T) {
	r := couponed(1000, 300, 900)
	if got := r.ToPayer(r.Refunds[0]); got != CNY(630) {
		t.Errorf("the payer gets %s", got)
	}
	if got := r.ToCoupon(r.Refunds[0]); got != CNY(270) {
		t.Errorf("the coupon gets %s", got)
	}
	r.Refunds[0].State, r.Refunds[0].Coupon = RefundSucceeded, CNY(271)
	if got := r.ToPayer(r.Refunds[0]); got != CNY(629) {
		t.Errorf("what the provider did counts, not what was expected: %s", got)
	}
}

// couponed is a capture of which a coupon paid a part, and its refunds.
func couponed(captured, coupon int64, refunds ...int64) Request {
	r := Request{Attempts: []Attempt{{
		Pay: Pay{Number: "A1"}, State: SucceededAttempt, Captured: CNY(captured), Coupon: CNY(coupon),
	}}}
	for i, fen := range refunds {
		r.Refunds = append(r.Refunds, Refund{
			Number: numerals[i], Attempt: "A1", Amount: CNY(fen), State: RefundDue,
		})
	}
	return r
}

// However a payment is cut up: nobody gets back more than he paid, and all of it
// together is what he paid.
func TestPartsOfARefundAddUpToWhatThePayerPaid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		captured := rapid.Int64Range(1, 10_000_000_000).Draw(t, "captured")
		coupon := rapid.Int64Range(0, captured).Draw(t, "coupon")
		var parts []int64
		for left := captured; left > 0; {
			part := left
			if len(parts) < 49 {
				part = rapid.Int64Range(1, left).Draw(t, "part")
			}
			parts, left = append(parts, part), left-part
		}
		r := couponed(captured, coupon, parts...)
		var payer, back int64
		for _, f := range r.Refunds {
			own, shared := r.ToPayer(f).Minor, r.ToCoupon(f).Minor
			if own < 0 || shared < 0 || own+shared != f.Amount.Minor {
				t.Fatalf("%d of %d to the payer, %d to the coupon", own, f.Amount.Minor, shared)
			}
			payer, back = payer+own, back+shared
			if payer > captured-coupon {
				t.Fatalf("%d of %d went back to the payer", payer, captured-coupon)
			}
		}
		if payer != captured-coupon || back != coupon {
			t.Fatalf("%d to the payer, %d to the coupon", payer, back)
		}
	})
}

// A provider that talks nonsense of a coupon makes nobody's part negative.
func TestACouponIsNeverMoreThanItsMoney(t *testing.T) {
	for _, odd := range []Money{CNY(-1), {Minor: 5, Currency: "USD"}} {
		s := begin(t).pay("A1").opened("A1")
		s.do(Event{Kind: PaymentSucceeded, Attempt: "A1", Capture: &Capture{Money: CNY(10000), Coupon: odd}})
		if a := s.Attempts[0]; a.Coupon != (Money{}) || a.ByPayer() != CNY(10000) {
			t.Errorf("%s counts as %s", odd, a.Coupon)
		}
	}
	s := begin(t).pay("A1").opened("A1")
	all := &Capture{Money: CNY(10000), Coupon: CNY(10001)}
	s.do(Event{Kind: PaymentSucceeded, Attempt: "A1", Capture: all}).refund("RA", 10000)
	if a := s.Attempts[0]; a.ByPayer() != CNY(0) || s.ToPayer(s.Refunds[0]) != CNY(0) {
		t.Errorf("%s was paid by the payer", a.ByPayer())
	}
}

func TestARefundIsExpectedByAWorkingDay(t *testing.T) {
	friday := time.Date(2026, 3, 6, 9, 0, 0, 0, Shanghai)
	late := time.Date(2026, 3, 6, 23, 30, 0, 0, Shanghai)
	for _, c := range []struct {
		asked time.Time
		days  int
		want  string
	}{
		{friday, 0, ""}, {friday, 1, "2026-03-06"}, {late, 1, "2026-03-06"},
		{friday.UTC(), 2, "2026-03-09"}, {friday, 4, "2026-03-11"}, {friday.AddDate(0, 0, 1), 1, "2026-03-07"},
		{friday.AddDate(0, 0, 1), 2, "2026-03-09"},
	} {
		got := ""
		if at := arrival(c.asked, c.days); !at.IsZero() {
			got = at.In(Shanghai).Format(time.DateOnly)
		}
		if got != c.want {
			t.Errorf("%d days from %s: %s, not %s", c.days, c.asked, got, c.want)
		}
	}
	s := begin(t).pay("A1").opened("A1")
	card := &Capture{Money: CNY(10000), RefundDays: 4, Funding: "CMB_DEBIT"}
	s.do(Event{Kind: PaymentSucceeded, Attempt: "A1", Capture: card}).refund("RA", 4000)
	if want := arrival(s.now, 4); s.Refunds[0].ExpectedBy != want {
		t.Errorf("expected by %s, not %s", s.Refunds[0].ExpectedBy, want)
	}
	s.broke(0, Abnormal)
	if !s.Refunds[0].ExpectedBy.IsZero() {
		t.Error("nobody knows when what broke will arrive")
	}
	s.after(24 * time.Hour).do(Event{Kind: RefundRetried, Refund: "RA"})
	if want := arrival(s.now, 4); s.Refunds[0].ExpectedBy != want {
		t.Error("tried again, it takes its days again")
	}
}
