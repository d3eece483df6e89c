package store

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"gorm.io/gorm/clause"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
)

// toPayer are the notices that the friend gets too: those about his money.
var toPayer = []models.Notice{models.NoticeSettled, models.NoticeMoneyBack, models.NoticeRefunded}

// payersBusiness says whether the friend is told. A refund that got stuck is, where it waits
// for his account and his word.
func payersBusiness(notice models.Notice, t models.Transition) bool {
	return slices.Contains(toPayer, notice) ||
		notice == models.NoticeRefundStuck && t.Reason == models.Abnormal
}

// Notice is the payload of a message: ids and amounts, in the shape of Standard
// Webhooks.
type Notice struct {
	Type      string     `json:"type"` // "request.settled"
	Timestamp time.Time  `json:"timestamp"`
	Data      NoticeData `json:"data"`
}

// NoticeData is what a notice says of its request at the time of the transition.
type NoticeData struct {
	Request   string       `json:"request"`
	Order     string       `json:"order"`
	Seq       int64        `json:"seq"` // the highest seen is the newest
	State     models.State `json:"state"`
	Payable   models.Money `json:"payable"`
	ExpiresAt time.Time    `json:"expires_at"`
	Attempt   string       `json:"attempt,omitempty"`
	Refund    string       `json:"refund,omitempty"`
	Amount    models.Money `json:"amount,omitzero"` // captured of Attempt, or given back under Refund
	Coupon    models.Money `json:"coupon,omitzero"` // the part of Amount that is a coupon's and not the payer's
	Reason    string       `json:"reason,omitempty"`

	// Where offers took something off: the part of the order that Amount stands for, and who
	// gave what of it. Missing: it is Amount itself.
	OrderAmount models.Money      `json:"order_amount,omitzero"`
	Discounts   []models.Discount `json:"discounts,omitempty"`
}

// owe writes the messages that the transitions of a step owe to people.
func (s *Store) owe(ctx context.Context, step models.Step) error {
	if !slices.ContainsFunc(step.Transitions, func(t models.Transition) bool { return len(t.Notices) > 0 }) {
		return nil
	}
	var messages []Message
	for _, t := range step.Transitions {
		for _, notice := range t.Notices {
			owed, err := messagesOf(step.Request, t, notice)
			if err != nil {
				return err
			}
			messages = append(messages, owed...)
		}
	}
	messages, err := s.deliverable(ctx, messages)
	if err != nil || len(messages) == 0 {
		return err
	}
	once := clause.OnConflict{DoNothing: true} // one that has been sent stays, under its id
	return s.db.WithContext(ctx).Clauses(once).Create(&messages).Error
}

// deliverable leaves out the messages to payers to whom there is no way: who logged in at a provider
// that carries none is told by that provider, and by his page.
func (s *Store) deliverable(ctx context.Context, messages []Message) ([]Message, error) {
	const phoneless = `SELECT id FROM payers p WHERE id = ANY(?) AND phone_index IS NULL
		AND NOT EXISTS (` + told + `)`
	var payers, mute []string
	for _, m := range messages {
		if m.Kind == SMS {
			payers = append(payers, m.Payer)
		}
	}
	if len(payers) == 0 {
		return messages, nil
	}
	if err := s.read(ctx, &mute, phoneless, textArray(payers)); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(messages, func(m Message) bool {
		return m.Kind == SMS && slices.Contains(mute, m.Payer)
	}), nil
}

func messagesOf(r models.Request, t models.Transition, notice models.Notice) ([]Message, error) {
	concerned := about(r, t)
	kind := "request." + string(notice)
	payload, err := json.Marshal(Notice{Type: kind, Timestamp: t.At, Data: NoticeData{
		Request: r.ID, Order: r.Order, Seq: t.Seq, State: t.To, Payable: r.Payable, ExpiresAt: r.ExpiresAt,
		Attempt: concerned.Number, Refund: t.Refund, Amount: amount(r, t, concerned), Reason: t.Reason,
		Coupon: coupon(r, t, concerned), OrderAmount: worth(r, t, concerned), Discounts: concerned.Discounts,
	}})
	if err != nil {
		return nil, err
	}
	owed := Message{Request: r.ID, Version: r.Version, Seq: t.Seq, Type: kind, App: r.App, Payload: payload}
	owed.ID, owed.Kind = mint.ID(mint.Message), Webhook // also where nobody listens: it is read as an event
	messages := []Message{owed}
	// A buyer who pays for himself reads it in the shop; he is no payer of ours.
	if payersBusiness(notice, t) && concerned.Payer != "" && !concerned.ByBuyer {
		owed.ID, owed.Kind, owed.Payer = mint.ID(mint.Message), SMS, concerned.Payer
		messages = append(messages, owed)
	}
	return messages, nil
}

// about is the attempt that a transition is about: that of its refund, its own,
// that of the refund it made due, or the winner.
func about(r models.Request, t models.Transition) models.Attempt {
	number := t.Attempt
	if f, ok := r.Refund(t.Refund); ok {
		number = f.Attempt
	}
	if number == "" {
		number = r.Winner
		for _, f := range r.Refunds {
			if f.CreatedAt.Equal(t.At) {
				number = f.Attempt
			}
		}
	}
	found, _ := r.Attempt(number)
	return found
}

func amount(r models.Request, t models.Transition, concerned models.Attempt) models.Money {
	if f, ok := r.Refund(t.Refund); ok {
		return f.Amount
	}
	return concerned.Captured
}

// worth is the part of the order that amount stands for, where offers made it less.
func worth(r models.Request, t models.Transition, concerned models.Attempt) models.Money {
	f, refunded := r.Refund(t.Refund)
	switch {
	case len(concerned.Discounts) == 0:
		return models.Money{}
	case refunded:
		return f.Worth()
	case concerned.Captured.Minor == 0:
		return models.Money{}
	default:
		return concerned.Face()
	}
}

// coupon is the part of amount that is a coupon's and not the payer's.
func coupon(r models.Request, t models.Transition, concerned models.Attempt) models.Money {
	part := concerned.Coupon
	if f, ok := r.Refund(t.Refund); ok {
		part = r.ToCoupon(f)
	}
	if part.Minor == 0 {
		return models.Money{}
	}
	return part
}
