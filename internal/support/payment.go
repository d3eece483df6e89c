package support

import (
	"context"
	"fmt"

	"github.com/friendpay/friendpay/models"
)

// about an event of the law: what it is, and in words.
type wished struct {
	event    models.Event
	sentence string
	effects  []string
}

// lawful makes plan and do of a command that is one event for its request. The law itself says
// whether it takes the event now; the update under which it is delivered is the command's id.
func lawful(c command, wish func(*Desk, *errand) (wished, error)) command {
	c.plan = func(_ context.Context, d *Desk, e *errand) (Preview, error) {
		w, err := wish(d, e)
		plan := Preview{Summary: w.sentence, Effects: w.effects}
		if err != nil {
			return plan, err
		}
		w.event.Actor, w.event.At = e.By, d.Clock()
		return plan, e.request.Accepts(w.event)
	}
	c.do = func(ctx context.Context, d *Desk, e *errand) (string, error) {
		w, err := wish(d, e)
		if err != nil {
			return "", err
		}
		after, err := d.post(ctx, e, w.event)
		return standing(after), err
	}
	return c
}

func (d *Desk) post(ctx context.Context, e *errand, event models.Event) (models.Request, error) {
	event.Actor = e.By
	return d.Door.Post(ctx, e.request, e.ID, event)
}

// standing is how a request stands after a command.
func standing(r models.Request) string { return "The request is " + string(r.State) + "." }

// byStaff is the reason that histories carry: the words are in the audit.
const byStaff = "staff"

// paymentCommands are about who may pay, and what a provider knows of it.
func paymentCommands() []command {
	return []command{
		lawful(command{name: "requery", label: "Ask the provider now", least: Agent,
			about: []kind{aRequest, anAttempt, aRefund}}, requery),
		lawful(command{name: "release_slot", label: "Free the slot", least: Agent,
			about: []kind{aRequest, anAttempt}, already: []string{"not_paying"}}, releaseSlot),
		lawful(command{name: "cancel", label: "Cancel", least: Agent, about: []kind{aRequest}, spare: true,
			already: []string{"ended", "already_ending"}, args: []Arg{{
				Name: "force", Label: "Even money that wins goes back", Kind: "choice", Choices: []string{"no", "yes"},
				Default: "no",
			}}}, cancel).but(moneyBack),
		lawful(command{name: "hold", label: "Hold", least: Supervisor, about: []kind{aRequest}},
			func(_ *Desk, e *errand) (wished, error) {
				return wished{models.Event{Kind: models.HoldPlaced, Reason: byStaff},
					"Let nobody pay request " + e.Request + " for now.",
					[]string{"What is payable at the provider is closed.", "After half an hour in total it ends."},
				}, nil
			}),
		lawful(command{name: "lift", label: "Lift the hold", least: Supervisor, about: []kind{aRequest},
			already: []string{"not_held"}}, func(_ *Desk, e *errand) (wished, error) {
			return wished{models.Event{Kind: models.HoldLifted, Reason: byStaff},
				"Let friends pay request " + e.Request + " again.",
				[]string{"The time that it was held is added, as far as the order allows."}}, nil
		}),
	}
}

// requery makes a hint, like a provider's callback; of a request, about what most needs it.
func requery(_ *Desk, e *errand) (wished, error) {
	if e.refund.Number == "" && e.attempt.Number == "" {
		doubtful(e)
	}
	a, f := e.attempt, e.refund
	provider := a.Provider
	if f.Number != "" {
		of, _ := e.request.Attempt(f.Attempt)
		return wished{models.Event{Kind: models.RefundReported, Refund: f.Number},
			fmt.Sprintf("Ask %s about refund %s now.", of.Provider, f.Number),
			[]string{"What it says counts as if it had called back."}}, nil
	}
	if a.Number == "" {
		return wished{sentence: "Ask the provider."}, models.Refuse(models.Conflict, "nothing_to_ask",
			"This request has nothing that a provider could be asked about.")
	}
	return wished{models.Event{Kind: models.PaymentReported, Attempt: a.Number},
		fmt.Sprintf("Ask %s about payment %s now.", provider, a.Number),
		[]string{"What it says counts as if it had called back."}}, nil
}

// doubtful picks what of a request is the least certain: a payment under way, a refund that is
// not over, the newest payment.
func doubtful(e *errand) {
	for _, a := range e.request.Attempts {
		if a.Pending() || a.Watched {
			e.attempt = a
			return
		}
	}
	for _, f := range e.request.Refunds {
		if f.Outstanding() || f.State == models.RefundFailed {
			e.refund = f
			return
		}
	}
	if n := len(e.request.Attempts); n > 0 {
		e.attempt = e.request.Attempts[n-1]
	}
}

func releaseSlot(_ *Desk, e *errand) (wished, error) {
	number := e.attempt.Number
	if number == "" {
		number = e.request.Slot
	}
	return wished{models.Event{Kind: models.PayWithdrawn, Attempt: number, Reason: byStaff},
		"Free the slot of request " + e.Request + ", so that somebody else may pay.",
		[]string{"The payment is closed at the provider first.", "If its payer was faster, his money counts."},
	}, nil
}

func cancel(_ *Desk, e *errand) (wished, error) {
	if e.Args["force"] == "yes" {
		return wished{models.Event{Kind: models.MerchantWithdrew, Spare: e.Args["number"], Reason: byStaff},
			"End request " + e.Request + " for good: the merchant cannot deliver.",
			[]string{"What is payable at the provider is closed.", "Money that wins all the same goes back."}}, nil
	}
	return wished{models.Event{Kind: models.MerchantCancelled, Reason: byStaff},
		"End request " + e.Request + ".",
		[]string{"What is payable at the provider is closed.", "Money that was faster pays the order."}}, nil
}
