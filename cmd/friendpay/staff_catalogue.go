package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/friendpay/friendpay/internal/effects"
	"github.com/friendpay/friendpay/internal/house"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/store"
)

func catalogueCommands() *cobra.Command {
	return group("catalogue", "See and change who may pay with what, and where",
		listRowsCommand(), showRowCommand(), rowHistoryCommand(), setRowCommand(), takeRowCommand(),
		exportCommand(), importCommand())
}

// tableOf is where a family's rows are kept; people say limits.
func tableOf(family string) (string, error) {
	table := effects.FamilyTable(family)
	if !slices.Contains(policy.Families, table) {
		return "", usageError{fmt.Errorf("the catalogue has no %q: say one of %s", family, families())}
	}
	return table, nil
}

// families lists the parts of the catalogue.
func families() string {
	names := make([]string, len(policy.Families))
	for i, family := range policy.Families {
		names[i] = effects.FamilyName(family)
	}
	return strings.Join(names, ", ")
}

// changing is how a change by hand is made.
type changing struct {
	by            store.By
	dryRun, force bool
	asJSON        bool
}

func (c *changing) flags(cmd *cobra.Command) *cobra.Command {
	cmd.Flags().BoolVar(&c.dryRun, "dry-run", false, "show the effect and save nothing")
	cmd.Flags().BoolVar(&c.force, "force", false,
		"even though open requests are left without any way to pay, or cost less than half")
	cmd.Flags().BoolVar(&c.asJSON, "json", false, "one JSON object")
	return answerable(cmd, &c.by)
}

// make makes changes and says what they do.
func (c *changing) make(ctx context.Context, out io.Writer, h *house.House, changes []store.Change) error {
	done, err := effects.Change(ctx, h.Store, effects.Order{
		By: c.by, Changes: changes, DryRun: c.dryRun, Force: c.force, Now: time.Now().UTC(),
		Accounts: h.Accounts,
	})
	if err != nil {
		return inFlags(err)
	}
	if c.asJSON {
		return lines(out, []map[string]any{
			{"saved": done.Saved, "rows": jsonRows(done.Lines), "effect": done.Effect},
		})
	}
	return tellChange(out, done)
}

// inFlags says the way out of a refusal as this program takes it.
func inFlags(err error) error {
	var refused *models.Error
	if errors.As(err, &refused) && refused.Field == "force" {
		said := *refused
		said.Field, said.Fix = "--force", "Look at the effect with --dry-run; say --force if it is meant."
		return &said
	}
	return err
}

func tellChange(out io.Writer, done effects.Outcome) error {
	if len(done.Lines) == 0 {
		_, err := fmt.Fprintln(out, "it stands so already; nothing changes")
		return err
	}
	for _, line := range done.Lines[:min(len(done.Lines), atOnce)] {
		said := string(line.Body)
		if said == "" {
			said = "taken away"
		}
		_, _ = fmt.Fprintf(out, "version %d  %s %s  %s\n", line.Version,
			effects.FamilyName(line.Family), line.Key, said)
	}
	andMore(out, len(done.Lines))
	tellEffect(out, done.Effect)
	said := "saved; every process has it within two seconds"
	if !done.Saved {
		said = "a trial: nothing is saved"
	}
	_, err := fmt.Fprintln(out, said)
	return err
}

// jsonRows are lines of the history for programs, each with its row as JSON.
func jsonRows(entries []store.CatalogueEntry) []map[string]any {
	rows := []map[string]any{}
	for _, e := range entries {
		var body any
		if len(e.Body) > 0 {
			body = json.RawMessage(e.Body)
		}
		rows = append(rows, map[string]any{
			"family": effects.FamilyName(e.Family), "key": e.Key, "version": e.Version, "row": body,
			"author": e.Author, "reason": e.Reason, "at": e.At.UTC(),
		})
	}
	return rows
}

func printRows(out io.Writer, entries []store.CatalogueEntry, asJSON bool) error {
	if asJSON {
		return lines(out, jsonRows(entries))
	}
	table := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "VERSION\tAT\tBY\tWHY\tROW\t")
	for _, e := range entries {
		said := string(e.Body)
		if said == "" {
			said = "taken away"
		}
		_, _ = fmt.Fprintf(table, "%d\t%s\t%s\t%s\t%s\t%s\n", e.Version, e.At.UTC().Format(time.RFC3339), e.Author,
			e.Reason, e.Key, said)
	}
	return table.Flush()
}

// reading is a command that reads rows of a family.
func reading(use, short string, args int, read func(
	context.Context, *store.Store, store.CatalogueFilter,
) ([]store.CatalogueEntry, error)) *cobra.Command {
	var asJSON bool
	var filter store.CatalogueFilter
	cmd := &cobra.Command{
		Use: use, Short: short, Args: cobra.RangeArgs(1, args),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if filter.Family, err = tableOf(args[0]); err != nil {
				return err
			}
			if len(args) > 1 {
				filter.Key = args[1]
			}
			return withStore(cmd, func(ctx context.Context, s *store.Store) error {
				entries, err := read(ctx, s, filter)
				if err != nil {
					return err
				}
				return printRows(cmd.OutOrStdout(), entries, asJSON)
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object a line")
	cmd.Flags().StringVar(&filter.App, "app", "", "rows of this app, and those about all apps")
	cmd.Flags().IntVar(&filter.Limit, "limit", 0, "at most so many (1 to 1000)")
	return cmd
}

func listRowsCommand() *cobra.Command {
	cmd := reading("list [FAMILY]", "List the rows as they stand, or the families", 1, allRows)
	read := cmd.RunE
	cmd.Args = cobra.MaximumNArgs(1)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return read(cmd, args)
		}
		_, err := fmt.Fprintln(cmd.OutOrStdout(), families())
		return err
	}
	return cmd
}

// allRows reads a family's rows page by page; as many as are asked for, or all.
func allRows(
	ctx context.Context, s *store.Store, f store.CatalogueFilter,
) (all []store.CatalogueEntry, err error) {
	const page = 1000
	if f.Limit > 0 {
		return s.CatalogueRows(ctx, f)
	}
	for f.Limit = page; ; f.After = all[len(all)-1].Key {
		rows, err := s.CatalogueRows(ctx, f)
		if all = append(all, rows...); err != nil || len(rows) < page {
			return all, err
		}
	}
}

func showRowCommand() *cobra.Command {
	return reading("show FAMILY KEY", "Show one row", 2,
		func(ctx context.Context, s *store.Store, f store.CatalogueFilter) ([]store.CatalogueEntry, error) {
			rows, err := s.CatalogueRows(ctx, f)
			if err == nil && len(rows) == 0 {
				err = errors.New("there is no such row; list shows their keys")
			}
			return rows, err
		})
}

func rowHistoryCommand() *cobra.Command {
	return reading("history FAMILY [KEY]", "Show what the rows have been, newest first", 2,
		func(ctx context.Context, s *store.Store, f store.CatalogueFilter) ([]store.CatalogueEntry, error) {
			return s.CatalogueHistory(ctx, f)
		})
}
