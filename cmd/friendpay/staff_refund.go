package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/friendpay/friendpay/internal/house"
	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/store"
)

func refundCommands() *cobra.Command {
	return group("refund", "Act on a refund",
		refundCommand(refundAct{use: "retry", kind: models.RefundRetried, deed: "retry_refund"},
			"Try a failed refund again",
			"Under its own number, so that the provider sees one refund however often it is asked; under a\n"+
				"new one only where the provider closed the old."),
		refundCommand(refundAct{use: "divert", kind: models.RefundDiverted, deed: "divert_refund"},
			"Have what the payer's account cannot take sent to the merchant's own",
			"For a refund that is abnormal, at a provider that has such a way. From there a person hands the\n"+
				"money to the payer; it counts as back only when `staff refund handed` says so."),
		refundCommand(refundAct{use: "handed", kind: models.RefundHanded, deed: "hand_refund"},
			"Say that the payer has been handed what was diverted",
			"Ends the refund and its case, and tells the payer. To nobody else may the money be handed."))
}

// refundAct is something to be done about a refund.
type refundAct struct {
	use             string
	kind            models.EventKind
	deed            string // as the audit calls it
	request, refund string
	asJSON          bool
}

func refundCommand(a refundAct, short, long string) *cobra.Command {
	var by store.By
	cmd := &cobra.Command{
		Use: a.use, Short: short, Args: cobra.NoArgs, Long: long,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if a.request == "" || a.refund == "" {
				return usageError{errors.New("--request and --refund say which; `staff show` lists them")}
			}
			return withHouse(cmd, func(ctx context.Context, h *house.House) error {
				return a.do(ctx, cmd.OutOrStdout(), h, by)
			})
		},
	}
	cmd.Flags().StringVar(&a.request, "request", "", "the request (fpr_…)")
	cmd.Flags().StringVar(&a.refund, "refund", "", "the refund's number")
	cmd.Flags().BoolVar(&a.asJSON, "json", false, "one JSON object")
	return answerable(cmd, &by)
}

// do asks the row first, so that the audit holds what was really tried, and then the
// engine. The same is done once, however often this is called.
func (a refundAct) do(ctx context.Context, out io.Writer, h *house.House, by store.By) error {
	event := models.Event{Kind: a.kind, Actor: by.Actor, Refund: a.refund, Spare: mint.Number()}
	r, err := h.Store.Request(ctx, a.request)
	if err != nil {
		return err
	}
	if err := r.Accepts(event); err != nil {
		return err
	}
	was, _ := r.Refund(a.refund)
	if a.kind == models.RefundDiverted {
		err = leadsElsewhere(ctx, h, r, was)
	}
	if err != nil {
		return err
	}
	err = h.Store.Audit(ctx, store.Deed{
		Actor: by.Actor, Act: a.deed, Subject: a.request, Reason: by.Reason,
		Detail: map[string]string{"refund": a.refund, "failure": was.Failure},
	})
	if err != nil {
		return err
	}
	after, err := h.Door.Post(ctx, r, a.use+"_"+a.refund+"_"+strconv.FormatInt(r.Seq, 10), event)
	if err != nil {
		return err
	}
	now, _ := after.Refund(a.refund)
	if now.State == models.RefundReplaced {
		now = after.Refunds[len(after.Refunds)-1]
	}
	if a.kind == models.RefundHanded {
		if err := closeCases(ctx, h.Store, a, by); err != nil {
			return err
		}
	}
	return say(out, a.asJSON, fmt.Sprintf("refund %s is %s", now.Number, now.State),
		map[string]any{"refund": now.Number, "state": now.State})
}

// leadsElsewhere refuses where the provider has no way but the one to the payer.
func leadsElsewhere(ctx context.Context, h *house.House, r models.Request, f models.Refund) error {
	a, _ := r.Attempt(f.Attempt)
	adapter, err := h.Accounts.Open(ctx, a.Provider, a.Account)
	if err != nil {
		return err
	}
	if _, ok := adapter.(providers.Diverter); !ok {
		return fmt.Errorf("%s sends refunds to the payer's account only: ask him to have it put right", a.Provider)
	}
	return nil
}

// closeCases closes what was open about a refund.
func closeCases(ctx context.Context, s *store.Store, a refundAct, by store.By) error {
	open, err := s.Cases(ctx, store.CaseFilter{Request: a.request, Kind: models.CaseRefund, Limit: 100})
	for _, c := range open.Items {
		if c.Refund == a.refund && err == nil {
			err = s.CloseCase(ctx, c.ID, by.Actor, "The payer was handed the money.")
		}
	}
	return err
}
