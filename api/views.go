package api

import (
	"time"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// RequestView is what merchant and buyer see of a request: an allow-list, never the row.
type RequestView struct {
	ID           string        `json:"id" example:"fpr_019aa5f0-0d3c-7c11-9d57-0c8f4a1f2b3c"`
	State        models.State  `json:"state" doc:"Where it stands, see the state diagram."`
	Order        OrderRef      `json:"order"`
	Buyer        string        `json:"buyer" doc:"Your own id of the buyer."`
	Payable      models.Money  `json:"payable"`
	PriceVersion int64         `json:"price_version"`
	Agreed       *models.Money `json:"agreed,omitempty" doc:"The highest price that the buyer agreed to."`
	ExpiresAt    time.Time     `json:"expires_at"`
	SlotUntil    *time.Time    `json:"slot_until,omitempty" doc:"Somebody is paying, until then at most."`
	PausedUntil  *time.Time    `json:"paused_until,omitempty"`
	PausedFor    string        `json:"paused_for,omitempty" enum:"outage" doc:"Time stands still."`
	EndedAt      *time.Time    `json:"ended_at,omitempty"`
	Seq          int64         `json:"seq" doc:"Counts transitions; the id of the newest event."`
	Attempts     []AttemptView `json:"attempts" nullable:"false"`
	Refunds      []RefundView  `json:"refunds" nullable:"false"`

	ExtendableUntil *time.Time `json:"extendable_until,omitempty" doc:"The latest it could wait now."`
	ThankedAt       *time.Time `json:"thanked_at,omitempty" doc:"When the friend who paid was thanked."`
}

// OrderRef names the order of a request.
type OrderRef struct {
	ID     string `json:"id"`
	Number string `json:"number"`
	Title  string `json:"title"`
}

// AttemptView is one try to pay. It names no payer.
type AttemptView struct {
	Number      string              `json:"number"`
	Channel     string              `json:"channel"`
	Brand       string              `json:"brand,omitempty" doc:"What the payer saw at the till."`
	ByBuyer     bool                `json:"by_buyer"`
	State       models.AttemptState `json:"state"`
	Disposition models.Disposition  `json:"disposition,omitempty" doc:"What became of its money."`
	Quoted      models.Money        `json:"quoted"`
	Captured    *models.Money       `json:"captured,omitempty"`
	Coupon      *models.Money       `json:"coupon,omitempty" doc:"The part that a provider's coupon paid."`
	OrderAmount models.Money        `json:"order_amount" doc:"What is paid with it: quoted and the discounts."`
	Discounts   []DiscountView      `json:"discounts,omitempty" doc:"What offers take off, and who pays for it."`
	CreatedAt   time.Time           `json:"created_at"`
	PaidAt      *time.Time          `json:"paid_at,omitempty"`
}

// RefundView is money on its way back to whoever paid.
type RefundView struct {
	Number     string             `json:"number"`
	Attempt    string             `json:"attempt"`
	Amount     models.Money       `json:"amount" doc:"What whoever paid gets back."`
	Order      models.Money       `json:"order_amount" doc:"The part of the order that it gives back."`
	Coupon     *models.Money      `json:"coupon,omitempty" doc:"The part that goes into a provider's coupon."`
	Reason     string             `json:"reason" doc:"Your own word, or the engine's."`
	State      models.RefundState `json:"state"`
	CreatedAt  time.Time          `json:"created_at" doc:"When it was asked for."`
	TakenAt    *time.Time         `json:"taken_at,omitempty" doc:"When the provider took it on."`
	ExpectedBy *time.Time         `json:"expected_by,omitempty" doc:"When whoever paid should have it."`
	DoneAt     *time.Time         `json:"done_at,omitempty"`
}

// RequestLineView is a request in a list.
type RequestLineView struct {
	ID        string       `json:"id"`
	State     models.State `json:"state"`
	Order     OrderRef     `json:"order"`
	Buyer     string       `json:"buyer"`
	Payable   models.Money `json:"payable"`
	ExpiresAt time.Time    `json:"expires_at"`
	EndedAt   *time.Time   `json:"ended_at,omitempty"`
	CreatedAt time.Time    `json:"created_at"`
}

// EventView is one transition of a request.
type EventView struct {
	Seq     int64            `json:"seq"`
	From    models.State     `json:"from"`
	To      models.State     `json:"to"`
	On      models.EventKind `json:"on"`
	At      time.Time        `json:"at"`
	Actor   string           `json:"actor,omitempty" doc:"The kind of who caused it, never who."`
	Attempt string           `json:"attempt,omitempty"`
	Refund  string           `json:"refund,omitempty"`
	Reason  string           `json:"reason,omitempty"`
	Back    *RefundView      `json:"back,omitempty" doc:"The refund that it is about, as it stands now."`
}

func viewRequest(r models.Request, o store.Order) RequestView {
	view := RequestView{
		ID: r.ID, State: r.State, Order: OrderRef{ID: o.ID, Number: o.Number, Title: o.Title}, Buyer: r.Buyer,
		Payable: r.Payable, PriceVersion: r.PriceVersion, ExpiresAt: r.ExpiresAt.UTC(), Seq: r.Seq,
		SlotUntil: timeIfAny(r.SlotUntil), PausedUntil: timeIfAny(r.PausedUntil), EndedAt: timeIfAny(r.EndedAt),
		PausedFor: pausedFor(r), Attempts: []AttemptView{}, Refunds: []RefundView{},
	}
	if r.Agreed != r.Payable {
		view.Agreed = moneyIfAny(r.Agreed)
	}
	for _, a := range r.Attempts {
		view.Attempts = append(view.Attempts, AttemptView{
			Number: a.Number, Channel: a.Channel, ByBuyer: a.ByBuyer, State: a.State, Disposition: a.Disposition,
			Quoted: a.Quoted, Captured: moneyIfAny(a.Captured), CreatedAt: a.CreatedAt.UTC(),
			PaidAt: timeIfAny(a.PaidAt), Brand: a.Brand, Coupon: moneyIfAny(a.Coupon),
			OrderAmount: a.Face(), Discounts: discountViews(a),
		})
	}
	for _, f := range r.Refunds {
		view.Refunds = append(view.Refunds, viewRefund(r, f))
	}
	return view
}

// pausedFor tells people of an outage; why staff hold a request is not theirs to know.
func pausedFor(r models.Request) string {
	if r.State == models.Paused && r.Held && r.HeldFor == models.Outage {
		return models.Outage
	}
	return ""
}

func viewRefund(r models.Request, f models.Refund) RefundView {
	return RefundView{
		Number: f.Number, Attempt: f.Attempt, Amount: f.Amount, Reason: f.Reason, State: f.State,
		CreatedAt: f.CreatedAt.UTC(), DoneAt: timeIfAny(f.DoneAt), Coupon: moneyIfAny(r.ToCoupon(f)),
		ExpectedBy: timeIfAny(f.ExpectedBy), Order: f.Worth(),
	}
}

func viewLine(l store.RequestLine) RequestLineView {
	return RequestLineView{
		ID: l.ID, State: l.State, Order: OrderRef{ID: l.Order, Number: l.OrderNumber, Title: l.OrderTitle},
		Buyer: l.Buyer, Payable: l.Payable, ExpiresAt: l.ExpiresAt.UTC(), EndedAt: timeIfAny(l.EndedAt),
		CreatedAt: l.CreatedAt.UTC(),
	}
}
