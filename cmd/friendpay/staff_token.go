package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"
)

// staffTokenCommand makes the credential of the staff API, for whoever holds the keys.
func staffTokenCommand() *cobra.Command {
	var roles []string
	cmd := &cobra.Command{
		Use: "token NAME", Short: "Print a colleague's token for the staff API, good for twelve hours",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			config, err := settings()
			if err != nil {
				return err
			}
			raw, until, err := config.StaffToken(args[0], roles...)
			if err != nil {
				return err
			}
			cmd.PrintErrln("good until", until.Format(time.RFC3339))
			_, err = fmt.Fprintln(cmd.OutOrStdout(), raw)
			return err
		},
	}
	cmd.Flags().StringSliceVar(&roles, "role", []string{"viewer"}, "viewer reads, operator changes the catalogue")
	return cmd
}
