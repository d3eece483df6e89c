package models

import "time"

// The changes of the law. Each is idempotent in itself: done twice it leaves
// what doing it once leaves.
var (
	takeSlot   = act{"take the slot", func(r *Request, e Event) { r.take(*e.Pay, e.At) }}
	takeNext   = act{"take it for the next channel", func(r *Request, e Event) { r.take(*r.Next, e.At) }}
	extendSlot = act{"extend the slot once", func(r *Request, _ Event) {
		if !r.SlotExtended {
			r.SlotUntil, r.SlotExtended = r.SlotUntil.Add(r.scaled(slotExtra)), true
		}
	}}
	noted    = act{"note it", func(*Request, Event) {}}
	planNext = act{"remember the next channel", func(r *Request, e Event) { r.Next = e.Pay }}
	dropNext = act{"forget the next channel", func(r *Request, _ Event) { r.Next = nil }}
	goLive   = act{"go live", func(r *Request, e Event) {
		r.change(e.Attempt, func(a *Attempt) { a.State = LiveAttempt })
		r.PollAt = e.At.Add(r.scaled(pollWindow))
	}}
	watchSlot = act{"watch the slot", func(r *Request, e Event) {
		r.change(r.Slot, func(a *Attempt) { a.Watched = true })
		r.PollAt = time.Time{}
	}}
	heed = act{"keep the report open", func(r *Request, e Event) {
		r.change(e.Attempt, func(a *Attempt) { a.Watched, a.Reported = true, true })
		r.awaitWatched(e)
	}}
	unwatch = act{"stop watching", func(r *Request, e Event) {
		r.change(e.Attempt, func(a *Attempt) { a.Watched, a.Reported = false, false })
		r.calm()
	}}

	startClose = act{"start closing the slot", func(r *Request, e Event) {
		r.PollAt = time.Time{}
		r.await(e.At)
		r.change(r.Slot, startClosing)
	}}
	noteGivenUp = act{"note that its payer gave it up", func(r *Request, _ Event) {
		r.change(r.Slot, func(a *Attempt) { a.Reason = GivenUp })
	}}
	closeOpened = act{"close what was just opened", func(r *Request, e Event) {
		r.await(e.At)
		r.change(e.Attempt, func(a *Attempt) { a.State, a.Watched = ClosingAttempt, false })
	}}
	doubt = act{"doubt", func(r *Request, e Event) {
		r.await(e.At)
		r.change(e.Attempt, func(a *Attempt) {
			a.State, a.Reason, a.Watched = UnknownAttempt, "unknown_at_provider", false
		})
	}}
	finish = act{"finish", func(r *Request, e Event) {
		r.change(e.Attempt, func(a *Attempt) {
			// What a callback spoke of outlives every other answer but money.
			a.Reported = a.Reported || e.By == QueryPayment
			a.Watched = a.Reported
			a.State, a.Reason = finished(e.Kind), e.Reason
		})
		r.awaitWatched(e)
		r.dropSlot(e.Attempt)
	}}

	win = act{"win", func(r *Request, e Event) {
		r.capture(e, Deciding)
		r.change(r.Slot, startClosing)
		r.Winner, r.Slot, r.Next, r.StuckAt = e.Attempt, "", nil, e.At.Add(r.scaled(silenceWindow))
	}}
	aimBack   = act{"remember the end it left", func(r *Request, _ Event) { r.Target = r.State }}
	dropAim   = act{"forget the end", func(r *Request, _ Event) { r.Target = "" }}
	applyIt   = act{"apply", func(r *Request, e Event) { r.settle(e) }}
	giveBack  = act{"give back", func(r *Request, e Event) { r.giveBack(r.refused(e.Reason), e) }}
	disown    = act{"give back unasked", func(r *Request, e Event) { r.giveBack(r.refused(""), e) }}
	holdMoney = act{"hold the money", func(r *Request, e Event) {
		r.capture(e, RiskHold)
		r.dropSlot(e.Attempt)
	}}

	end      = act{"end, on guard", func(r *Request, e Event) { r.end(e.At) }}
	endBare  = act{"end", func(r *Request, e Event) { r.EndedAt = e.At }}
	endGuard = act{"end the guard", func(r *Request, _ Event) { r.Guarded = false }}
	sayStuck = act{"say it once", func(r *Request, _ Event) { r.StuckAt = time.Time{} }}
	withdraw = act{"withdraw", func(r *Request, _ Event) { r.Withdrawn = true }}

	pause = act{"pause", func(r *Request, e Event) {
		if r.PausedAt.IsZero() {
			left := max(r.scaled(pauseWindow)-r.PausedFor, 0)
			r.PausedAt, r.PausedUntil = e.At, sooner(e.At.Add(left), r.HardEnd)
		}
	}}
	resume = act{"resume", func(r *Request, e Event) {
		paused := e.At.Sub(r.PausedAt)
		r.ExpiresAt = sooner(r.ExpiresAt.Add(paused), r.HardEnd)
		r.PausedFor, r.PausedAt, r.PausedUntil = r.PausedFor+paused, time.Time{}, time.Time{}
	}}
	prolong = act{"move the deadline", func(r *Request, e Event) { r.prolong(e) }}
	openUp  = act{"remember the end it left, move the deadline", func(r *Request, e Event) {
		r.Target = r.State
		r.prolong(e)
	}}
	unend = act{"it has not ended", func(r *Request, _ Event) {
		r.Target, r.EndedAt, r.Guarded, r.GuardUntil = "", time.Time{}, false, time.Time{}
	}}
	endAgain = act{"it stays ended", func(r *Request, _ Event) {
		r.ExpiresAt = sooner(r.ExpiresAt, r.EndedAt)
	}}
	hold    = act{"hold", func(r *Request, e Event) { r.hold(e.Reason) }}
	unhold  = act{"lift the hold", func(r *Request, _ Event) { r.Held, r.HeldFor = false, "" }}
	reprice = act{"take the new price", func(r *Request, e Event) {
		r.Payable, r.PriceVersion = e.Price.Payable, e.Price.Version
	}}
	agree = act{"agree to the price", func(r *Request, _ Event) { r.Agreed = r.Payable }}

	oweAsked = act{"owe the refund", func(r *Request, e Event) {
		amount, worth := r.asked(r.Winner, e)
		r.owe(Refund{
			Number: e.Refund, Attempt: r.Winner, Amount: amount, OrderAmount: worth,
			Reason: AfterSaleReason(e.Reason), CreatedAt: e.At,
		})
	}}
	oweHeld = act{"owe the held money", func(r *Request, e Event) {
		amount, worth := r.asked(e.Attempt, e)
		r.owe(Refund{
			Number: e.Refund, Attempt: e.Attempt, Amount: amount, OrderAmount: worth,
			Reason: string(RiskHold), CreatedAt: e.At,
		})
	}}
	retryRefund = act{"retry the refund", func(r *Request, e Event) { r.retry(e) }}
	refundBack  = act{"the money is back", func(r *Request, e Event) {
		f := &r.Refunds[r.refund(e.Refund)]
		f.Coupon = r.ToCoupon(*f)
		if e.Coupon != nil {
			f.Coupon = atMost(*e.Coupon, f.Amount)
		}
		f.State, f.DoneAt, f.Failure = RefundSucceeded, e.At, ""
	}}
	refundBroken = act{"the refund broke", func(r *Request, e Event) {
		f := &r.Refunds[r.refund(e.Refund)]
		f.State, f.Failure, f.ExpectedBy, f.Diverted = RefundFailed, e.Reason, time.Time{}, false
	}}
	noteWish = act{"note the payer's wish", func(r *Request, e Event) {
		r.Refunds[r.refund(e.Refund)].Wish = e.Reason
	}}
	divert   = act{"divert it", func(r *Request, e Event) { r.Refunds[r.refund(e.Refund)].Diverted = true }}
	undivert = act{"divert it no more", func(r *Request, e Event) {
		r.Refunds[r.refund(e.Refund)].Diverted = false
	}}
	putAside = act{"the merchant has it", func(r *Request, e Event) {
		r.Refunds[r.refund(e.Refund)].Failure = WithMerchant
	}}
)

// aim says where closing leads.
func aim(target State) act {
	return act{"aim at " + string(target), func(r *Request, _ Event) { r.Target = target }}
}

// dispose captures money that is not applied, and owes it back to its payer.
func dispose(as Disposition) act {
	return act{"refund as " + string(as), func(r *Request, e Event) {
		r.capture(e, as)
		a, _ := r.Attempt(e.Attempt)
		r.owe(Refund{
			Number: e.Spare, Attempt: e.Attempt, Amount: e.Capture.Money, OrderAmount: a.told(a.Face()),
			Reason: string(as), CreatedAt: e.At,
		})
		r.dropSlot(e.Attempt)
	}}
}
