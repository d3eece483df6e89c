package view

import (
	"slices"
	"time"

	"github.com/friendpay/friendpay/client"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/web"
)

// Receipt lists what came in for an order and what went back.
func Receipt(r client.RequestView) web.Page {
	view := web.Receipt{
		ID: r.ID, Number: r.Order.Number, Title: r.Order.Title, State: models.State(r.State),
		Applied: models.Money{Currency: r.Payable.Currency}, Saved: saved(r), Refunds: refunds(r),
	}
	for _, a := range r.Attempts {
		if models.AttemptState(a.State) != models.SucceededAttempt || a.Captured == nil {
			continue
		}
		view.Lines = append(view.Lines, web.ReceiptLine{
			Name: "paid", Reference: a.Number, Amount: Money(*a.Captured), At: moment(a.PaidAt),
		})
		if disposition(a) == models.Applied {
			view.Applied = view.Applied.Plus(Money(*a.Captured).Minus(returned(r, a.Number)))
		}
	}
	for _, f := range r.Refunds {
		view.Lines = append(view.Lines, web.ReceiptLine{
			Name: refundWord(f), Reference: f.Number, Amount: Money(f.Amount), At: f.CreatedAt,
		})
	}
	return web.Page{Template: web.ReceiptPage, View: view}
}

// returned is what went back of a payment, or is on its way back.
func returned(r client.RequestView, number string) models.Money {
	sum := models.Money{Currency: r.Payable.Currency}
	for _, f := range r.Refunds {
		if f.Attempt == number && models.RefundState(f.State) != models.RefundReplaced {
			sum = sum.Plus(Money(f.Amount))
		}
	}
	return sum
}

// refundWord names a refund's line.
func refundWord(f client.RefundView) string {
	switch {
	case models.RefundState(f.State) == models.RefundSucceeded:
		return "refund_done"
	case outstanding(f):
		return "refund_due"
	default:
		return "refund_stuck"
	}
}

func outstanding(f client.RefundView) bool {
	return models.Refund{State: models.RefundState(f.State)}.Outstanding()
}

func disposition(a client.AttemptView) models.Disposition {
	if a.Disposition == nil {
		return ""
	}
	return models.Disposition(*a.Disposition)
}

// wins says that the order took an attempt's money, or is being asked to.
func wins(a client.AttemptView) bool {
	return disposition(a) == models.Applied || disposition(a) == models.Deciding
}

func hasReceipt(r client.RequestView) bool {
	return len(r.Refunds) > 0 || slices.ContainsFunc(r.Attempts, wins)
}

// saved is what offers took off the payment that the order took.
func saved(r client.RequestView) (list []web.Saving) {
	i := slices.IndexFunc(r.Attempts, wins)
	if i < 0 || r.Attempts[i].Discounts == nil {
		return nil
	}
	for _, d := range *r.Attempts[i].Discounts {
		list = append(list, web.Saving{Sponsor: string(d.Sponsor), Amount: Money(d.Amount)})
	}
	return list
}

func moment(at *time.Time) time.Time {
	if at == nil {
		return time.Time{}
	}
	return *at
}
