package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/friendpay/friendpay/internal/trigger"
)

const localSimulator = "http://127.0.0.1:8090"

func triggerCommand() *cobra.Command {
	var c caller
	var list bool
	var patience time.Duration
	stage := trigger.Stage{}
	cmd := &cobra.Command{
		Use: "trigger EVENT", Short: "Make an event happen in test mode, and wait until it is told",
		Args: cobra.MaximumNArgs(1),
		Long: "Places a request and lets a simulated friend do what leads to the event, at the simulator.\n" +
			"Only with a test key. --list says what can be made to happen.",
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if list {
				return listTriggers(cmd.OutOrStdout(), c.asJSON)
			}
			if len(args) == 0 {
				return usageError{errors.New("name an event; --list says which")}
			}
			if stage.API, err = c.api(); err != nil {
				return err
			}
			ctx, cancel := context.WithTimeout(cmd.Context(), patience)
			defer cancel()
			told, err := stage.Happen(ctx, args[0])
			if errors.Is(err, trigger.ErrUnknown) || errors.Is(err, trigger.ErrLive) ||
				errors.Is(err, trigger.ErrUnplayed) {
				return usageError{err}
			}
			if err != nil {
				return err
			}
			if c.asJSON {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(told)
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s  %s of %s, now %s\n", told.ID, told.Body.Type,
				told.Body.Data.Request, told.Body.Data.State)
			return err
		},
	}
	flags := cmd.Flags()
	flags.BoolVar(&list, "list", false, "say what can be made to happen")
	flags.StringVar(&stage.App, "app", "app_demo", "a test app")
	flags.StringVar(&stage.Channel, "channel", "mockpay", "a channel of the simulated provider mockpay")
	flags.Int64Var(&stage.Fen, "amount", 12900, "fen")
	flags.DurationVar(&patience, "timeout", 2*time.Minute, "how long to wait for it")
	usual := cmp.Or(environment()["FRIENDPAY_SIM_URL"], localSimulator)
	flags.StringVar(&stage.Simulator, "sim-url", usual, "the simulator's address; FRIENDPAY_SIM_URL")
	return c.flags(cmd)
}

func listTriggers(out io.Writer, asJSON bool) error {
	if asJSON {
		return lines(out, trigger.List())
	}
	table := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	for _, known := range trigger.List() {
		_, _ = fmt.Fprintf(table, "%s\t%s\n", known.Name, known.About)
	}
	return table.Flush()
}
