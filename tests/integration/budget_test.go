package integration

import (
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/activities"
	"github.com/friendpay/friendpay/internal/door"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// The budget of a paid request, callback first, guard ended: design, section 7 (a).
const (
	mostEvents = 42
	mostTasks  = 6
)

// The budget with search attributes, order hook, polling and webhooks: section 7 (b).
const (
	mostEventsFound = 60
	mostTasksFound  = 8
)

// A request that is found says anew that it is paying, by whom, and how it ended: each is an
// event, and no task.
func TestARequestThatIsFoundKeepsItsBudget(t *testing.T) {
	e := newEngine(t)
	e.door = door.Open(e.temporal, e.space, e.store, slog.Default())
	plain := newEngine(t)
	found, tasks := e.history(paidWithinBudget(e, mostEventsFound, mostTasksFound))
	events, same := plain.history(paidWithinBudget(plain, mostEvents, mostTasks))
	require.Len(t, found, len(events)+2)
	require.Equal(t, same, tasks)
}

// The whole of it: the merchant's system decides, and no callback ever comes.
func TestAPolledAndHookedRequestKeepsItsBudget(t *testing.T) {
	address, _ := hook(t, `{"accepted":true}`)
	e := newEngineWith(t, address, func(rows *store.Store) activities.Store { return rows })
	e.door = door.Open(e.temporal, e.space, e.store, slog.Default())
	request := e.place(wish{speed: 60})
	e.press(e.pay(request))
	e.await(request.ID, models.Settled)
	events, tasks := e.history(request.ID)
	t.Logf("%d events, %d workflow tasks: %v", len(events), tasks, events)
	require.LessOrEqual(t, len(events), mostEventsFound)
	require.LessOrEqual(t, tasks, mostTasksFound)
	require.Contains(t, events, "UpsertWorkflowSearchAttributes")
	e.keep(request.ID, "found")
}

// Spans add headers to a history, and no event.
func TestAPaidRequestKeepsItsBudget(t *testing.T) {
	t.Run("plain", func(t *testing.T) {
		e := newEngine(t)
		e.keep(paidWithinBudget(e, mostEvents, mostTasks), "paid")
	})
	t.Run("traced", func(t *testing.T) {
		seen := newSpans(t, "friendpay")
		e := newHouseTraced(t, "", seen.traces)
		e.work(e.store)
		id := paidWithinBudget(e, mostEvents, mostTasks)
		require.Contains(t, text(seen.all()), "RunActivity:"+string(models.OpenPayment))
		require.Contains(t, e.read(id).GetEvents()[0].GetWorkflowExecutionStartedEventAttributes().GetHeader().
			GetFields(), "_tracer-data")
	})
}

// paidWithinBudget pays a request, and counts what that cost Temporal.
func paidWithinBudget(e *engine, most, mostDone int) (id string) {
	t := e.t
	t.Helper()
	request := e.place(wish{})
	number := e.pay(request)
	e.press(number)
	e.report(number)
	e.await(request.ID, models.Settled)
	events, tasks := e.history(request.ID)
	t.Logf("%d events, %d workflow tasks: %v", len(events), tasks, events)
	require.LessOrEqual(t, len(events), most)
	require.LessOrEqual(t, tasks, mostDone)
	return request.ID
}
