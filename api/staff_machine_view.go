package api

import (
	"github.com/friendpay/friendpay/internal/machine"
	"github.com/friendpay/friendpay/internal/support"
)

// viewMachine is a page of the time machine as JSON: an allow-list, so that nothing of people
// gets into it that is not masked.
func viewMachine(id string, p machine.Page) MachineView {
	view := MachineView{
		ID: id, At: p.At.UTC(), Live: p.Live, Known: p.Gap == "", State: p.Request.State,
		Version: p.Request.Version,
		App:     p.App.ID, Merchant: p.App.Merchant, Payable: moneyIfAny(p.Request.Payable),
		Order: OrderRef{ID: p.Order.ID, Number: p.Order.Number, Title: p.Order.Title},
		Gaps:  append([]machine.Gap{}, p.Gaps...), Money: []MoneyView{}, Books: p.Books, Next: []NextView{},
		Timeline: []LifeView{}, Refused: append([]UnverifiedView{}, p.Refused...), Screens: []ScreenView{},
		Offers: []support.Offer{}, Workflow: p.Workflow,
	}
	for _, m := range p.Money {
		view.Money = append(view.Money, viewMoney(p, m))
	}
	for _, n := range p.Next {
		view.Next = append(view.Next, NextView{timeIfAny(n.At), n.Code, n.Ref, n.What, n.ZH})
	}
	for _, e := range p.Timeline {
		view.Timeline = append(view.Timeline, LifeView{
			e.At.UTC(), e.Kind, e.Ref, e.Text, e.Detail, e.Later, e.Workflow,
		})
	}
	for _, screen := range p.Screens {
		view.Screens = append(view.Screens, ScreenView{
			screen.Side, screen.Kind, append([]machine.Gap{}, screen.Gaps...), screen.HTML,
		})
	}
	return view
}

func viewMoney(p machine.Page, m machine.Money) MoneyView {
	view := MoneyView{
		Provider: m.Provider, Currency: m.Currency, Captured: m.Captured, Refunded: m.Refunded, Applied: m.Applied,
		OnItsWay: m.OnItsWay, Gap: m.Gap, Payments: []PaymentView{},
	}
	for _, a := range m.Payments {
		payment := PaymentView{
			Number: a.Number, Channel: a.Channel, Account: a.Account, ByBuyer: a.ByBuyer, State: a.State,
			Disposition: a.Disposition, Reason: a.Reason, Quoted: a.Quoted.Minor, Captured: a.Captured.Minor,
			Refunded: a.Refunded, OnItsWay: a.OnItsWay, Applied: a.Applied, Refunds: []RefundView{},
		}
		for _, f := range a.Refunds {
			payment.Refunds = append(payment.Refunds, viewRefund(p.Request, f))
		}
		view.Payments = append(view.Payments, payment)
	}
	return view
}
