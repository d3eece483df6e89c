package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// answerable adds the flags of whatever is done by hand: who does it, and why.
func answerable(cmd *cobra.Command, by *store.By) *cobra.Command {
	cmd.Flags().StringVar(&by.Actor, "by", "", "who does it: stands in the audit")
	cmd.Flags().StringVar(&by.Reason, "reason", "", "why, or the ticket; no names")
	inner := cmd.RunE
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if by.Actor == "" {
			return usageError{errors.New("--by is missing: who does it")}
		}
		by.Actor = "staff:" + by.Actor
		return inner(cmd, args)
	}
	return cmd
}

// say writes one sentence for people, or one object for programs.
func say(out io.Writer, asJSON bool, sentence string, object map[string]any) error {
	if asJSON {
		return lines(out, []map[string]any{object})
	}
	_, err := fmt.Fprintln(out, sentence)
	return err
}

// forgotten is whom `staff forget` is about.
type forgotten struct {
	payer, phone, app, buyer string
	asJSON                   bool
}

func forgetCommand() *cobra.Command {
	var who forgotten
	var by store.By
	cmd := &cobra.Command{
		Use: "forget", Short: "Take a person out of the rows; ids and money stay", Args: cobra.NoArgs,
		Long: "Forgets a friend (--payer or --phone) or a merchant's buyer (--app and --buyer). Refused while\n" +
			"one of his requests is not over. Again it changes nothing. See docs/operating.md.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !who.isOne() {
				return usageError{errors.New("name one: --payer, --phone, or --app with --buyer")}
			}
			return withStore(cmd, func(ctx context.Context, s *store.Store) error {
				return who.forget(ctx, cmd.OutOrStdout(), s, by)
			})
		},
	}
	cmd.Flags().BoolVar(&who.asJSON, "json", false, "one JSON object")
	cmd.Flags().StringVar(&who.payer, "payer", "", "a friend, by his id (pay_…)")
	cmd.Flags().StringVar(&who.phone, "phone", "", "a friend, by his phone")
	cmd.Flags().StringVar(&who.app, "app", "", "the app of a buyer (app_…)")
	cmd.Flags().StringVar(&who.buyer, "buyer", "", "a buyer, by the merchant's id of him")
	return answerable(cmd, &by)
}

// isOne says that exactly one person is named, and wholly.
func (f forgotten) isOne() bool {
	named := 0
	for _, name := range []string{f.payer, f.phone, f.buyer} {
		if name != "" {
			named++
		}
	}
	return named == 1 && (f.app != "") == (f.buyer != "")
}

func (f forgotten) forget(ctx context.Context, out io.Writer, s *store.Store, by store.By) error {
	rows, err := f.rows(ctx, s, by)
	if err != nil {
		return err
	}
	said := fmt.Sprintf("forgotten: %d rows", rows)
	if rows == 0 {
		said = "nothing is left to forget"
	}
	return say(out, f.asJSON, said, map[string]any{"rows": rows})
}

func (f forgotten) rows(ctx context.Context, s *store.Store, by store.By) (int64, error) {
	switch {
	case f.buyer != "":
		return s.ForgetBuyer(ctx, f.app, f.buyer, by)
	case f.payer != "":
		return s.ForgetPayer(ctx, f.payer, by)
	}
	payer, err := s.KnownPayer(ctx, f.phone)
	if models.CodeOf(err) == models.NotFound {
		return 0, nil // forgotten already, or never here
	}
	if err != nil {
		return 0, err
	}
	return s.ForgetPayer(ctx, payer.ID, by)
}
