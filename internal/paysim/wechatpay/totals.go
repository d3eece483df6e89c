package wechatpay

import "github.com/friendpay/friendpay/internal/paysim/desk"

// Totals lists what each order moved. Empty account or number match all.
func (p *Provider) Totals(account, number string) []desk.Total {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := []desk.Total{}
	for _, o := range p.orders {
		total := desk.Total{
			Provider: Name, Account: o.MchID, Number: o.Call.Number, Status: p.state(o),
			Currency: "CNY", Asked: o.Call.Amount.Total, Captured: o.captured(),
		}
		if !total.Matches(account, number) {
			continue
		}
		for _, n := range o.Refunds {
			switch r := p.refunds[key(o.MchID, n)]; r.Status {
			case success:
				total.Refunded += r.Call.Amount.Refund
			case processing, abnormal:
				total.Pending += r.Call.Amount.Refund
			}
		}
		list = append(list, total)
	}
	return list
}
