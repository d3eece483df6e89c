package models

import (
	"slices"
	"strings"
	"time"
)

// The conditions of the law. Each looks at the request as it was and the event.
var (
	// About the attempt or refund that the event names.
	unknownAttempt = guard{"no such attempt", func(r Request, e Event) bool { return r.attempt(e.Attempt) < 0 }}
	captured       = attemptIn("captured already", SucceededAttempt)
	over           = attemptIn("over already", SucceededAttempt, ClosedAttempt, FailedAttempt)
	shut           = attemptIn("over without money", ClosedAttempt, FailedAttempt)
	opening        = attemptIn("being opened", NewAttempt)
	checked        = guard{"over, and watched for long enough", func(r Request, e Event) bool {
		a, ok := r.Attempt(e.Attempt)
		return ok && a.Watched && !a.Pending() && e.By == PollPayment
	}}
	fromHint = guard{"first look after a callback", func(_ Request, e Event) bool {
		return e.By == QueryPayment
	}}
	settledNumber = guard{"number used", func(r Request, e Event) bool {
		return r.attempt(e.Pay.Number) >= 0 || r.Next != nil && r.Next.Number == e.Pay.Number
	}}
	inSlot      = guard{"of the slot", func(r Request, e Event) bool { return e.Attempt == r.Slot }}
	lastPending = guard{"nothing else pending", func(r Request, e Event) bool {
		for _, a := range r.Attempts {
			if a.Pending() && a.Number != e.Attempt {
				return false
			}
		}
		return true
	}}
	unknownRefund = guard{"no such refund", func(r Request, e Event) bool { return r.refund(e.Refund) < 0 }}
	refundOver    = refundIn("refund over", RefundSucceeded, RefundReplaced)
	refundFailed  = refundIn("refund failed", RefundFailed)
	stranded      = aboutRefund("stranded", func(f Refund, _ Event) bool { return f.Stranded() })
	diverted      = aboutRefund("diverted", func(f Refund, _ Event) bool { return f.Diverted })
	withMerchant  = aboutRefund("with the merchant", func(f Refund, _ Event) bool {
		return f.State == RefundFailed && f.Failure == WithMerchant
	})
	notWithMerchant = guard{"not with the merchant", func(r Request, e Event) bool {
		return !withMerchant.holds(r, e)
	}}
	wishedAlready = aboutRefund("wished already", func(f Refund, e Event) bool { return f.Wish == e.Reason })
	wishesAgain   = guard{"try again", func(_ Request, e Event) bool { return e.Reason == WishAgain }}
	foreignRefund = guard{"not his refund", func(r Request, e Event) bool {
		f, _ := r.Refund(e.Refund)
		a, _ := r.Attempt(f.Attempt)
		return e.Actor != a.Actor()
	}}
	fromDiverting = guard{"it cannot be diverted", func(_ Request, e Event) bool { return e.By == DivertRefund }}
	otherFailure  = guard{"failed otherwise since", func(r Request, e Event) bool {
		f, ok := r.Refund(e.Refund)
		return ok && f.followed() && e.Reason != f.Failure && e.Reason != Overdue
	}}
	moreRefunds = guard{"other refunds open", func(r Request, e Event) bool {
		return slices.ContainsFunc(r.Refunds, func(f Refund) bool {
			return f.Outstanding() && f.Number != e.Refund
		})
	}}
	moreFailed = guard{"another refund failed", func(r Request, e Event) bool {
		return slices.ContainsFunc(r.Refunds, func(f Refund) bool {
			return f.State == RefundFailed && f.Number != e.Refund
		})
	}}
	allBack = guard{"nothing stays applied", func(r Request, e Event) bool {
		winner, ok := r.Attempt(r.Winner)
		return !ok || !r.Returned(winner.Number).Less(winner.Captured)
	}}

	// About captured money.
	mismatched = guard{"not as quoted", func(r Request, e Event) bool {
		a, _ := r.Attempt(e.Attempt)
		return e.Capture.Mismatch != "" || e.Capture.Money != a.Quoted
	}}
	stale = guard{"quoted below the price", func(r Request, e Event) bool {
		a, _ := r.Attempt(e.Attempt)
		return a.Face().Less(r.Payable)
	}}
	acceptable = guard{"late but accepted", func(r Request, e Event) bool {
		a, _ := r.Attempt(e.Attempt)
		return r.Guarded && !r.Withdrawn && a.Face() == r.Payable && e.At.Sub(r.EndedAt) <= r.scaled(r.AcceptLate)
	}}
	withdrawn = guard{"merchant withdrew", func(r Request, _ Event) bool { return r.Withdrawn }}
	numbered  = guard{"brings a refund's number", func(_ Request, e Event) bool { return e.Spare != "" }}
	blocking  = guard{"blocking for risk", func(r Request, _ Event) bool { return r.Target == BlockedRisk }}
	reopening = guard{"reopened", func(r Request, _ Event) bool { return r.Target != "" }}
	byBuyer   = guard{"paid by the buyer", func(r Request, _ Event) bool {
		winner, _ := r.Attempt(r.Winner)
		return winner.ByBuyer
	}}

	// About who wants to pay.
	oldQuote = guard{"quote outdated", func(r Request, e Event) bool { return quoteOld(r, e.Pay) }}
	tooMany  = guard{"enough attempts", func(r Request, _ Event) bool { return len(r.Attempts) >= mostAttempts }}
	tooLate  = guard{"past last call", func(r Request, e Event) bool { return pastLastCall(r, e.Pay, e.At) }}
	samePay  = guard{"same payer, same channel", func(r Request, e Event) bool {
		return holder(r, e) && !switches(r, e)
	}}
	switching = guard{"same payer, other channel", func(r Request, e Event) bool {
		return holder(r, e) && switches(r, e)
	}}
	ownSlot = guard{"of the slot, by its payer", func(r Request, e Event) bool {
		a, ok := r.Attempt(r.Slot)
		return ok && a.Number == e.Attempt && a.Actor() == e.Actor
	}}
	slotByStaff = guard{"of the slot, by staff", func(r Request, e Event) bool {
		return r.Slot != "" && e.Attempt == r.Slot && strings.HasPrefix(e.Actor, "staff:")
	}}
	extendable = guard{"not yet extended", func(r Request, _ Event) bool { return !r.SlotExtended }}
	hasNext    = guard{"a channel switch waits, in time", func(r Request, e Event) bool {
		return r.Next != nil && !pastLastCall(r, r.Next, e.At)
	}}

	// About the price and pauses.
	notNewer = guard{"not a newer version", func(r Request, e Event) bool {
		return e.Price.Version <= r.PriceVersion
	}}
	otherCoin = guard{"other currency", func(r Request, e Event) bool {
		return e.Price.Payable.Currency != r.Payable.Currency
	}}
	dearer = guard{"above the agreed price", func(r Request, e Event) bool {
		return r.Agreed.Less(e.Price.Payable)
	}}
	unagreed   = guard{"a higher price waits", func(r Request, _ Event) bool { return r.Agreed.Less(r.Payable) }}
	otherPrice = guard{"about another price", func(r Request, e Event) bool {
		return e.Price != nil && e.Price.Version != r.PriceVersion
	}}
	held      = guard{"held", func(r Request, _ Event) bool { return r.Held }}
	otherHold = guard{"held by staff, and only an outage is over", func(r Request, e Event) bool {
		return e.Reason == Outage && r.HeldFor != Outage
	}}
	pending = guard{"an attempt is pending", func(r Request, _ Event) bool { return r.pending() }}

	overRefund = guard{"more than is left", func(r Request, e Event) bool {
		return exceeds(r, r.Winner, e)
	}}
	overHeld = guard{"more than is held", func(r Request, e Event) bool {
		return exceeds(r, e.Attempt, e)
	}}
	heldMoney = guard{"money held for risk", func(r Request, e Event) bool {
		a, _ := r.Attempt(e.Attempt)
		return a.Disposition == RiskHold
	}}
	knownRefund = guard{"refund known", func(r Request, e Event) bool { return r.refund(e.Refund) >= 0 }}
)

// mostAttempts is how often one request may be tried. No family tries so often; but each
// attempt stays in the snapshot, which every save, every call and every history carries.
const mostAttempts = 50

func attemptIn(name string, states ...AttemptState) guard {
	return guard{name, func(r Request, e Event) bool {
		a, ok := r.Attempt(e.Attempt)
		for _, state := range states {
			if ok && a.State == state {
				return true
			}
		}
		return false
	}}
}

func refundIn(name string, states ...RefundState) guard {
	return guard{name, func(r Request, e Event) bool {
		f, ok := r.Refund(e.Refund)
		for _, state := range states {
			if ok && f.State == state {
				return true
			}
		}
		return false
	}}
}

// aboutRefund is a guard about the refund that the event names.
func aboutRefund(name string, holds func(Refund, Event) bool) guard {
	return guard{name, func(r Request, e Event) bool {
		f, ok := r.Refund(e.Refund)
		return ok && holds(f, e)
	}}
}

func quoteOld(r Request, pay *Pay) bool {
	return pay.PriceVersion != r.PriceVersion || pay.Face() != r.Payable
}

func pastLastCall(r Request, pay *Pay, at time.Time) bool {
	need := seconds(pay.MinCloseSecs) + lastCallExtra
	return at.Add(r.scaled(need)).After(r.ExpiresAt)
}

// exceeds says that what is asked for is more than what an attempt captured and no refund
// has claimed yet, or nothing at all.
func exceeds(r Request, number string, e Event) bool {
	a, ok := r.Attempt(number)
	if ok && e.OrderAmount != nil && a.Face().Minus(r.Unwound(number)).Less(*e.OrderAmount) {
		return true
	}
	amount, _ := r.asked(number, e)
	return !ok || amount.Minor <= 0 || amount.Currency != a.Captured.Currency ||
		a.Captured.Minus(r.Returned(number)).Less(amount)
}

func holder(r Request, e Event) bool {
	a, ok := r.Attempt(r.Slot)
	return ok && a.Payer == e.Pay.Payer && a.ByBuyer == e.Pay.ByBuyer
}

func switches(r Request, e Event) bool {
	a, _ := r.Attempt(r.Slot)
	return a.Channel != e.Pay.Channel || a.Product != e.Pay.Product
}
