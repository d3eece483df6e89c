package models

import "slices"

// breach names the first of the request's invariants that one step broke, or "".
// P5 (reading changes nothing) and P10 (what a payer sees) are not the law's.
func breach(before Request, e Event, after Request, v Verdict) string {
	for _, check := range []func(Request, Event, Request) string{
		oneApplied, noOrphanMoney, heldUntilClosed, refundsFit, prorated, onlyVerified, successStays, oneSlot,
	} {
		if what := check(before, e, after); what != "" {
			return what
		}
	}
	return gapless(before, after, v)
}

// oneApplied is P1: one applied attempt, worth the price once differences went back.
func oneApplied(_ Request, _ Event, after Request) string {
	applied := 0
	for _, a := range after.Attempts {
		if a.Disposition != Applied {
			continue
		}
		applied++
		if a.Number != after.Winner || !worthThePrice(after, a) {
			return "P1 applied money and discounts are not the price: " + a.Number
		}
	}
	if applied > 1 {
		return "P1 two attempts applied"
	}
	return ""
}

// worthThePrice: what the payer paid and what offers took off are the price together. Of a
// price that fell by less than a fen of his share nothing goes back.
func worthThePrice(r Request, a Attempt) bool {
	kept := a.Captured.Plus(a.Discount())
	before := r
	before.Refunds = nil
	for _, f := range r.Refunds {
		if f.Attempt == a.Number && f.Reason == "price_fell" && f.State != RefundReplaced {
			kept, before.Refunds = kept.Minus(f.Worth()), append(before.Refunds, f)
		}
	}
	rest := kept.Minus(r.Payable)
	return rest.Minor == 0 || rest.Minor > 0 && before.ForOrder(a.Number, rest).Minor == 0
}

// prorated: what went back to a payer is his share of what of the order went back, to the
// fen, and all of his sum is all of the order.
func prorated(_ Request, _ Event, after Request) string {
	for _, a := range after.Attempts {
		back, undone := after.Returned(a.Number).Minor, after.Unwound(a.Number).Minor
		if a.State != SucceededAttempt || a.Captured != a.Quoted || back == 0 {
			continue
		}
		if undone > a.Face().Minor || back != undone*a.Quoted.Minor/a.Face().Minor ||
			(back == a.Quoted.Minor) != (undone == a.Face().Minor) {
			return "P4 what went back is not pro rata: " + a.Number
		}
	}
	return ""
}

// noOrphanMoney is P2: captured money is applied, going back, or a human's.
func noOrphanMoney(_ Request, e Event, after Request) string {
	for _, a := range after.Attempts {
		if a.State != SucceededAttempt {
			continue
		}
		switch a.Disposition {
		case Applied, RiskHold:
		case Deciding:
			if after.State != Applying || after.Winner != a.Number {
				return "P2 nobody decides about " + a.Number
			}
		default:
			if after.Returned(a.Number).Minor != a.Captured.Minor {
				return "P2 orphan money of " + a.Number + " on " + string(e.Kind)
			}
		}
	}
	return ""
}

// heldUntilClosed is P3: no end releases the order while an attempt may still be paid.
func heldUntilClosed(_ Request, _ Event, after Request) string {
	if slices.Contains(unpaidEnds, after.State) && after.pending() {
		return "P3 ended with an attempt pending"
	}
	return ""
}

// refundsFit is P4 and P9: refunds go to who paid, never sum to more, and of
// applied money only what fell in price or was asked for goes back.
func refundsFit(before Request, _ Event, after Request) string {
	if len(after.Refunds) < len(before.Refunds) {
		return "P4 a refund vanished"
	}
	for i, f := range after.Refunds {
		if i < len(before.Refunds) {
			old := before.Refunds[i]
			if old.Number != f.Number || old.Attempt != f.Attempt || old.Amount != f.Amount ||
				old.OrderAmount != f.OrderAmount {
				return "P4 a refund changed"
			}
			if old.State == RefundSucceeded && f.State != RefundSucceeded {
				return "P7 a refund was undone"
			}
		}
		a, _ := after.Attempt(f.Attempt)
		switch {
		case a.State != SucceededAttempt, f.Amount.Currency != a.Captured.Currency:
			return "P4 a refund of what was not paid"
		case a.Captured.Minor < after.Returned(a.Number).Minor:
			return "P4 more goes back than was paid"
		case a.Disposition == Applied && f.Why() != PriceFell && f.Why() != AfterSale:
			return "P9 applied money is given back"
		}
	}
	return ""
}

// onlyVerified is P6: money counts only by a verified success, and is applied
// only if it is what was quoted.
func onlyVerified(before Request, e Event, after Request) string {
	for _, a := range after.Attempts {
		was, _ := before.Attempt(a.Number)
		fresh := a.State == SucceededAttempt && was.State != SucceededAttempt
		if fresh && (e.Kind != PaymentSucceeded || e.Attempt != a.Number || e.Capture.Money != a.Captured) {
			return "P6 money without a verified success"
		}
		if (a.Disposition == Applied || a.Disposition == Deciding) && (a.Captured != a.Quoted || a.Reason != "") {
			return "P6 money that does not match is taken"
		}
	}
	return ""
}

// successStays is P7: nothing undoes a success or judges it twice.
func successStays(before Request, _ Event, after Request) string {
	if len(after.Attempts) < len(before.Attempts) {
		return "P7 an attempt vanished"
	}
	for i, was := range before.Attempts {
		a := after.Attempts[i]
		if was.State == SucceededAttempt && (a.State != was.State || a.Captured != was.Captured) {
			return "P7 a success was undone"
		}
		if was.Disposition != "" && was.Disposition != Deciding && was.Disposition != a.Disposition {
			return "P7 a disposition was judged again"
		}
	}
	return ""
}

// oneSlot is P8: an attempt begins only where the slot is free, on a fresh quote
// and in time; at most one in the slot, and nothing else pending beside it.
func oneSlot(before Request, e Event, after Request) string {
	pending := 0
	for _, a := range after.Attempts {
		if a.Pending() {
			pending++
		}
	}
	slot, held := after.Attempt(after.Slot)
	switch {
	case held && !slot.Pending():
		return "P8 the slot is held by nobody"
	case pending > 1:
		return "P8 two attempts pending"
	case len(after.Attempts) == len(before.Attempts):
		return ""
	}
	a := after.Attempts[len(after.Attempts)-1]
	switches := before.State == Confirming && before.Next != nil && before.Next.Number == a.Number
	switch {
	case before.State != Open && !switches:
		return "P8 an attempt began in " + string(before.State)
	case before.pending() && !switches, after.Slot != a.Number:
		return "P8 an attempt began beside another"
	case a.Face() != after.Payable || a.PriceVersion != after.PriceVersion:
		return "P8 an attempt began on an old quote"
	case pastLastCall(before, &a.Pay, e.At):
		return "P8 an attempt began past the last call"
	}
	return ""
}

// gapless: each change is one transition, numbered without gaps, and the clock of
// a request never runs past its hard end.
func gapless(before, after Request, v Verdict) string {
	switch {
	case v.Transition == nil && (after.Seq != before.Seq || after.State != before.State):
		return "A change without a transition"
	case v.Transition != nil && (v.Transition.Seq != before.Seq+1 || after.Seq != v.Transition.Seq):
		return "A gap in the transitions"
	case after.ExpiresAt.After(after.HardEnd):
		return "P3 a pause outlived the stock"
	case after.PausedFor > pauseWindow:
		return "pauses beyond their total"
	}
	return ""
}

// atRest checks what must hold once a step is done: whatever the request waits
// for is under way, and closing never overtakes creating.
func (w *walker) atRest() string {
	r := w.r
	for _, a := range r.Attempts {
		opening := w.owes(OpenPayment, a.Number)
		switch {
		case (a.State == NewAttempt) != opening && a.State != SucceededAttempt:
			return "P3 an attempt is judged over while it is being opened: " + a.Number
		case closing(a) && !w.owes(ClosePayment, a.Number):
			return "P3 nobody closes " + a.Number
		case a.State == LiveAttempt && (r.State != Paying || r.Slot != a.Number):
			return "P3 payable without the slot: " + a.Number
		}
	}
	for _, f := range r.Refunds {
		if f.Outstanding() && !w.owes(StartRefund, f.Number) {
			return "P2 nobody gives back " + f.Number
		}
	}
	return w.worldAtRest()
}

func (w *walker) worldAtRest() string {
	r := w.r
	_, _, timed := r.Deadline()
	asking := w.owes(AskOrderHook, r.Winner)
	switch {
	case r.State == Applying && !asking:
		return "P2 nobody asks the order"
	case slices.Contains(unpaidEnds, r.State) && w.bank.anyPayable():
		return "P3 the order is released and can still be paid"
	case !r.Final() && !timed && len(w.abroad) == 0 && len(r.Polls()) == 0:
		return "rests forever in " + string(r.State)
	default:
		return ""
	}
}

// balance compares the law's books with what the bank really did.
func (w *walker) balance() string {
	var held int64
	for _, a := range w.r.Attempts {
		if a.Disposition == RiskHold {
			held += a.Captured.Minor
		}
		if a.Disposition == RiskHold && !w.cases[CaseRiskHold] || a.Disposition == AmountMismatch &&
			!w.cases[CaseMismatch] {
			return "P2 money for a human without a case"
		}
	}
	switch {
	case !w.r.Final():
		return "never final: " + string(w.r.State)
	case w.bank.anyPayable():
		return "P3 final and still payable"
	case w.bank.captured()-w.bank.returned() != w.payersPart(w.shop.price-w.shop.afterSale)+held:
		return "P2 captured - returned is not what is applied"
	default:
		return ""
	}
}

// payersPart is what the winner's payer has paid of the part of the order that still stands.
func (w *walker) payersPart(stands int64) int64 {
	a, won := w.r.Attempt(w.r.Winner)
	if !won {
		return stands
	}
	return a.Captured.Minor - (a.Face().Minor-stands)*a.Captured.Minor/a.Face().Minor
}
