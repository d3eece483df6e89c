package main

import (
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/spf13/cobra"
	standard "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/friendpay/friendpay/internal/hookcheck"
)

// hookCommand tries order hooks; it needs no house, only the hook.
func hookCommand() *cobra.Command {
	var hook hookcheck.Hook
	cmd := &cobra.Command{
		Use: "check URL", Short: "Ask an order hook what we would ask, and say what it must answer",
		Long: "Tries apply, the same again, reopen, freeze_shipment, " +
			"a refusal twice and a wrong signature, each\n" +
			"within 15 seconds. The hook takes --order's money in its books: use an order made for trying.",
		Example: "  FRIENDPAY_WEBHOOK_SECRET=whsec_… " +
			"friendpay merchant hook check http://localhost:4000/hook \\\n" +
			"    --order trial-1 --gone trial-2 --fen 12900",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			hook.URL = args[0]
			if err := askable(&hook); err != nil {
				return usageError{err}
			}
			wrong := 0
			for _, r := range hook.Check(cmd.Context()) {
				said := "ok"
				if r.Err != nil {
					said, wrong = r.Err.Error(), wrong+1
				}
				took := r.Took.Round(time.Millisecond)
				if _, err := fmt.Fprintf(cmd.OutOrStdout(), "%-16s %8s  %s\n", r.Name, took, said); err != nil {
					return err
				}
			}
			if wrong > 0 {
				return fmt.Errorf("%d answers are not as they must be", wrong)
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&hook.Secret, "secret", "",
		"the app's webhook secret (whsec_…); else FRIENDPAY_WEBHOOK_SECRET")
	cmd.Flags().StringVar(&hook.Order, "order", "check-order", "a number that the hook takes money for")
	cmd.Flags().StringVar(&hook.Gone, "gone", "check-gone", "a number that it must refuse")
	cmd.Flags().Int64Var(&hook.Minor, "fen", 100, "what the order costs, in fen")
	return group("hook", "Try order hooks", cmd)
}

// askable completes a hook from the environment, where a secret is seen by fewer than on a
// command line, and refuses one that cannot be asked.
func askable(hook *hookcheck.Hook) error {
	if hook.Secret == "" {
		hook.Secret = environment()["FRIENDPAY_WEBHOOK_SECRET"]
	}
	at, err := url.Parse(hook.URL)
	switch {
	case err != nil || at.Scheme != "http" && at.Scheme != "https" || at.Host == "":
		return errors.New("the hook's address is http://… or https://…")
	case hook.Secret == "":
		return errors.New("FRIENDPAY_WEBHOOK_SECRET or --secret is missing: what the hook verifies with")
	case hook.Minor < 1:
		return errors.New("--fen is 1 at least")
	}
	if _, err := standard.NewWebhook(hook.Secret); err != nil {
		return errors.New("a webhook secret is whsec_ and base64")
	}
	return nil
}
