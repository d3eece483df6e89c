package mockpay

import "github.com/friendpay/friendpay/internal/paysim/desk"

// Totals lists what each order moved. Empty account or number match all.
func (p *Provider) Totals(account, number string) []desk.Total {
	p.mu.Lock()
	defer p.mu.Unlock()
	now, list := p.deps.Pace.Now(), []desk.Total{}
	for _, o := range p.orders {
		total := desk.Total{
			Provider: Name, Account: o.Merchant, Number: o.Call.Number, Status: o.status(now),
			Currency: o.Call.Amount.Currency, Asked: o.Call.Amount.Minor, Captured: o.captured(),
		}
		if !total.Matches(account, number) {
			continue
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
	return list
}
