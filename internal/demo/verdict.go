package demo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	enums "go.temporal.io/api/enums/v1"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/workflows"
)

// Verdict is the last line of a scenario. Every number comes from the provider's
// journal, from Postgres or from Temporal; none from what the demo itself did. Of a
// scenario with several requests it holds the sums, and Books has each by itself.
type Verdict struct {
	Scenario      string `json:"scenario"`
	Requests      int    `json:"requests"`
	HistoryEvents int    `json:"history_events"`
	WorkflowTasks int    `json:"workflow_tasks"`
	Book
	Callbacks int    `json:"callbacks"` // that the API acknowledged
	Creates   int    `json:"creates"`   // calls that made, or found again, a provider's order
	Books     []Book `json:"books,omitempty"`
}

// Book is what became of one request and of its money, in fen.
type Book struct {
	Request  string       `json:"request"`
	Outcome  models.State `json:"outcome"`
	Captured int64        `json:"captured"` // as the provider says
	Refunded int64        `json:"refunded"` // as the provider says
	Applied  int64        `json:"applied"`  // as the order's ledger says
	Equation string       `json:"equation"`
}

// balance writes the equation down and says whether it holds.
func (b *Book) balance() error {
	b.Equation = fmt.Sprintf("captured %d − refunded %d = applied %d", b.Captured, b.Refunded, b.Applied)
	if b.Captured-b.Refunded != b.Applied {
		b.Equation = strings.Replace(b.Equation, "=", "≠", 1)
		return fmt.Errorf("%s: %s", b.Request, b.Equation)
	}
	return nil
}

// judge reads what became of the requests, when their runs have come to their ends.
func (s *stage) judge(ctx context.Context, scenario string, requests []*story) (Verdict, error) {
	v := Verdict{Scenario: scenario, Requests: len(requests)}
	if len(requests) == 0 {
		return v, errors.New("the scenario placed no request")
	}
	var wrong []error
	for _, told := range requests {
		book, err := s.bookOf(ctx, &v, told.request)
		if told.want.State != "" && err == nil {
			err = told.want.compare(book)
		}
		if err != nil && told.name != "" {
			err = fmt.Errorf("%s: %w", told.name, err)
		}
		wrong = append(wrong, err)
		v.Books = append(v.Books, book)
	}
	v.sum()
	return v, errors.Join(append(wrong, v.balance())...)
}

// sum adds the books up; one alone is the verdict itself.
func (v *Verdict) sum() {
	var ids, states []string
	for _, b := range v.Books {
		v.Captured, v.Refunded, v.Applied = v.Captured+b.Captured, v.Refunded+b.Refunded, v.Applied+b.Applied
		ids = append(ids, b.Request)
		if !slices.Contains(states, string(b.Outcome)) {
			states = append(states, string(b.Outcome))
		}
	}
	slices.Sort(states)
	v.Request, v.Outcome = ids[0], models.State(strings.Join(states, ", "))
	if len(v.Books) == 1 {
		v.Books = nil
	}
}

// bookOf reads one request's end, and adds to the verdict what is only counted.
func (s *stage) bookOf(ctx context.Context, v *Verdict, request string) (Book, error) {
	b := Book{Request: request}
	if err := s.countHistory(ctx, v, request); err != nil {
		return b, err
	}
	row, err := s.house.Parts.Store.Request(ctx, request)
	if err != nil {
		return b, err
	}
	b.Outcome = row.State
	totals, err := s.house.Parts.Store.Totals(ctx, request)
	if err != nil {
		return b, err
	}
	b.Applied = totals.Applied.Minor
	var numbers []string
	for _, attempt := range row.Attempts {
		numbers = append(numbers, attempt.Number)
		entries, err := s.provider.journal(ctx, attempt.Number)
		if err != nil {
			return b, err
		}
		v.Creates += count(entries, "order_created") + count(entries, "order_repeated")
		v.Callbacks += acknowledged(entries)
	}
	b.Captured, b.Refunded, err = s.provider.money(ctx, numbers)
	return b, errors.Join(err, b.balance())
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
func (s *stage) countHistory(ctx context.Context, v *Verdict, request string) error {
	temporal, id := s.house.Parts.Temporal, workflows.RequestID(request)
	if err := temporal.GetWorkflow(ctx, id, "").Get(ctx, nil); err != nil {
		return fmt.Errorf("await the end of the run: %w", err)
	}
	before := v.HistoryEvents
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
	if v.HistoryEvents == before {
		return errors.New("the run has no history")
	}
	return nil
}
