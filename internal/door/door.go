// Package door is the only way to a request's workflow: Place starts it, Deliver
// brings an event to one that runs, Post one that must arrive also when its run has
// ended. Each repeats safely under the same update id.
package door

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/workflows"
)

// patience is how long one knock waits; whoever knocks tries again with the same
// update id.
const patience = 8 * time.Second

// Door speaks to Temporal for the API and the relay.
type Door struct {
	temporal client.Client
	space    string // the namespace
	rows     Rows
	found    *attributes // nil: runs are found by their ids only
}

// Rows are the requests as they were last saved.
type Rows interface {
	Request(ctx context.Context, id string) (models.Request, error)
}

// New makes a door to the requests of one Temporal namespace.
func New(temporal client.Client) *Door {
	return &Door{temporal: temporal, space: client.DefaultNamespace}
}

// Open makes a door whose requests are found by search attributes, where the namespace knows
// them, and which can start a run again from its row.
func Open(temporal client.Client, namespace string, rows Rows, log *slog.Logger) *Door {
	return &Door{temporal: temporal, space: namespace, rows: rows, found: &attributes{log: log}}
}

// Place starts the workflow of a fresh request, in state Checking, and returns it
// at rest: open, or ineligible. A request that was placed before comes back as it was
// then, also when its run has ended since. Conflict "request_open" when another
// request of the order was faster.
func (d *Door) Place(ctx context.Context, request models.Request) (models.Request, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	k := knock{request.ID, "place", models.Event{Kind: models.Placed, Actor: "buyer"}}
	handle, err := d.withStart(ctx, request, enums.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE, k)
	var again *serviceerror.WorkflowExecutionAlreadyStarted
	if errors.As(err, &again) {
		handle, err = d.temporal.GetWorkflowUpdateHandle(client.GetWorkflowUpdateHandleOptions{
			WorkflowID: workflows.RequestID(k.request), UpdateID: k.update,
		}), nil
	}
	placed, err := answer(ctx, handle, opened(err))
	if errors.Is(err, errRunEnded) {
		why := d.temporal.GetWorkflow(ctx, workflows.RequestID(k.request), "").Get(ctx, nil)
		err = cmp.Or(translate(why), err)
	}
	return placed, err
}

// Post brings what must arrive whenever it comes: a provider's hint, or a refund long
// after the sale. A run that has ended starts again from the stored request, so that
// late money needs no way of its own. For a hint the answer is the request as soon as
// it is judged and saved; the relay need not wait for what follows.
func (d *Door) Post(
	ctx context.Context, stored models.Request, updateID string, event models.Event,
) (models.Request, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	k := knock{stored.ID, updateID, event}
	handle, err := d.withStart(ctx, stored, enums.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE, k)
	request, err := answer(ctx, handle, opened(err))
	if err != nil && models.CodeOf(err) == models.Gone {
		err = unavailable(err) // the run was lost after it took the event in; the next knock starts another
	}
	return request, err
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
// the rows say of a later one may still be taken back. Gone "ended" when the run is
// over: nothing is taken back any more. The server says so by itself, since the workers
// of the build that the run belonged to may be gone as well.
func (d *Door) Durable(ctx context.Context, requestID string) (int64, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	answer, err := d.temporal.QueryWorkflowWithOptions(ctx, &client.QueryWorkflowWithOptionsRequest{
		WorkflowID: workflows.RequestID(requestID), QueryType: workflows.Durable,
		QueryRejectCondition: enums.QUERY_REJECT_CONDITION_NOT_OPEN,
	})
	if err != nil {
		return 0, fmt.Errorf("ask for the durable version: %w", translate(err))
	}
	if answer.QueryRejected != nil {
		return 0, errEnded
	}
	var version int64
	if err := answer.QueryResult.Get(&version); err != nil {
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
		WaitForStage: client.WorkflowUpdateStageAccepted, // so that we know which wait was in vain
	}
}

func (d *Door) withStart(
	ctx context.Context, request models.Request, reuse enums.WorkflowIdReusePolicy, k knock,
) (handle client.WorkflowUpdateHandle, err error) {
	err = d.begin(ctx, request, func(options client.StartWorkflowOptions, request models.Request) error {
		options.WorkflowIDConflictPolicy = enums.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING
		options.WorkflowIDReusePolicy = reuse
		start := d.temporal.NewWithStartWorkflowOperation(options, workflows.RequestWorkflow, request)
		handle, err = d.temporal.UpdateWithStartWorkflow(ctx, client.UpdateWithStartWorkflowOptions{
			StartWorkflowOperation: start, UpdateOptions: k.options(),
		})
		return err
	})
	return handle, err
}

// answer waits for what an accepted event came to; err says that it was not accepted.
func answer(ctx context.Context, handle client.WorkflowUpdateHandle, err error) (models.Request, error) {
	var request models.Request
	if err != nil {
		return request, translate(err)
	}
	err = handle.Get(ctx, &request)
	var late *client.WorkflowUpdateServiceTimeoutOrCanceledError
	if err != nil && (ctx.Err() != nil || errors.As(err, &late)) {
		return request, models.Refuse(models.Unavailable, "still_working", "This takes longer; look again soon.")
	}
	return request, translate(err)
}
