package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/friendpay/friendpay/internal/house"
	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/internal/support"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// giving is a command on its way from the command line. Whoever has the settings of the house
// may do all that may be done by hand; the audit keeps who it was.
type giving struct {
	name, subject, key string
	args               []string
	by                 store.By
	dryRun, asJSON     bool
}

func (g *giving) flags(cmd *cobra.Command) *cobra.Command {
	cmd.Flags().BoolVar(&g.dryRun, "dry-run", false, "say what it would do, and do nothing")
	cmd.Flags().BoolVar(&g.asJSON, "json", false, "one JSON object")
	cmd.Flags().StringVar(&g.key, "key", "", "names it over all tries; the same key is the same command")
	return answerable(cmd, &g.by)
}

func doCommand() *cobra.Command {
	var g giving
	cmd := &cobra.Command{
		Use: "do COMMAND SUBJECT", Short: "Do something by hand: once, with a reason, in the audit",
		Args: cobra.ExactArgs(2),
		Long: "COMMAND is one of " + strings.Join(support.Commands(),
			", ") + ".\nSUBJECT is the id of what it is " +
			"about, or a payment's or refund's number. --dry-run says what it would do.",
		RunE: func(cmd *cobra.Command, args []string) error {
			g.name, g.subject = args[0], args[1]
			return withHouse(cmd, func(ctx context.Context, h *house.House) error {
				return g.give(ctx, cmd.OutOrStdout(), h.Desk())
			})
		},
	}
	cmd.Flags().StringArrayVar(&g.args, "arg", nil, "name=value of what the command wants to know; repeat it")
	return g.flags(cmd)
}

func (g *giving) wish() (support.Wish, error) {
	w := support.Wish{
		Key: cmp.Or(g.key, mint.ID("key")), Command: g.name, Subject: g.subject, Args: map[string]string{},
		Reason: g.by.Reason, By: support.Person{Name: g.by.Actor, Role: support.Operator},
	}
	for _, pair := range g.args {
		name, value, ok := strings.Cut(pair, "=")
		if !ok || name == "" {
			return w, usageError{errors.New("--arg is name=value")}
		}
		w.Args[name] = value
	}
	if w.Reason == "" {
		return w, usageError{errors.New("--reason is missing: why, or the ticket; no names")}
	}
	return w, nil
}

func (g *giving) give(ctx context.Context, out io.Writer, desk *support.Desk) error {
	wish, err := g.wish()
	if err != nil {
		return err
	}
	if g.dryRun {
		plan, err := desk.Preview(ctx, wish)
		if err != nil {
			return err
		}
		return tellPlan(out, plan, g.asJSON)
	}
	given, err := desk.Submit(ctx, wish)
	if err != nil {
		return err
	}
	return tellCommand(out, given, g.asJSON)
}

// tellPlan says what a command would do; that it is refused is the command's own error.
func tellPlan(out io.Writer, plan support.Preview, asJSON bool) error {
	said := []string{plan.Summary}
	said = append(said, plan.Effects...)
	if plan.Second {
		said = append(said, "A second person must approve it.")
	}
	err := say(out, asJSON, strings.Join(append(said, "A trial: nothing is done."), "\n"), map[string]any{
		"summary": plan.Summary, "effects": plan.Effects, "second_person": plan.Second, "refused": plan.Refused,
	})
	if plan.Refused != nil {
		return plan.Refused
	}
	return err
}

// tellCommand says how far a command came; one that is refused or failed ends the program so.
func tellCommand(out io.Writer, c store.Command, asJSON bool) error {
	said := fmt.Sprintf("%s %s of %s is %s. %s", c.ID, c.Name, c.Subject, c.State, c.Outcome)
	if c.Shown != "" {
		said += "\n" + c.Shown
	}
	object := jsonCommand(c)
	if c.Shown != "" {
		object["shown"] = c.Shown
	}
	if err := say(out, asJSON, strings.TrimSpace(said), object); err != nil {
		return err
	}
	if c.State == store.CommandFailed || c.State == store.CommandRefused {
		return models.Refuse(models.Conflict, "command_"+string(c.State), c.Outcome)
	}
	return nil
}

func jsonCommand(c store.Command) map[string]any {
	return map[string]any{
		"id": c.ID, "command": c.Name, "subject": c.Subject, "request": c.Request, "args": c.Args,
		"reason": c.Reason,
		"by":     c.By, "approved_by": c.ApprovedBy, "state": c.State, "outcome": c.Outcome, "at": c.At.UTC(),
	}
}

func secondCommand(use, short string) *cobra.Command {
	g := giving{name: use}
	cmd := &cobra.Command{
		Use: use + " COMMAND-ID", Short: short, Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			g.subject = args[0]
			return withHouse(cmd, func(ctx context.Context, h *house.House) error {
				return g.give(ctx, cmd.OutOrStdout(), h.Desk())
			})
		},
	}
	return g.flags(cmd)
}

func commandsCommand() *cobra.Command {
	var filter store.CommandFilter
	var states []string
	var asJSON bool
	cmd := &cobra.Command{
		Use: "commands", Short: "List what was done by hand, newest first", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			for _, state := range states {
				filter.States = append(filter.States, store.CommandState(state))
			}
			return withStore(cmd, func(ctx context.Context, s *store.Store) error {
				page, err := s.Commands(ctx, filter)
				if err != nil {
					return err
				}
				return tellCommands(cmd.OutOrStdout(), page.Items, asJSON)
			})
		},
	}
	cmd.Flags().StringVar(&filter.Request, "request", "", "about this request (fpr_…)")
	cmd.Flags().StringVar(&filter.By, "by", "", "given by this colleague, like staff:anna")
	cmd.Flags().StringSliceVar(&states, "state", nil, "waiting_approval, queued, running, done, failed …")
	cmd.Flags().IntVar(&filter.Limit, "limit", 20, "at most so many (1 to 100)")
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object a line")
	return cmd
}

func tellCommands(out io.Writer, list []store.Command, asJSON bool) error {
	if asJSON {
		objects := []map[string]any{}
		for _, c := range list {
			objects = append(objects, jsonCommand(c))
		}
		return lines(out, objects)
	}
	if len(list) == 0 {
		_, err := fmt.Fprintln(out, "nothing was done by hand")
		return err
	}
	table := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "AT\tID\tCOMMAND\tABOUT\tBY\tSTATE\tOUTCOME")
	for _, c := range list {
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", c.At.UTC().Format(time.RFC3339), c.ID, c.Name,
			c.Subject, c.By, c.State, c.Outcome)
	}
	return table.Flush()
}
