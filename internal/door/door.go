// Package door is the only way to a request's workflow: Place starts it, Deliver
// brings an event from people, Post one from a provider. Each repeats safely
// under the same update id.
package door

import (
	"context"
	"errors"
	"fmt"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/workflows"
)

// patience is how long one knock waits; whoever knocks tries again with the same
// update id.
const patience = 8 * time.Second

// Door speaks to Temporal for the API and the relay.
type Door struct {
	temporal client.Client
}

// New makes a door to the requests of one Temporal namespace.
func New(temporal client.Client) *Door { return &Door{temporal: temporal} }

// Place starts the workflow of a fresh request, in state Checking, and returns it
// at rest: open, or ineligible. A request that was placed before comes back as it is.
func (d *Door) Place(ctx context.Context, request models.Request) (models.Request, error) {
	event := models.Event{Kind: models.Placed, Actor: "buyer"}
	reuse := enums.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE
	return d.withStart(ctx, request, reuse, knock{request.ID, "place", event})
}

// Post brings a provider's hint to the request's workflow. A run that has ended
// starts again from the stored request, so that late money needs no way of its own.
func (d *Door) Post(
	ctx context.Context, stored models.Request, updateID string, event models.Event,
) (models.Request, error) {
	reuse := enums.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE
	return d.withStart(ctx, stored, reuse, knock{stored.ID, updateID, event})
}

// Deliver brings an event from people. The answer is the request when every
// effect has answered; reason "still_working" says that it will come later.
func (d *Door) Deliver(
	ctx context.Context, requestID, updateID string, event models.Event,
) (models.Request, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	handle, err := d.temporal.UpdateWorkflow(ctx, knock{requestID, updateID, event}.options())
	return answer(ctx, handle, err)
}

// Durable is the version of the request that Temporal has made durable: what
// the rows say of a later one may still be taken back.
func (d *Door) Durable(ctx context.Context, requestID string) (int64, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	value, err := d.temporal.QueryWorkflow(ctx, workflows.RequestID(requestID), "", workflows.Durable)
	if err != nil {
		return 0, fmt.Errorf("ask for the durable version: %w", translate(ctx, err))
	}
	var version int64
	if err := value.Get(&version); err != nil {
		return 0, fmt.Errorf("read the durable version: %w", err)
	}
	return version, nil
}

type knock struct {
	request, update string
	event           models.Event
}

func (k knock) options() client.UpdateWorkflowOptions {
	return client.UpdateWorkflowOptions{
		WorkflowID:   workflows.RequestID(k.request),
		UpdateID:     k.update,
		UpdateName:   workflows.Deliver,
		Args:         []any{k.event},
		WaitForStage: client.WorkflowUpdateStageCompleted,
	}
}

func (d *Door) withStart(
	ctx context.Context, request models.Request, reuse enums.WorkflowIdReusePolicy, k knock,
) (models.Request, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	start := d.temporal.NewWithStartWorkflowOperation(client.StartWorkflowOptions{
		ID:                       workflows.RequestID(request.ID),
		TaskQueue:                workflows.Queue,
		WorkflowIDConflictPolicy: enums.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		WorkflowIDReusePolicy:    reuse,
		StaticSummary:            "friend-pay request of order " + request.Order,
	}, workflows.RequestWorkflow, request)
	handle, err := d.temporal.UpdateWithStartWorkflow(ctx, client.UpdateWithStartWorkflowOptions{
		StartWorkflowOperation: start, UpdateOptions: k.options(),
	})
	return answer(ctx, handle, err)
}

func answer(ctx context.Context, handle client.WorkflowUpdateHandle, err error) (models.Request, error) {
	var request models.Request
	if err == nil {
		err = handle.Get(ctx, &request)
	}
	return request, translate(ctx, err)
}

// translate turns what Temporal says into the vocabulary of the house.
func translate(ctx context.Context, err error) error {
	var (
		refused *temporal.ApplicationError
		gone    *serviceerror.NotFound
		again   *serviceerror.WorkflowExecutionAlreadyStarted
		late    *client.WorkflowUpdateServiceTimeoutOrCanceledError
	)
	switch {
	case err == nil:
		return nil
	case errors.As(err, &refused):
		return refusal(refused)
	case errors.As(err, &gone), errors.As(err, &again):
		return models.Refuse(models.Gone, "ended", "This request has ended.")
	case ctx.Err() != nil, errors.As(err, &late):
		return models.Refuse(models.Unavailable, "still_working", "This takes longer than usual; look again in a moment.")
	default:
		return fmt.Errorf("%w: %w", models.Refuse(models.Unavailable, "engine_unavailable", "Try again in a moment."), err)
	}
}

func refusal(refused *temporal.ApplicationError) error {
	var known models.Error
	if refused.HasDetails() && refused.Details(&known) == nil && known.Code != "" {
		return &known
	}
	return fmt.Errorf("%w: %s", models.Refuse(models.Internal, "engine_error", "Something went wrong."), refused.Type())
}
