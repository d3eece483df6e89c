package activities

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/friendpay/friendpay/internal/decisions"
	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/internal/webhook"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/store"
)

// Hook asks a merchant's system a signed question.
type Hook interface {
	Ask(ctx context.Context, to webhook.Endpoint, message webhook.Message, reply any) error
}

// CheckOrder asks the rules once more whether the order may be friend-paid: what
// the API was told when it offered to place it may have changed since.
func (a *Activities) CheckOrder(ctx context.Context, call models.Call) (models.Event, error) {
	order, err := a.Store.Order(ctx, call.Request.Order)
	if err != nil {
		return models.Event{}, a.retry(ctx, err)
	}
	if call.Request.Target != "" { // it has ended, and is to be opened again
		refused, err := a.Store.WhyNotReopen(ctx, call.Request)
		if err != nil || refused != "" {
			return models.Event{Kind: models.OrderIneligible, Actor: "order", Reason: refused}, a.retry(ctx, err)
		}
		order.State = store.OrderUnpaid // released or cancelled by this very request
	}
	asked, err := a.asked(ctx, call.Request, order)
	if err != nil {
		return models.Event{}, a.retry(ctx, err)
	}
	breakers, err := a.Store.Breakers(ctx, order.App)
	if err != nil {
		return models.Event{}, a.retry(ctx, err)
	}
	asked.Broken = policy.BrokenOn(breakers, asked.Surface, asked.Now)
	decision := policy.Decide(asked)
	about := decisions.About{Side: store.EngineSide, Order: order.ID, Request: call.Request.ID}
	if err := decisions.Keep(ctx, a.Store, about, asked, decision); err != nil {
		return models.Event{}, a.retry(ctx, err)
	}
	if decision.State == policy.Enabled {
		return models.Event{Kind: models.OrderEligible, Actor: "rules"}, nil
	}
	return models.Event{Kind: models.OrderIneligible, Actor: "rules", Reason: decision.Reasons[0].Rule}, nil
}

// ApplyOrder lets the order row take the winner's money. One order takes one
// attempt's money: a second request for it is refused as a duplicate.
func (a *Activities) ApplyOrder(ctx context.Context, call models.Call) (models.Event, error) {
	refused, err := a.claim(ctx, call)
	if err != nil {
		return models.Event{}, a.retry(ctx, err)
	}
	return verdict(call.Ref, refused), nil
}

// claim takes the order row for the winner's money; the answer is why it may not.
func (a *Activities) claim(ctx context.Context, call models.Call) (refused string, err error) {
	r := call.Request
	return a.Store.ClaimOrder(ctx, store.Claim{
		Order: r.Order, Request: r.ID, Attempt: call.Ref,
		Price: r.Payable, PriceVersion: r.PriceVersion, Reopen: r.Target != "",
	})
}

// HookQuestion is what the merchant's order hook is asked.
type HookQuestion struct {
	Type         string       `json:"type"` // order.apply, or order.reopen for late money
	Request      string       `json:"request"`
	OrderNumber  string       `json:"order_number"`
	Attempt      string       `json:"attempt"`      // the answer for one attempt must stay the same
	Amount       models.Money `json:"amount"`       // what the payer paid
	OrderAmount  models.Money `json:"order_amount"` // what is paid with it: Amount and the discounts
	PriceVersion int64        `json:"price_version"`

	Discounts []models.Discount `json:"discounts,omitempty"` // what offers took off, by sponsor
}

// HookAnswer is what it may answer. Reason is order_gone, stale_price or duplicate;
// any other is order_gone. An answer without Accepted is none: money goes back only
// where somebody said no.
type HookAnswer struct {
	Accepted *bool  `json:"accepted"`
	Reason   string `json:"reason"`
}

var (
	errUnclear = errors.New("the answer says neither yes nor no")
	silent     = models.Refuse(models.Unavailable, "hook_silent", "The order hook did not answer.")
)

// AskOrderHook asks the merchant's system to take the money. It may refuse; as
// long as it is silent it is asked again: the money is safe and waits. The order
// row is claimed first, so that no second request's money is ever offered; if the
// hook says no, saving that answer gives the row free again.
func (a *Activities) AskOrderHook(ctx context.Context, call models.Call) (models.Event, error) {
	refused, err := a.claim(ctx, call)
	if err != nil {
		return models.Event{}, a.retry(ctx, err)
	}
	if refused != "" {
		return verdict(call.Ref, refused), nil
	}
	answer, err := a.hookAnswer(ctx, call)
	if err != nil {
		return models.Event{}, a.retry(ctx, err)
	}
	return verdict(call.Ref, answer.refusal()), nil
}

func (a *Activities) hookAnswer(ctx context.Context, call models.Call) (answer HookAnswer, err error) {
	app, err := a.Store.App(ctx, call.Request.App)
	if err != nil {
		return answer, err
	}
	if app.HookURL == "" { // the merchant gave his hook up: the row, which is claimed, decides
		yes := true
		return HookAnswer{Accepted: &yes}, nil
	}
	question, err := a.question(ctx, call)
	if err != nil {
		return answer, err
	}
	to := webhook.Endpoint{URL: app.HookURL, Secret: string(app.WebhookSecret)}
	err = a.Hook.Ask(ctx, to, webhook.Message{ID: "hook_" + call.Ref, Body: question}, &answer)
	if err == nil && answer.Accepted == nil {
		err = errUnclear
	}
	if err != nil {
		return answer, fmt.Errorf("%w: %w", silent, err)
	}
	return answer, nil
}

// refusal is the answer in our own words: what a merchant writes is no text for a history.
func (h HookAnswer) refusal() string {
	switch {
	case *h.Accepted:
		return ""
	case h.Reason == store.ClaimStalePrice || h.Reason == store.ClaimDuplicate:
		return h.Reason
	default:
		return store.ClaimOrderGone
	}
}

func (a *Activities) question(ctx context.Context, call models.Call) ([]byte, error) {
	r := call.Request
	order, err := a.Store.Order(ctx, r.Order)
	winner, ok := r.Attempt(call.Ref)
	if err == nil && !ok {
		err = errors.New("the winner is missing")
	}
	if err != nil {
		return nil, err
	}
	question := HookQuestion{
		Type: "order.apply", Request: r.ID, OrderNumber: order.Number, Attempt: call.Ref,
		Amount: winner.Captured, PriceVersion: winner.PriceVersion,
		OrderAmount: winner.Face(), Discounts: winner.Discounts,
	}
	if r.Target != "" {
		question.Type = "order.reopen"
	}
	return json.Marshal(question)
}

// verdict is the order's answer, with a number for the refund it may owe.
func verdict(attempt, refused string) models.Event {
	event := models.Event{Kind: models.OrderAccepted, Attempt: attempt, Spare: mint.Number(), Actor: "order"}
	if refused != "" {
		event.Kind, event.Reason = models.OrderRefused, refused
	}
	return event
}
