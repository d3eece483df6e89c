package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/friendpay/friendpay/internal/demo"
)

func demoCommand() *cobra.Command {
	var asJSON bool
	var options demo.Options
	cmd := &cobra.Command{
		Use: "demo", Short: "Play the main job and its accidents, and prove how each ends", Args: cobra.NoArgs,
		Long: "Starts a stack of its own on free ports in a temporary folder, plays a scenario over HTTP as\n" +
			"merchant, buyer, friend and provider, and asserts its end from the provider's journal,\n" +
			"Postgres and Temporal.\n\n" +
			"Scenarios: all, " + strings.Join(demo.Names(), ", ") + ".",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := demo.Check(options.Scenario); err != nil {
				return usageError{err}
			}
			if !slices.Contains(demo.Channels(), options.Channel) {
				return usageError{fmt.Errorf("no channel is called %q; there are %s", options.Channel,
					strings.Join(demo.Channels(), ", "))}
			}
			binary, err := os.Executable()
			if err != nil {
				return fmt.Errorf("find this program: %w", err)
			}
			options.Binary, options.Log = binary, logger("error")
			options.Reporter = &demo.Reporter{Out: cmd.OutOrStdout(), JSON: asJSON}
			return demo.Run(cmd.Context(), options)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object a step, and one at the end of each scenario")
	cmd.Flags().StringVar(&options.Scenario, "scenario", "paid", "what to play: names with commas, or all")
	cmd.Flags().StringVar(&options.Worker, "worker-binary", "", "another release's friendpay, to do the work")
	cmd.Flags().StringVar(&options.API, "api-binary", "", "another release's friendpay, to answer the calls")
	cmd.Flags().StringVar(&options.Channel, "channel", demo.DefaultChannel,
		"how the friend pays: "+strings.Join(demo.Channels(), ", "))
	return cmd
}
