package door

import (
	"context"
	"errors"
	"fmt"

	"go.temporal.io/api/common/v1"
	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/history/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/workflows"
)

// Restart starts the run of a request again from its row, when its last run failed, was
// terminated, timed out or is gone. One that is under way is left alone, and that is no
// error, so that a restart may be repeated. Gone "ended" when nothing is left to do.
func (d *Door) Restart(ctx context.Context, request string) error {
	if d.rows == nil {
		return models.Refuse(models.Internal, "no_rows", "This door knows no rows.")
	}
	stored, err := d.rows.Request(ctx, request)
	if err != nil {
		return err
	}
	if stored.Final() {
		return errEnded
	}
	_, err = d.Resume(ctx, stored)
	return err
}

// Reset takes a request whose workflow task keeps failing back to before that task, in a run
// of its own that begins at once: all that was durable stays, and updates that came since
// come again. Where the code no longer fits the history, the last task that was done is
// judged again as well; its save takes the rows of the first one back. A run of which no
// task fails is left alone, and that is no error, so that a reset may be repeated.
func (d *Door) Reset(ctx context.Context, request string) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	id := workflows.RequestID(request)
	seen, err := d.temporal.DescribeWorkflowExecution(ctx, id, "")
	if err != nil {
		return translate(err)
	}
	run := seen.GetWorkflowExecutionInfo()
	if run.GetStatus() != enums.WORKFLOW_EXECUTION_STATUS_RUNNING {
		return errEnded // Restart is for that
	}
	at, failure, err := d.failing(ctx, id, run.GetExecution().GetRunId())
	if err != nil || at == 0 {
		return translate(err)
	}
	_, err = d.temporal.ResetWorkflowExecution(ctx, &workflowservice.ResetWorkflowExecutionRequest{
		Namespace:         d.space,
		WorkflowExecution: &common.WorkflowExecution{WorkflowId: id, RunId: run.GetExecution().GetRunId()},
		Reason:            "friendpay: the task failed, " + failure.String(), WorkflowTaskFinishEventId: at,
		RequestId: fmt.Sprintf("%s/%d", run.GetExecution().GetRunId(), at), // a run is reset there once
	})
	var gone *serviceerror.NotFound
	if errors.As(err, &gone) {
		return errEnded
	}
	return translate(err)
}

// failing is the event before which a run is to go on, and why its task fails; 0: it does
// not. The server writes only the first failure of a task, after which nothing is written
// until one succeeds.
func (d *Door) failing(
	ctx context.Context, id, run string,
) (at int64, failure enums.WorkflowTaskFailedCause, err error) {
	var done int64
	events := d.temporal.GetWorkflowHistory(ctx, id, run, false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		var event *history.HistoryEvent
		if event, err = events.Next(); err != nil {
			return 0, failure, err
		}
		if event.GetEventType() == enums.EVENT_TYPE_WORKFLOW_TASK_COMPLETED {
			at, done = 0, event.GetEventId()
		}
		failed := event.GetWorkflowTaskFailedEventAttributes() // nil, and so without a cause, of others
		again := failed.GetCause() == enums.WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW
		if failed != nil && at == 0 && !again {
			at, failure = event.GetEventId(), failed.GetCause()
		}
	}
	if at != 0 && failure == enums.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR && done != 0 {
		at = done
	}
	return at, failure, nil
}
