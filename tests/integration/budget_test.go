package integration

import (
	"bytes"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enums "go.temporal.io/api/enums/v1"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/workflows"
)

// The budget of a paid request, callback first, guard ended: design, section 7 (a).
const (
	mostEvents = 42
	mostTasks  = 6
)

func TestAPaidRequestKeepsItsBudget(t *testing.T) {
	e := newEngine(t)
	request := e.place(time.Second)
	number := e.pay(request)
	e.press(number)
	e.report(number)
	e.await(request.ID, models.Settled)
	events, tasks := e.history(request.ID)
	t.Logf("%d events, %d workflow tasks: %v", len(events), tasks, events)
	require.LessOrEqual(t, len(events), mostEvents)
	require.LessOrEqual(t, tasks, mostTasks)
}

// press captures the order at the simulator.
func (e *engine) press(number string) {
	e.t.Helper()
	body := bytes.NewBufferString(`{"number":"` + number + `"}`)
	answer, err := http.Post(e.simURL+"/sim/mockpay/pay", "application/json", body) //nolint:noctx // the test's own
	require.NoError(e.t, err)
	require.NoError(e.t, answer.Body.Close())
	require.Equal(e.t, http.StatusOK, answer.StatusCode)
}

// history waits for the end of the run and lists its events.
func (e *engine) history(id string) (events []string, tasks int) {
	e.t.Helper()
	require.NoError(e.t, e.temporal.GetWorkflow(e.t.Context(), workflows.RequestID(id), "").Get(e.t.Context(), nil))
	read := e.temporal.GetWorkflowHistory(e.t.Context(), workflows.RequestID(id), "", false,
		enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for read.HasNext() {
		event, err := read.Next()
		require.NoError(e.t, err)
		events = append(events, event.GetEventType().String())
		if event.GetEventType() == enums.EVENT_TYPE_WORKFLOW_TASK_COMPLETED {
			tasks++
		}
	}
	return events, tasks
}
