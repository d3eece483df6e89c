package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/friendpay/friendpay/internal/house"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

func staffCommand() *cobra.Command {
	return group("staff", "See what is stuck and why, and act", stuckCommand(), watchCommand(), searchCommand(),
		showCommand(), findingsCommand(),
		forgetCommand(), refundCommands(), catalogueCommands(), rolloutCommands(), explainCommand(),
		tokenCommand(), funnelCommand(), doCommand(), commandsCommand(),
		secondCommand("approve", "Agree to a command that waits for a second person"),
		secondCommand("reject", "Do not agree to a command that waits for a second person"))
}

// withHouse runs do with the parts that the settings name.
func withHouse(cmd *cobra.Command, do func(context.Context, *house.House) error) (err error) {
	h, err := open(cmd.Context())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	return do(cmd.Context(), h)
}

// withStore runs do against the database of the settings.
func withStore(cmd *cobra.Command, do func(context.Context, *store.Store) error) error {
	return withHouse(cmd, func(ctx context.Context, h *house.House) error { return do(ctx, h.Store) })
}

func when(at time.Time) string {
	if at.IsZero() {
		return "nothing by itself"
	}
	return at.UTC().Format(time.RFC3339)
}

func showCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "show REQUEST", Short: "Show one request: money, deadline, history", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withStore(cmd, func(ctx context.Context, s *store.Store) error {
				return show(ctx, cmd.OutOrStdout(), s, args[0], asJSON)
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object a line")
	return cmd
}

func show(ctx context.Context, out io.Writer, s *store.Store, id string, asJSON bool) error {
	request, err := s.Request(ctx, id)
	if err != nil {
		return err
	}
	totals, err := s.Totals(ctx, id)
	if err != nil {
		return err
	}
	moments, err := s.Timeline(ctx, id)
	if err != nil {
		return err
	}
	if asJSON {
		return lines(out, moments)
	}
	_, _ = fmt.Fprintf(out, "%s  %s  %s\n", request.ID, request.State, request.Payable)
	_, _ = fmt.Fprintf(out, "money: captured %d, refunded %d, applied %d (fen)\n",
		totals.Captured.Minor, totals.Refunded.Minor, totals.Applied.Minor)
	showMoney(out, request)
	if at, kind, ok := request.Deadline(); ok {
		_, _ = fmt.Fprintf(out, "next by itself: %s at %s\n", kind, when(at))
	}
	for _, m := range moments {
		_, _ = fmt.Fprintf(out, "%s  %-10s  %s\n", m.At.UTC().Format("2006-01-02 15:04:05.000"), m.Kind, m.Text)
	}
	return nil
}

// showMoney says of each payment what the payer saw at the till and where his money came
// from, which may be two houses, and of each refund how it is shared.
func showMoney(out io.Writer, r models.Request) {
	for _, a := range r.Attempts {
		if a.Captured.Minor == 0 {
			continue
		}
		_, _ = fmt.Fprintf(out, "paid %s: %d, coupon %d; at the till %s, through %s, from %s\n", a.Number,
			a.Captured.Minor, a.Coupon.Minor, cmp.Or(a.Brand, "-"), a.Provider, cmp.Or(a.Funding, "-"))
	}
	for _, f := range r.Refunds {
		_, _ = fmt.Fprintf(out, "refund %s: %d, to the payer %d, coupon %d; %s\n", f.Number, f.Amount.Minor,
			r.ToPayer(f).Minor, r.ToCoupon(f).Minor, strings.Join(standing(f), ", "))
	}
}

// standing is how a refund stands, and what its payer wants.
func standing(f models.Refund) []string {
	words := []string{string(f.State)}
	if f.Failure != "" {
		words = append(words, f.Failure)
	}
	if f.Diverted {
		words = append(words, "diverted")
	}
	if f.Wish != "" {
		words = append(words, "the payer says "+f.Wish)
	}
	if f.Outstanding() && !f.ExpectedBy.IsZero() {
		words = append(words, "expected by "+when(f.ExpectedBy))
	}
	return words
}

// lines writes each row as one JSON object on a line of its own.
func lines[T any](out io.Writer, rows []T) error {
	encoder := json.NewEncoder(out)
	for _, row := range rows {
		if err := encoder.Encode(row); err != nil {
			return fmt.Errorf("write: %w", err)
		}
	}
	return nil
}
