// Package desk is what every simulated provider does alike at its counter:
// spoiling calls as the faults ask, refusing replays, speaking JSON, and
// showing pages to payers. The protocols themselves are the providers' own.
package desk

import (
	"context"
	"net/http"
	"time"

	"github.com/friendpay/friendpay/internal/paysim/faults"
	"github.com/friendpay/friendpay/internal/paysim/journal"
	"github.com/friendpay/friendpay/internal/paysim/pace"
)

// Desk spoils the calls of one provider. Note writes an entry to the journal.
type Desk struct {
	Provider string
	Faults   *faults.Board
	Pace     *pace.Pace
	Note     func(journal.Entry)
}

// Spoil takes a rule off the board and tells the journal.
func (d *Desk) Spoil(op faults.Op, numbers ...string) faults.Rule {
	rule := d.Faults.Take(d.Provider, op, numbers...)
	d.Tell(rule, numbers...)
	return rule
}

// Tell writes down that a rule was used; the first of the numbers names what it met.
func (d *Desk) Tell(rule faults.Rule, numbers ...string) {
	if rule.ID == "" {
		return
	}
	entry := journal.Entry{Kind: "fault", Note: string(rule.Op) + " " + string(rule.Mode) + " " + rule.ID}
	if len(numbers) > 0 {
		entry.Number = numbers[0]
	}
	d.Note(entry)
}

// Until is a context that also ends when the simulator stops.
func (d *Desk) Until(parent context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(parent)
	stop := context.AfterFunc(d.Pace.Context(), cancel)
	return ctx, func() { stop(); cancel() }
}

// Before spoils a call that then does nothing, or late. It returns the HTTP
// status to refuse with, or 0 to go on.
func (d *Desk) Before(ctx context.Context, rule faults.Rule) int {
	switch rule.Mode {
	case faults.DropBefore:
		panic(http.ErrAbortHandler) // the server closes the connection without an answer
	case faults.ErrorBefore:
		return http.StatusInternalServerError
	case faults.RateLimited:
		return http.StatusTooManyRequests
	case faults.Delay:
		// A caller who gave up still gets it done: that is what makes it ambiguous.
		pace.Sleep(ctx, time.Duration(rule.MS)*time.Millisecond)
	default: // the other modes come later
	}
	return 0
}

// After spoils the answer to what was done. It returns the HTTP status to answer
// with instead, or 0 to answer as it should be.
func (d *Desk) After(ctx context.Context, rule faults.Rule) int {
	switch rule.Mode {
	case faults.DropAfter:
		panic(http.ErrAbortHandler)
	case faults.ErrorAfter:
		return http.StatusInternalServerError
	case faults.Redirect:
		return http.StatusFound
	case faults.Hold:
		d.Faults.Hold(ctx, rule)
	default: // the other modes had their moment, or change the bytes only
	}
	return 0
}
