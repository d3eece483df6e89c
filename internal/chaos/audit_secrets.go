package chaos

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/friendpay/friendpay/store"
)

// candidate is what a phone or a link's token looks like; each find is looked up among those that were used.
var candidate = regexp.MustCompile(`139[0-9]{8}|[A-Za-z0-9_-]{40,64}`)

// scannedRuns bounds how many histories are read.
const scannedRuns = 60

// checkSecrets is A9: phones, tokens and names that this run made up stand nowhere in plain.
func checkSecrets(ctx context.Context, a *audit) (checked int, broken []string, err error) {
	logs, err := filepath.Glob(filepath.Join(a.dir, "*-*.log"))
	if err != nil {
		return 0, nil, err
	}
	for _, file := range logs {
		content, err := os.ReadFile(file)
		if err != nil {
			return 0, nil, err
		}
		broken = append(broken, a.scan(filepath.Base(file), content, true)...)
	}
	tables, err := a.texts(ctx,
		"SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public'")
	if err != nil {
		return 0, nil, err
	}
	for _, table := range tables {
		content, err := a.texts(ctx, fmt.Sprintf("SELECT coalesce(string_agg(t::text, ' '), '') FROM %s t", table))
		if err != nil {
			return 0, nil, err
		}
		// An order's row holds its buyer's name: the friend has to read it.
		broken = append(broken, a.scan("table "+table, []byte(content[0]), table != "orders")...)
	}
	histories, err := a.scanHistories(ctx)
	return len(logs) + len(tables) + scannedRuns, append(broken, histories...), err
}

func (a *audit) scan(where string, content []byte, names bool) (broken []string) {
	a.history.note(func(h *history) {
		for _, find := range candidate.FindAll(content, -1) {
			if h.secrets[string(find)] {
				broken = append(broken, "a phone or a token stands in "+where)
				return
			}
		}
	})
	if names && bytes.Contains(content, []byte(buyerName)) {
		broken = append(broken, "a name stands in "+where)
	}
	return broken
}

func (a *audit) scanHistories(ctx context.Context) (broken []string, err error) {
	temporal := a.house.Parts.Temporal
	page, err := temporal.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{
		Namespace: "default", Query: ourRuns, PageSize: scannedRuns,
	})
	if err != nil {
		return nil, fmt.Errorf("list the runs: %w", err)
	}
	for _, run := range page.GetExecutions() {
		id := run.GetExecution()
		events := temporal.GetWorkflowHistory(ctx, id.GetWorkflowId(), id.GetRunId(), false,
			enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
		for events.HasNext() {
			event, err := events.Next()
			if err != nil {
				return nil, fmt.Errorf("read a history: %w", err)
			}
			broken = append(broken, a.scan("the history of "+id.GetWorkflowId(), []byte(event.String()), true)...)
		}
	}
	return broken, nil
}

// checkDead: what was given up on shows up in what support reads.
func checkDead(ctx context.Context, a *audit) (int, []string, error) {
	dead, err := a.texts(ctx, `SELECT id FROM provider_events WHERE status = 'dead'
		UNION ALL SELECT id FROM messages WHERE status = 'dead'`)
	if err != nil {
		return 0, nil, err
	}
	shown := map[string]bool{}
	all := store.StuckFilter{Now: time.Now()}
	if err := a.house.Parts.Store.EachStuck(ctx, all, 10_000, func(row store.StuckRow) error {
		shown[row.Subject] = true
		return nil
	}); err != nil {
		return 0, nil, err
	}
	var broken []string
	for _, id := range dead {
		if !shown[id] {
			broken = append(broken, id+" is dead and nobody is told")
		}
	}
	return len(dead), broken, nil
}
