package faults

import (
	"sync"

	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/workflow"

	"github.com/friendpay/friendpay/workflows"
)

// bug is a mistake in the workflows' code that some requests meet: each save panics, and with
// it the workflow's task fails.
type bug struct {
	interceptor.WorkerInterceptorBase
	mu     sync.Mutex
	struck map[string]bool // by workflow id
}

func newBug() *bug { return &bug{struck: map[string]bool{}} }

// strikes says whether a request meets the bug from now on.
func (b *bug) strikes(request string, on bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.struck[workflows.RequestID(request)] = on
}

func (b *bug) met(ctx workflow.Context) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.struck[workflow.GetInfo(ctx).WorkflowExecution.ID]
}

func (b *bug) InterceptWorkflow(
	_ workflow.Context, next interceptor.WorkflowInboundInterceptor,
) interceptor.WorkflowInboundInterceptor {
	in := &bugIn{bug: b}
	in.Next = next
	return in
}

type bugIn struct {
	interceptor.WorkflowInboundInterceptorBase
	bug *bug
}

func (i *bugIn) Init(out interceptor.WorkflowOutboundInterceptor) error {
	bad := &bugOut{bug: i.bug}
	bad.Next = out
	return i.Next.Init(bad)
}

type bugOut struct {
	interceptor.WorkflowOutboundInterceptorBase
	bug *bug
}

func (o *bugOut) ExecuteLocalActivity(ctx workflow.Context, kind string, args ...any) workflow.Future {
	if kind == workflows.SaveStep && !workflow.IsReplaying(ctx) && o.bug.met(ctx) {
		panic("a bug in the workflow")
	}
	return o.Next.ExecuteLocalActivity(ctx, kind, args...)
}
