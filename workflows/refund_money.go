package workflows

import (
	"errors"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/friendpay/friendpay/models"
)

// refundPatience is how long a refund may be on its way before a human is told; the
// request goes on asking, slowly (models.FollowRefund).
const refundPatience = 24 * time.Hour

// RefundMoney gives one refund back to whoever paid, under one number over all
// retries, and answers RefundDone or RefundBroke.
func RefundMoney(ctx workflow.Context, call models.Call) (models.Event, error) {
	workflow.SetCurrentDetails(ctx, "**submitting** to the provider")
	answer, err := refundStep(ctx, SubmitRefund, call, 0)
	if err != nil || answer.Kind != models.RefundUnfinished {
		return answer, err
	}
	workflow.SetCurrentDetails(ctx, "**submitted**; the provider is asked until the money is back")
	return follow(ctx, call)
}

// follow asks what became of a submitted refund until there is an end.
func follow(ctx workflow.Context, call models.Call) (models.Event, error) {
	patience := patience(call) / time.Duration(max(call.Request.Speed, 1))
	answer, err := refundStep(ctx, PollRefund, call, max(patience, 10*time.Second))
	if overdue(err) {
		return models.Event{Kind: models.RefundBroke, Refund: call.Ref, Reason: models.Overdue, Actor: "time"}, nil
	}
	return answer, err
}

// patience lasts at least as long as the provider takes to the payer's account.
func patience(call models.Call) time.Duration {
	refund, _ := call.Request.Refund(call.Ref)
	if refund.ExpectedBy.IsZero() {
		return refundPatience
	}
	return max(refundPatience, refund.ExpectedBy.Sub(refund.CreatedAt))
}

// overdue says that patience ended: while a try ran, or between two, when the
// server hands out the last try's error instead of a time-out.
func overdue(err error) bool {
	var late *temporal.TimeoutError
	var tried *temporal.ActivityError
	return errors.As(err, &late) || errors.As(err, &tried) && tried.RetryState() == enums.RETRY_STATE_TIMEOUT
}

func refundStep(
	ctx workflow.Context, activity string, call models.Call, limit time.Duration,
) (answer models.Event, err error) {
	refund, _ := call.Request.Refund(call.Ref)
	options := remote(models.Effect{Ref: refund.Attempt}, call.Request)
	options.ScheduleToCloseTimeout, options.Summary = limit, summary(call.Ref, call.Request)
	ctx = workflow.WithActivityOptions(ctx, options)
	err = workflow.ExecuteActivity(ctx, activity, call).Get(ctx, &answer)
	return answer, err
}

// startRefund runs RefundMoney as a child that outlives its request. When it
// runs already, because the request's run was lost and started again, only its
// end is awaited: nobody submits a refund twice.
func startRefund(ctx workflow.Context, effect models.Effect, r models.Request) (models.Event, error) {
	call := models.Call{Request: r, Ref: effect.Ref}
	options := workflow.ChildWorkflowOptions{
		WorkflowID:            RefundID(effect.Ref),
		WorkflowIDReusePolicy: enums.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
		ParentClosePolicy:     enums.PARENT_CLOSE_POLICY_ABANDON,
		StaticSummary:         "refund of " + r.ID,
		StaticDetails:         refundDetails(r, effect.Ref),
	}
	if r.Indexed { // else the namespace may not know them, and the task would fail
		options.TypedSearchAttributes = foundRefund(r, effect.Ref)
	}
	child := workflow.WithChildOptions(ctx, options)
	var answer models.Event
	err := workflow.ExecuteChildWorkflow(child, RefundWorkflow, call).Get(ctx, &answer)
	var running *temporal.ChildWorkflowExecutionAlreadyStartedError
	if errors.As(err, &running) {
		return follow(ctx, call)
	}
	if err != nil { // ended from outside: a human must look, and may try again
		answer = models.Event{Kind: models.RefundBroke, Refund: effect.Ref, Reason: models.Lost, Actor: "time"}
		err = nil
	}
	return answer, err
}
