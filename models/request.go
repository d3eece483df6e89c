package models

import (
	"slices"
	"time"
)

// Request is the snapshot of one friend-pay request: all that the law needs to
// judge the next event. The workflow owns it; Postgres holds its projection.
type Request struct {
	ID       string `json:"id"`
	Order    string `json:"order"`
	Merchant string `json:"merchant"`
	App      string `json:"app"`
	Buyer    string `json:"buyer"`

	Payable      Money `json:"payable"`
	PriceVersion int64 `json:"price_version"`
	Agreed       Money `json:"agreed"` // the highest price the buyer agreed to

	Hooked     bool          `json:"hooked,omitempty"`      // the merchant's system decides, not our order row
	AcceptLate time.Duration `json:"accept_late,omitempty"` // how late money may still be applied; 0: never

	Rules    int           `json:"rules"`              // the version of the law it was placed under
	Speed    int64         `json:"speed"`              // durations are divided by it; 1 outside dev
	Guard    time.Duration `json:"guard,omitempty"`    // how long to watch for late money; 0: as the law says
	Indexed  bool          `json:"indexed,omitempty"`  // its run keeps its search attributes true
	Version  int64         `json:"version"`            // counts steps; each save writes one
	Seq      int64         `json:"seq"`                // counts transitions, without gaps
	JudgedAt time.Time     `json:"judged_at,omitzero"` // of the newest transition; the next is never earlier

	State      State     `json:"state"`
	EnteredAt  time.Time `json:"entered_at"`
	ExpiresAt  time.Time `json:"expires_at"`
	HardEnd    time.Time `json:"hard_end"`            // no pause moves ExpiresAt past it: the stock is gone
	Target     State     `json:"target,omitempty"`    // the end that closing leads to, or that a reopening left
	Withdrawn  bool      `json:"withdrawn,omitempty"` // the merchant cannot deliver
	EndedAt    time.Time `json:"ended_at,omitzero"`
	Guarded    bool      `json:"guarded,omitempty"` // ended for people, still watching for money
	GuardUntil time.Time `json:"guard_until,omitzero"`
	StuckAt    time.Time `json:"stuck_at,omitzero"` // when silence becomes a case; zero once it did

	Held        bool      `json:"held,omitempty"`     // paused by an outage or staff
	HeldFor     string    `json:"held_for,omitempty"` // the reason given: Outage, or staff's word
	PausedAt    time.Time `json:"paused_at,omitzero"`
	PausedUntil time.Time `json:"paused_until,omitzero"`

	PausedFor time.Duration `json:"paused_for,omitempty"` // what earlier pauses used up of the pause window

	Slot         string    `json:"slot,omitempty"` // the attempt that holds the right to pay
	SlotUntil    time.Time `json:"slot_until,omitzero"`
	SlotExtended bool      `json:"slot_extended,omitempty"`
	PollAt       time.Time `json:"poll_at,omitzero"`
	Next         *Pay      `json:"next,omitempty"`   // the channel the same payer switches to
	Winner       string    `json:"winner,omitempty"` // the attempt whose money was, or is being, applied

	Attempts []Attempt `json:"attempts,omitempty"`
	Refunds  []Refund  `json:"refunds,omitempty"`
}

// Attempt is one payer on one channel with one quote.
type Attempt struct {
	Pay
	State       AttemptState `json:"state"`
	Disposition Disposition  `json:"disposition,omitempty"`
	Captured    Money        `json:"captured,omitzero"`
	Coupon      Money        `json:"coupon,omitzero"`       // the part of Captured that a provider's coupon paid
	Funding     string       `json:"funding,omitempty"`     // where the payer's part came from
	RefundDays  int          `json:"refund_days,omitempty"` // as in Capture
	Transaction string       `json:"transaction,omitempty"`
	PaidAt      time.Time    `json:"paid_at,omitzero"`
	CreatedAt   time.Time    `json:"created_at"`
	ExpiresAt   time.Time    `json:"expires_at"` // the provider's own deadline for it
	Watched     bool         `json:"watched,omitempty"`
	Reported    bool         `json:"reported,omitempty"` // a callback spoke of it that no answer bore out yet
	Reason      string       `json:"reason,omitempty"`   // why it failed or closed
}

// GivenUp is the reason of an attempt that its payer no longer wants to pay. Money
// that comes of it all the same counts as any other.
const GivenUp = "given_up"

// Pending says that the provider may still take money for the attempt.
func (a Attempt) Pending() bool {
	switch a.State {
	case NewAttempt, UnknownAttempt, LiveAttempt, ClosingAttempt:
		return true
	default:
		return false
	}
}

// Refund is money on its way back to the payer of its attempt. It names no receiver:
// there is none but the account that paid.
type Refund struct {
	Number  string `json:"number"` // the same over all retries
	Attempt string `json:"attempt"`
	Amount  Money  `json:"amount"`
	Coupon  Money  `json:"coupon,omitzero"` // what of Amount went into the coupon; see ToCoupon
	// OrderAmount is the part of the order that the refund stands for, where an offer made
	// the payer's part of it less; see Worth.
	OrderAmount Money       `json:"order_amount,omitzero"`
	Reason      string      `json:"reason"`
	State       RefundState `json:"state"`
	Failure     string      `json:"failure,omitempty"`
	CreatedAt   time.Time   `json:"created_at"`
	ExpectedBy  time.Time   `json:"expected_by,omitzero"` // the payer should have it; zero: nobody knows
	DoneAt      time.Time   `json:"done_at,omitzero"`
	Wish        string      `json:"wish,omitempty"`     // what the payer wants of an abnormal one
	Diverted    bool        `json:"diverted,omitempty"` // asked to go to the merchant's own account instead
}

// Outstanding says that the refund is neither done nor with a human.
func (f Refund) Outstanding() bool { return f.State == RefundDue || f.State == RefundProcessing }

// Why a refund failed, where the law makes a difference of it. The money may still
// arrive after the first three; only after ReturnClosed is it sure not to.
const (
	Overdue      = "overdue"       // the provider has been at it for too long
	Abnormal     = "abnormal"      // the payer's account cannot take it; somebody may put that right there
	Lost         = "lost"          // whoever watched it was ended from outside
	ReturnClosed = "closed"        // the provider closed it for good: another number may take its place
	WithMerchant = "with_merchant" // it was diverted and has come to the merchant, who hands it to the payer
)

// What a payer may want of a refund that his account could not take.
const (
	WishAgain   = "again"   // his account is open again: try it once more
	WishContact = "contact" // somebody shall find another way with him
)

// Stranded says that the payer's account could not take the money, and that it waits for
// his word or for staff.
func (f Refund) Stranded() bool {
	return f.State == RefundFailed && f.Failure == Abnormal && !f.Diverted
}

// followed says that the refund is with a human, and that the provider may still end it.
func (f Refund) followed() bool {
	return f.State == RefundFailed && (f.Failure == Overdue || f.Failure == Abnormal || f.Failure == Lost)
}

// Transition is one line of a request's history, and what it owes to people.
type Transition struct {
	Seq     int64     `json:"seq"`
	From    State     `json:"from"`
	To      State     `json:"to"`
	On      EventKind `json:"on"`
	At      time.Time `json:"at"`
	Actor   string    `json:"actor,omitempty"`
	Attempt string    `json:"attempt,omitempty"`
	Refund  string    `json:"refund,omitempty"`
	Reason  string    `json:"reason,omitempty"`
	Notices []Notice  `json:"notices,omitempty"`
	Case    CaseKind  `json:"case,omitempty"`
}

// Step is what one delivery made of a request: the unit of saving.
type Step struct {
	Request     Request      `json:"request"`
	Transitions []Transition `json:"transitions"`
}

// Attempt finds an attempt by its number.
func (r Request) Attempt(number string) (Attempt, bool) {
	if i := r.attempt(number); i >= 0 {
		return r.Attempts[i], true
	}
	return Attempt{}, false
}

// Refund finds a refund by its number.
func (r Request) Refund(number string) (Refund, bool) {
	if i := r.refund(number); i >= 0 {
		return r.Refunds[i], true
	}
	return Refund{}, false
}

// Watched lists the attempts that PollPayment should be asking about. One that is
// still being opened has nothing to ask about yet, and ClosePayment itself asks about
// one that is being closed.
func (r Request) Watched() []string {
	var numbers []string
	for _, a := range r.Attempts {
		if a.Watched && (a.State == LiveAttempt || !a.Pending()) {
			numbers = append(numbers, a.Number)
		}
	}
	return numbers
}

// Polls lists what the provider should be asked about until there is an end: watched
// attempts, and refunds that broke and may yet arrive.
func (r Request) Polls() []Effect {
	var list []Effect
	for _, number := range r.Watched() {
		list = append(list, Effect{PollPayment, number})
	}
	for _, f := range r.Refunds {
		if f.followed() {
			list = append(list, Effect{FollowRefund, f.Number})
		}
	}
	return list
}

// Returned is what has gone back, or is on its way back, of an attempt's money.
func (r Request) Returned(number string) Money {
	sum := Money{Currency: r.Payable.Currency}
	for _, f := range r.Refunds {
		if f.Attempt == number && f.State != RefundReplaced {
			sum = sum.Plus(f.Amount)
		}
	}
	return sum
}

// Final says that the run has nothing left to wait for.
func (r Request) Final() bool {
	ended := slices.Contains(unpaidEnds, r.State) || (slices.Contains(funded, r.State) && r.State != Applying)
	return ended && !r.Guarded && len(r.Polls()) == 0 && !r.pending() &&
		!slices.ContainsFunc(r.Refunds, Refund.Outstanding)
}

func (r Request) pending() bool { return slices.ContainsFunc(r.Attempts, Attempt.Pending) }

func (r Request) attempt(number string) int {
	return slices.IndexFunc(r.Attempts, func(a Attempt) bool { return a.Number == number })
}

func (r Request) refund(number string) int {
	return slices.IndexFunc(r.Refunds, func(f Refund) bool { return f.Number == number })
}
