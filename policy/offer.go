package policy

import (
	"cmp"
	"math/bits"
	"slices"

	"github.com/friendpay/friendpay/models"
)

// Quote is what an order costs its payer through one channel, and who gives the rest.
type Quote struct {
	OrderAmount models.Money `json:"order_amount"`
	Parts       []QuotePart  `json:"parts"` // in the order in which they came off
	PayerPays   models.Money `json:"payer_pays"`
}

// QuotePart is what one offer takes off.
type QuotePart struct {
	Promotion Promotion    `json:"promotion"`
	Sponsor   string       `json:"sponsor"` // who pays for it
	Off       models.Money `json:"off"`
}

// Off is the whole discount.
func (q Quote) Off() models.Money { return q.OrderAmount.Minus(q.PayerPays) }

// QuoteOf is what the order costs through a channel. One offer of each stack group counts,
// the best for the payer; an exclusive one counts alone, where it is better than all
// others together. At least one fen stays to be paid.
func QuoteOf(f Facts, channel string) Quote {
	quote := Quote{OrderAmount: f.Order.Payable, Parts: []QuotePart{}, PayerPays: f.Order.Payable}
	if f.Catalogue == nil {
		return quote
	}
	stack, alone := map[string]QuotePart{}, []QuotePart{}
	for _, p := range f.Catalogue.PromotionsOf(f.App) { // by position and id, which settles ties
		part := QuotePart{Promotion: p, Sponsor: p.Sponsor, Off: p.off(f.Order.Payable)}
		if !p.OpenFor(f, channel) || part.Off.Minor == 0 || f.Spent[p.ID]+part.Off.Minor > p.BudgetMinor {
			continue
		}
		best, rival := stack[p.StackGroup]
		switch {
		case p.Exclusive:
			alone = append(alone, part)
		case !rival || best.Off.Less(part.Off):
			stack[p.StackGroup] = part
		}
	}
	best := quote.with(inOrder(stack))
	for _, part := range alone {
		if one := quote.with([]QuotePart{part}); one.PayerPays.Less(best.PayerPays) {
			best = one
		}
	}
	return best
}

// OpenFor says whether an offer is made now, for this order, with this channel. What is
// left of its budget is another question.
func (p Promotion) OpenFor(f Facts, channel string) bool {
	return p.Enabled && !f.Now.Before(p.Since) && f.Now.Before(p.Until) &&
		(p.Channel == "" || p.Channel == channel) &&
		p.Currency == f.Order.Payable.Currency && f.Order.Payable.Minor >= p.LeastMinor
}

// off is what an offer takes off such an amount, by itself: a part of it is rounded down.
func (p Promotion) off(amount models.Money) models.Money {
	const whole = 10_000
	off := p.FixedMinor
	if p.BasisPoints > 0 {
		of, points := uint64(max(amount.Minor, 0)), uint64(p.BasisPoints)
		high, low := bits.Mul64(of, points)
		share, _ := bits.Div64(high, low, whole)
		off = int64(share) //nolint:gosec // at most the amount
	}
	if p.CapMinor > 0 {
		off = min(off, p.CapMinor)
	}
	return models.Money{Minor: min(off, max(amount.Minor-1, 0)), Currency: amount.Currency}
}

func inOrder(stack map[string]QuotePart) []QuotePart {
	var parts []QuotePart
	for _, part := range stack {
		parts = append(parts, part)
	}
	slices.SortFunc(parts, func(a, b QuotePart) int {
		return cmp.Or(cmp.Compare(a.Promotion.Position, b.Promotion.Position),
			cmp.Compare(a.Promotion.ID, b.Promotion.ID))
	})
	return parts
}

// with takes the parts off one after the other, as long as more than one fen is left.
func (q Quote) with(parts []QuotePart) Quote {
	q.Parts = []QuotePart{}
	for _, part := range parts {
		part.Off.Minor = min(part.Off.Minor, q.PayerPays.Minor-1)
		if part.Off.Minor > 0 {
			q.Parts, q.PayerPays = append(q.Parts, part), q.PayerPays.Minus(part.Off)
		}
	}
	return q
}

// Discounts are the quote's parts as an attempt is pinned to them.
func (q Quote) Discounts() []models.Discount {
	var list []models.Discount
	for _, part := range q.Parts {
		list = append(list, models.Discount{
			Promotion: part.Promotion.ID, Sponsor: part.Sponsor, Minor: part.Off.Minor,
		})
	}
	return list
}
