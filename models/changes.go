package models

import "time"

func seconds(n int64) time.Duration { return time.Duration(n) * time.Second }

func sooner(a, b time.Time) time.Time {
	if b.Before(a) && !b.IsZero() {
		return b
	}
	return a
}

// change alters the attempt of that number, if there is one.
func (r *Request) change(number string, how func(*Attempt)) {
	if i := r.attempt(number); i >= 0 {
		how(&r.Attempts[i])
	}
}

// startClosing leaves an attempt that is still being opened alone: closing may
// not overtake creating, so it starts when OpenPayment has answered.
func startClosing(a *Attempt) {
	if a.State == LiveAttempt {
		a.State, a.Watched = ClosingAttempt, false
	}
}

func (r *Request) take(pay Pay, at time.Time) {
	r.Slot, r.SlotUntil, r.SlotExtended = pay.Number, at.Add(r.scaled(slotWindow)), false
	r.PollAt, r.Next = time.Time{}, nil
	r.Attempts = append(r.Attempts, Attempt{
		Pay: pay, State: NewAttempt, CreatedAt: at,
		ExpiresAt: sooner(r.SlotUntil.Add(r.scaled(slotExtra)), r.ExpiresAt),
	})
}

func (r *Request) dropSlot(number string) {
	if r.Slot == number {
		r.Slot, r.SlotUntil, r.PollAt = "", time.Time{}, time.Time{}
	}
	r.calm()
}

func finished(by EventKind) AttemptState {
	if by == PaymentClosed {
		return ClosedAttempt
	}
	return FailedAttempt
}

func (r *Request) capture(e Event, as Disposition) {
	r.change(e.Attempt, func(a *Attempt) {
		a.State, a.Disposition, a.Reason = SucceededAttempt, as, e.Capture.Mismatch
		a.Watched, a.Reported = false, false
		a.Captured, a.Transaction, a.PaidAt = e.Capture.Money, e.Capture.Transaction, e.Capture.PaidAt
		a.Coupon, a.Funding = atMost(e.Capture.Coupon, e.Capture.Money), e.Capture.Funding
		a.RefundDays = e.Capture.RefundDays
	})
}

// owe records a refund obligation; one number is one obligation. An answer that
// brought no number is a bug of ours that must stop the run, not lose the money.
func (r *Request) owe(f Refund) {
	if f.Amount.Minor <= 0 || r.refund(f.Number) >= 0 {
		return
	}
	if f.Number == "" {
		panic("models: money to give back and no number for the refund")
	}
	a, _ := r.Attempt(f.Attempt)
	f.State, f.ExpectedBy = RefundDue, arrival(f.CreatedAt, a.RefundDays)
	r.Refunds = append(r.Refunds, f)
}

// hold keeps why. Staff's word outlasts an outage: what both hold, only staff let go.
func (r *Request) hold(reason string) {
	if !r.Held || r.HeldFor == Outage {
		r.HeldFor = reason
	}
	r.Held = true
}

// settle applies the winner's money. What it paid above a price that fell since
// goes back to the payer.
func (r *Request) settle(e Event) {
	r.change(r.Winner, func(a *Attempt) { a.Disposition = Applied })
	winner, _ := r.Attempt(r.Winner)
	r.Target = ""
	fell := winner.Face().Minus(r.Payable)
	r.owe(Refund{
		Number: e.Spare, Attempt: r.Winner, Amount: r.ForOrder(r.Winner, fell), OrderAmount: winner.told(fell),
		Reason: PriceFell, CreatedAt: e.At,
	})
	r.end(e.At)
}

// giveBack turns the winner's money into a refund: the order did not take it.
func (r *Request) giveBack(as Disposition, e Event) {
	winner, _ := r.Attempt(r.Winner)
	r.change(r.Winner, func(a *Attempt) { a.Disposition = as })
	r.owe(Refund{
		Number: e.Spare, Attempt: r.Winner, Amount: winner.Captured, OrderAmount: winner.told(winner.Face()),
		Reason: string(as), CreatedAt: e.At,
	})
	r.Winner = ""
}

// refused names what became of money that the order refused; Target is set when
// the request had ended before and was to be reopened.
func (r *Request) refused(reason string) Disposition {
	as := Disposition(reason)
	switch {
	case r.Target != "":
		return Late
	case as == StalePrice || as == Duplicate:
		return as
	default:
		return OrderGone
	}
}

func (r *Request) end(at time.Time) {
	if r.EndedAt.IsZero() {
		r.EndedAt = at
	}
	r.Guarded, r.GuardUntil = true, at.Add(r.guard())
	r.Slot, r.SlotUntil, r.PollAt, r.Next = "", time.Time{}, time.Time{}, nil
	r.Held, r.PausedAt, r.PausedUntil = false, time.Time{}, time.Time{}
	if !r.silent() {
		r.StuckAt = time.Time{}
	}
}

// await starts the clock of silence: from now on somebody owes an answer.
func (r *Request) await(at time.Time) {
	if r.StuckAt.IsZero() {
		r.StuckAt = at.Add(r.scaled(silenceWindow))
	}
}

// awaitWatched starts it for an attempt that is over and still watched.
func (r *Request) awaitWatched(e Event) {
	if a, _ := r.Attempt(e.Attempt); a.Watched && !a.Pending() {
		r.await(e.At)
	}
}

func (r *Request) guard() time.Duration {
	if r.Guard > 0 {
		return r.Guard
	}
	return r.scaled(guardWindow)
}

// calm stops the clock of silence once nobody owes an answer. While applying, the
// order does.
func (r *Request) calm() {
	if r.State != Applying && !r.silent() {
		r.StuckAt = time.Time{}
	}
}

// silent says that a provider owes an answer.
func (r *Request) silent() bool { return r.pending() || len(r.Watched()) > 0 }

// prolong moves the deadline, and what no pause may move it past, if that is later as well.
func (r *Request) prolong(e Event) {
	r.ExpiresAt = e.Until
	if e.HardEnd.After(r.HardEnd) {
		r.HardEnd = e.HardEnd
	}
}

// retry puts a failed refund back to due: under its own number, or under a new
// one where the provider closed the old for good.
func (r *Request) retry(e Event) {
	old := &r.Refunds[r.refund(e.Refund)]
	if old.Failure != ReturnClosed {
		a, _ := r.Attempt(old.Attempt)
		old.State, old.Failure, old.ExpectedBy = RefundDue, "", arrival(e.At, a.RefundDays)
		return
	}
	old.State = RefundReplaced
	r.owe(Refund{
		Number: e.Spare, Attempt: old.Attempt, Amount: old.Amount, OrderAmount: old.OrderAmount,
		Reason: old.Reason, CreatedAt: e.At,
	})
}
