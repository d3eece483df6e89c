package models

import "time"

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

// Deadline is the next moment at which time itself is an event, and which; ok
// is false when the request waits for an answer only.
func (r Request) Deadline() (at time.Time, kind EventKind, ok bool) {
	earliest := func(t time.Time, k EventKind) {
		if !t.IsZero() && (!ok || t.Before(at)) {
			at, kind, ok = t, k, true
		}
	}
	switch r.State {
	case Checking:
		earliest(r.EnteredAt.Add(r.scaled(checkWindow)), CheckLapsed)
	case Open:
		earliest(r.ExpiresAt, RequestLapsed)
	case Paying:
		if a, _ := r.Attempt(r.Slot); a.State == NewAttempt {
			return at, kind, false // OpenPayment answers within its own limit
		}
		earliest(r.ExpiresAt, RequestLapsed)
		earliest(r.SlotUntil, SlotLapsed)
		earliest(r.PollAt, PollDue)
	case Paused:
		earliest(r.PausedUntil, PauseLapsed)
	case Confirming:
		earliest(r.ExpiresAt, RequestLapsed)
	case Closing, Applying:
	default:
		if r.Guarded {
			earliest(r.GuardUntil, GuardLapsed)
		}
	}
	earliest(r.StuckAt, SilenceLapsed)
	return at, kind, ok
}
