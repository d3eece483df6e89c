package worker

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"time"

	"go.temporal.io/sdk/client"
	"google.golang.org/grpc"
)

// pollMethod is the call in which a worker waits for workflow tasks.
const pollMethod = "/PollWorkflowTaskQueue"

// ailing is how long after a poll that failed nobody is said to be polling: failing polls are repeated, so
// that one of them is always under way.
const ailing = 10 * time.Second

// Pulse knows whether this process waits for workflow tasks. It sees the calls themselves: what Temporal
// tells of a queue's pollers lags by minutes, and in parts.
type Pulse struct {
	waiting atomic.Int64
	failed  atomic.Int64 // when a poll failed last, in nanoseconds; 0: never
}

// Watch looks at the calls of a client that is yet to be made.
func (p *Pulse) Watch(options *client.Options) {
	dialling := &options.ConnectionOptions
	dialling.DialOptions = append(dialling.DialOptions, grpc.WithChainUnaryInterceptor(p.see))
}

// Beats says that a poll waits at Temporal, and none has failed lately.
func (p *Pulse) Beats() error {
	if p.waiting.Load() == 0 {
		return errors.New("nobody waits for workflow tasks")
	}
	if failed := p.failed.Load(); failed > 0 && time.Since(time.Unix(0, failed)) < ailing {
		return errors.New("the engine gives no workflow tasks out")
	}
	return nil
}

func (p *Pulse) see(
	ctx context.Context, method string, request, reply any, conn *grpc.ClientConn, call grpc.UnaryInvoker,
	options ...grpc.CallOption,
) error {
	if !strings.HasSuffix(method, pollMethod) {
		return call(ctx, method, request, reply, conn, options...)
	}
	p.waiting.Add(1)
	defer p.waiting.Add(-1)
	err := call(ctx, method, request, reply, conn, options...)
	if err != nil && ctx.Err() == nil {
		p.failed.Store(time.Now().UnixNano())
	}
	return err
}
