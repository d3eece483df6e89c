package mockpay

import (
	"net/http"

	"github.com/friendpay/friendpay/internal/paysim/desk"
	"github.com/friendpay/friendpay/internal/paysim/faults"
)

var (
	errUnknown  = fail(http.StatusNotFound, "ORDER_NOT_FOUND", "no such order")
	errPaid     = fail(http.StatusConflict, "ORDER_PAID", "the order is paid")
	errClosed   = fail(http.StatusConflict, "ORDER_CLOSED", "the order is closed")
	errMismatch = fail(http.StatusConflict, "PARAMS_MISMATCH", "this number was used with other parameters")
	errFull     = fail(http.StatusServiceUnavailable, "JOURNAL_FULL", "the journal is full: reset it")
)

// create makes an order, or answers as before when it is asked the same again.
func (p *Provider) create(c *call) answer {
	var wanted createCall
	if refusal := read(c.body, &wanted); refusal != nil {
		return refusal.answer()
	}
	if refusal := wanted.check(); refusal != nil {
		return refusal.answer()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.deps.Pace.Now()
	status := http.StatusOK
	o, known := p.orders[wanted.Number]
	switch {
	case known && (o.Merchant != c.account.Merchant || !o.Call.equal(wanted)):
		p.note(o.entry("order_refused", wanted.Amount.Minor), record{})
		return errMismatch.answer()
	case known:
		p.note(o.entry("order_repeated", wanted.Amount.Minor), record{})
	case !now.Before(wanted.ExpiresAt) || wanted.ExpiresAt.Sub(now) > maxLife:
		return invalid("expires_at is past or more than 31 days ahead").answer()
	case p.journal.Full():
		return errFull.answer()
	default:
		o = &order{Merchant: c.account.Merchant, Call: wanted, Token: random(32), CreatedAt: now.UTC()}
		p.orders[wanted.Number], p.tokens[o.Token] = o, o
		p.note(o.entry("order_created", wanted.Amount.Minor), record{Order: o})
		status = http.StatusCreated
	}
	view := o.view(c.account, now)
	view.PayURL = p.publicURL(c.request) + "/mockpay/pay/" + o.Token
	return answer{status, view}
}

func (p *Provider) publicURL(r *http.Request) string {
	if p.deps.PublicURL != "" {
		return p.deps.PublicURL
	}
	return desk.Origin(r)
}

func (p *Provider) query(c *call) answer {
	p.mu.Lock()
	defer p.mu.Unlock()
	o := p.own(c)
	if o == nil {
		return errUnknown.answer()
	}
	return answer{http.StatusOK, o.view(c.account, p.deps.Pace.Now())}
}

// own finds the order named in the path; a foreign one is as unknown as none.
func (p *Provider) own(c *call) *order {
	o := p.orders[c.request.PathValue("number")]
	if o == nil || o.Merchant != c.account.Merchant {
		return nil
	}
	return o
}

// close makes an order unpayable. Closing twice, or after expiry, is no error.
func (p *Provider) close(c *call) answer {
	p.mu.Lock()
	defer p.mu.Unlock()
	o := p.own(c)
	if o == nil {
		return errUnknown.answer()
	}
	if c.rule.Mode == faults.PaidMeantime && len(o.Captures) == 0 {
		p.capture(o, o.Call.Amount.Minor, "paid while it was being closed")
	}
	if len(o.Captures) > 0 {
		p.note(o.entry("close_refused", 0), record{})
		return errPaid.answer()
	}
	if !o.Closed {
		o.Closed = true
		p.note(o.entry("closed", 0), record{Order: o})
	}
	return answer{http.StatusNoContent, nil}
}

// pay is a person pressing the button. Late pays although closed or expired,
// as money that was under way does.
func (p *Provider) pay(o *order, late bool, rule faults.Rule) *failure {
	status := o.status(p.deps.Pace.Now())
	switch {
	case status == paid:
		return errPaid
	case status == closed && !late:
		return errClosed
	case p.journal.Full():
		return errFull
	}
	minor, note := o.Call.Amount.Minor, ""
	if rule.Mode == faults.WrongAmount {
		minor, note = o.Call.Amount.Minor+1, "wrong amount"
		if rule.Minor > 0 {
			minor = rule.Minor
		}
	}
	if status == closed {
		note = "late"
	}
	p.capture(o, minor, note)
	return nil
}

// capture books money whatever the state of the order; the lock is held.
func (p *Provider) capture(o *order, minor int64, note string) {
	now := p.deps.Pace.Now().UTC()
	o.Captures = append(o.Captures, capture{Transaction: "mp_" + random(12), Minor: minor, At: now})
	e := p.newEvent("payment.captured", o, nil, now)
	entry := o.entry("captured", minor)
	entry.Event, entry.Note = e.ID, note
	p.announce(entry, record{Order: o, Event: e})
}
