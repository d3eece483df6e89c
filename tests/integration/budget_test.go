package integration

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
)

// The budget of a paid request, callback first, guard ended: design, section 7 (a).
const (
	mostEvents = 42
	mostTasks  = 6
)

// Spans add headers to a history, and no event.
func TestAPaidRequestKeepsItsBudget(t *testing.T) {
	t.Run("plain", func(t *testing.T) {
		e := newEngine(t)
		e.keep(paidWithinBudget(e), "paid")
	})
	t.Run("traced", func(t *testing.T) {
		seen := newSpans(t, "friendpay")
		e := newHouseTraced(t, "", seen.traces)
		e.work(e.store)
		id := paidWithinBudget(e)
		require.Contains(t, text(seen.all()), "RunActivity:"+string(models.OpenPayment))
		require.Contains(t, e.read(id).GetEvents()[0].GetWorkflowExecutionStartedEventAttributes().GetHeader().
			GetFields(), "_tracer-data")
	})
}

// paidWithinBudget pays a request, and counts what that cost Temporal.
func paidWithinBudget(e *engine) (id string) {
	t := e.t
	t.Helper()
	request := e.place(wish{})
	number := e.pay(request)
	e.press(number)
	e.report(number)
	e.await(request.ID, models.Settled)
	events, tasks := e.history(request.ID)
	t.Logf("%d events, %d workflow tasks: %v", len(events), tasks, events)
	require.LessOrEqual(t, len(events), mostEvents)
	require.LessOrEqual(t, tasks, mostTasks)
	return request.ID
}
