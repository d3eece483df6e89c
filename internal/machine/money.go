package machine

import (
	"slices"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// Money is the equation of one provider: Captured − Refunded = Applied + OnItsWay. Gap is
// what is left over, which is nothing unless something is wrong. All in minor units.
type Money struct {
	Provider string
	Currency string
	Captured int64
	Refunded int64 // back with whoever paid
	Applied  int64 // kept by the order
	OnItsWay int64 // on its way back, or held until somebody decides
	Gap      int64
	Payments []Payment
}

// Payment is one attempt with what became of its money, in minor units.
type Payment struct {
	models.Attempt
	Refunded int64
	OnItsWay int64
	Applied  int64
	Refunds  []models.Refund
}

// Account works out the equation of every provider that a request has dealt with, in the
// order of their first attempts.
func Account(r models.Request) []Money {
	var list []Money
	for _, a := range r.Attempts {
		currency := a.Quoted.Currency
		if a.Captured.Minor != 0 {
			currency = a.Captured.Currency
		}
		i := slices.IndexFunc(list, func(m Money) bool {
			return m.Provider == a.Provider && m.Currency == currency
		})
		if i < 0 {
			i, list = len(list), append(list, Money{Provider: a.Provider, Currency: currency})
		}
		list[i].add(payment(r, a))
	}
	return list
}

func (m *Money) add(p Payment) {
	m.Payments = append(m.Payments, p)
	m.Captured, m.Refunded = m.Captured+p.Captured.Minor, m.Refunded+p.Refunded
	m.Applied, m.OnItsWay = m.Applied+p.Applied, m.OnItsWay+p.OnItsWay
	m.Gap = m.Captured - m.Refunded - m.Applied - m.OnItsWay
}

// payment shares an attempt's money out. What the order did not take and nobody gives back
// yet is held only where the law holds it; elsewhere it is a gap.
func payment(r models.Request, a models.Attempt) Payment {
	p := Payment{Attempt: a}
	for _, f := range r.Refunds {
		if f.Attempt != a.Number {
			continue
		}
		p.Refunds = append(p.Refunds, f)
		switch f.State {
		case models.RefundSucceeded:
			p.Refunded += f.Amount.Minor
		case models.RefundReplaced: // another number took its place
		default:
			p.OnItsWay += f.Amount.Minor
		}
	}
	rest := a.Captured.Minor - p.Refunded - p.OnItsWay
	switch a.Disposition {
	case models.Applied:
		p.Applied = rest
	case models.Deciding, models.RiskHold:
		p.OnItsWay += rest
	case models.Duplicate, models.Late, models.StalePrice, models.OrderGone, models.AmountMismatch:
		// It goes back: what no refund takes is a gap.
	}
	return p
}

// Books is the ledger's word, over all providers, in minor units.
type Books struct {
	Captured int64 `json:"captured"`
	Refunded int64 `json:"refunded"`
	Applied  int64 `json:"applied"`
	// Agree says that it knows of the same captures and refunds as the request does.
	Agree bool `json:"agree"`
}

// books compares what came in and what is back: both are booked when the provider confirms
// them, at the same step in which the request learns of it.
func books(totals store.Totals, money []Money) *Books {
	captured, refunded := int64(0), int64(0)
	for _, m := range money {
		if m.Currency == totals.Captured.Currency {
			captured, refunded = captured+m.Captured, refunded+m.Refunded
		}
	}
	return &Books{
		Captured: totals.Captured.Minor, Refunded: totals.Refunded.Minor, Applied: totals.Applied.Minor,
		Agree: totals.Captured.Minor == captured && totals.Refunded.Minor == refunded,
	}
}
