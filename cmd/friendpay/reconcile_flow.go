package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/friendpay/friendpay/internal/house"
	"github.com/friendpay/friendpay/internal/reconcile"
	"github.com/friendpay/friendpay/models"
)

// moved is the line of --flow.
type moved struct {
	Type    string `json:"type"` // "flow"
	Account string `json:"account"`
	Day     string `json:"day"`
	reconcile.Flow
}

// flow shows how the account's balance moved on the day, where the provider tells.
func (r reconciliation) flow(
	ctx context.Context, out io.Writer, h *house.House, about models.StatementDay,
) error {
	flow, err := h.Books().Flow(ctx, about)
	switch {
	case errors.Is(err, reconcile.ErrNoFlow):
		return usageError{fmt.Errorf("--flow: %w", err)}
	case err != nil:
		return err
	case r.asJSON:
		return json.NewEncoder(out).Encode(moved{"flow", about.Account, about.Day, flow})
	}
	_, err = fmt.Fprintf(out, "account %s on %s: captures %d, refunds %d, fees %d, other %d; balance %d fen\n",
		about.Account, about.Day, flow.Captures, flow.Refunds, flow.Fees, flow.Other, flow.Balance)
	return err
}
