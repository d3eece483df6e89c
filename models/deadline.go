package models

import (
	"slices"
	"time"
)

// The windows of the law, before Speed divides them. Sources: product rules 4.4.
const (
	checkWindow   = time.Minute      // a request whose first event never came
	slotWindow    = 6 * time.Minute  // WeChat Pay refuses to close in the first five
	slotExtra     = 4 * time.Minute  // once, when the provider says that the payer is at it
	pollWindow    = 20 * time.Second // callbacks mostly come sooner; then the provider is asked
	lastCallExtra = time.Minute      // what must be left beyond the channel's MinClose to start paying
	silenceWindow = 2 * time.Hour    // a provider that cannot say what happened becomes a case
	pauseWindow   = 30 * time.Minute // the longest pause
	waitWindow    = 72 * time.Hour   // from now: no deadline is moved further, as none is set further at first
	guardWindow   = 72 * time.Hour   // callbacks are resent for up to 25 hours; the daily bill finds the rest
)

// scaled divides a window by the request's speed.
func (r Request) scaled(window time.Duration) time.Duration {
	return window / time.Duration(max(r.Speed, 1))
}

// Due is a moment at which time itself is an event.
type Due struct {
	At   time.Time
	Kind EventKind
}

// Deadline is the next moment at which time itself is an event, and which; ok
// is false when the request waits for an answer only.
func (r Request) Deadline() (at time.Time, kind EventKind, ok bool) {
	dues := r.Dues()
	if len(dues) == 0 {
		return at, kind, false
	}
	return dues[0].At, dues[0].Kind, true
}

// Dues lists every such moment that lies ahead as the request stands, soonest first.
// What happens at the first may well do away with the others.
func (r Request) Dues() []Due {
	var dues []Due
	due := func(at time.Time, kind EventKind) {
		if !at.IsZero() {
			dues = append(dues, Due{at, kind})
		}
	}
	switch r.State {
	case Checking:
		due(r.EnteredAt.Add(r.scaled(checkWindow)), CheckLapsed)
	case Open:
		due(r.ExpiresAt, RequestLapsed)
	case Paying:
		if a, _ := r.Attempt(r.Slot); a.State == NewAttempt {
			return nil // OpenPayment answers within its own limit
		}
		due(r.ExpiresAt, RequestLapsed)
		due(r.SlotUntil, SlotLapsed)
		due(r.PollAt, PollDue)
	case Paused:
		due(r.PausedUntil, PauseLapsed)
	case Confirming:
		due(r.ExpiresAt, RequestLapsed)
	case Closing, Applying:
	default:
		if r.Guarded {
			due(r.GuardUntil, GuardLapsed)
		}
	}
	due(r.StuckAt, SilenceLapsed)
	slices.SortStableFunc(dues, func(a, b Due) int { return a.At.Compare(b.At) })
	return dues
}
