package unionpay

import (
	"context"
	"strconv"
	"time"

	"github.com/friendpay/friendpay/internal/paysim/faults"
	"github.com/friendpay/friendpay/internal/paysim/journal"
)

// refund is the provider's own record of money going back: a refund, or the undo of
// a payment. Outcome is what it will become; empty means that it stays as it is.
type refund struct {
	MerID     string    `json:"mer_id"`
	Call      fields    `json:"call"`  // without signature and certId
	Order     string    `json:"order"` // the number of what was paid
	OrderTime string    `json:"order_time"`
	Payment   string    `json:"payment"` // its queryId
	QueryID   string    `json:"query_id"`
	Minor     int64     `json:"minor"`
	Coupon    int64     `json:"coupon,omitempty"` // of Minor, what goes back to a coupon
	Status    string    `json:"status"`
	Outcome   string    `json:"outcome,omitempty"`
	DoneAt    time.Time `json:"done_at,omitzero"`
}

func (r *refund) number() string { return r.Call["orderId"] }

func (r *refund) key() string { return key(r.MerID, r.number()) }

// holds says whether a refund takes part of what was captured.
func (r *refund) holds() bool { return r.Status == accepted || r.Status == done }

func (r *refund) entry(kind string) journal.Entry {
	return journal.Entry{
		Kind: kind, Account: r.MerID, Number: r.Order, Refund: r.number(), Minor: r.Minor, Currency: "CNY",
	}
}

// refund takes a refund on, and undo the undoing of a whole payment on the same
// clearing day. Success means that it was accepted; it is done later.
func (p *Provider) refund(c *call) (fields, *failure) {
	amount, _ := strconv.ParseInt(c.form["txnAmt"], 10, 64) // its form was checked
	p.mu.Lock()
	defer p.mu.Unlock()
	o, refusal := p.original(c)
	if refusal == nil {
		refusal = p.refundable(o, c, amount)
	}
	if refusal != nil {
		entry := journal.Entry{Kind: "refund_refused", Account: c.merchant.MerID, Refund: c.form["orderId"],
			Minor: amount, Currency: "CNY", Note: refusal.Code}
		if o != nil {
			entry.Number = o.number()
		}
		if r := p.refunds[key(c.merchant.MerID, c.form["orderId"])]; r != nil && r.Order == entry.Number {
			entry.Kind = "refund_repeated" // refused as a duplicate: the first one stands
		}
		p.note(entry, record{})
		return nil, refusal
	}
	r := p.accept(o, c, amount)
	return r.names().with(fields{
		"respCode": done, "respMsg": say(done), "queryId": r.QueryID, "txnAmt": c.form["txnAmt"],
	}), nil
}

// original is the payment that a refund is about, by its queryId or by its number
// and time; the lock is held.
func (p *Provider) original(c *call) (*order, *failure) {
	id, named, at := c.form["origQryId"], c.form["origOrderId"], c.form["origTxnTime"]
	var o *order
	switch {
	case id != "":
		o = p.payments[id]
	case named != "" && at != "":
		o = p.orders[key(c.merchant.MerID, named)]
	default:
		return nil, missing("origQryId")
	}
	if o == nil || o.MerID != c.merchant.MerID ||
		named != "" && (o.number() != named || o.Call["txnTime"] != at) {
		return nil, errUnknown
	}
	return o, nil
}

// refundable checks that the money is there to be given back; the lock is held.
func (p *Provider) refundable(o *order, c *call, amount int64) *failure {
	at := key(c.merchant.MerID, c.form["orderId"])
	captured, left := o.captured(), p.left(o)
	now := p.deps.Pace.Now()
	switch {
	case p.refunds[at] != nil || p.orders[at] != nil:
		return errRepeated
	case captured == 0:
		return errOriginal
	case c.form["bizType"] != o.Call["bizType"] || c.form["channelType"] != o.Call["channelType"]:
		return errDiffers
	case left == 0 || c.form["txnType"] == typeUndo && left != captured:
		return errReturned
	case amount > left || c.form["txnType"] == typeUndo && amount != captured:
		return errDiffers
	case c.form["txnType"] == typeUndo && !settleDay(now).Equal(settleDay(o.Captures[0].At)),
		now.After(o.Captures[0].At.AddDate(0, 0, refundDays)):
		return errWindow
	case c.rule.Mode == faults.NotEnough:
		return errFunds
	case p.journal.Full():
		return errFull
	}
	return nil
}

// left is what may still go back of an order; the lock is held.
func (p *Provider) left(o *order) int64 {
	left := o.captured()
	for _, number := range o.Refunds {
		if r := p.refunds[key(o.MerID, number)]; r.holds() {
			left -= r.Minor
		}
	}
	return left
}

func (p *Provider) accept(o *order, c *call, amount int64) *refund {
	r := &refund{
		MerID: o.MerID, Call: c.form.unsigned(), Order: o.number(), OrderTime: o.Call["txnTime"],
		Payment: o.Captures[0].QueryID, QueryID: newQueryID(p.deps.Pace.Now()), Minor: amount,
		Coupon: o.couponBack(amount, p.left(o), p.couponLeft(o)), Status: accepted, Outcome: done,
	}
	switch c.rule.Mode {
	case faults.Abnormal:
		r.Outcome = refused
	case faults.ClosedNoFunds:
		r.Outcome = noFunds
	case faults.StuckProcessing:
		r.Outcome = ""
	default: // the other modes are not about what becomes of it
	}
	p.refunds[r.key()] = r
	o.Refunds = append(o.Refunds, r.number())
	p.note(r.entry("refund_created"), record{Order: o, Refund: r})
	p.settleLater(r)
	return r
}

// couponLeft is what of an order's coupon did not go back yet; the lock is held.
func (p *Provider) couponLeft(o *order) int64 {
	left := o.Captures[0].Coupon
	for _, number := range o.Refunds {
		if r := p.refunds[key(o.MerID, number)]; r.holds() {
			left -= r.Coupon
		}
	}
	return left
}

// couponBack is what of an amount goes back to the coupon: in proportion, rounded so
// that all refunds together give back all of it.
func (o *order) couponBack(amount, left, couponLeft int64) int64 {
	total, captured := o.Captures[0].Coupon, o.captured()
	return total*(captured-left+amount)/captured - (total - couponLeft)
}

// settleLater ends a refund after its delay; a stuck one stays as it is. When
// too much is under way it stays accepted too, and a restart takes it up.
func (p *Provider) settleLater(r *refund) {
	if r.Status != accepted || r.Outcome == "" {
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

var refundWords = map[string]string{done: "done", refused: "abnormal", noFunds: "closed"}

// settle gives a refund its end; only of money that went back the merchant is
// told. The lock is held.
func (p *Provider) settle(r *refund, outcome string) {
	if r.Status != accepted || outcome == "" {
		return
	}
	r.Status, r.Outcome = outcome, ""
	entry := r.entry("refund_" + refundWords[outcome])
	if outcome != done {
		p.note(entry, record{Refund: r})
		return
	}
	r.DoneAt = p.deps.Pace.Now().UTC().Truncate(time.Second)
	p.announce(entry, r.Call["backUrl"], p.refundView(r), record{Refund: r})
}

// names tell which payment a refund is of.
func (r *refund) names() fields {
	return fields{"origQryId": r.Payment, "origOrderId": r.Order, "origTxnTime": r.OrderTime}
}

// refundView is what a query and a notification tell of a refund.
func (p *Provider) refundView(r *refund) fields {
	view := r.Call.pick("txnType", "txnSubType", "bizType", "reqReserved", "txnAmt").with(r.names()).with(fields{
		"origRespCode": r.Status, "origRespMsg": say(r.Status), "currencyCode": "156", "queryId": r.QueryID,
	})
	if r.Status != done {
		return view
	}
	return view.with(trace(r.QueryID, r.DoneAt)).with(fields{
		"settleAmt": r.Call["txnAmt"], "couponInfo": couponInfo(r.Coupon),
	})
}
