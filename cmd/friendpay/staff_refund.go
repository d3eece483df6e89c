package main

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"github.com/friendpay/friendpay/internal/house"
	"github.com/friendpay/friendpay/models"
)

func refundCommands() *cobra.Command {
	return group("refund", "Act on a refund",
		refundCommand("retry", "retry_refund", "Try a failed refund again",
			"Under its own number, so that the provider sees one refund however often it is asked; under a\n"+
				"new one only where the provider closed the old."),
		refundCommand("divert", "divert_refund",
			"Have what the payer's account cannot take sent to the merchant's own",
			"For a refund that is abnormal, at a provider that has such a way. From there a person hands the\n"+
				"money to the payer; it counts as back only when `staff refund handed` says so."),
		refundCommand("handed", "hand_refund", "Say that the payer has been handed what was diverted",
			"Ends the refund and its case, and tells the payer. To nobody else may the money be handed."))
}

// refundCommand is `staff do` about a refund, which is named together with its request.
func refundCommand(use, name, short, long string) *cobra.Command {
	g := giving{name: name}
	var request string
	cmd := &cobra.Command{
		Use: use, Short: short, Args: cobra.NoArgs, Long: long,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if request == "" || g.subject == "" {
				return usageError{errors.New("--request and --refund say which; `staff show` lists them")}
			}
			return withHouse(cmd, func(ctx context.Context, h *house.House) error {
				r, err := h.Store.Request(ctx, request)
				if err != nil {
					return err
				}
				if _, known := r.Refund(strings.TrimSpace(g.subject)); !known {
					return models.Refuse(models.NotFound, "unknown_refund", "This request has no such refund.")
				}
				return g.give(ctx, cmd.OutOrStdout(), h.Desk())
			})
		},
	}
	cmd.Flags().StringVar(&request, "request", "", "the request (fpr_…)")
	cmd.Flags().StringVar(&g.subject, "refund", "", "the refund's number")
	return g.flags(cmd)
}
