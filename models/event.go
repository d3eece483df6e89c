package models

import "time"

// EventKind names something that happened.
type EventKind string

// What people and merchants cause.
const (
	Placed            EventKind = "placed"             // the buyer asked for a friend's help
	PayAsked          EventKind = "pay_asked"          // a friend, or the buyer himself, would pay; carries Pay
	PayWithdrawn      EventKind = "pay_withdrawn"      // who holds the slot gives it up; names his Attempt
	BuyerCancelled    EventKind = "buyer_cancelled"    // the buyer took the request back
	MerchantCancelled EventKind = "merchant_cancelled" // the merchant would rather not; money that wins stands
	MerchantWithdrew  EventKind = "merchant_withdrew"  // the merchant cannot deliver; money that wins goes back
	PriceChanged      EventKind = "price_changed"      // carries Price
	PriceAccepted     EventKind = "price_accepted"     // the buyer agreed to the risen price
	PriceDeclined     EventKind = "price_declined"     // the buyer did not
	HoldPlaced        EventKind = "hold_placed"        // outage or staff: nobody may pay for now
	HoldLifted        EventKind = "hold_lifted"
	RiskBlocked       EventKind = "risk_blocked"     // stop for good
	RefundAsked       EventKind = "refund_asked"     // after-sale refund; carries Money and Refund
	RefundRetried     EventKind = "refund_retried"   // a failed refund is tried again; carries Refund
	RefundWished      EventKind = "refund_wished"    // the payer says what to do with a stranded refund; Reason
	RefundDiverted    EventKind = "refund_diverted"  // staff send a stranded one to the merchant's account
	RefundHanded      EventKind = "refund_handed"    // staff handed to the payer what had come to the merchant
	Extended          EventKind = "extended"         // the deadline moves back; carries Until and HardEnd
	Reopened          EventKind = "reopened"         // staff open an unpaid end again; carries Until and HardEnd
	PaymentReported   EventKind = "payment_reported" // a callback's hint about Attempt: ask the provider
	RefundReported    EventKind = "refund_reported"  // a callback's hint about Refund: ask the provider
)

// What our own activities answer. No outsider may send these.
const (
	OrderEligible    EventKind = "order_eligible"
	OrderIneligible  EventKind = "order_ineligible"
	LoginPassed      EventKind = "login_passed"
	LoginRefused     EventKind = "login_refused"
	PaymentOpened    EventKind = "payment_opened"    // the provider's order exists
	PaymentRefused   EventKind = "payment_refused"   // it surely does not
	PaymentSucceeded EventKind = "payment_succeeded" // verified by query; carries Capture
	PaymentUnpaid    EventKind = "payment_unpaid"    // verified by query: not paid so far
	PaymentBusy      EventKind = "payment_busy"      // verified by query: the payer is at it
	PaymentClosed    EventKind = "payment_closed"    // closed, and a later query found no money
	PaymentFailed    EventKind = "payment_failed"    // definitely failed
	PaymentUnknown   EventKind = "payment_unknown"   // the provider could not be asked in time
	OrderAccepted    EventKind = "order_accepted"
	OrderRefused     EventKind = "order_refused"     // Reason: order_gone, stale_price or duplicate
	RefundDone       EventKind = "refund_done"       // the money went back
	RefundUnfinished EventKind = "refund_unfinished" // not yet, says the provider
	RefundBroke      EventKind = "refund_broke"      // abnormal, no funds, rejected, overdue: a human is needed
)

// What time causes; see Deadline.
const (
	CheckLapsed   EventKind = "check_lapsed"
	RequestLapsed EventKind = "request_lapsed"
	SlotLapsed    EventKind = "slot_lapsed"
	PollDue       EventKind = "poll_due"
	SilenceLapsed EventKind = "silence_lapsed"
	PauseLapsed   EventKind = "pause_lapsed"
	GuardLapsed   EventKind = "guard_lapsed"
)

// Outside lists the events that may be delivered from outside the workflow.
var Outside = []EventKind{
	Placed, PayAsked, PayWithdrawn, BuyerCancelled, MerchantCancelled, MerchantWithdrew, PriceChanged,
	PriceAccepted, PriceDeclined, HoldPlaced, HoldLifted, RiskBlocked, RefundAsked, RefundRetried,
	RefundWished, RefundDiverted, RefundHanded, Extended, Reopened, PaymentReported, RefundReported,
}

// Answers lists the events that activities answer.
var Answers = []EventKind{
	OrderEligible, OrderIneligible, LoginPassed, LoginRefused, PaymentOpened, PaymentRefused, PaymentSucceeded,
	PaymentUnpaid, PaymentBusy, PaymentClosed, PaymentFailed, PaymentUnknown, OrderAccepted, OrderRefused,
	RefundDone, RefundUnfinished, RefundBroke,
}

// Lapses lists the events that time causes.
var Lapses = []EventKind{
	CheckLapsed, RequestLapsed, SlotLapsed, PollDue, SilenceLapsed, PauseLapsed, GuardLapsed,
}

// Outage is the reason of a hold that is placed because no way to pay works, and lifted
// when one does again. It lifts no other hold.
const Outage = "outage"

// Event is something that happened to a request. It carries ids and amounts
// only: no token, phone, name or card ever enters a workflow's history.
type Event struct {
	Kind    EventKind `json:"kind"`
	At      time.Time `json:"at,omitzero"`       // stamped by the workflow
	Actor   string    `json:"actor,omitempty"`   // "buyer", "merchant", "payer:pay_…", "staff:…", "provider"
	Attempt string    `json:"attempt,omitempty"` // the number of the attempt it is about
	Refund  string    `json:"refund,omitempty"`  // the number of the refund it is about
	Reason  string    `json:"reason,omitempty"`  // stable, snake case
	// By is the effect that an answer comes from, stamped by the workflow: the same words
	// mean more from a poll that waited than from the first look after a callback.
	By      EffectKind `json:"by,omitempty"`
	Pay     *Pay       `json:"pay,omitempty"`
	Capture *Capture   `json:"capture,omitempty"`
	Price   *Price     `json:"price,omitempty"`
	Money   *Money     `json:"money,omitempty"`
	// OrderAmount is how much of the order RefundAsked gives back, where it does not say by
	// Money what the payer gets.
	OrderAmount *Money `json:"order_amount,omitempty"`
	Coupon      *Money `json:"coupon,omitempty"` // RefundDone: the part that went back into a coupon
	// Spare is a freshly minted number (26 × [0-9A-Z]) for the refund that this
	// event may turn out to owe; numbers are never minted by the law itself.
	Spare string `json:"spare,omitempty"`
	// Until is the new deadline of Extended and Reopened. HardEnd is the last moment at which
	// money for the order is of use, as whoever sends it read the order: see policy.LifeOf.
	Until   time.Time `json:"until,omitzero"`
	HardEnd time.Time `json:"hard_end,omitzero"`
}

// Pay is the wish to pay: who, through which channel, on which quote.
type Pay struct {
	Number       string `json:"number"` // 26 × [0-9A-Z], minted by the API, never reused
	Invite       string `json:"invite,omitempty"`
	Payer        string `json:"payer"`
	ByBuyer      bool   `json:"by_buyer,omitempty"`
	Channel      string `json:"channel"`
	Provider     string `json:"provider"`
	Account      string `json:"account"`
	Product      string `json:"product"`
	Quoted       Money  `json:"quoted"` // what the payer pays
	PriceVersion int64  `json:"price_version"`
	// Discounts are what offers take off the order's amount; Quoted is what is left to pay.
	Discounts []Discount `json:"discounts,omitempty"`
	Brand     string     `json:"brand,omitempty"` // what the payer saw at the till
	// Sources are where his money may come from, in the provider's words with commas; empty:
	// anywhere.
	Sources       string `json:"sources,omitempty"`
	MinCloseSecs  int64  `json:"min_close_secs,omitempty"` // the provider refuses to close sooner
	ReturnContext string `json:"return_context,omitempty"` // opaque id of the page to come back to
}

// Actor names who wished it, as an event's Actor does.
func (p Pay) Actor() string {
	if p.ByBuyer {
		return "buyer"
	}
	return "payer:" + p.Payer
}

// Capture is what the provider verifiably took.
type Capture struct {
	Money       Money     `json:"money"`
	Transaction string    `json:"transaction"`
	PaidAt      time.Time `json:"paid_at"`
	Mismatch    string    `json:"mismatch,omitempty"` // what else does not fit: "account", "app", "number"

	Coupon  Money  `json:"coupon,omitzero"`   // the part of Money that a coupon of the provider's paid
	Funding string `json:"funding,omitempty"` // where the payer's part came from, in the provider's own code
	// RefundDays is how many working days a refund takes to be with the payer, the day on
	// which it is asked for being the first; 0 where nobody knows.
	RefundDays int `json:"refund_days,omitempty"`
}

// Price is a new amount to pay, numbered by the merchant in rising order.
type Price struct {
	Payable Money `json:"payable"`
	Version int64 `json:"version"`
}
