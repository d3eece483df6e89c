package integration

import (
	"bytes"
	"flag"
	"net/http"
	"os"
	"path/filepath"

	"github.com/stretchr/testify/require"
	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/history/v1"
	"go.temporal.io/api/temporalproto"

	"github.com/friendpay/friendpay/workflows"
)

// record writes the histories that package workflows replays. Recorded ones are
// never refreshed: a new version of the law records its own.
var record = flag.Bool("record", false, "write the histories for the replay tests")

const histories = "../../workflows/testdata/histories/v1"

// press lets a person press the provider's button; capture takes the money
// whatever the state of the order.
func (e *engine) press(number string) {
	e.simulated("/sim/mockpay/pay", `{"number":"`+number+`"}`)
}

func (e *engine) capture(number string) {
	e.simulated("/sim/mockpay/capture", `{"number":"`+number+`"}`)
}

// simulated works a switch of the simulator.
func (e *engine) simulated(path, wish string) {
	e.t.Helper()
	body := bytes.NewBufferString(wish)
	request, err := http.NewRequestWithContext(e.t.Context(), http.MethodPost, e.simURL+path, body)
	require.NoError(e.t, err)
	request.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(request)
	require.NoError(e.t, err)
	require.NoError(e.t, answer.Body.Close())
	require.Less(e.t, answer.StatusCode, http.StatusMultipleChoices)
}

// history waits for the end of the run and lists its events.
func (e *engine) history(id string) (events []string, tasks int) {
	e.t.Helper()
	for _, event := range e.read(id).GetEvents() {
		events = append(events, event.GetEventType().String())
		if event.GetEventType() == enums.EVENT_TYPE_WORKFLOW_TASK_COMPLETED {
			tasks++
		}
	}
	return events, tasks
}

func (e *engine) read(id string) *history.History {
	e.t.Helper()
	return e.readRun(workflows.RequestID(id))
}

// readRun waits for the end of a workflow and reads what it did.
func (e *engine) readRun(workflow string) *history.History {
	e.t.Helper()
	run := e.temporal.GetWorkflow(e.t.Context(), workflow, "")
	require.NoError(e.t, run.Get(e.t.Context(), nil))
	read := e.temporal.GetWorkflowHistory(e.t.Context(), workflow, "", false,
		enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	var all history.History
	for read.HasNext() {
		event, err := read.Next()
		require.NoError(e.t, err)
		all.Events = append(all.Events, event)
	}
	return &all
}

// keep writes a request's history as the recording of a path, when asked to.
func (e *engine) keep(id, path string) {
	e.t.Helper()
	e.keepRun(workflows.RequestID(id), path)
}

func (e *engine) keepRun(workflow, path string) {
	e.t.Helper()
	if !*record {
		return
	}
	text, err := temporalproto.CustomJSONMarshalOptions{Indent: " "}.Marshal(e.readRun(workflow))
	require.NoError(e.t, err)
	require.NoError(e.t, os.MkdirAll(histories, 0o755))
	require.NoError(e.t, os.WriteFile(filepath.Join(histories, path+".json"), text, 0o644))
}
