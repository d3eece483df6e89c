package support

import (
	"context"
	"slices"
	"strings"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
)

// kind is what an id names.
type kind string

const (
	aRequest  kind = mint.Request
	anEvent   kind = mint.Event
	aDelivery kind = "dlv"
	anEnd     kind = "whe"        // an endpoint of a merchant's webhooks
	aMessage  kind = mint.Message // an SMS
	aBreaker  kind = mint.App     // of a channel: app/channel, or app/channel/surface
	anInvite  kind = mint.Invite
	aCase     kind = mint.Case
	aCommand  kind = mint.Command
	anAttempt kind = "attempt" // a payment number
	aRefund   kind = "refund"  // a refund's number
)

// numberLength is how long a provider's number of ours is; it has no prefix.
const numberLength = 26

// identify reads what a command is about.
func (d *Desk) identify(ctx context.Context, c command, e *errand) error {
	is := kindOf(e.Subject)
	switch {
	case is == "" && len(e.Subject) == numberLength:
		return d.located(ctx, c, e)
	case !slices.Contains(c.about, is):
		return wrong("wrong_subject", "subject", c.name+" is not about this.", "It is about "+c.subjects()+".")
	}
	var err error
	switch is {
	case aRequest:
		e.Request = e.Subject
		e.request, err = d.Rows.Request(ctx, e.Subject)
	case anEvent:
		if e.event, err = d.Rows.Event(ctx, e.Subject); err == nil {
			e.Request, err = d.requestOf(ctx, e.event.Number)
		}
	case anInvite:
		invite, failed := d.Rows.Invite(ctx, e.Subject)
		e.Request, err = invite.Request, failed
	case aCase:
		e.opened, err = d.Rows.Case(ctx, e.Subject)
		e.Request = e.opened.Request
	case aCommand:
		_, err = d.Rows.Command(ctx, e.Subject)
	default: // deliveries, endpoints, messages and breakers are asked where they are kept
	}
	return err
}

// located reads the attempt or refund of a number, with its request.
func (d *Desk) located(ctx context.Context, c command, e *errand) error {
	found, err := d.Rows.Locate(ctx, e.Subject)
	if err != nil {
		return err
	}
	is := anAttempt
	if found.Refund != "" {
		is = aRefund
	}
	if !slices.Contains(c.about, is) {
		return wrong("wrong_subject", "subject", c.name+" is not about this.", "It is about "+c.subjects()+".")
	}
	e.Request = found.Request
	if e.request, err = d.Rows.Request(ctx, found.Request); err != nil {
		return err
	}
	e.attempt, _ = e.request.Attempt(found.Attempt)
	e.refund, _ = e.request.Refund(found.Refund)
	return nil
}

// requestOf is the request of a payment number; empty for one that is not ours.
func (d *Desk) requestOf(ctx context.Context, number string) (string, error) {
	found, err := d.Rows.Locate(ctx, number)
	if models.CodeOf(err) == models.NotFound {
		return "", nil
	}
	return found.Request, err
}

// kindOf is what an id names by its prefix; empty: it has none.
func kindOf(id string) kind {
	prefix, _, named := strings.Cut(id, "_")
	if !named {
		return ""
	}
	return kind(prefix)
}

func (c command) subjects() string {
	words := map[kind]string{
		aRequest: "a request (fpr_…)", anEvent: "a provider's event (evt_…)", aDelivery: "a delivery (dlv_…)",
		anEnd: "an endpoint (whe_…)", aMessage: "a message (msg_…)", aBreaker: "a breaker (app_…/channel)",
		anInvite: "an invite (inv_…)", aCase: "a case (cas_…)",
		aCommand: "a command (cmd_…)", anAttempt: "a payment's number", aRefund: "a refund's number",
	}
	list := make([]string, len(c.about))
	for i, of := range c.about {
		list[i] = words[of]
	}
	return strings.Join(list, " or ")
}
