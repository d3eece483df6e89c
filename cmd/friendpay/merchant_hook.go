package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/friendpay/friendpay/internal/hookcheck"
)

// hookCommand tries order hooks; it needs no house, only the hook.
func hookCommand() *cobra.Command {
	var hook hookcheck.Hook
	cmd := &cobra.Command{
		Use: "check URL", Short: "Ask an order hook what we would ask, and say what it must answer",
		Long: "Tries apply, the same again, reopen, freeze_shipment, a refusal and a wrong signature, each\n" +
			"within 15 seconds. The hook takes --order's money in its books: use an order made for trying.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if hook.Secret == "" {
				return usageError{errors.New("--secret is missing: what the hook verifies with")}
			}
			hook.URL = args[0]
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
	cmd.Flags().StringVar(&hook.Secret, "secret", "", "the app's webhook secret (whsec_…)")
	cmd.Flags().StringVar(&hook.Order, "order", "check-order", "a number that the hook takes money for")
	cmd.Flags().StringVar(&hook.Gone, "gone", "check-gone", "a number that it must refuse")
	cmd.Flags().Int64Var(&hook.Minor, "fen", 100, "what the order costs, in fen")
	return group("hook", "Try order hooks", cmd)
}
