package models

import (
	"math/bits"
	"time"
)

// ByPayer is what of a capture the payer himself paid: a coupon of the provider's paid
// the rest.
func (a Attempt) ByPayer() Money { return a.Captured.Minus(couponOf(a)) }

// ToPayer is what of a refund the payer himself gets, or has got: never more than he paid.
func (r Request) ToPayer(f Refund) Money { return f.Amount.Minus(r.ToCoupon(f)) }

// ToCoupon is the part of a refund that goes back into the provider's coupon: what the
// provider said of one that is done, else what is expected, pro rata of the capture. The
// payer's sum is rounded down over all refunds together, so that the last one makes it whole.
func (r Request) ToCoupon(f Refund) Money {
	a, known := r.Attempt(f.Attempt)
	if f.State == RefundSucceeded || !known || couponOf(a).Minor == 0 {
		return Money{Minor: f.Coupon.Minor, Currency: f.Amount.Currency}
	}
	before := Money{Currency: f.Amount.Currency}
	for _, earlier := range r.Refunds {
		if earlier.Number == f.Number {
			break
		}
		if earlier.Attempt == f.Attempt && earlier.State != RefundReplaced {
			before = before.Plus(earlier.Amount)
		}
	}
	own := a.payersShare(before.Plus(f.Amount)).Minus(a.payersShare(before))
	return f.Amount.Minus(own)
}

// payersShare is the payer's part of so much of the capture, rounded down.
func (a Attempt) payersShare(of Money) Money {
	part := min(max(of.Minor, 0), a.Captured.Minor)
	high, low := bits.Mul64(uint64(part), uint64(a.ByPayer().Minor)) //nolint:gosec // none is negative
	share, _ := bits.Div64(high, low, uint64(a.Captured.Minor))      //nolint:gosec // above 0: has a coupon
	return Money{Minor: int64(share), Currency: of.Currency}         //nolint:gosec // at most part
}

func couponOf(a Attempt) Money { return Money{Minor: a.Coupon.Minor, Currency: a.Captured.Currency} }

// atMost is a coupon's part of an amount, whatever a provider said: of its currency, and
// neither negative nor more than the amount. None is the zero Money.
func atMost(part, amount Money) Money {
	if part.Currency != amount.Currency || part.Minor <= 0 {
		return Money{}
	}
	return Money{Minor: min(part.Minor, amount.Minor), Currency: amount.Currency}
}

// arrival is the end of the last of so many working days in China, the one of asking
// being the first, whatever day it is. Public holidays are not known here.
func arrival(asked time.Time, days int) time.Time {
	if days <= 0 {
		return time.Time{}
	}
	day := asked.In(Shanghai)
	for days > 1 {
		day = day.AddDate(0, 0, 1)
		if day.Weekday() != time.Saturday && day.Weekday() != time.Sunday {
			days--
		}
	}
	return time.Date(day.Year(), day.Month(), day.Day(), 23, 59, 59, 0, Shanghai).UTC()
}
