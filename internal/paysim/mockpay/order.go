package mockpay

import (
	"time"
)

// What an order and a refund may be. PAYING is never reached here; a fault may
// still claim it.
const (
	waiting = "WAITING"
	paid    = "PAID"
	closed  = "CLOSED"

	processing = "PROCESSING"
	done       = "DONE"
	abnormal   = "ABNORMAL"
)

// order is the provider's own record; its JSON is the snapshot in the journal.
type order struct {
	Merchant  string     `json:"merchant"`
	Call      createCall `json:"call"`
	Token     string     `json:"token"`
	CreatedAt time.Time  `json:"created_at"`
	Closed    bool       `json:"closed,omitempty"`
	Captures  []capture  `json:"captures,omitempty"`
	Refunds   []string   `json:"refunds,omitempty"`
}

type capture struct {
	Transaction string    `json:"transaction"`
	Minor       int64     `json:"minor"`
	Coupon      int64     `json:"coupon,omitempty"` // the part of Minor that a coupon paid
	Funding     string    `json:"funding,omitempty"`
	At          time.Time `json:"at"`
}

// payment is how a person pays. Late pays although closed or expired, as money that was
// under way does; Coupon is the part that a coupon of the provider's pays.
type payment struct {
	Late    bool
	Coupon  int64
	Funding string // where his own part comes from; empty: his balance here
}

// fromBalance is the funding of money that lay at the provider; fromCard came from a bank.
const (
	fromBalance = "BALANCE"
	fromCard    = "CARD"
)

func (w payment) check(o *order) *failure {
	switch {
	case w.Coupon < 0 || w.Coupon > o.Call.Amount.Minor:
		return invalid("the coupon is between 0 and the amount")
	case w.Funding != "" && w.Funding != fromBalance && w.Funding != fromCard:
		return invalid("the funding is BALANCE or CARD")
	}
	return nil
}

// refund is the provider's own record of money going back. Outcome is what it
// will become; empty means that it stays as it is.
type refund struct {
	Merchant    string     `json:"merchant"`
	Call        refundCall `json:"call"`
	Status      string     `json:"status"`
	Outcome     string     `json:"outcome,omitempty"`
	Note        string     `json:"note,omitempty"`
	Coupon      int64      `json:"coupon,omitempty"` // the part that goes back into the coupon
	Transaction string     `json:"transaction"`
	CreatedAt   time.Time  `json:"created_at"`
	DoneAt      time.Time  `json:"done_at,omitzero"`
}

// status reads an order: money that came counts whatever was closed before it.
func (o *order) status(now time.Time) string {
	switch {
	case len(o.Captures) > 0:
		return paid
	case o.Closed || !now.Before(o.Call.ExpiresAt):
		return closed
	default:
		return waiting
	}
}

func (o *order) captured() int64 {
	var total int64
	for _, c := range o.Captures {
		total += c.Minor
	}
	return total
}

func (o *order) view(account Account, now time.Time) orderView {
	view := orderView{
		AppID: account.AppID, Merchant: account.Merchant, Number: o.Call.Number,
		Status: o.status(now), Amount: o.Call.Amount,
		CreatedAt: o.CreatedAt, ExpiresAt: o.Call.ExpiresAt,
	}
	if len(o.Captures) > 0 {
		first := o.Captures[0]
		view.Captured = &money{o.captured(), o.Call.Amount.Currency}
		view.Transaction, view.PaidAt, view.Funding = first.Transaction, &first.At, first.Funding
		if first.Coupon > 0 {
			view.Coupon = &money{first.Coupon, o.Call.Amount.Currency}
		}
	}
	return view
}

func (r *refund) view(account Account) refundView {
	view := refundView{
		AppID: account.AppID, Merchant: account.Merchant, Number: r.Call.Number, Order: r.Call.Order,
		Status: r.Status, Amount: r.Call.Amount, Transaction: r.Transaction, Note: r.Note,
		CreatedAt: r.CreatedAt,
	}
	if r.Coupon > 0 {
		view.Coupon = &money{r.Coupon, r.Call.Amount.Currency}
	}
	if !r.DoneAt.IsZero() {
		view.DoneAt = &r.DoneAt
	}
	return view
}

// holds says whether a refund takes part of what was captured. One that was
// closed gave its part free again.
func (r *refund) holds() bool { return r.Status != closed }
