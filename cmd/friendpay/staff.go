package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/friendpay/friendpay/internal/house"
	"github.com/friendpay/friendpay/store"
)

func staffCommand() *cobra.Command {
	return group("staff", "See what is stuck and why, and act", stuckCommand(), watchCommand(), searchCommand(),
		showCommand(), findingsCommand(),
		forgetCommand(), refundCommands(), catalogueCommands(), rolloutCommands(), explainCommand(),
		tokenCommand(), funnelCommand(), doCommand(), commandsCommand(),
		secondCommand("approve", "Agree to a command that waits for a second person"),
		secondCommand("reject", "Do not agree to a command that waits for a second person"))
}

// withHouse runs do with the parts that the settings name.
func withHouse(cmd *cobra.Command, do func(context.Context, *house.House) error) (err error) {
	h, err := open(cmd.Context())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	return do(cmd.Context(), h)
}

// withStore runs do against the database of the settings.
func withStore(cmd *cobra.Command, do func(context.Context, *store.Store) error) error {
	return withHouse(cmd, func(ctx context.Context, h *house.House) error { return do(ctx, h.Store) })
}

func when(at time.Time) string {
	if at.IsZero() {
		return "nothing by itself"
	}
	return at.UTC().Format(time.RFC3339)
}

// lines writes each row as one JSON object on a line of its own.
func lines[T any](out io.Writer, rows []T) error {
	encoder := json.NewEncoder(out)
	for _, row := range rows {
		if err := encoder.Encode(row); err != nil {
			return fmt.Errorf("write: %w", err)
		}
	}
	return nil
}
