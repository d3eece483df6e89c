package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"
	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"github.com/friendpay/friendpay/internal/door"
	"github.com/friendpay/friendpay/internal/house"
	"github.com/friendpay/friendpay/store"
	"github.com/friendpay/friendpay/workflows"
)

// finding is one line of the doctor's report.
type finding struct {
	Check string `json:"check"`
	OK    bool   `json:"ok"`
	Say   string `json:"say"`
}

func doctorCommand() *cobra.Command {
	var asJSON, revive bool
	cmd := &cobra.Command{
		Use: "doctor", Short: "Check settings, database, Temporal, workers and what is stuck", Args: cobra.NoArgs,
		Long: "Checks settings, database, Temporal, workers and what is stuck.\n\n" +
			"With --rehydrate it checks nothing: when Temporal has lost its store, it starts every open\n" +
			"request again from its row. A request that runs is left alone, so that it may be repeated.",
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			h, err := open(cmd.Context())
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, h.Close()) }()
			if revive {
				return rehydrate(cmd.Context(), cmd.OutOrStdout(), h, asJSON)
			}
			ctx, cancel := context.WithTimeout(cmd.Context(), 20*time.Second)
			defer cancel()
			return report(cmd, examine(ctx, h), asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object a line")
	cmd.Flags().BoolVar(&revive, "rehydrate", false, "start every open request again that Temporal has lost")
	return cmd
}

func report(cmd *cobra.Command, findings []finding, asJSON bool) error {
	if asJSON {
		if err := lines(cmd.OutOrStdout(), findings); err != nil {
			return err
		}
	}
	ill := 0
	for _, f := range findings {
		mark := "ok  "
		if !f.OK {
			mark = "ILL "
			ill++
		}
		if !asJSON {
			_, _ = fmt.Fprintf(cmd.OutOrStdout(), "%s %-22s %s\n", mark, f.Check, f.Say)
		}
	}
	if ill > 0 {
		return fmt.Errorf("%d of %d checks failed", ill, len(findings))
	}
	return nil
}

func examine(ctx context.Context, h *house.House) []finding {
	kinds, err := h.Config.Messages()
	findings := []finding{
		judge("settings", "complete", nil), judge("messages", kinds, err),
		judge("database", "answers", h.Store.Ping(ctx)),
	}
	_, err = h.Temporal.CheckHealth(ctx, &client.CheckHealthRequest{})
	findings = append(findings, judge("temporal", "answers", err))
	if err == nil {
		findings = append(findings, queues(ctx, h)...)
		findings = append(findings, attributesOf(ctx, h))
	}
	behind, err := h.Store.StatementsBehind(ctx, time.Now(), 100)
	late := judge("statements", fmt.Sprintf("%d days overdue%s", len(behind), oldest(behind)), err)
	late.OK = late.OK && len(behind) == 0
	findings = append(findings, late)
	stuck, err := h.Store.Stuck(ctx, store.StuckFilter{Now: time.Now(), Speed: h.Config.Speed, Limit: 100})
	f := judge("stuck", fmt.Sprintf("%d stuck; see friendpay staff stuck", len(stuck.Items)), err)
	f.OK = f.OK && len(stuck.Items) == 0
	return append(findings, f, surfacesOf(ctx, h.Store), breakersOf(ctx, h.Store), modesOf(ctx, h.Store))
}

// oldest says which day has waited longest for its statement.
func oldest(behind []store.StatementDay) string {
	if len(behind) == 0 {
		return ""
	}
	return fmt.Sprintf("; the oldest is %s of %s: %s", behind[0].Day, behind[0].Account, behind[0].Reason)
}

// queues looks for a worker at each task queue: one without makes requests stand still.
func queues(ctx context.Context, h *house.House) []finding {
	names := []string{workflows.HookQueue, workflows.WebhookQueue}
	for _, provider := range h.Registry.Names() {
		names = append(names, workflows.ProviderQueue(provider))
	}
	findings := []finding{polled(ctx, h, workflows.Queue, enums.TASK_QUEUE_TYPE_WORKFLOW)}
	for _, name := range names {
		findings = append(findings, polled(ctx, h, name, enums.TASK_QUEUE_TYPE_ACTIVITY))
	}
	return findings
}

// attributesOf says whether runs are found by search attributes; payments do without.
func attributesOf(ctx context.Context, h *house.House) finding {
	missing, err := door.Missing(ctx, h.Temporal, h.Links.Namespace)
	f := judge("search attributes", "registered", err)
	if len(missing) > 0 {
		f.OK, f.Say = false, "run: "+door.RegisterCommand(h.Links.Namespace, missing)
	}
	return f
}

func polled(ctx context.Context, h *house.House, queue string, kind enums.TaskQueueType) finding {
	answer, err := h.Temporal.DescribeTaskQueue(ctx, queue, kind)
	f := judge("queue "+queue, fmt.Sprintf("%d pollers", len(answer.GetPollers())), err)
	f.OK = f.OK && len(answer.GetPollers()) > 0
	return f
}

func judge(check, good string, err error) finding {
	if err != nil {
		return finding{Check: check, Say: err.Error()}
	}
	return finding{Check: check, OK: true, Say: good}
}
