package main

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/friendpay/friendpay/internal/support"
)

// colleague is a name as the catalogue's history and the audit keep it.
var colleague = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

func tokenCommand() *cobra.Command {
	var role string
	cmd := &cobra.Command{
		Use: "token NAME", Short: "Print a colleague's token for /v1/staff, good for twelve hours",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !slices.Contains(support.Roles, support.Role(role)) {
				return usageError{errors.New("--role is one of " + roleNames())}
			}
			if !colleague.MatchString(args[0]) {
				return usageError{errors.New("a colleague's name is 1 to 64 of A-Z, a-z, 0-9, '.', '_' and '-'")}
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

func roleNames() string {
	var names []string
	for _, role := range support.Roles {
		names = append(names, string(role))
	}
	return strings.Join(names, ", ")
}
