package store

import (
	"time"

	"github.com/friendpay/friendpay/models"
)

// openStates are those in which a request holds its order; all others are ends.
var openStates = []models.State{
	models.Checking, models.Open, models.Paying, models.Confirming, models.Applying, models.Paused,
	models.Closing,
}

// The rows of a snapshot. Each but the request's own carries the version that
// wrote it, so that the step can be taken back.

type requestRecord struct {
	RequestRow `gorm:"embedded"`
	Reopened   bool
	JudgedAt   time.Time
	Snapshot   models.Request `gorm:"serializer:json"`
}

type transitionRecord struct {
	Request  string `gorm:"column:request_id;primaryKey"`
	Seq      int64  `gorm:"primaryKey;autoIncrement:false"`
	Version  int64
	From     models.State     `gorm:"column:from_state"`
	To       models.State     `gorm:"column:to_state"`
	On       models.EventKind `gorm:"column:on_event"`
	At       time.Time
	Actor    string
	Attempt  string
	Refund   string
	Reason   string
	Notices  []models.Notice `gorm:"serializer:list"`
	CaseKind models.CaseKind
}

type attemptRecord struct {
	Number       string `gorm:"primaryKey"`
	Request      string `gorm:"column:request_id"`
	Order        string `gorm:"column:order_id"`
	Version      int64
	Invite       string `gorm:"column:invite_id"`
	Payer        string `gorm:"column:payer_id"`
	ByBuyer      bool
	Channel      string
	Provider     string
	Account      string `gorm:"column:account_id"`
	Product      string
	Quoted       models.Money `gorm:"embedded;embeddedPrefix:quoted_"`
	PriceVersion int64
	State        models.AttemptState
	StateSince   time.Time
	Disposition  models.Disposition
	Captured     models.Money      `gorm:"embedded;embeddedPrefix:captured_"`
	Coupon       models.Money      `gorm:"embedded;embeddedPrefix:coupon_"`
	Discount     int64             `gorm:"column:discount_minor"`
	Discounts    []models.Discount `gorm:"serializer:list"`
	Brand        string
	Funding      string
	Transaction  string
	PaidAt       time.Time `gorm:"serializer:moment"`
	CreatedAt    time.Time `gorm:"autoCreateTime:false"`
	ExpiresAt    time.Time
	Watched      bool
	Reason       string
}

type refundRecord struct {
	Number     string `gorm:"primaryKey"`
	Request    string `gorm:"column:request_id"`
	Attempt    string
	Version    int64
	Amount     models.Money `gorm:"embedded;embeddedPrefix:amount_"`
	Coupon     models.Money `gorm:"embedded;embeddedPrefix:coupon_"`
	OrderMinor int64        // the part of the order that it stands for; 0: Amount
	Reason     string
	State      models.RefundState
	Failure    string
	CreatedAt  time.Time `gorm:"autoCreateTime:false"`
	ExpectedBy time.Time `gorm:"serializer:moment"`
	DoneAt     time.Time `gorm:"serializer:moment"`
	Wish       string
	Diverted   bool
}

func (requestRecord) TableName() string    { return "requests" }
func (transitionRecord) TableName() string { return "transitions" }
func (attemptRecord) TableName() string    { return "attempts" }
func (refundRecord) TableName() string     { return "refunds" }

func recordRequest(r models.Request) requestRecord {
	next, kind, ok := r.Deadline()
	if !ok {
		next, kind = time.Time{}, ""
	}
	slotUntil := r.SlotUntil
	if r.Slot == "" {
		slotUntil = time.Time{}
	}
	return requestRecord{
		RequestRow: RequestRow{
			ID: r.ID, Order: r.Order, Merchant: r.Merchant, App: r.App, Buyer: r.Buyer, State: r.State,
			Payable: r.Payable, PriceVersion: r.PriceVersion, Version: r.Version, Seq: r.Seq,
			EnteredAt: r.EnteredAt, ExpiresAt: r.ExpiresAt, Slot: r.Slot, SlotUntil: slotUntil,
			NextAt: next, NextKind: kind, StuckAt: r.StuckAt, EndedAt: r.EndedAt, Guarded: r.Guarded,
		},
		Reopened: r.State == models.Applying && r.Target != "",
		Snapshot: r,
	}
}

func recordTransition(r models.Request, t models.Transition) transitionRecord {
	return transitionRecord{
		Request: r.ID, Seq: t.Seq, Version: r.Version, From: t.From, To: t.To, On: t.On, At: t.At,
		Actor: t.Actor, Attempt: t.Attempt, Refund: t.Refund, Reason: t.Reason, Notices: t.Notices,
		CaseKind: t.Case,
	}
}

func (t transitionRecord) transition() models.Transition {
	if len(t.Notices) == 0 {
		t.Notices = nil
	}
	return models.Transition{
		Seq: t.Seq, From: t.From, To: t.To, On: t.On, At: t.At, Actor: t.Actor,
		Attempt: t.Attempt, Refund: t.Refund, Reason: t.Reason, Notices: t.Notices, Case: t.CaseKind,
	}
}

func recordAttempt(r models.Request, a models.Attempt, at time.Time) attemptRecord {
	return attemptRecord{
		Number: a.Number, Request: r.ID, Order: r.Order, Version: r.Version, Invite: a.Invite,
		Payer: a.Payer, ByBuyer: a.ByBuyer, Channel: a.Channel, Provider: a.Provider, Account: a.Account,
		Product: a.Product, Quoted: a.Quoted, PriceVersion: a.PriceVersion, State: a.State, StateSince: at,
		Disposition: a.Disposition, Captured: a.Captured, Transaction: a.Transaction, PaidAt: a.PaidAt,
		CreatedAt: a.CreatedAt, ExpiresAt: a.ExpiresAt, Watched: a.Watched, Reason: a.Reason,
		Coupon: a.Coupon, Brand: a.Brand, Funding: a.Funding, Discount: a.Discount().Minor, Discounts: a.Discounts,
	}
}

func recordRefund(r models.Request, f models.Refund) refundRecord {
	return refundRecord{
		Number: f.Number, Request: r.ID, Attempt: f.Attempt, Version: r.Version, Amount: f.Amount,
		Reason: f.Reason, State: f.State, Failure: f.Failure, CreatedAt: f.CreatedAt, DoneAt: f.DoneAt,
		Coupon: f.Coupon, ExpectedBy: f.ExpectedBy, Wish: f.Wish, Diverted: f.Diverted,
		OrderMinor: f.OrderAmount.Minor,
	}
}
