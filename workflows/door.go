package workflows

import (
	"errors"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/friendpay/friendpay/internal/bug"
	"github.com/friendpay/friendpay/models"
)

// A delivery is one event on its way in. Whoever sent it may wait until it has
// been judged and every effect it set off has answered.
type delivery struct {
	event  models.Event
	origin *delivery // whose effect this answers; nil for what came from outside
	judged bool
	abroad int
	err    error
}

func (d *delivery) root() *delivery {
	if d.origin != nil {
		return d.origin
	}
	return d
}

// answered says that its sender need not wait any longer. A hint has done its work
// when it is judged and saved: the relay must not wait for a merchant's system.
func (d *delivery) answered() bool {
	hint := d.event.Kind == models.PaymentReported || d.event.Kind == models.RefundReported
	return d.judged && (hint || d.abroad == 0)
}

// listen opens the one way in. The handler only queues; the loop judges.
func (r *run) listen(ctx workflow.Context) error {
	err := workflow.SetQueryHandler(ctx, Durable, func() (int64, error) { return r.saved, nil })
	if err != nil {
		return err
	}
	return workflow.SetUpdateHandlerWithOptions(ctx, Deliver, r.deliver, workflow.UpdateHandlerOptions{
		Validator:   r.admit,
		Description: "one event for the request",
	})
}

// admit refuses at the door, without a trace in history, what is malformed or
// what the law would not take now.
func (r *run) admit(ctx workflow.Context, event models.Event) error {
	if err := event.Check(); err != nil {
		return crossing(err)
	}
	event.At = workflow.Now(ctx)
	return crossing(r.request.Accepts(event))
}

func (r *run) deliver(ctx workflow.Context, event models.Event) (models.Request, error) {
	d := &delivery{event: event}
	r.inbox = append(r.inbox, d)
	if bug.NoDrain {
		return r.request, nil
	}
	if err := workflow.Await(ctx, d.answered); err != nil {
		return r.request, err
	}
	return r.request, crossing(d.err)
}

// crossing puts a refusal into the form in which it survives the way through
// Temporal; package door turns it back.
func crossing(err error) error {
	var refused *models.Error
	if errors.As(err, &refused) {
		return temporal.NewNonRetryableApplicationError(refused.Message, refused.Reason, nil, *refused)
	}
	return err
}
