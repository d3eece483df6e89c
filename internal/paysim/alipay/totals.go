package alipay

import "github.com/friendpay/friendpay/internal/paysim/desk"

// Totals lists what each order moved. Empty account or number match all.
func (p *Provider) Totals(account, number string) []desk.Total {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := []desk.Total{}
	for _, o := range p.orders {
		captured, _ := o.captured()
		back, _ := p.givenBack(o)
		held, _ := p.held(o)
		total := desk.Total{
			Provider: Name, Account: o.SellerID, Number: o.Call.Number, Status: p.state(o), Currency: "CNY",
			Asked: int64(o.Call.Total), Captured: captured, Refunded: back, Pending: held - back,
		}
		if total.Matches(account, number) {
			list = append(list, total)
		}
	}
	return list
}
