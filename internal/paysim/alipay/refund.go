package alipay

import (
	"context"
	"slices"
	"time"

	"github.com/friendpay/friendpay/internal/paysim/faults"
)

// refund gives money back at once. The same number for the same trade is the same
// refund: it moves money the first time only.
func (p *Provider) refund(c *call) (body, *failure) {
	var wanted refundCall
	refusal := c.read(&wanted)
	if refusal == nil {
		refusal = wanted.check()
	}
	if refusal != nil {
		return nil, refusal
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	o := p.find(c.merchant, wanted.Trade, wanted.Number)
	if o == nil || o.Trade == "" {
		return nil, errUnknown
	}
	if wanted.Request == "" {
		if total, _ := o.captured(); int64(wanted.Amount) != total {
			return nil, param("部分退款时out_request_no必填")
		}
		wanted.Request = o.Call.Number
	}
	r := p.refunds[key(o.key(), wanted.Request)]
	if r != nil && r.Minor != int64(wanted.Amount) {
		p.note(r.entry("refund_refused"), record{})
		return nil, errDiscordant
	}
	if r != nil && r.holds() {
		p.note(r.entry("refund_repeated"), record{})
		return p.refundView(o, r, false, wanted.Options), nil
	}
	if refusal := p.refundable(o, wanted, c.rule.Mode); refusal != nil {
		entry := o.entry("refund_refused", int64(wanted.Amount))
		entry.Refund, entry.Note = wanted.Request, refusal.sub
		p.note(entry, record{})
		return nil, refusal
	}
	r = p.accept(o, wanted, c.rule.Mode)
	if r.Status == pending && r.Outcome == done && c.rule.Mode != faults.SlowRefund {
		p.settle(r, done) // its notification outlives the call
	} else {
		p.settleLater(r)
	}
	return p.refundView(o, r, r.Status == done, wanted.Options), nil
}

// accept takes a refund on; the lock is held.
func (p *Provider) accept(o *order, wanted refundCall, mode faults.Mode) *refund {
	r := &refund{
		SellerID: o.SellerID, Number: o.Call.Number, Request: wanted.Request, Reason: wanted.Reason,
		Minor: int64(wanted.Amount), Status: pending, Outcome: done, CreatedAt: p.deps.Pace.Now().UTC(),
	}
	r.Coupon = p.couponPart(o, r.Minor)
	switch mode {
	case faults.Abnormal, faults.ClosedNoFunds:
		r.Outcome = failed
	case faults.StuckProcessing:
		r.Outcome = ""
	default: // the other modes are not about what becomes of it
	}
	p.refunds[r.key()] = r
	if !slices.Contains(o.Refunds, r.Request) {
		o.Refunds = append(o.Refunds, r.Request)
	}
	p.note(r.entry("refund_created"), record{Order: o, Refund: r})
	return r
}

// held is what refunds take of an order, done or under way.
func (p *Provider) held(o *order) (total, coupon int64) {
	for _, number := range o.Refunds {
		if r := p.refunds[key(o.key(), number)]; r.holds() {
			total, coupon = total+r.Minor, coupon+r.Coupon
		}
	}
	return total, coupon
}

// couponPart is how much of the next refund goes to the coupon: in proportion,
// rounded so that all refunds together give back all of it.
func (p *Provider) couponPart(o *order, minor int64) int64 {
	total, coupon := o.captured()
	before, given := p.held(o)
	return coupon*(before+minor)/total - given
}

// refundable checks that the money is there to be given back.
func (p *Provider) refundable(o *order, wanted refundCall, mode faults.Mode) *failure {
	total, _ := o.captured()
	taken, _ := p.held(o)
	switch {
	case total == 0:
		return errState
	case p.state(o) == finished:
		return errFinished
	case taken+int64(wanted.Amount) > total:
		return business("REFUND_AMT_NOT_EQUAL_TOTAL", "退款金额超限")
	case mode == faults.NotEnough:
		return errNotEnough
	case p.journal.Full():
		return errFull
	}
	return nil
}

func (p *Provider) queryRefund(c *call) (body, *failure) {
	var wanted refundCall
	if refusal := c.read(&wanted); refusal != nil {
		return nil, refusal
	}
	if wanted.Request == "" || wanted.Trade == "" && wanted.Number == "" {
		return nil, param("out_request_no与out_trade_no或trade_no不能为空")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	o := p.find(c.merchant, wanted.Trade, wanted.Number)
	if o == nil || o.Trade == "" {
		return nil, errUnknown
	}
	return refundQueryView(o, p.refunds[key(o.key(), wanted.Request)], wanted.Options), nil
}

// settleLater ends a refund after the delay; a stuck one stays as it is.
func (p *Provider) settleLater(r *refund) {
	if r.Outcome == "" {
		return
	}
	p.deps.Pace.Go(func(ctx context.Context) {
		if p.deps.Pace.Wait(ctx, p.deps.RefundDelay) {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.settle(r, r.Outcome) //nolint:contextcheck // notifications outlive the call
		}
	})
}

// settle gives a refund its end, and tells the merchant if money went back; the
// lock is held.
func (p *Provider) settle(r *refund, outcome string) {
	if r.Status == done || r.Status == outcome || outcome == "" {
		return
	}
	r.Status, r.Outcome = outcome, ""
	if outcome == failed {
		p.note(r.entry("refund_closed"), record{Refund: r})
		return
	}
	r.DoneAt = p.deps.Pace.Now().UTC().Truncate(time.Second)
	e := p.newEvent(p.orders[key(r.SellerID, r.Number)], r)
	entry := r.entry("refund_done")
	entry.Event = e.ID
	p.announce(entry, record{Refund: r, Event: e})
}
