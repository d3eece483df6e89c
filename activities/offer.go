package activities

import (
	"context"

	"github.com/friendpay/friendpay/internal/facts"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// quoteOver is why a payer may not pay what he was quoted: an offer of his quote is over, or
// its budget is used up. He is told the new price and never charged it unseen.
const quoteOver = "price_changed"

// offersObjection holds what offers gave off an attempt against the offers as they are, and
// keeps the attempt's part of their budgets.
func (a *Activities) offersObjection(
	ctx context.Context, r models.Request, attempt models.Attempt,
) (reason string, err error) {
	if len(attempt.Discounts) == 0 {
		return "", nil
	}
	order, err := a.Store.Order(ctx, r.Order)
	if err != nil {
		return "", err
	}
	catalogue, err := a.Catalogue.Fresh(ctx)
	if err != nil {
		return "", err
	}
	asked := facts.Of(order, catalogue, a.Clock(), r.Speed)
	asked.Order.Payable = r.Payable
	var shares []store.BudgetShare
	for _, d := range attempt.Discounts {
		p, known := catalogue.Promotion(r.App, d.Promotion)
		if !known || !p.OpenFor(asked, attempt.Channel) {
			return quoteOver, nil
		}
		shares = append(shares, store.BudgetShare{Promotion: p.ID, Minor: d.Minor, Budget: p.BudgetMinor})
	}
	fits, err := a.Store.TakeFromBudgets(ctx, r.App, r.ID, attempt.Number, shares)
	if err != nil || fits {
		return "", err
	}
	return quoteOver, nil
}
