package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/friendpay/friendpay/internal/house"
)

func tokenCommand() *cobra.Command {
	var role string
	cmd := &cobra.Command{
		Use: "token NAME", Short: "Print a colleague's token for /v1/staff, good for twelve hours",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !slices.Contains(house.StaffRoles, role) {
				return usageError{errors.New("--role is one of " + strings.Join(house.StaffRoles, ", "))}
			}
			config, err := settings()
			if err != nil {
				return err
			}
			raw, until, err := config.StaffToken(args[0], role)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s\n", raw)
			cmd.PrintErrln("good until", until.Format(time.RFC3339))
			return err
		},
	}
	cmd.Flags().StringVar(&role, "role", "viewer", "viewer, agent, supervisor or operator")
	return cmd
}
