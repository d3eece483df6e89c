package mockpay

import (
	"slices"
	"strings"
)

// Total is what one order moved: Minor units of Currency. Refunded counts only
// money that went back; Pending is on its way.
type Total struct {
	Account  string `json:"account"`
	Number   string `json:"number"`
	Status   string `json:"status"`
	Currency string `json:"currency"`
	Asked    int64  `json:"asked"`
	Captured int64  `json:"captured"`
	Refunded int64  `json:"refunded"`
	Pending  int64  `json:"pending"`
}

// Totals lists what each order moved, by number. Empty account or number match all.
func (p *Provider) Totals(account, number string) []Total {
	p.mu.Lock()
	defer p.mu.Unlock()
	now, list := p.deps.Pace.Now(), []Total{}
	for _, o := range p.orders {
		if account != "" && o.Merchant != account || number != "" && o.Call.Number != number {
			continue
		}
		total := Total{
			Account: o.Merchant, Number: o.Call.Number, Status: o.status(now),
			Currency: o.Call.Amount.Currency, Asked: o.Call.Amount.Minor, Captured: o.captured(),
		}
		for _, n := range o.Refunds {
			switch r := p.refunds[n]; r.Status {
			case done:
				total.Refunded += r.Call.Amount.Minor
			case processing, abnormal:
				total.Pending += r.Call.Amount.Minor
			}
		}
		list = append(list, total)
	}
	slices.SortFunc(list, func(a, b Total) int { return strings.Compare(a.Number, b.Number) })
	return list
}
