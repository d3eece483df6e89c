package models

import "math/bits"

// Discount is what one offer takes off a payment, in the payment's currency. It is pinned
// to the attempt, so that a later change of the offer changes nothing about it.
type Discount struct {
	Promotion string `json:"promotion"`
	Sponsor   string `json:"sponsor"` // "merchant", "channel" or "platform"
	Minor     int64  `json:"minor"`
}

func (d Discount) malformed() bool { return d.Promotion == "" || d.Minor <= 0 }

// Discount is the sum of what offers take off.
func (p Pay) Discount() Money {
	sum := Money{Currency: p.Quoted.Currency}
	for _, d := range p.Discounts {
		sum.Minor += d.Minor
	}
	return sum
}

// Face is what of the order the payment is for: what the payer pays, and what offers
// take off.
func (p Pay) Face() Money { return p.Quoted.Plus(p.Discount()) }

// Given is what one offer gives of a refunded part of the order, the parts before included:
// rounded down, so that all of it is given back with the whole.
func (a Attempt) Given(d Discount, of Money) int64 {
	return portion(of.Minor, d.Minor, a.Face().Minor)
}

// Worth is the part of the order that a refund stands for; more than its amount where an
// offer took something off.
func (f Refund) Worth() Money {
	if f.OrderAmount.Minor > 0 {
		return f.OrderAmount
	}
	return f.Amount
}

// Unwound is how much of the order went back, or is on its way back, with an attempt's money.
func (r Request) Unwound(number string) Money {
	sum := Money{Currency: r.Payable.Currency}
	for _, f := range r.Refunds {
		if f.Attempt == number && f.State != RefundReplaced {
			sum = sum.Plus(f.Worth())
		}
	}
	return sum
}

// ForOrder is what the payer gets back for so much more of the order: pro rata of what he
// paid, rounded down over all refunds together, so that the last one makes his sum whole.
func (r Request) ForOrder(number string, worth Money) Money {
	a, known := r.Attempt(number)
	if !known || len(a.Discounts) == 0 {
		return worth
	}
	after := r.Unwound(number).Plus(worth)
	share := portion(after.Minor, a.Quoted.Minor, a.Face().Minor)
	return Money{Minor: share - r.Returned(number).Minor, Currency: worth.Currency}
}

// ForPayer is the other way round: the least part of the order for which the payer gets so much.
func (r Request) ForPayer(number string, amount Money) Money {
	a, known := r.Attempt(number)
	if !known || len(a.Discounts) == 0 {
		return amount
	}
	after := r.Returned(number).Plus(amount)
	worth := a.Face().Minor - portion(a.Quoted.Minor-after.Minor, a.Face().Minor, a.Quoted.Minor)
	return Money{Minor: worth - r.Unwound(number).Minor, Currency: amount.Currency}
}

// asked is what the payer gets of a refund that is asked for, and the part of the order that
// it stands for; the latter is zero where no offer makes a difference.
func (r Request) asked(number string, e Event) (amount, worth Money) {
	a, _ := r.Attempt(number)
	if e.OrderAmount != nil {
		return r.ForOrder(number, *e.OrderAmount), a.told(*e.OrderAmount)
	}
	return *e.Money, a.told(r.ForPayer(number, *e.Money))
}

// told is a part of the order as refunds of the attempt write it down: not where it is the
// amount itself.
func (a Attempt) told(worth Money) Money {
	if len(a.Discounts) == 0 {
		return Money{}
	}
	return worth
}

// portion is of × part / whole, rounded down; of lies within 0 and whole.
func portion(of, part, whole int64) int64 {
	of = min(max(of, 0), whole)
	if of == 0 || part <= 0 {
		return 0
	}
	high, low := bits.Mul64(uint64(of), uint64(part)) //nolint:gosec // none is negative
	share, _ := bits.Div64(high, low, uint64(whole))  //nolint:gosec // above 0, as of is
	return int64(share)                               //nolint:gosec // at most part
}
