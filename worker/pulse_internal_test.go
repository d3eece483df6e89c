package worker

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	"google.golang.org/grpc"
)

const (
	polls = "/temporal.api.workflowservice.v1.WorkflowService/PollWorkflowTaskQueue"
	other = "/temporal.api.workflowservice.v1.WorkflowService/PollActivityTaskQueue"
)

// call sees a call of that method begin; it ends with the error that is sent.
func call(p *Pulse, method string) (end func(error)) {
	answer, done := make(chan error), make(chan struct{})
	go func() {
		defer close(done)
		wait := func(context.Context, string, any, any, *grpc.ClientConn, ...grpc.CallOption) error {
			return <-answer
		}
		_ = p.see(context.Background(), method, nil, nil, nil, wait)
	}()
	synctest.Wait()
	return func(err error) { answer <- err; <-done }
}

func TestThePulseBeatsWhileAPollWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p Pulse
		require.Error(t, p.Beats(), "nobody has begun")
		noise := call(&p, other)
		require.Error(t, p.Beats(), "an activity's poll takes no workflow task")
		first := call(&p, polls)
		require.NoError(t, p.Beats())
		first(nil)
		require.Error(t, p.Beats(), "it has ended and no other began")

		failing := call(&p, polls)
		failing(errors.New("no such namespace"))
		again := call(&p, polls)
		require.Error(t, p.Beats(), "what fails is begun again at once, and is no pulse")
		<-time.After(ailing + time.Second)
		require.NoError(t, p.Beats(), "the one that waits now has not failed")
		again(nil)
		noise(nil)
	})
}

func TestThePulseIsAPartOfTheClient(t *testing.T) {
	var options client.Options
	new(Pulse).Watch(&options)
	require.Len(t, options.ConnectionOptions.DialOptions, 1)
}
