package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/friendpay/friendpay/client"
)

func watchRequestCommand() *cobra.Command {
	var c caller
	return c.flags(&cobra.Command{
		Use: "watch REQUEST", Short: "Follow one request step by step until Ctrl-C", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			api, err := c.api()
			if err != nil {
				return err
			}
			err = api.Watch(cmd.Context(), args[0], func(e client.EventView) error { return c.tellStep(cmd, e) })
			if errors.Is(err, context.Canceled) {
				return nil // Ctrl-C is how it ends
			}
			return err
		},
	})
}

func (c *caller) tellStep(cmd *cobra.Command, e client.EventView) error {
	if c.asJSON {
		return json.NewEncoder(cmd.OutOrStdout()).Encode(e)
	}
	_, err := fmt.Fprintf(cmd.OutOrStdout(), "%s  %-3d %s → %s (%s)\n", e.At.Local().Format("15:04:05"), e.Seq,
		e.From, e.To, e.On)
	return err
}

func cancelRequestCommand() *cobra.Command {
	var c caller
	var force bool
	var reason string
	cmd := &cobra.Command{
		Use: "cancel REQUEST", Short: "End a request", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.answer(cmd, func(ctx context.Context, api *client.API) (*client.RequestView, error) {
				why := client.CancelIn{Reason: filled(reason)}
				if force {
					why.Force = &force
				}
				return api.Cancel(ctx, rand.Text(), args[0], why)
			})
		},
	}
	cmd.Flags().BoolVar(&force, "force", false, "also when money has come: it goes back")
	cmd.Flags().StringVar(&reason, "reason", "", "a word, no names")
	return c.flags(cmd)
}

func refundRequestCommand() *cobra.Command {
	var c caller
	var fen int64
	var reason, key string
	cmd := &cobra.Command{
		Use: "refund REQUEST", Short: "Give money back to whoever paid", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			api, err := c.api()
			if err != nil {
				return err
			}
			what := client.RefundInBody{Reason: filled(reason)}
			if fen != 0 {
				what.Amount = &client.Amount{Minor: fen, Currency: "CNY"}
			}
			made, err := api.Refund(cmd.Context(), cmp.Or(key, rand.Text()), args[0], what)
			if err != nil {
				return err
			}
			if c.asJSON {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(made)
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s  %s  %s\n", made.Number, made.State, yuan(made.Amount))
			return err
		},
	}
	cmd.Flags().Int64Var(&fen, "amount", 0, "fen; 0: all that is left")
	cmd.Flags().StringVar(&reason, "reason", "", "your own word, no names")
	cmd.Flags().StringVar(&key, "idempotency-key", "", "one key is one refund; empty: a fresh one")
	return c.flags(cmd)
}
