package wechatpay

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/friendpay/friendpay/internal/paysim/desk"
	"github.com/friendpay/friendpay/internal/paysim/faults"
	"github.com/friendpay/friendpay/internal/paysim/journal"
)

func (r *refund) entry(kind string) journal.Entry {
	return journal.Entry{
		Kind: kind, Account: r.MchID, Number: r.Number, Refund: r.Call.Number,
		Minor: r.Call.Amount.Refund, Currency: "CNY",
	}
}

// refund takes a refund on; it is done later. The same number is the same refund.
func (p *Provider) refund(c *call) answer {
	var wanted refundCall
	refusal := read(c.body, &wanted)
	if refusal == nil {
		refusal = wanted.check()
	}
	if refusal != nil {
		return refusal.answer()
	}
	asked, refusal := canonical(c.body)
	if refusal != nil {
		return refusal.answer()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	o := p.transactions[wanted.Transaction]
	if wanted.Order != "" {
		o = p.orders[key(c.merchant.MchID, wanted.Order)]
	}
	if o == nil || o.MchID != c.merchant.MchID {
		return fail(http.StatusNotFound, "RESOURCE_NOT_EXISTS", "订单不存在").answer()
	}
	if r := p.refunds[key(o.MchID, wanted.Number)]; r != nil {
		return p.repeatRefund(r, asked)
	}
	if refusal := p.refundable(o, wanted, c.rule.Mode); refusal != nil {
		entry := o.entry("refund_refused", wanted.Amount.Refund)
		entry.Refund, entry.Note = wanted.Number, refusal.Code
		p.note(entry, record{})
		return refusal.answer()
	}
	r := p.accept(o, wanted, asked, c.rule.Mode)
	return answer{http.StatusOK, r.view()}
}

func (p *Provider) accept(o *order, wanted refundCall, asked string, mode faults.Mode) *refund {
	now := p.deps.Pace.Now().UTC()
	r := &refund{
		MchID: o.MchID, Call: wanted, Asked: asked, Number: o.Call.Number, Status: processing, Outcome: success,
		ID:          "50300" + now.In(shanghai).Format("20060102") + digits(16),
		Transaction: o.Captures[0].Transaction, CreatedAt: now,
		Coupon: p.share(o, wanted.Amount.Refund), Discount: o.Captures[0].Coupon, Funding: o.Captures[0].Funding,
	}
	switch mode {
	case faults.Abnormal:
		r.Outcome = abnormal
	case faults.ClosedNoFunds:
		r.Outcome = closed
	case faults.StuckProcessing:
		r.Outcome = ""
	default: // the other modes are not about what becomes of it
	}
	p.refunds[key(r.MchID, wanted.Number)], p.refundIDs[r.ID] = r, r
	o.Refunds = append(o.Refunds, wanted.Number)
	p.note(r.entry("refund_created"), record{Order: o, Refund: r})
	p.settleLater(r)
	return r
}

func (p *Provider) repeatRefund(r *refund, asked string) answer {
	if r.Asked != asked {
		p.note(r.entry("refund_refused"), record{})
		return errChanged.answer()
	}
	p.note(r.entry("refund_repeated"), record{})
	return answer{http.StatusOK, r.view()}
}

// refundable checks that the money is there to be given back.
func (p *Provider) refundable(o *order, wanted refundCall, mode faults.Mode) *failure {
	captured := o.captured()
	taken, _, parts := p.taken(o)
	switch {
	case captured == 0:
		return invalid("订单状态错误，未支付的订单不能退款")
	case p.deps.Pace.Now().After(o.Captures[0].At.AddDate(1, 0, 0)):
		return invalid("订单支付时间超过一年，不能退款")
	case wanted.Amount.Total != captured && wanted.Amount.Total != o.Call.Amount.Total:
		return invalid("订单总金额与原订单不一致")
	case taken+wanted.Amount.Refund > captured:
		return invalid("申请退款金额超过订单剩余可退金额")
	case parts >= maxPartials:
		return invalid("一笔订单最多支持50次退款")
	case mode == faults.NotEnough:
		return fail(http.StatusForbidden, "NOT_ENOUGH", "基本账户余额不足，请充值后重新发起")
	case p.journal.Full():
		return errFull
	}
	return nil
}

// taken is how much of an order its refunds hold, what of that goes into the coupon, and
// how many they are; the lock is held.
func (p *Provider) taken(o *order) (minor, coupon int64, parts int) {
	for _, number := range o.Refunds {
		if r := p.refunds[key(o.MchID, number)]; r.holds() {
			minor, coupon, parts = minor+r.Call.Amount.Refund, coupon+r.Coupon, parts+1
		}
	}
	return minor, coupon, parts
}

// share is what of a new refund goes back into the coupon; the lock is held.
func (p *Provider) share(o *order, minor int64) int64 {
	before, couponBefore, _ := p.taken(o)
	return desk.Share(o.captured(), o.Captures[0].Coupon, before, couponBefore, minor)
}

func (p *Provider) queryRefund(c *call) answer {
	p.mu.Lock()
	defer p.mu.Unlock()
	r := p.refunds[key(c.merchant.MchID, c.request.PathValue("no"))]
	if r == nil {
		return errNothing.answer()
	}
	return answer{http.StatusOK, r.view()}
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

var refundWords = map[string]string{success: "done", abnormal: "abnormal", closed: "closed"}

// settle gives a refund its end and tells the merchant; the lock is held. Money
// that went back is final, everything else may still be put right by staff.
func (p *Provider) settle(r *refund, outcome string) {
	if r.Status == success || r.Status == outcome || outcome == "" {
		return
	}
	now := p.deps.Pace.Now().UTC()
	r.Status, r.Outcome = outcome, ""
	if outcome == success {
		r.DoneAt = now.Truncate(time.Second)
	}
	word := refundWords[outcome]
	e := p.newEvent(p.orders[key(r.MchID, r.Number)], r, message{
		Type: "REFUND." + outcome, Summary: "退款" + strings.ToLower(outcome), Original: "refund", At: now,
		Plain: desk.Encode(r.notice()),
	})
	entry := r.entry("refund_" + word)
	entry.Event = e.ID
	p.announce(entry, record{Refund: r, Event: e})
}
