package integration

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/proto"

	"github.com/friendpay/friendpay/internal/local"
)

// byDesign are the columns that may hold a canary in the clear, and why.
var byDesign = map[string]string{
	"orders.title":         "what is bought, as the merchant words it: the friend's page shows it",
	"orders.items":         "the same, item by item",
	"orders.number":        "the merchant's own number of his order, which his webhooks repeat",
	"invites.label":        "the buyer's own word for a friend, shown to nobody else",
	"invite_history.label": "what he was called at a moment, veiled for colleagues; forgotten with the label",

	"request_cards.message": "the buyer's own words for his friends, which their pages show; forgotten with him",
}

// hoard is everything that was put in and must not come out, by name.
type hoard map[string]string

// in lists the canaries that a text holds.
func (h hoard) in(text string) (found []string) {
	for name, canary := range h {
		if canary != "" && strings.Contains(text, canary) {
			found = append(found, name)
		}
	}
	slices.Sort(found)
	return found
}

// diary is a log that a whole house writes.
type diary struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (d *diary) Write(line []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.text.Write(line)
}

func (d *diary) String() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.text.String()
}

// Phones, names, openids, tokens and what looks like a card number go through a whole
// house and stay where they belong: not in a log, a span, or what Temporal keeps, and in
// the database only sealed, hashed, or where this file says why. Sealing is not what
// keeps them out of histories: without it they hold ids and amounts only, too.
func TestCanariesStayWhereTheyBelong(t *testing.T) {
	for name, sealed := range map[string]bool{"sealed": true, "plain": false} {
		t.Run(name, func(t *testing.T) {
			log := &diary{}
			level := slog.HandlerOptions{Level: slog.LevelDebug}
			spans := newSpans(t, "friendpay")
			house, err := local.Start(t.Context(), local.Options{
				Traces: spans.traces, Speed: 60, Volatile: true, Sealed: sealed,
				Log:        slog.New(slog.NewJSONHandler(log, &level)),
				WebhookURL: "http://127.0.0.1:1/canary-hook",
			})
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, house.Close()) })
			require.NoError(t, house.StartWorker(context.WithoutCancel(t.Context())))
			canaries := hoard{"webhook secret": house.Demo.WebhookSecret, "api key": house.Demo.APIKey}
			settled := (&errand{t: t, house: house, canaries: canaries}).run()
			require.Greater(t, len(canaries), 14, "%v", slices.Sorted(maps.Keys(canaries)))

			require.Contains(t, log.String(), `"msg":"call"`, "there is a log to look at")
			require.Empty(t, canaries.in(log.String()), "in the log")
			all := spans.all()
			require.Greater(t, len(all), 200, "there are spans to look at")
			require.Contains(t, text(all), "POST /f/:token", "the friend's way among them")
			require.Contains(t, text(all), "temporalWorkflowID=friendpay/"+settled)
			require.Contains(t, text(all), "outbox message")
			require.Empty(t, canaries.in(text(all)), "in spans")
			kept, histories := temporalKeeps(t, house)
			require.Greater(t, histories, 2)
			require.Empty(t, canaries.in(kept), "in Temporal")
			require.Equal(t, !sealed, strings.Contains(kept, `"payable"`), "plain histories can be read at all")
			require.Contains(t, kept, settled, "a workflow is called after its request, in the clear")
			inTheClear(t, house, canaries)
		})
	}
}

// temporalKeeps is all that Temporal's own API tells of every run, as it keeps it: no
// converter of ours is in the way. Memos and search attributes come with the list.
func temporalKeeps(t *testing.T, house *local.House) (all string, histories int) {
	t.Helper()
	service := house.Parts.Temporal.WorkflowService()
	var text strings.Builder
	take := func(message proto.Message) {
		wire, err := proto.Marshal(message)
		require.NoError(t, err)
		text.Write(wire)
	}
	list, err := service.ListWorkflowExecutions(t.Context(), &workflowservice.ListWorkflowExecutionsRequest{
		Namespace: "default", PageSize: 1000,
	})
	require.NoError(t, err)
	for _, run := range list.GetExecutions() {
		take(run)
		about := &workflowservice.DescribeWorkflowExecutionRequest{
			Namespace: "default", Execution: run.GetExecution(),
		}
		described, err := service.DescribeWorkflowExecution(t.Context(), about)
		require.NoError(t, err)
		take(described)
		all := &workflowservice.GetWorkflowExecutionHistoryRequest{
			Namespace: "default", Execution: run.GetExecution(), MaximumPageSize: 10_000,
		}
		history, err := service.GetWorkflowExecutionHistory(t.Context(), all)
		require.NoError(t, err)
		require.NotEmpty(t, history.GetHistory().GetEvents())
		take(history)
		histories++
	}
	return text.String(), histories
}

// inTheClear looks at every value of every column of every table.
func inTheClear(t *testing.T, house *local.House, canaries hoard) {
	t.Helper()
	ctx := t.Context()
	conn, err := pgx.Connect(ctx, house.Env["DATABASE_URL"])
	require.NoError(t, err)
	defer conn.Close(context.WithoutCancel(ctx))
	found, err := conn.Query(ctx, `SELECT c.table_name, c.column_name, c.data_type
		FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
		WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' ORDER BY 1, 2`)
	require.NoError(t, err)
	columns, err := pgx.CollectRows(found, pgx.RowToStructByPos[struct{ Table, Column, Kind string }])
	require.NoError(t, err)
	require.Greater(t, len(columns), 150)
	seen := map[string]bool{}
	for _, c := range columns {
		value, table := pgx.Identifier{c.Column}.Sanitize()+"::text", pgx.Identifier{c.Table}.Sanitize()
		if c.Kind == "bytea" {
			value = "encode(" + pgx.Identifier{c.Column}.Sanitize() + ", 'hex')"
		}
		var text string
		query := fmt.Sprintf("SELECT coalesce(string_agg(%s, E'\\n'), '') FROM %s", value, table)
		require.NoError(t, conn.QueryRow(ctx, query).Scan(&text))
		if c.Kind == "bytea" {
			text = unhexed(t, text)
		}
		if names := canaries.in(text); len(names) > 0 {
			column := c.Table + "." + c.Column
			require.Contains(t, byDesign, column, "%v in the clear", names)
			seen[column] = true
		}
	}
	for column := range byDesign {
		require.True(t, seen[column], "%s holds no canary: is it off the list, or does the scan not see?", column)
	}
}
