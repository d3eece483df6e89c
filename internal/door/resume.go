package door

import (
	"context"
	"errors"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/workflows"
)

// Resume starts the run of a stored request again, where it is lost. False says that
// one is under way: it is left alone, for it knows more than any row.
func (d *Door) Resume(ctx context.Context, stored models.Request) (started bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err = d.begin(ctx, stored, func(options client.StartWorkflowOptions, stored models.Request) error {
		options.WorkflowIDConflictPolicy = enums.WORKFLOW_ID_CONFLICT_POLICY_FAIL
		options.WorkflowIDReusePolicy = enums.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE
		options.WorkflowExecutionErrorWhenAlreadyStarted = true
		_, err := d.temporal.ExecuteWorkflow(ctx, options, workflows.RequestWorkflow, stored)
		return err
	})
	var running *serviceerror.WorkflowExecutionAlreadyStarted
	if errors.As(err, &running) {
		return false, nil
	}
	return err == nil, translate(err)
}
