package unionpay

import (
	"context"
	"time"

	"github.com/friendpay/friendpay/internal/paysim/faults"
)

// payment is a person pressing the button.
type payment struct {
	funding string // byCard or byWeChat; empty: byCard
	coupon  int64  // fen of the order that a coupon pays
	outcome string // done, or how it fails: refused, noFunds, accepted
	late    bool   // although the time is over, as money that was under way does
}

// scanned finds the order of what leads a payer.
func (p *Provider) scanned(token string) (*order, *failure) {
	p.mu.Lock()
	defer p.mu.Unlock()
	o := p.tokens[token]
	if o == nil {
		return nil, errCode
	}
	return o, nil
}

// payNow pays and makes it durable.
func (p *Provider) payNow(o *order, wanted payment, rule faults.Rule) *failure {
	p.mu.Lock()
	refusal := p.pay(o, wanted, rule)
	p.mu.Unlock()
	if err := p.journal.Flush(); err != nil {
		return errPayDown
	}
	return refusal
}

// payable says why an order takes no money now; the lock is held.
func (p *Provider) payable(o *order) *failure {
	switch {
	case len(o.Captures) > 0 || o.Late != nil:
		return errPaid
	case !p.deps.Pace.Now().Before(o.ExpiresAt):
		return errOver
	}
	return nil
}

// pay lets a person try; the lock is held. A try that failed may be followed by
// another one until the time is over.
func (p *Provider) pay(o *order, wanted payment, rule faults.Rule) *failure {
	over := p.payable(o)
	late := wanted.late || rule.Mode == faults.LateKept || rule.Mode == faults.LateReturned
	switch {
	case over == errPaid || over != nil && !late:
		return over
	case p.journal.Full():
		return errPayFull
	case rule.Mode == faults.Declined:
		wanted.outcome = refused
	case rule.Mode == faults.StuckProcessing:
		wanted.outcome = accepted
	}
	if wanted.outcome != done {
		o.State = wanted.outcome
		entry := o.entry("pay_failed", o.Amount)
		entry.Note = wanted.outcome
		p.note(entry, record{Order: o})
		return nil
	}
	minor, note := o.Amount, ""
	if rule.Mode == faults.WrongAmount {
		minor, note = o.Amount+1, "wrong amount"
		if rule.Minor > 0 {
			minor = rule.Minor
		}
	}
	if over != nil {
		note = "late"
	}
	taken := p.newCapture(wanted, minor)
	if over != nil && rule.Mode == faults.LateReturned {
		p.takeLate(o, taken)
		return nil
	}
	p.capture(o, taken, note)
	return nil
}

func (p *Provider) newCapture(wanted payment, minor int64) capture {
	at := p.deps.Pace.Now().UTC().Truncate(time.Second)
	if wanted.funding == "" {
		wanted.funding = byCard
	}
	return capture{
		QueryID: newQueryID(at), Minor: minor, Coupon: min(wanted.coupon, minor), Funding: wanted.funding, At: at,
	}
}

// capture books money whatever the state of the order; the lock is held.
func (p *Provider) capture(o *order, taken capture, note string) {
	o.Captures = append(o.Captures, taken)
	p.payments[taken.QueryID] = o
	entry := o.entry("captured", taken.Minor)
	entry.Note = note
	p.announce(entry, o.Call["backUrl"], o.view(), record{Order: o})
}

// takeLate books money that came after the deadline through a bank: UnionPay gives
// it back by itself, and tells nobody. The lock is held.
func (p *Provider) takeLate(o *order, taken capture) {
	o.Late = &taken
	p.note(o.entry("captured_late", taken.Minor), record{Order: o})
	p.returnLater(o)
}

// returnLater gives late money back after the delay of a refund.
func (p *Provider) returnLater(o *order) {
	if o.Late == nil || o.Returned {
		return
	}
	p.deps.Pace.Go(func(ctx context.Context) {
		if p.deps.Pace.Wait(ctx, p.deps.RefundDelay) {
			p.mu.Lock()
			defer p.mu.Unlock()
			o.Returned = true
			p.note(o.entry("returned_late", o.Late.Minor), record{Order: o})
		}
	})
}
