package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/friendpay/friendpay/internal/effects"
	"github.com/friendpay/friendpay/internal/house"
	"github.com/friendpay/friendpay/store"
)

func exportCommand() *cobra.Command {
	var app string
	cmd := &cobra.Command{
		Use: "export", Short: "Write the catalogue as YAML, to keep it in git", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withStore(cmd, func(ctx context.Context, s *store.Store) error {
				return effects.Export(ctx, s, app, cmd.OutOrStdout())
			})
		},
	}
	cmd.Flags().StringVar(&app, "app", "", "only the rows of this app")
	return cmd
}

func importCommand() *cobra.Command {
	var app string
	var how changing
	cmd := &cobra.Command{
		Use: "import {FILE | -}", Short: "Make the catalogue what a YAML file says", Args: cobra.ExactArgs(1),
		Long: "All of it or nothing. Rows that a family in the file does not name are taken away; a family\n" +
			"that the file does not name is left alone. A field that a row leaves out has its default.",
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			in := cmd.InOrStdin()
			if args[0] != "-" {
				file, err := os.Open(args[0])
				if err != nil {
					return usageError{fmt.Errorf("read the catalogue: %w", err)}
				}
				defer file.Close()
				in = io.Reader(file)
			}
			return withHouse(cmd, func(ctx context.Context, h *house.House) error {
				changes, err := effects.Differences(ctx, h.Store, app, in)
				if err != nil {
					return err
				}
				return how.make(ctx, cmd.OutOrStdout(), h, changes)
			})
		},
	}
	cmd.Flags().StringVar(&app, "app", "", "only the rows of this app")
	return how.flags(cmd)
}
