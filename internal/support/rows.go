package support

import (
	"context"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// callbackCommands are about what a provider reported.
func callbackCommands() []command {
	return []command{{
		name: "replay_callback", label: "Take it in again", least: Agent, about: []kind{anEvent}, here: true,
		plan: func(_ context.Context, _ *Desk, e *errand) (Preview, error) {
			plan := Preview{
				Summary: "Take callback " + e.Subject + " of " + e.event.Provider + " in again.",
				Effects: []string{"It is posted as if it had only just come.",
					"The provider itself is asked what is true."},
			}
			if e.event.Status != store.EventDead && e.event.Status != store.EventIgnored {
				return plan, models.Refuse(models.Conflict, "not_replayable",
					"This callback is "+string(e.event.Status)+": only a dead or ignored one is taken in again.")
			}
			return plan, nil
		},
		do: func(ctx context.Context, d *Desk, e *errand) (string, error) {
			again, err := d.Rows.ReplayEvent(ctx, e.Subject)
			if err == nil && !again {
				return "It was under way already.", nil
			}
			return "It waits for the relay.", err
		},
	}}
}

// inviteCommands are about links, and the people who came by them.
func inviteCommands() []command {
	return []command{{
		name: "revoke_invite", label: "Make the link useless", least: Agent, about: []kind{anInvite}, here: true,
		plan: func(ctx context.Context, d *Desk, e *errand) (Preview, error) {
			plan := Preview{Summary: "Make link " + e.Subject + " useless.",
				Effects: []string{"Whoever opens it is told that it was taken back.", "Other links still work."}}
			invite, err := d.Rows.Invite(ctx, e.Subject)
			if err == nil && invite.State != store.InviteLive {
				err = models.Refuse(models.Conflict, "not_live", "This link is "+string(invite.State)+" already.")
			}
			return plan, err
		},
		do: func(ctx context.Context, d *Desk, e *errand) (string, error) {
			return "The link is revoked.", d.Rows.RevokeInvite(ctx, e.Subject)
		},
	}, {
		name: "reveal", label: "Show the payer's phone", least: Agent, about: []kind{aRequest, anAttempt},
		here: true,
		plan: func(ctx context.Context, d *Desk, e *errand) (Preview, error) {
			_, err := d.phone(ctx, e)
			return Preview{Summary: "Show the phone of whoever pays or paid " + e.Subject + ", once.",
				Effects: []string{"The audit keeps who saw it, when and why."}}, err
		},
		shows: func(ctx context.Context, d *Desk, e *errand) (string, string, error) {
			phone, err := d.phone(ctx, e)
			return phone, "Shown once.", err
		},
	}}
}

// phone is the phone of the friend whom a request or attempt is about.
func (d *Desk) phone(ctx context.Context, e *errand) (string, error) {
	number := e.attempt.Number
	for _, candidate := range []string{e.request.Winner, e.request.Slot} {
		if number == "" {
			number = candidate
		}
	}
	a, ok := e.request.Attempt(number)
	if n := len(e.request.Attempts); !ok && n > 0 {
		a = e.request.Attempts[n-1]
	}
	if a.Payer == "" || a.ByBuyer {
		return "", models.Refuse(models.NotFound, "no_phone", "No friend has tried to pay this.")
	}
	return d.Rows.PayerPhone(ctx, a.Payer)
}
