package watch

import (
	"context"
	"errors"
	"fmt"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"github.com/friendpay/friendpay/workflows"
)

// Temporal is the engine behind a client.
type Temporal struct{ Client client.Client }

// Reachable is nil when Temporal says that it is well.
func (t Temporal) Reachable(ctx context.Context) error {
	if _, err := t.Client.CheckHealth(ctx, &client.CheckHealthRequest{}); err != nil {
		return fmt.Errorf("reach Temporal: %w", err)
	}
	return nil
}

// Failing is how often the pending workflow task of a request's run has been tried. This server has no
// search attribute that would tell of all at once, so each run is asked. A run that is over fails nothing.
func (t Temporal) Failing(ctx context.Context, request string) (tries int, err error) {
	about, err := t.Client.DescribeWorkflowExecution(ctx, workflows.RequestID(request), "")
	var unknown *serviceerror.NotFound
	if errors.As(err, &unknown) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("describe a run: %w", err)
	}
	return int(about.GetPendingWorkflowTask().GetAttempt()), nil
}
