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
	var scenario, channel string
	cmd := &cobra.Command{
		Use: "demo", Short: "Play the main job and its accidents, and prove how each ends", Args: cobra.NoArgs,
		Long: "Starts a stack of its own on free ports in a temporary folder, plays a scenario over HTTP as\n" +
			"merchant, buyer, friend and provider, and asserts its end from the provider's journal,\n" +
			"Postgres and Temporal.\n\n" +
			"Scenarios: all, " + strings.Join(demo.Names(), ", ") + ".",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !slices.Contains(append(demo.Names(), "all"), scenario) {
				return usageError{fmt.Errorf("no scenario is called %q; see --help", scenario)}
			}
			if !slices.Contains(demo.Channels(), channel) {
				return usageError{fmt.Errorf("no channel is called %q; there are %s", channel,
					strings.Join(demo.Channels(), ", "))}
			}
			binary, err := os.Executable()
			if err != nil {
				return fmt.Errorf("find this program: %w", err)
			}
			return demo.Run(cmd.Context(), demo.Options{
				Scenario: scenario, Channel: channel, Binary: binary, Log: logger("error"),
				Reporter: &demo.Reporter{Out: cmd.OutOrStdout(), JSON: asJSON},
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object a step, and one at the end of each scenario")
	cmd.Flags().StringVar(&scenario, "scenario", "paid", "what to play")
	cmd.Flags().StringVar(&channel, "channel", demo.DefaultChannel,
		"how the friend pays: "+strings.Join(demo.Channels(), ", "))
	return cmd
}
