package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"go.temporal.io/sdk/client"

	"github.com/friendpay/friendpay/internal/house"
	"github.com/friendpay/friendpay/internal/reasons"
	"github.com/friendpay/friendpay/store"
)

// stuckOptions are what the commands about the queue take.
type stuckOptions struct {
	reasons       []string
	app, severity string
	age           time.Duration
	limit         int
	language      string
	asJSON        bool
	counts        bool
}

func (o *stuckOptions) take(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.BoolVar(&o.asJSON, "json", false, "one JSON object a line")
	flags.StringSliceVar(&o.reasons, "reason", nil, "only these reasons, like refund_failed,callback_dead")
	flags.StringVar(&o.app, "app", "", "of this app only")
	flags.StringVar(&o.severity, "severity", "", "act: somebody is wanted; watch: it ends by itself")
	flags.DurationVar(&o.age, "age", 0, "stuck for so long at least")
	flags.StringVar(&o.language, "lang", "en", "en or zh-CN")
}

// filter is what they ask of the store.
func (o *stuckOptions) filter(h *house.House) (store.StuckFilter, error) {
	filter := store.StuckFilter{
		Now: time.Now(), Speed: h.Config.Speed, App: o.app, Severity: reasons.Severity(o.severity), Age: o.age,
		Limit: o.limit,
	}
	for _, reason := range o.reasons {
		if _, known := reasons.Of(reasons.Reason(reason)); !known {
			return filter, usageError{fmt.Errorf("%q is no reason; see friendpay staff stuck --counts", reason)}
		}
		filter.Reasons = append(filter.Reasons, reasons.Reason(reason))
	}
	if filter.Severity != "" && len(reasons.OfSeverity(filter.Severity)) == 0 {
		return filter, usageError{errors.New("--severity is act or watch")}
	}
	return filter, nil
}

func stuckCommand() *cobra.Command {
	var options stuckOptions
	cmd := &cobra.Command{
		Use: "stuck", Short: "List what waits for longer than it should, in words", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withHouse(cmd, func(ctx context.Context, h *house.House) error {
				filter, err := options.filter(h)
				if err != nil {
					return err
				}
				// The API watches the engine; whether it runs is not known here.
				if err := h.Watch().Once(ctx); err != nil {
					return err
				}
				return errors.Join(tellStuck(ctx, cmd.OutOrStdout(), h.Store, filter, options), reached(ctx, h))
			})
		},
	}
	options.take(cmd)
	cmd.Flags().IntVar(&options.limit, "limit", 50, "at most so many, 500 at the most")
	cmd.Flags().BoolVar(&options.counts, "counts", false, "how many there are of each reason, instead")
	return cmd
}

func tellStuck(
	ctx context.Context, out io.Writer, s *store.Store, filter store.StuckFilter, options stuckOptions,
) error {
	if options.counts {
		counts, err := s.StuckCounts(ctx, filter)
		if err != nil {
			return err
		}
		return tellCounts(out, counts, filter.Now, options)
	}
	page, err := s.Stuck(ctx, filter)
	if err != nil {
		return err
	}
	if options.asJSON {
		return lines(out, worded(page.Items, options.language))
	}
	return stuckTable(out, page.Items, filter.Now, options.language)
}

// stuckLine is a row with its words.
type stuckLine struct {
	store.StuckRow
	Text     string `json:"text"`
	NextStep string `json:"next_step"`
}

func worded(rows []store.StuckRow, language string) []stuckLine {
	list := make([]stuckLine, len(rows))
	for i, row := range rows {
		list[i] = stuckLine{row, row.Say(language), reasons.Next(row.Reason, row.Detail, language)}
	}
	return list
}

func tellCounts(out io.Writer, counts []store.StuckCount, now time.Time, options stuckOptions) error {
	if options.asJSON {
		return lines(out, counts)
	}
	table := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "REASON\tCOUNT\tOLDEST\tWHAT")
	for _, c := range counts {
		about, _ := reasons.Of(c.Reason)
		_, _ = fmt.Fprintf(table, "%s\t%d\t%s\t%s\n", c.Reason, c.Count, now.Sub(c.Oldest).Round(time.Second),
			about.Name.In(options.language))
	}
	return table.Flush()
}

// reached says that Temporal cannot be reached: the rows then list what was stuck when
// it went, and nothing of what stands still since.
func reached(ctx context.Context, h *house.House) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if _, err := h.Temporal.CheckHealth(ctx, &client.CheckHealthRequest{}); err != nil {
		return fmt.Errorf("nothing moves: Temporal cannot be reached: %w", err)
	}
	return nil
}

func stuckTable(out io.Writer, rows []store.StuckRow, now time.Time, language string) error {
	if len(rows) == 0 {
		_, err := fmt.Fprintln(out, "nothing is stuck")
		return err
	}
	table := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "FOR\tREQUEST\tSTATE\tABOUT\tREASON\tWHY\tBY ITSELF\tSTEP")
	for _, row := range rows {
		step := row.Step
		if step != "" {
			step += " " + row.StepSubject
		} else {
			step = reasons.Next(row.Reason, row.Detail, language)
		}
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", now.Sub(row.Since).Round(time.Second),
			row.Request, row.State, row.Subject, row.Reason, row.Say(language), when(row.NextAt), step)
	}
	return table.Flush()
}
