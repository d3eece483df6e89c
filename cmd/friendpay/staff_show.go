package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/friendpay/friendpay/internal/machine"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

func showCommand() *cobra.Command {
	var asJSON bool
	var at string
	cmd := &cobra.Command{
		Use: "show REQUEST", Short: "Show one request at any moment: money, what comes next, history",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			var moment time.Time
			if at != "" {
				if moment, err = time.Parse(time.RFC3339Nano, at); err != nil {
					return usageError{errors.New("--at is a time like 2026-05-01T08:00:00+08:00")}
				}
			}
			return withStore(cmd, func(ctx context.Context, s *store.Store) error {
				return show(ctx, cmd.OutOrStdout(), s, args[0], moment, asJSON)
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "its life as one JSON object a line")
	cmd.Flags().StringVar(&at, "at", "", "the moment; empty: now")
	return cmd
}

func show(ctx context.Context, out io.Writer, s *store.Store, id string, at time.Time, asJSON bool) error {
	past := machine.Machine{Rows: s, Clock: time.Now}
	p, err := past.Load(ctx, id, at)
	if err != nil {
		return err
	}
	if asJSON {
		moments := make([]store.Moment, len(p.Timeline))
		for i, entry := range p.Timeline {
			moments[i] = entry.Moment
		}
		return lines(out, moments)
	}
	_, _ = fmt.Fprintf(out, "%s  %s  %s\n", id, cmp.Or(string(p.Request.State), "not known then"),
		p.Request.Payable)
	showEquation(out, p)
	showMoney(out, p.Request)
	for _, gap := range p.Gaps {
		_, _ = fmt.Fprintf(out, "not kept: %s %s\n", gap.Code, gap.About)
	}
	for _, coming := range p.Next {
		_, _ = fmt.Fprintf(out, "next by itself: %s: %s (%s)\n", under(coming.At), coming.What, coming.Code)
	}
	for _, m := range p.Timeline {
		later := ""
		if m.Later {
			later = "  (later)"
		}
		_, _ = fmt.Fprintf(out, "%s  %-10s  %s%s\n",
			m.At.UTC().Format("2006-01-02 15:04:05.000"), m.Kind, m.Text, later)
	}
	for _, r := range p.Refused {
		_, _ = fmt.Fprintf(out, "refused %s: %d at %s account %s (%s); whose they were nobody knows\n",
			r.Day, r.Count, r.Provider, r.Account, r.Reason)
	}
	return nil
}

// under is when something happens, or that it is under way.
func under(at time.Time) string {
	if at.IsZero() {
		return "under way"
	}
	return when(at)
}

// showEquation is where the money is, by the request and, of now, by the ledger.
func showEquation(out io.Writer, p machine.Page) {
	if p.Books != nil {
		_, _ = fmt.Fprintf(out, "money: captured %d, refunded %d, applied %d (fen)\n",
			p.Books.Captured, p.Books.Refunded, p.Books.Applied)
		if !p.Books.Agree {
			_, _ = fmt.Fprintln(out, "THE LEDGER SAYS OTHERWISE than the request")
		}
	}
	for _, m := range p.Money {
		_, _ = fmt.Fprintf(out, "%s: %d captured - %d refunded = %d applied + %d on its way\n", m.Provider,
			m.Captured, m.Refunded, m.Applied, m.OnItsWay)
		if m.Gap != 0 {
			_, _ = fmt.Fprintf(out, "%s: %d UNACCOUNTED FOR\n", m.Provider, m.Gap)
		}
	}
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
