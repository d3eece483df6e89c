package chaos

import (
	"context"
	"fmt"
	"strings"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
)

// A run that was started for an event which the law then refused waits a minute for another one; and a run
// needs a moment to end after its request has.
const (
	idleRun   = 75 * time.Second
	endOfRuns = 15 * time.Second
)

// checkRuns asks Temporal: what ended badly, and what goes on without a reason.
func checkRuns(ctx context.Context, a *audit) (int, []string, error) {
	all, err := a.house.Parts.Temporal.CountWorkflow(ctx, &workflowservice.CountWorkflowExecutionsRequest{
		Namespace: "default", Query: ourRuns,
	})
	if err != nil {
		return 0, nil, fmt.Errorf("count the runs: %w", err)
	}
	patience, cancel := context.WithTimeout(ctx, endOfRuns)
	defer cancel()
	for {
		broken, err := a.badRuns(ctx)
		if err != nil || len(broken) == 0 || !pause(patience, time.Second) {
			return int(all.GetCount()), broken, err
		}
	}
}

const (
	ourRuns   = `WorkflowType IN ("FriendPay", "RefundMoney")`
	ordinary  = ` AND ExecutionStatus != "Completed" AND ExecutionStatus != "ContinuedAsNew"`
	finalRows = `SELECT id FROM requests r WHERE NOT r.guarded AND r.state NOT IN
		('checking', 'open', 'paying', 'confirming', 'applying', 'paused', 'closing')`
	// A refund that broke is asked about for as long as it may yet arrive; it is a case.
	followedRows = `SELECT DISTINCT f.request_id FROM refunds f JOIN cases c ON c.request_id = f.request_id
		WHERE f.state = 'failed' AND f.failure IN ('abnormal', 'overdue', 'lost')
			AND c.kind = 'refund_failed' AND c.closed_at IS NULL`
)

// runsOf are the workflow ids of the requests that a query finds.
func (a *audit) runsOf(ctx context.Context, query string) (map[string]bool, error) {
	ids, err := a.texts(ctx, query)
	runs := map[string]bool{}
	for _, id := range ids {
		runs["friendpay/"+id] = true
	}
	return runs, err
}

func (a *audit) badRuns(ctx context.Context) (list []string, err error) {
	ended, err := a.runsOf(ctx, finalRows)
	if err != nil {
		return nil, err
	}
	followed, err := a.runsOf(ctx, followedRows)
	if err != nil {
		return nil, err
	}
	page, err := a.house.Parts.Temporal.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{
		Namespace: "default", Query: ourRuns + ordinary, PageSize: 1000,
	})
	if err != nil {
		return nil, fmt.Errorf("list the runs: %w", err)
	}
	for _, run := range page.GetExecutions() {
		id, lives := run.GetExecution().GetWorkflowId(), run.GetStatus() == enums.WORKFLOW_EXECUTION_STATUS_RUNNING
		if explained := lives && (followed[id] || ended[id] && young(run)); !explained {
			list = append(list, id+" is "+strings.ToLower(run.GetStatus().String())+a.why(ctx, run))
		}
	}
	return list, nil
}

// why is what a run that goes on waits for, as far as Temporal knows.
func (a *audit) why(ctx context.Context, run *workflow.WorkflowExecutionInfo) string {
	id := run.GetExecution()
	told, err := a.house.Parts.Temporal.DescribeWorkflowExecution(ctx, id.GetWorkflowId(), id.GetRunId())
	if err != nil {
		return ", and cannot be described"
	}
	var words strings.Builder
	fmt.Fprintf(&words, " since %s under %s", time.Since(run.GetStartTime().AsTime()).Round(time.Second),
		told.GetWorkflowExecutionInfo().GetVersioningInfo().GetDeploymentVersion().GetBuildId())
	if task := told.GetPendingWorkflowTask(); task != nil {
		fmt.Fprintf(&words, ", workflow task %s, try %d", task.GetState(), task.GetAttempt())
	}
	for _, activity := range told.GetPendingActivities() {
		fmt.Fprintf(&words, ", %s is %s, try %d: %s", activity.GetActivityType().GetName(), activity.GetState(),
			activity.GetAttempt(), activity.GetLastFailure().GetMessage())
	}
	for _, child := range told.GetPendingChildren() {
		words.WriteString(", child " + child.GetWorkflowId())
	}
	return words.String()
}

func young(run *workflow.WorkflowExecutionInfo) bool {
	return time.Since(run.GetStartTime().AsTime()) < idleRun
}
