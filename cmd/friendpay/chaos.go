package main

import (
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/friendpay/friendpay/internal/chaos"
	"github.com/friendpay/friendpay/internal/failpoint"
)

func chaosCommand() *cobra.Command {
	options := chaos.Options{}
	var failpoints string
	var asJSON bool
	cmd := &cobra.Command{
		Use: "chaos", Short: "Break everything while people pay, and audit what is left", Args: cobra.NoArgs,
		Long: "Starts a stack of its own in a temporary folder: two APIs, two workers, PostgreSQL, Temporal\n" +
			"and the provider simulator. Lets many people use it while processes die, stall and lie,\n" +
			"lets it come to rest, and holds what is left against the provider's journal.\n" +
			"docs/reliability.md says what each line means.",
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if options.Duration < 10*time.Second || options.Every <= 0 {
				return usageError{fmt.Errorf("a run lasts 10s at least, and orders are some time apart")}
			}
			if err := failpoint.Arm(failpoints); err != nil {
				return usageError{err}
			}
			if failpoints != "" && !failpoint.Enabled {
				return usageError{fmt.Errorf("this build has no failpoints: build it with -tags failpoint")}
			}
			options.Failpoints = failpoints
			if options.Binary, err = os.Executable(); err != nil {
				return fmt.Errorf("find this program: %w", err)
			}
			options.Report = &chaos.Report{Out: cmd.OutOrStdout()}
			return chaos.Run(cmd.Context(), options)
		},
	}
	flags := cmd.Flags()
	flags.Uint64Var(&options.Seed, "seed", 1, "of the dice: the same accidents in the same order")
	flags.DurationVar(&options.Duration, "duration", 3*time.Minute, "of warm-up and storm together")
	flags.DurationVar(&options.Quiesce, "quiesce", 2*time.Minute, "in which everything has to come to its end")
	flags.DurationVar(&options.Every, "every", 420*time.Millisecond, "one order is placed in each")
	flags.BoolVar(&options.Calm, "calm", false, "no storm: a soak that measures what grows")
	flags.BoolVar(&options.Keep, "keep", false, "leave the folder with all logs, and say where it is")
	flags.StringVar(&failpoints, "failpoints", "", "where processes die by themselves, as name=chance,…")
	flags.BoolVar(&asJSON, "json", true, "one JSON object a line; there is no other form")
	return cmd
}
