package reconcile

import (
	"context"
	"errors"
	"fmt"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
)

// ErrNoFlow is an account whose provider does not tell how its balance moved.
var ErrNoFlow = errors.New("the provider does not tell how the account's balance moved")

// Flow is what came to a merchant's account at its provider on a day, and what left it: of
// our orders and of everything else that the account serves. Amounts are fen; what left
// is below zero.
type Flow struct {
	Movements int64  `json:"movements"`
	Captures  int64  `json:"capture_fen"`
	Refunds   int64  `json:"refund_fen"`
	Fees      int64  `json:"fee_fen"`
	Other     int64  `json:"other_fen"` // drawn, paid in, frozen
	Balance   int64  `json:"balance_fen"`
	Currency  string `json:"currency"`
}

// Flow sums one day's movements; Balance is what was there after the last of them. With an
// error nothing of the day may be believed. ErrNoFlow: there is nothing to be had.
func (b *Books) Flow(ctx context.Context, about models.StatementDay) (Flow, error) {
	start, _, err := about.Span()
	if err != nil {
		return Flow{}, models.Refuse(models.Invalid, "bad_day", "A day is written 2006-01-02.")
	}
	adapter, err := b.Accounts.Open(ctx, about.Provider, about.Account)
	if err != nil {
		return Flow{}, fmt.Errorf("open provider account: %w", err)
	}
	keeper, ok := adapter.(providers.Bookkeeper)
	if !ok {
		return Flow{}, ErrNoFlow
	}
	var flow Flow
	for moved, err := range keeper.FundFlow(ctx, start) {
		if err != nil {
			return Flow{}, err
		}
		if flow.Currency != "" && moved.Amount.Currency != flow.Currency {
			return Flow{}, errors.New("the account's movements are of several currencies")
		}
		flow.add(moved)
	}
	return flow, nil
}

func (f *Flow) add(moved providers.Movement) {
	f.Movements++
	f.Currency, f.Balance = moved.Amount.Currency, moved.Balance.Minor
	switch moved.Kind {
	case providers.MovedCapture:
		f.Captures += moved.Amount.Minor
	case providers.MovedRefund:
		f.Refunds += moved.Amount.Minor
	case providers.MovedFee:
		f.Fees += moved.Amount.Minor
	default:
		f.Other += moved.Amount.Minor
	}
}
