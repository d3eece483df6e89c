package support

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/friendpay/friendpay/internal/facts"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
)

// lifeCommands move the end of a request, or take it back.
func lifeCommands() []command {
	until := []Arg{{Name: "until", Label: "The new deadline", Kind: "time", Needed: true}}
	extend := command{name: "extend", label: "Give it more time", least: Agent, about: []kind{aRequest},
		args: until}
	extend.plan = planLife(models.Extended, "Let request %s wait until %s.",
		"Live links to it work as long as it does.")
	extend.do = func(ctx context.Context, d *Desk, e *errand) (string, error) {
		after, err := d.move(ctx, e, models.Extended)
		return "It waits until " + after.ExpiresAt.UTC().Format(time.RFC3339) + ".", err
	}
	reopen := command{name: "reopen", label: "Open it again", least: Supervisor, about: []kind{aRequest},
		args:    until,
		already: []string{"still_open", "already_paid", "already_ending"}}
	reopen.plan = planLife(models.Reopened, "Open request %s again, until %s.",
		"The rules, the order and its other requests are asked first.", "Live links to it work again.")
	reopen.do = func(ctx context.Context, d *Desk, e *errand) (string, error) {
		after, err := d.move(ctx, e, models.Reopened)
		if err == nil && !after.EndedAt.IsZero() {
			err = d.whyEnded(ctx, after)
		}
		return standing(after), err
	}
	return []command{extend, reopen}
}

func planLife(kind models.EventKind, sentence string, effects ...string) func(
	context.Context, *Desk, *errand,
) (Preview, error) {
	return func(ctx context.Context, d *Desk, e *errand) (Preview, error) {
		plan := Preview{Summary: fmt.Sprintf(sentence, e.Request, e.Args["until"]), Effects: effects}
		event, err := d.moved(ctx, e, kind)
		if err == nil {
			err = inArgs(e.request.Accepts(event))
		}
		if err == nil && kind == models.Reopened {
			err = d.orderStandsInTheWay(ctx, e.request)
		}
		return plan, err
	}
}

func (d *Desk) move(ctx context.Context, e *errand, kind models.EventKind) (models.Request, error) {
	event, err := d.moved(ctx, e, kind)
	if err != nil {
		return models.Request{}, err
	}
	return d.post(ctx, e, event)
}

// moved is the event with the deadline that is wanted, and what the order allows now: no more
// than a request that is placed now would get.
func (d *Desk) moved(ctx context.Context, e *errand, kind models.EventKind) (models.Event, error) {
	now, speed := d.Clock().UTC(), max(e.request.Speed, 1)
	until, err := time.Parse(time.RFC3339, e.Args["until"])
	event := models.Event{Kind: kind, Actor: e.By, At: now, Until: until.UTC(), HardEnd: until.UTC()}
	if err != nil {
		return event, wrong("bad_argument", "args.until", "The new deadline is not well formed.",
			"Send a moment like 2026-03-01T09:00:00Z.")
	}
	order, err := d.Rows.Order(ctx, e.request.Order)
	if err != nil {
		return event, err
	}
	wish := max(until.Sub(now), time.Nanosecond) * time.Duration(speed)
	life := policy.LifeOf(facts.Of(order, nil, now, speed).Order, wish, now, speed)
	if until.After(life.ExpiresAt) {
		return event, wrong("beyond_order", "args.until", "The order cannot wait that long.",
			"Name a moment up to "+life.ExpiresAt.UTC().Format(time.RFC3339)+".")
	}
	if life.HardEnd.After(event.HardEnd) {
		event.HardEnd = life.HardEnd
	}
	return event, nil
}

// inArgs names the field of a refusal of the law as the command's argument.
func inArgs(err error) error {
	var known *models.Error
	if errors.As(err, &known) && known.Field == "until" {
		said := *known
		said.Field = "args.until"
		return &said
	}
	return err
}

func (d *Desk) orderStandsInTheWay(ctx context.Context, r models.Request) error {
	why, err := d.Rows.WhyNotReopen(ctx, r)
	if err != nil || why == "" {
		return err
	}
	return notAgain(why)
}

// whyEnded is why a request that was to be opened again is not: what the check said, as the
// newest transition keeps it.
func (d *Desk) whyEnded(ctx context.Context, r models.Request) error {
	list, err := d.Rows.Transitions(ctx, r.ID, max(r.Seq-2, 0), 2)
	i := slices.IndexFunc(list, func(t models.Transition) bool { return t.On == models.OrderIneligible })
	if err != nil || i < 0 {
		return err
	}
	return notAgain(list[i].Reason)
}

func notAgain(why string) error {
	said := map[string]string{
		"order_paid": "The order has been paid.", "order_cancelled": "The order was cancelled.",
		"price_changed":    "The order has another price by now.",
		models.RequestOpen: "The order has an open request.",
	}[why]
	if said == "" {
		said = "The rules do not allow it any more (" + why + ")."
	}
	return &models.Error{
		Code: models.Conflict, Reason: "not_reopened", Message: said, Fix: "Ask the buyer for a new one.",
	}
}
