package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/friendpay/friendpay/internal/house"
	"github.com/friendpay/friendpay/store"
)

// The pace of the watch, and how much it holds in view.
const (
	watchTick = 2 * time.Second
	watchMost = 2000
)

func watchCommand() *cobra.Command {
	var options stuckOptions
	cmd := &cobra.Command{
		Use: "watch", Short: "Tell what gets stuck and what gets free again, until Ctrl-C", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withHouse(cmd, func(ctx context.Context, h *house.House) error {
				if _, err := options.filter(h); err != nil {
					return err
				}
				return watchStuck(ctx, cmd.OutOrStdout(), h, options)
			})
		},
	}
	options.take(cmd)
	return cmd
}

// change is a line of the watch.
type change struct {
	At   time.Time `json:"at"`
	What string    `json:"change"` // stuck or free
	stuckLine
}

func watchStuck(ctx context.Context, out io.Writer, h *house.House, options stuckOptions) error {
	known := map[string]store.StuckRow{}
	ticker := time.NewTicker(watchTick)
	defer ticker.Stop()
	for {
		now, err := inView(ctx, h, options)
		if ctx.Err() != nil {
			return nil // Ctrl-C is how a watch ends
		}
		if err != nil {
			return err
		}
		for _, c := range changes(known, now, time.Now().UTC(), options.language) {
			if err := tellTurn(out, c, options.asJSON); err != nil {
				return err
			}
		}
		known = now
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// inView is what is stuck now, by what tells one from another.
func inView(ctx context.Context, h *house.House, options stuckOptions) (map[string]store.StuckRow, error) {
	filter, err := options.filter(h)
	if err != nil {
		return nil, err
	}
	rows := map[string]store.StuckRow{}
	err = h.Store.EachStuck(ctx, filter, watchMost, func(r store.StuckRow) error {
		rows[string(r.Reason)+" "+r.Subject+" "+r.Request] = r
		return nil
	})
	return rows, err
}

// changes are what got stuck, and what is free again.
func changes(before, after map[string]store.StuckRow, at time.Time, language string) (list []change) {
	note := func(what string, rows, others map[string]store.StuckRow) {
		for key, row := range rows {
			if _, both := others[key]; !both {
				list = append(list, change{at, what, worded([]store.StuckRow{row}, language)[0]})
			}
		}
	}
	note("free", before, after)
	note("stuck", after, before)
	return list
}

func tellTurn(out io.Writer, c change, asJSON bool) error {
	if asJSON {
		return lines(out, []change{c})
	}
	_, err := fmt.Fprintf(out, "%s  %-5s  %-24s %s %s  %s\n", c.At.Format(time.TimeOnly), c.What, c.Reason,
		c.Request, c.Subject, c.Text)
	return err
}
