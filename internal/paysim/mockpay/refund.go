package mockpay

import (
	"context"
	"net/http"

	"github.com/friendpay/friendpay/internal/paysim/desk"
	"github.com/friendpay/friendpay/internal/paysim/faults"
)

var errNoRefund = fail(http.StatusNotFound, "REFUND_NOT_FOUND", "no such refund")

// refund takes a refund on; it is done later. The same number is the same refund.
func (p *Provider) refund(c *call) answer {
	var wanted refundCall
	if refusal := read(c.body, &wanted); refusal != nil {
		return refusal.answer()
	}
	if refusal := wanted.check(); refusal != nil {
		return refusal.answer()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	o := p.orders[wanted.Order]
	if o == nil || o.Merchant != c.account.Merchant {
		return errUnknown.answer()
	}
	if r := p.refunds[wanted.Number]; r != nil {
		return p.repeatRefund(c, r, wanted)
	}
	if refusal := p.refundable(o, wanted, c.rule.Mode); refusal != nil {
		entry := o.entry("refund_refused", wanted.Amount.Minor)
		entry.Refund, entry.Note = wanted.Number, refusal.Code
		p.note(entry, record{})
		return refusal.answer()
	}
	r := &refund{
		Merchant: o.Merchant, Call: wanted, Status: processing, Outcome: done,
		Transaction: "mr_" + random(12), CreatedAt: p.deps.Pace.Now().UTC(),
		Coupon: p.share(o, wanted.Amount.Minor),
	}
	r.spoil(c.rule.Mode)
	p.refunds[wanted.Number] = r
	o.Refunds = append(o.Refunds, wanted.Number)
	p.note(r.entry("refund_created"), record{Order: o, Refund: r})
	p.settleLater(r)
	return answer{http.StatusCreated, r.view(c.account)}
}

func (p *Provider) repeatRefund(c *call, r *refund, wanted refundCall) answer {
	if r.Call != wanted {
		p.note(r.entry("refund_refused"), record{})
		return errMismatch.answer()
	}
	p.note(r.entry("refund_repeated"), record{})
	return answer{http.StatusOK, r.view(c.account)}
}

// refundable checks that the money is there to be given back.
func (p *Provider) refundable(o *order, wanted refundCall, mode faults.Mode) *failure {
	captured := o.captured()
	taken, _, parts := p.taken(o)
	switch {
	case captured == 0:
		return fail(http.StatusConflict, "ORDER_NOT_PAID", "there is nothing to give back")
	case wanted.Total.Minor != captured && wanted.Total != o.Call.Amount:
		return fail(http.StatusConflict, "TOTAL_MISMATCH", "the total is not what was paid")
	case taken+wanted.Amount.Minor > captured:
		return fail(http.StatusConflict, "REFUND_EXCEEDS", "the refunds would exceed what was paid")
	case parts >= maxPartials:
		return fail(http.StatusConflict, "REFUND_LIMIT", "an order has at most 50 refunds")
	case mode == faults.NotEnough:
		return fail(http.StatusForbidden, "NOT_ENOUGH", "the merchant's balance does not cover it: top it up")
	case p.journal.Full():
		return errFull
	}
	return nil
}

// taken is how much of an order its refunds hold, what of that goes into the coupon, and
// how many they are; the lock is held.
func (p *Provider) taken(o *order) (minor, coupon int64, parts int) {
	for _, number := range o.Refunds {
		if r := p.refunds[number]; r.holds() {
			minor, coupon, parts = minor+r.Call.Amount.Minor, coupon+r.Coupon, parts+1
		}
	}
	return minor, coupon, parts
}

// share is what of a new refund goes back into the coupon; the lock is held.
func (p *Provider) share(o *order, minor int64) int64 {
	before, couponBefore, _ := p.taken(o)
	return desk.Share(o.captured(), o.Captures[0].Coupon, before, couponBefore, minor)
}

func (r *refund) spoil(mode faults.Mode) {
	switch mode {
	case faults.Abnormal:
		r.Outcome, r.Note = abnormal, "PAYER_ACCOUNT_ABNORMAL"
	case faults.ClosedNoFunds:
		r.Outcome, r.Note = closed, "NOT_ENOUGH_FUNDS"
	case faults.StuckProcessing:
		r.Outcome = ""
	default: // the other modes are not about what becomes of it
	}
}

func (p *Provider) queryRefund(c *call) answer {
	p.mu.Lock()
	defer p.mu.Unlock()
	r := p.refunds[c.request.PathValue("number")]
	if r == nil || r.Merchant != c.account.Merchant {
		return errNoRefund.answer()
	}
	return answer{http.StatusOK, r.view(c.account)}
}

// settleLater ends a refund after its delay; a stuck one stays as it is. When
// too much is under way it stays in processing too, and a restart takes it up.
func (p *Provider) settleLater(r *refund) {
	if r.Outcome == "" {
		return
	}
	p.deps.Pace.Go(func(ctx context.Context) {
		if p.deps.Pace.Wait(ctx, p.deps.RefundDelay) {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.settle(r, r.Outcome) //nolint:contextcheck // callbacks outlive the call
		}
	})
}

// settle gives a refund its end and tells the merchant; the lock is held. Money
// that went back is final, everything else may still be put right by staff.
func (p *Provider) settle(r *refund, outcome string) {
	if r.Status == done || r.Status == outcome {
		return
	}
	now := p.deps.Pace.Now().UTC()
	r.Status, r.Outcome = outcome, ""
	kind, word := "refund_"+statusWord[outcome], "refund."+statusWord[outcome]
	if outcome == done {
		r.DoneAt, r.Note = now, ""
	}
	e := p.newEvent(word, p.orders[r.Call.Order], r, now)
	entry := r.entry(kind)
	entry.Event, entry.Note = e.ID, r.Note
	p.announce(entry, record{Refund: r, Event: e})
}

var statusWord = map[string]string{done: "done", abnormal: "abnormal", closed: "closed"}
