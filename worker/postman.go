package worker

import (
	"context"
	"log/slog"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
	"github.com/friendpay/friendpay/workflows"
)

// The pace of the postman, and how many deliveries of one endpoint may be tried for the
// first time at once: a long backlog waits in its rows and not in Temporal.
const (
	postmanTick  = 200 * time.Millisecond
	postmanWidth = 32
	postmanShare = 16
)

// Bags is what the postman needs of the store.
type Bags interface {
	TakeDeliveries(ctx context.Context, limit, share int) ([]store.Delivery, error)
	PutBackDelivery(ctx context.Context, id string, round int) error
}

// Postman begins a run for each delivery that is due one. While Temporal is down they wait.
type Postman struct {
	Bags     Bags
	Temporal interface {
		ExecuteWorkflow(
			ctx context.Context, options client.StartWorkflowOptions, workflow any, args ...any,
		) (client.WorkflowRun, error)
	}
	Log *slog.Logger
}

// Run begins runs until ctx ends.
func (p *Postman) Run(ctx context.Context) error {
	return pump[store.Delivery]{tick: postmanTick, width: postmanWidth, take: p.take, carry: p.carry}.run(ctx)
}

func (p *Postman) take(ctx context.Context, limit int) []store.Delivery {
	taken, err := p.Bags.TakeDeliveries(ctx, limit, postmanShare)
	if err != nil && ctx.Err() == nil {
		p.Log.WarnContext(ctx, "deliveries not readable", "error", err)
	}
	return taken
}

// carry begins a run in the place of one that may be there: a replay does not wait for the
// next try of the round before.
func (p *Postman) carry(ctx context.Context, d store.Delivery) {
	options := client.StartWorkflowOptions{
		ID: workflows.DeliveryID(d.ID), TaskQueue: workflows.Queue,
		WorkflowIDConflictPolicy: enums.WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING,
		StaticSummary:            d.Type + " to " + d.Endpoint,
	}
	run := models.DeliveryRun{Delivery: d.ID, Round: d.Round}
	_, err := p.Temporal.ExecuteWorkflow(ctx, options, workflows.DeliveryWorkflow, run)
	if err == nil {
		return
	}
	p.Log.WarnContext(ctx, "delivery not begun; it waits", "delivery", d.ID, "reason", reason(err))
	if err := p.Bags.PutBackDelivery(context.WithoutCancel(ctx), d.ID, d.Round); err != nil {
		p.Log.WarnContext(ctx, "delivery not put back; it begins in five minutes", "delivery", d.ID, "error", err)
	}
}
