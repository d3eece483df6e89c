// Package providertest is the contract that every adapter must pass, checked
// against that provider's simulator over real HTTP. The checks return errors, so
// that adapters broken on purpose can prove that the checks bite.
package providertest

import (
	"context"
	"time"

	"github.com/friendpay/friendpay/providers"
)

// Subject is an adapter with the simulator of its provider.
type Subject struct {
	Adapter providers.Adapter
	Driver  Driver
	Product string   // what the checks' orders are paid with
	Kind    string   // how that product is presented
	Payer   string   // whom that product's orders are for; empty where anybody may pay
	Secrets []string // must never stand in an error
	Traits  Traits
}

// Traits is where providers may differ.
type Traits struct {
	NoClose        bool // orders cannot be closed, only expire
	NoStale        bool // callbacks carry no fresh time, so old ones are as good
	MaxRefunds     int  // per order; 0 where there is no limit worth a check
	UnsignedErrors bool // answers that refuse are not signed
	// FreshPresentation: the same order made again is presented anew, e.g. by a
	// code that ends the one before. The journal proves that it is the same order.
	FreshPresentation bool
	// ExpiredReadsUnpaid: an order that nobody can pay any more still reads unpaid,
	// until it is closed. The checks wait for its time instead of its state.
	ExpiredReadsUnpaid bool
	// LateStatements: a day's statement is there the next morning. That there is
	// none is not believed before, so that the checks ask for days that are over.
	LateStatements bool
	// FundsFirst: a refund that the merchant's balance does not cover is refused at
	// once. Elsewhere it is accepted, and closed later.
	FundsFirst bool
	// Coupons: the provider's coupons may pay a part of an order, and get theirs of what
	// goes back of it.
	Coupons bool
	// PaidWord is the provider's own word for an order that was paid, for claiming
	// it of one that was not. Empty: PAID.
	PaidWord string
	// AtCashier: the provider knows an order only once its payer has come to the
	// cashier. Until then it reads not created, and the checks open the cashier.
	AtCashier bool
	// LocalCreate: making an order calls nobody. Whatever a call would meet, the
	// payer's browser meets at the cashier.
	LocalCreate bool
	// UnknownStaysPayable: whoever holds what was presented can still make an order of
	// which the provider knows nothing yet, so that it cannot be closed.
	UnknownStaysPayable bool
	// SilentFailures: of a refund that failed nothing more is told than of one that is
	// under way. It is asked for again, under its number.
	SilentFailures bool
	// NoRepeat: the same order made again is refused as a duplicate, so that what the
	// first answer presented is lost with it.
	NoRepeat bool
	// FinalRefunds: a refund that the payer's account cannot take is over too: nobody can
	// end it otherwise, and it goes on under another number.
	FinalRefunds bool
	// DayEnds is how long before midnight a day of the statement does.
	DayEnds time.Duration
	// OptionalHeaders of a callback are not covered by its signature, and may be
	// missing. A wrong or a second one is refused all the same.
	OptionalHeaders []string
	// Forgeries are further ways in which this simulator can spoil a callback, and
	// Outages an answer: the one is refused, the other Ambiguous.
	Forgeries, Outages []string
}

// Driver works the simulator from the payer's and the world's side.
type Driver interface {
	// Open is the payer's browser or phone coming to the cashier, without paying; an
	// error if it shows none.
	Open(ctx context.Context, shown providers.Presentation) error
	// Pay is the payer pressing the button; an error if that is not possible.
	Pay(ctx context.Context, number string) error
	// PayWithCoupon pays so many fen of the order with a coupon of the provider's.
	PayWithCoupon(ctx context.Context, number string, fen int64) error
	// PayLate pays although the order is closed or expired.
	PayLate(ctx context.Context, number string) error
	// FinishRefund ends a refund that is stuck: done, abnormal or closed.
	FinishRefund(ctx context.Context, number, state string) error
	// Fault spoils the next matching call.
	Fault(ctx context.Context, fault Fault) error
	// ClearFaults takes all of them back and releases what is held.
	ClearFaults(ctx context.Context) error
	// Journal is what truly happened to an order, in order.
	Journal(ctx context.Context, number string) ([]Effect, error)
}

// Fault is one call to be spoiled; Number is of an order or a refund, or empty.
type Fault struct {
	Provider string `json:"provider,omitempty"`
	Op       string `json:"op"`
	Number   string `json:"number,omitempty"`
	Mode     string `json:"mode"`
	Count    int    `json:"count,omitempty"` // 0: one
	MS       int64  `json:"ms,omitempty"`
	Minor    int64  `json:"minor,omitempty"`
	Value    string `json:"value,omitempty"`
}

// The calls that can be spoiled.
const (
	OpCreate      = "create"
	OpQuery       = "query"
	OpClose       = "close"
	OpRefund      = "refund"
	OpRefundQuery = "refund_query"
	OpStatement   = "statement"
	OpPay         = "pay"
	OpCallback    = "callback"
)

// Effect is one line of the simulator's journal. Every simulator uses these
// kinds: order_created, captured, closed, refund_created, refund_done,
// callback_sent (with "accepted" in Note when the merchant's answer was good).
type Effect struct {
	Kind   string `json:"kind"`
	Number string `json:"number"`
	Refund string `json:"refund"`
	Minor  int64  `json:"minor"`
	Status int    `json:"status"`
	Note   string `json:"note"`
}
