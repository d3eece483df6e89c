package door_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/workflow"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/workflows"
)

// clumsy makes the workflow's tasks fail while it is switched on: each save panics.
type clumsy struct {
	interceptor.WorkerInterceptorBase
	on    atomic.Bool
	fails atomic.Int64
}

func (c *clumsy) InterceptWorkflow(
	_ workflow.Context, next interceptor.WorkflowInboundInterceptor,
) interceptor.WorkflowInboundInterceptor {
	in := &clumsyIn{clumsy: c}
	in.Next = next
	return in
}

type clumsyIn struct {
	interceptor.WorkflowInboundInterceptorBase
	clumsy *clumsy
}

func (i *clumsyIn) Init(out interceptor.WorkflowOutboundInterceptor) error {
	bad := &clumsyOut{clumsy: i.clumsy}
	bad.Next = out
	return i.Next.Init(bad)
}

type clumsyOut struct {
	interceptor.WorkflowOutboundInterceptorBase
	clumsy *clumsy
}

func (o *clumsyOut) ExecuteLocalActivity(ctx workflow.Context, kind string, args ...any) workflow.Future {
	if kind == workflows.SaveStep && o.clumsy.on.Load() && !workflow.IsReplaying(ctx) {
		o.clumsy.fails.Add(1)
		panic("a bug in the workflow")
	}
	return o.Next.ExecuteLocalActivity(ctx, kind, args...)
}

// A task fails, the bug is mended: a reset goes on at once where the last good task left
// it, with the payment that was asked for and the provider's answer to it.
func TestResetGoesOnBeforeTheFailingTask(t *testing.T) {
	bug := new(clumsy)
	e := newEngine(t).work(bug)
	e.says(models.OpenPayment, func(call models.Call) (models.Event, error) {
		bug.on.Store(true) // whatever the workflow makes of the answer fails
		return models.Event{Kind: models.PaymentOpened, Attempt: call.Ref}, nil
	})
	request := fresh()
	_, err := e.Place(t.Context(), request)
	require.NoError(t, err)
	before, _ := e.run(request.ID)
	require.NoError(t, e.Reset(t.Context(), request.ID), "nothing fails")
	same, _ := e.run(request.ID)
	require.Equal(t, before, same, "and nothing was reset")

	ask := pay("pay_1")
	brief, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	_, err = e.Deliver(brief, request.ID, ask.Attempt, ask)
	_ = refused(t, err, models.Unavailable, "still_working")
	require.Eventually(t, func() bool { return e.taskFailed(request.ID) }, 20*time.Second, 50*time.Millisecond)
	bug.on.Store(false)
	e.says(models.OpenPayment, func(models.Call) (models.Event, error) {
		panic("the provider is not asked twice")
	})
	require.NoError(t, e.Reset(t.Context(), request.ID))
	require.NoError(t, e.Reset(t.Context(), request.ID), "again is fine")
	after, _ := e.run(request.ID)
	require.NotEqual(t, before, after)
	require.Eventually(t, func() bool {
		row := e.stored(request.ID)
		return len(row.Attempts) == 1 && row.Attempts[0].State == models.LiveAttempt
	}, 20*time.Second, 50*time.Millisecond)
	answer, err := e.Deliver(t.Context(), request.ID, ask.Attempt, ask)
	require.NoError(t, err, "whoever waits is answered by the same id")
	require.Equal(t, models.LiveAttempt, answer.Attempts[0].State)
}

func TestRestartBeginsAgainFromTheRow(t *testing.T) {
	e := newEngine(t).work()
	request := fresh()
	_, err := e.Place(t.Context(), request)
	require.NoError(t, err)
	ask := pay("pay_1")
	_, err = e.Deliver(t.Context(), request.ID, ask.Attempt, ask)
	require.NoError(t, err)
	first, _ := e.run(request.ID)
	require.NoError(t, e.Restart(t.Context(), request.ID))
	same, _ := e.run(request.ID)
	require.Equal(t, first, same, "one that runs is left alone")

	require.NoError(t, e.temporal.TerminateWorkflow(t.Context(), workflows.RequestID(request.ID), "", "by hand"))
	e.ended(request.ID)
	require.NoError(t, e.Restart(t.Context(), request.ID))
	require.NoError(t, e.Restart(t.Context(), request.ID), "again is fine")
	second, running := e.run(request.ID)
	require.True(t, running)
	require.NotEqual(t, first, second)
	_, err = e.Deliver(t.Context(), request.ID, "c1", cancelled)
	require.NoError(t, err)
	e.ended(request.ID)
	_ = refused(t, e.Restart(t.Context(), request.ID), models.Gone, "ended")
	_ = refused(t, e.Reset(t.Context(), request.ID), models.Gone, "ended")
	_ = refused(t, e.Restart(t.Context(), "fpr_nobody"), models.NotFound, "unknown_request")
	_ = refused(t, e.Reset(t.Context(), "fpr_nobody"), models.Gone, "ended")
}

// taskFailed says that the server has written that a task of the newest run failed.
func (e *engine) taskFailed(id string) bool {
	e.t.Helper()
	events := e.temporal.GetWorkflowHistory(e.t.Context(), workflows.RequestID(id), "", false,
		enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		event, err := events.Next()
		require.NoError(e.t, err)
		if event.GetEventType() == enums.EVENT_TYPE_WORKFLOW_TASK_FAILED {
			return true
		}
	}
	return false
}
