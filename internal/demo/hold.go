package demo

import (
	"context"
	"sync"

	"go.temporal.io/sdk/interceptor"

	"github.com/friendpay/friendpay/models"
)

// holdSave stops a worker right after a row was written, before its workflow
// task can be completed: the moment in which a step is saved and not yet durable.
type holdSave struct {
	interceptor.WorkerInterceptorBase
	state   models.State // hold the first save of a request in this state
	once    sync.Once
	reached chan struct{} // closed when a save is held
	release chan struct{} // close it to let the save return
}

func newHoldSave(state models.State) *holdSave {
	return &holdSave{state: state, reached: make(chan struct{}), release: make(chan struct{})}
}

// InterceptActivity puts itself around every activity of the worker.
func (h *holdSave) InterceptActivity(
	_ context.Context, next interceptor.ActivityInboundInterceptor,
) interceptor.ActivityInboundInterceptor {
	held := &heldActivity{hold: h}
	held.Next = next
	return held
}

type heldActivity struct {
	interceptor.ActivityInboundInterceptorBase
	hold *holdSave
}

// ExecuteActivity runs the activity and holds the save it is waiting for.
func (a *heldActivity) ExecuteActivity(
	ctx context.Context, in *interceptor.ExecuteActivityInput,
) (any, error) {
	result, err := a.Next.ExecuteActivity(ctx, in)
	if len(in.Args) != 1 || err != nil {
		return result, err
	}
	if step, ok := in.Args[0].(models.Step); ok && step.Request.State == a.hold.state {
		a.hold.once.Do(func() {
			close(a.hold.reached)
			<-a.hold.release
		})
	}
	return result, err
}
