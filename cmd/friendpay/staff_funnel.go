package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/friendpay/friendpay/store"
)

func funnelCommand() *cobra.Command {
	var asJSON bool
	var since, until string
	var filter store.FunnelFilter
	cmd := &cobra.Command{
		Use: "funnel", Short: "Count how far friends come by their invites, and where they turn back",
		Args: cobra.NoArgs,
		Long: "Counts the invites made on some days by the step that a friend came to. Each number holds the\n" +
			"later ones; \"left\" came to this step and not to the next, though some may still.",
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if filter.Since, filter.Until, err = store.FunnelDays(since, until, time.Now()); err != nil {
				return usageError{err}
			}
			return withStore(cmd, func(ctx context.Context, s *store.Store) error {
				counted, err := s.Funnel(ctx, filter)
				if err != nil {
					return err
				}
				return tellFunnel(cmd.OutOrStdout(), counted, asJSON)
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object")
	cmd.Flags().StringVar(&since, "since", time.Now().AddDate(0, 0, -7).Format(time.DateOnly),
		"the first day, in Shanghai; it and the last are at most 93 days apart")
	cmd.Flags().StringVar(&until, "until", "", "the last day; empty: today")
	cmd.Flags().StringVar(&filter.App, "app", "", "of this app only")
	cmd.Flags().StringVar(&filter.Surface, "surface", "", "only those shared on it")
	cmd.Flags().StringVar(&filter.Channel, "channel", "", "only those whose friend picked it")
	return cmd
}

func tellFunnel(out io.Writer, f store.Funnel, asJSON bool) error {
	if asJSON {
		return lines(out, []store.FunnelReport{f.Report()})
	}
	table := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "STEP\tCAME\tLEFT")
	for _, step := range f.Steps() {
		_, _ = fmt.Fprintf(table, "%s\t%d\t%d\n", step.Step, step.Count, step.Left)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(out, "logged in: %d new, %d known; friends won: %d\n",
		f.Newcomers, f.Known, f.FriendsWon)
	return err
}
