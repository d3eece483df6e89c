package support

import (
	"context"

	"github.com/friendpay/friendpay/models"
)

// engineCommands mend the run of a request. What it decides is not touched: the law judges on.
func engineCommands() []command {
	return []command{
		outside(command{name: "restart_workflow", label: "Start its run again", least: Operator,
			about: []kind{aRequest}}, "Start the run of ", []string{"It goes on from the stored request."},
			func(d *Desk) bool { return d.Engine != nil },
			func(ctx context.Context, d *Desk, e *errand) error { return d.Engine.Restart(ctx, e.Subject) }),
		outside(command{name: "reset_workflow", label: "Reset its run", least: Operator, about: []kind{aRequest}},
			"Take back the failing task of the run of ", []string{"What was judged before it stays."},
			func(d *Desk) bool { return d.Engine != nil },
			func(ctx context.Context, d *Desk, e *errand) error { return d.Engine.Reset(ctx, e.Subject) }),
	}
}

// deliveryCommands are about what merchants are told.
func deliveryCommands() []command {
	ready := func(d *Desk) bool { return d.Deliveries != nil }
	return []command{
		outside(command{name: "resend_webhook", label: "Send it again", least: Agent, about: []kind{aDelivery}},
			"Send again ", []string{"The merchant may get the same event twice; its id is the same."}, ready,
			func(ctx context.Context, d *Desk, e *errand) error {
				return d.Deliveries.ResendDelivery(ctx, e.Subject, e.ID)
			}),
		outside(command{name: "send_test_event", label: "Send a test event", least: Agent, about: []kind{anEnd}},
			"Send a test event to ", nil, ready, func(ctx context.Context, d *Desk, e *errand) error {
				return d.Deliveries.SendTestEvent(ctx, e.Subject, e.ID)
			}),
		outside(command{name: "enable_endpoint", label: "Enable the endpoint", least: Operator,
			about: []kind{anEnd}},
			"Enable ", []string{"What waited for it is sent."}, ready,
			func(ctx context.Context, d *Desk, e *errand) error {
				return d.Deliveries.EnableEndpoint(ctx, e.Subject, e.ID)
			}),
	}
}

// outside completes a command that another part of the house carries out, if there is one.
func outside(
	c command, sentence string, effects []string, ready func(*Desk) bool,
	do func(context.Context, *Desk, *errand) error,
) command {
	c.plan = func(_ context.Context, d *Desk, e *errand) (Preview, error) {
		plan := Preview{Summary: sentence + e.Subject + ".", Effects: effects}
		if !ready(d) {
			return plan, models.Refuse(models.Conflict, "not_here", "This part is not running here.")
		}
		return plan, nil
	}
	c.do = func(ctx context.Context, d *Desk, e *errand) (string, error) {
		if !ready(d) {
			return "", models.Refuse(models.Unavailable, "not_here", "This part is not running here.")
		}
		return "Done.", do(ctx, d, e)
	}
	return c
}
