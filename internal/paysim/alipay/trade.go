package alipay

import (
	"slices"
	"time"

	"github.com/friendpay/friendpay/internal/paysim/faults"
)

// tradeCall names a trade by one of its numbers.
type tradeCall struct {
	Trade   string   `json:"trade_no"`
	Number  string   `json:"out_trade_no"`
	Options []string `json:"query_options"`
}

// named reads which trade a call is about; the lock is held.
func (p *Provider) named(c *call, wanted *tradeCall) (*order, *failure) {
	if refusal := c.read(wanted); refusal != nil {
		return nil, refusal
	}
	if wanted.Trade == "" && wanted.Number == "" {
		return nil, param("out_trade_no和trade_no不能同时为空")
	}
	return p.find(c.merchant, wanted.Trade, wanted.Number), nil
}

// query tells a merchant of its own trades only.
func (p *Provider) query(c *call) (body, *failure) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var wanted tradeCall
	o, refusal := p.named(c, &wanted)
	switch {
	case refusal != nil:
		return nil, refusal
	case o == nil || o.Trade == "":
		return nil, errUnknown
	}
	return p.view(o, wanted.Options), nil
}

// close makes a trade unpayable, if there is one yet.
func (p *Provider) close(c *call) (body, *failure) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var wanted tradeCall
	o, refusal := p.named(c, &wanted)
	if refusal != nil {
		return nil, refusal
	}
	p.paidMeantime(c, o)
	if o == nil || o.Trade == "" {
		return nil, errUnknown
	}
	if refusal := p.closable(o); refusal != nil {
		p.note(o.entry("close_refused", 0), record{})
		return nil, refusal
	}
	o.Closed = true
	p.note(o.entry("closed", 0), record{Order: o})
	return body{
		"code": codeOK, "msg": outerWords[codeOK], "out_trade_no": o.Call.Number, "trade_no": o.Trade,
	}, nil
}

// closable says why a trade cannot be closed.
func (p *Provider) closable(o *order) *failure {
	switch p.state(o) {
	case waiting:
		return nil
	case finished:
		return business("REASON_ILLEGAL_STATUS", "交易状态异常")
	case closed:
		return business("REASON_TRADE_STATUS_INVALID", "交易状态异常")
	}
	return errState
}

// paidMeantime lets somebody pay in the moment before, where the faults ask for it.
func (p *Provider) paidMeantime(c *call, o *order) {
	if o != nil && c.rule.Mode == faults.PaidMeantime && len(o.Captures) == 0 {
		p.capture(o, payment{note: "paid while it was being closed"}, int64(o.Call.Total))
	}
}

// cancel closes what is unpaid and gives back what is paid.
func (p *Provider) cancel(c *call) (body, *failure) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var wanted tradeCall
	o, refusal := p.named(c, &wanted)
	if refusal != nil {
		return nil, refusal
	}
	p.paidMeantime(c, o)
	answer := body{"code": codeOK, "msg": outerWords[codeOK], "retry_flag": "N"}
	if wanted.Number != "" {
		answer["out_trade_no"] = wanted.Number
	}
	if o == nil || o.Trade == "" {
		return answer, nil // nothing was done, and the answer names no action
	}
	answer["trade_no"], answer["out_trade_no"] = o.Trade, o.Call.Number
	total, _ := o.captured()
	back, _ := p.givenBack(o)
	switch {
	case total == 0:
		answer["action"] = "close"
		if !o.Closed {
			o.Closed = true
			p.note(o.entry("closed", 0), record{Order: o})
		}
	case back < total && p.deps.Pace.Now().After(o.Captures[0].At.Add(cancelWithin)):
		return nil, business("CANCEL_NOT_ALLOWED", "超过可撤销时间")
	default:
		answer["action"] = "refund"
		if back < total {
			all := refundCall{Amount: money(total - back), Request: o.Call.Number + "_cancel"}
			p.settle(p.accept(o, all, ""), done)
		}
	}
	return answer, nil
}

// payment is how somebody pays: who, and from what. Empty is somebody, from the
// balance. Coupon is fen of the order that Alipay pays.
type payment struct {
	payer   string
	funding string
	coupon  int64
	note    string
}

// capture books money whatever the state of the order; the lock is held. Who
// paid is who the trade is bound to, or the one named, or somebody.
func (p *Provider) capture(o *order, by payment, minor int64) {
	switch {
	case o.bound() && o.Payer != "":
		by.payer = o.Payer
	case by.payer == "":
		by.payer = newUser()
	}
	if by.funding == "" {
		by.funding, _ = o.funded("")
	}
	p.begin(o, by.payer)
	o.Payer = by.payer
	now := p.deps.Pace.Now().UTC()
	o.Captures = append(o.Captures, capture{
		Payer: by.payer, Minor: minor, Coupon: min(by.coupon, minor), Funding: by.funding,
		At: now.Truncate(time.Second),
	})
	e := p.newEvent(o, nil)
	entry := o.entry("captured", minor)
	entry.Event, entry.Note = e.ID, by.note
	p.announce(entry, record{Order: o, Event: e})
}

// view reads a trade for its merchant; the lock is held. Some members come only if
// the call asks for them.
func (p *Provider) view(o *order, options []string) body {
	total, coupon := o.captured()
	asked := int64(o.Call.Total)
	if total > 0 {
		asked = total
	}
	answer := body{
		"code": codeOK, "msg": outerWords[codeOK], "trade_no": o.Trade, "out_trade_no": o.Call.Number,
		"trade_status": p.state(o), "total_amount": yuan(asked), "receipt_amount": yuan(total),
		"buyer_pay_amount": yuan(total - coupon), "invoice_amount": yuan(total - coupon), "point_amount": "0.00",
	}
	p.bySeller[o.SellerID].nameBuyer(answer, "buyer_user_id", o.Payer)
	if len(o.Captures) == 0 {
		return answer
	}
	answer["send_pay_date"] = clock(o.Captures[0].At)
	if coupon > 0 {
		answer["discount_amount"] = yuan(coupon)
	}
	if slices.Contains(options, "fund_bill_list") {
		answer["fund_bill_list"] = fundBills(o, "fund_channel")
	}
	return answer
}

// fundBills is where the money came from; word is what the channel is called.
func fundBills(o *order, word string) []body {
	var list []body
	for _, c := range o.Captures {
		if c.Minor > c.Coupon {
			list = append(list, body{word: c.Funding, "amount": yuan(c.Minor - c.Coupon)})
		}
		if c.Coupon > 0 {
			list = append(list, body{word: "COUPON", "amount": yuan(c.Coupon)})
		}
	}
	return list
}
