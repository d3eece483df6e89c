package models

// State is where a request stands; its names are those of the API.
type State string

// The states of a request.
const (
	Checking          State = "checking"           // the rules are being asked
	Open              State = "open"               // a friend may pay
	Paying            State = "paying"             // one attempt holds the slot
	Confirming        State = "confirming"         // the slot's attempt is being closed at the provider
	Applying          State = "applying"           // money is here; the order is being asked to take it
	Settled           State = "settled"            // a friend paid, the order took it
	Paused            State = "paused"             // nobody may pay until something is decided
	Closing           State = "closing"            // on the way to Target, an attempt still being closed
	Ineligible        State = "ineligible"         // the rules said no
	Expired           State = "expired"            // nobody paid in time
	CancelledBuyer    State = "cancelled_buyer"    // the buyer took it back
	CancelledMerchant State = "cancelled_merchant" // the merchant took the order back
	Superseded        State = "superseded"         // the buyer refused the new price
	PaidByBuyer       State = "paid_by_buyer"      // the buyer paid himself
	BlockedRisk       State = "blocked_risk"       // stopped for risk
	Refunding         State = "refunding"          // money is on its way back
	Refunded          State = "refunded"           // all of it went back
	PartlyRefunded    State = "partly_refunded"    // a part went back, the rest stays applied
	RefundStuck       State = "refund_stuck"       // a refund needs a human
)

// States lists every state in the order of a request's life.
var States = []State{
	Checking, Open, Paying, Confirming, Applying, Settled, Paused, Closing,
	Ineligible, Expired, CancelledBuyer, CancelledMerchant, Superseded, PaidByBuyer, BlockedRisk,
	Refunding, Refunded, PartlyRefunded, RefundStuck,
}

// Unpaid says that a request is under way and nobody's money has been taken for it: it may still be paid, or
// ended, and what friends see of it may be changed.
func (s State) Unpaid() bool {
	switch s {
	case Checking, Open, Paying, Confirming, Paused:
		return true
	default:
		return false
	}
}

// unpaidEnds are the ends without applied money; funded are the states after it.
var (
	unpaidEnds = []State{Ineligible, Expired, CancelledBuyer, CancelledMerchant, Superseded, BlockedRisk}
	funded     = []State{Applying, Settled, PaidByBuyer, Refunding, Refunded, PartlyRefunded, RefundStuck}
)

// AttemptState is where one attempt to pay stands.
type AttemptState string

// The states of an attempt. New, Unknown, Live and ClosingAttempt are pending:
// the provider may still take money for them.
const (
	NewAttempt       AttemptState = "new"       // minted; the provider's order is being made
	UnknownAttempt   AttemptState = "unknown"   // nobody knows whether the provider's order exists
	LiveAttempt      AttemptState = "live"      // payable
	ClosingAttempt   AttemptState = "closing"   // being closed at the provider
	ClosedAttempt    AttemptState = "closed"    // closed there, and asked once more after it
	FailedAttempt    AttemptState = "failed"    // the provider never made it, or refused the payer
	SucceededAttempt AttemptState = "succeeded" // captured; final, see its disposition
)

// AttemptStates lists every state of an attempt.
var AttemptStates = []AttemptState{
	NewAttempt, UnknownAttempt, LiveAttempt, ClosingAttempt, ClosedAttempt, FailedAttempt, SucceededAttempt,
}

// Disposition says what became of captured money.
type Disposition string

// The dispositions. All but Applied, Deciding and RiskHold owe a refund from the
// transition that records them.
const (
	Deciding       Disposition = "deciding"        // the order is being asked
	Applied        Disposition = "applied"         // it paid the order
	Duplicate      Disposition = "duplicate"       // another capture came first
	Late           Disposition = "late"            // the request had ended
	StalePrice     Disposition = "stale_price"     // quoted before the price rose
	OrderGone      Disposition = "order_gone"      // the order cannot be paid any more
	AmountMismatch Disposition = "amount_mismatch" // not what was quoted, or not for us
	RiskHold       Disposition = "risk_hold"       // held for a human
)

// Dispositions lists every disposition.
var Dispositions = []Disposition{
	Deciding, Applied, Duplicate, Late, StalePrice, OrderGone, AmountMismatch, RiskHold,
}

// RefundState is where one refund stands.
type RefundState string

// The states of a refund. Due and Processing are open.
const (
	RefundDue        RefundState = "due"
	RefundProcessing RefundState = "processing"
	RefundSucceeded  RefundState = "succeeded"
	RefundFailed     RefundState = "failed"   // abnormal, no funds, rejected or overdue: a case is open
	RefundReplaced   RefundState = "replaced" // closed by the provider; another number took its place
)

// RefundStates lists every state of a refund.
var RefundStates = []RefundState{RefundDue, RefundProcessing, RefundSucceeded, RefundFailed, RefundReplaced}
