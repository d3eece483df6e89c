package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/friendpay/friendpay/internal/decisions"
	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/store"
)

// sides are whom a decision may have been told.
var sides = []string{store.BuyerSide, store.FriendSide, store.EngineSide}

func explainCommand() *cobra.Command {
	var asJSON bool
	var at string
	var q decisions.Question
	cmd := &cobra.Command{
		Use: "explain", Short: "Say what somebody saw at a moment, and why", Args: cobra.NoArgs,
		Long: "Finds what was told last before the moment, takes the decision again from what was stored and\n" +
			"fails when it comes out otherwise. With --at also what a page showed at that very moment.",
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if (q.Request == "") == (q.Order == "") {
				return usageError{errors.New("name one: --request or --order")}
			}
			if q.Side != "" && !slices.Contains(sides, q.Side) {
				return usageError{errors.New("--side is one of " + strings.Join(sides, ", "))}
			}
			if at != "" {
				if q.At, err = time.Parse(time.RFC3339Nano, at); err != nil {
					return usageError{errors.New("--at is a time like 2026-05-01T08:00:00+08:00")}
				}
			}
			return withStore(cmd, func(ctx context.Context, s *store.Store) error {
				return explain(ctx, cmd.OutOrStdout(), s, q, asJSON)
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object")
	cmd.Flags().StringVar(&q.Request, "request", "", "a request (fpr_…)")
	cmd.Flags().StringVar(&q.Order, "order", "", "an order (ord_…)")
	cmd.Flags().StringVar(&q.Side, "side", "", "buyer, friend or engine; empty: whoever was told last")
	cmd.Flags().StringVar(&at, "at", "", "the moment; empty: the newest")
	return cmd
}

func explain(ctx context.Context, out io.Writer, s *store.Store, q decisions.Question, asJSON bool) error {
	e, err := decisions.Explain(ctx, s, q)
	if err != nil {
		return err
	}
	if asJSON {
		err = lines(out, []decisions.Explanation{e})
	} else {
		tellExplanation(out, e)
	}
	if err == nil && !e.Same {
		err = errors.New("MISMATCH: taken again, the decision comes out otherwise than it was stored")
	}
	return err
}

func tellExplanation(out io.Writer, e decisions.Explanation) {
	d := e.Stored
	_, _ = fmt.Fprintf(out, "%s  told the %s at %s, catalogue version %d, rules %s\n", d.ID, d.Side,
		d.At.UTC().Format(time.RFC3339Nano), d.Catalogue, d.Rules)
	_, _ = fmt.Fprintf(out, "order %s  request %s  invite %s  payer %s  surface %q\n",
		d.Order, d.Request, d.Invite, d.Payer, d.Surface)
	tellDecision(out, e.Shown, e.Internal)
	switch {
	case e.Same:
		_, _ = fmt.Fprintln(out, "taken again: the same, bit for bit")
	case e.OtherRules:
		_, _ = fmt.Fprintln(out, "TAKEN AGAIN: OTHERWISE. The rules have changed since; it now gives:")
		tellDecision(out, e.Again, nil)
	default:
		_, _ = fmt.Fprintln(out, "TAKEN AGAIN: OTHERWISE, under the same rules. It gives:")
		tellDecision(out, e.Again, nil)
	}
	if r := e.Reconstructed; r != nil {
		_, _ = fmt.Fprintf(out, "reconstructed for %s, catalogue version %d:\n",
			r.At.UTC().Format(time.RFC3339Nano), r.Catalogue)
		tellDecision(out, r.Decision, e.Internal)
	}
}

func tellDecision(out io.Writer, d policy.Decision, internal map[string][]string) {
	_, _ = fmt.Fprintf(out, "  %s; channels: %s\n", d.State, strings.Join(d.Channels, ", "))
	for _, why := range d.Reasons {
		tellReason(out, "whole order", why)
	}
	for _, why := range d.LeftOut {
		tellReason(out, why.Channel, why)
		for _, note := range internal[why.Channel] {
			_, _ = fmt.Fprintf(out, "      for staff: %s\n", note)
		}
	}
}

func tellReason(out io.Writer, what string, why policy.Reason) {
	_, _ = fmt.Fprintf(out, "  not %s: %s@%d  %s / %s", what, why.Rule, why.Version, why.ZH, why.EN)
	if why.Fix != "" {
		_, _ = fmt.Fprintf(out, "  way out: %s", why.Fix)
	}
	_, _ = fmt.Fprintln(out)
}
