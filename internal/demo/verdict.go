package demo

import (
	"context"
	"errors"
	"fmt"
	"time"

	enums "go.temporal.io/api/enums/v1"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/workflows"
)

// Verdict is the last line of a scenario. Every number comes from the provider's
// journal, from Postgres or from Temporal; none from what the demo itself did.
type Verdict struct {
	Scenario      string       `json:"scenario"`
	Outcome       models.State `json:"outcome"`
	Request       string       `json:"request"`
	HistoryEvents int          `json:"history_events"`
	WorkflowTasks int          `json:"workflow_tasks"`
	Captured      int64        `json:"captured"`  // fen, as the provider says
	Refunded      int64        `json:"refunded"`  // fen, as the provider says
	Applied       int64        `json:"applied"`   // fen, as the order's ledger says
	Callbacks     int          `json:"callbacks"` // that the API acknowledged
	Creates       int          `json:"creates"`   // calls that made, or found again, a provider's order
}

// judge reads what became of a request, when its run has come to its end.
func (s *stage) judge(ctx context.Context, scenario, request string) (Verdict, error) {
	v := Verdict{Scenario: scenario, Request: request}
	if err := s.countHistory(ctx, &v); err != nil {
		return v, err
	}
	row, err := s.house.Parts.Store.Request(ctx, request)
	if err != nil {
		return v, err
	}
	v.Outcome = row.State
	totals, err := s.house.Parts.Store.Totals(ctx, request)
	if err != nil {
		return v, err
	}
	v.Applied = totals.Applied.Minor
	var numbers []string
	for _, attempt := range row.Attempts {
		numbers = append(numbers, attempt.Number)
		entries, err := s.provider.journal(ctx, attempt.Number)
		if err != nil {
			return v, err
		}
		v.Creates += count(entries, "order_created") + count(entries, "order_repeated")
		v.Callbacks += acknowledged(entries)
	}
	v.Captured, v.Refunded, err = s.provider.money(ctx, numbers)
	if err == nil && v.Captured-v.Refunded != v.Applied {
		err = fmt.Errorf("captured %d − refunded %d is not applied %d", v.Captured, v.Refunded, v.Applied)
	}
	return v, err
}

func acknowledged(entries []entry) int {
	n := 0
	for _, e := range entries {
		if e.Kind == "callback_sent" && e.Status/100 == 2 {
			n++
		}
	}
	return n
}

// countHistory waits for the end of the request's run and counts its history.
func (s *stage) countHistory(ctx context.Context, v *Verdict) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	temporal := s.house.Parts.Temporal
	id := workflows.RequestID(v.Request)
	if err := temporal.GetWorkflow(ctx, id, "").Get(ctx, nil); err != nil {
		return fmt.Errorf("await the end of the run: %w", err)
	}
	events := temporal.GetWorkflowHistory(ctx, id, "", false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		event, err := events.Next()
		if err != nil {
			return fmt.Errorf("read the history: %w", err)
		}
		v.HistoryEvents++
		if event.GetEventType() == enums.EVENT_TYPE_WORKFLOW_TASK_COMPLETED {
			v.WorkflowTasks++
		}
	}
	if v.HistoryEvents == 0 {
		return errors.New("the run has no history")
	}
	return nil
}
