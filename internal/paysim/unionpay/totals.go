package unionpay

import "github.com/friendpay/friendpay/internal/paysim/desk"

// statusWords are the states of an order as totals tell them.
var statusWords = map[string]string{
	done: "PAID", tooLate: "LATE", accepted: "ACCEPTED", refused: "REFUSED", noFunds: "NO_FUNDS",
	nothing: "UNPAID",
}

// Totals lists what each order moved. Empty account or number match all.
func (p *Provider) Totals(account, number string) []desk.Total {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := []desk.Total{}
	for _, o := range p.orders {
		total := desk.Total{
			Provider: Name, Account: o.MerID, Number: o.number(), Status: statusWords[o.state()],
			Currency: "CNY", Asked: o.Amount, Captured: o.captured(),
		}
		if !total.Matches(account, number) {
			continue
		}
		for _, n := range o.Refunds {
			switch r := p.refunds[key(o.MerID, n)]; r.Status {
			case done:
				total.Refunded += r.Minor
			case accepted:
				total.Pending += r.Minor
			}
		}
		if o.Late != nil {
			total.Captured += o.Late.Minor
			if o.Returned {
				total.Refunded += o.Late.Minor
			} else {
				total.Pending += o.Late.Minor
			}
		}
		list = append(list, total)
	}
	return list
}
