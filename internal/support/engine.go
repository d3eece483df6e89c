package support

import (
	"context"
	"strings"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
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
		closeBreaker(),
	}
}

// closeBreaker lets the next payer try a way that was taken away; how that goes decides.
func closeBreaker() command {
	return command{
		name: "close_breaker", label: "Let it be tried again", least: Operator, about: []kind{aBreaker}, here: true,
		already: []string{"not_open"},
		plan: func(ctx context.Context, d *Desk, e *errand) (Preview, error) {
			plan := Preview{Summary: "Offer " + e.Subject + " again.", Effects: []string{
				"The next payer may try it. If it works the breaker closes; if it fails it opens again.",
			}}
			return plan, d.Rows.Trustworthy(ctx, breakerOf(e.Subject))
		},
		do: func(ctx context.Context, d *Desk, e *errand) (string, error) {
			return "The next payer may try it.", d.Rows.Vouch(ctx, breakerOf(e.Subject), d.Clock())
		},
	}
}

// breakerOf reads the name of a breaker: app/channel, and /surface where it watches one.
func breakerOf(subject string) (key store.BreakerKey) {
	key.App, key.Channel, _ = strings.Cut(subject, "/")
	key.Channel, key.Surface, _ = strings.Cut(key.Channel, "/")
	return key
}

// deliveryCommands are about what merchants are told.
func deliveryCommands() []command {
	ready := func(d *Desk) bool { return d.Deliveries != nil }
	return []command{
		outside(command{name: "resend_webhook", label: "Send it again", least: Agent,
			about: []kind{aDelivery, aMessage}, already: []string{"already_sent"}},
			"Send again ", []string{"Who gets it may get the same twice; its id is the same."}, ready,
			func(ctx context.Context, d *Desk, e *errand) error {
				if kindOf(e.Subject) == aMessage {
					return d.Rows.ResendMessage(ctx, e.Subject)
				}
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
