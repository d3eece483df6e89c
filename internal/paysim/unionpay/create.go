package unionpay

import (
	"maps"
	"strconv"
	"time"
)

// createQR makes an order that a payer's phone finds by scanning its code.
func (p *Provider) createQR(c *call) (fields, *failure) {
	o, refusal := p.take(c, qr)
	if refusal != nil {
		return nil, refusal
	}
	return fields{"respCode": done, "respMsg": say(done), "qrCode": codePrefix + o.Token}, nil
}

// codePrefix is what the codes of UnionPay begin with.
const codePrefix = "https://qr.95516.com/00010000/"

// createApp makes an order that an app is led to by its number, the tn.
func (p *Provider) createApp(c *call) (fields, *failure) {
	o, refusal := p.take(c, app)
	if refusal != nil {
		return nil, refusal
	}
	return fields{"respCode": done, "respMsg": say(done), "tn": o.Token}, nil
}

// take makes the order that is asked for. A number serves once, whatever became
// of the order; only a front form may be posted again by the payer's browser.
func (p *Provider) take(c *call, product string) (*order, *failure) {
	now := p.deps.Pace.Now().UTC()
	deadline, refusal := c.deadline(now)
	if refusal != nil {
		return nil, refusal
	}
	amount, _ := strconv.ParseInt(c.form["txnAmt"], 10, 64) // its form was checked
	o := &order{
		MerID: c.merchant.MerID, Product: product, Call: c.form.unsigned(), State: nothing, Amount: amount,
		CreatedAt: now, ExpiresAt: deadline,
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	old := p.orders[o.key()]
	front := product == wap || product == pc
	switch {
	case old != nil && front && maps.Equal(old.Call, o.Call):
		p.note(old.entry("order_repeated", o.Amount), record{})
		return old, nil
	case old != nil || p.refunds[o.key()] != nil:
		entry := o.entry("order_refused", o.Amount)
		entry.Note = errRepeated.Code
		p.note(entry, record{})
		return nil, errRepeated
	case p.journal.Full():
		return nil, errFull
	case front:
		o.State = accepted // the payer is there
	}
	o.Token = token(product, now)
	p.orders[o.key()], p.tokens[o.Token] = o, o
	p.note(o.entry("order_created", o.Amount), record{Order: o})
	return o, nil
}

// token is what leads a payer to an order: a tn, or the end of a code.
func token(product string, now time.Time) string {
	if product == qr {
		return "62" + digits(30)
	}
	return writeMoment(now)[2:] + digits(9)
}

// deadline is the last moment to pay, which must be ahead.
func (c *call) deadline(now time.Time) (time.Time, *failure) {
	if c.form["payTimeout"] == "" {
		return now.Add(defaultLife), nil
	}
	at, err := readMoment(c.form["payTimeout"])
	if err != nil || !at.After(now) {
		return time.Time{}, format("payTimeout")
	}
	return at.UTC(), nil
}

// unsigned is a call without what only proves who made it.
func (f fields) unsigned() fields {
	rest := maps.Clone(f)
	delete(rest, "signature")
	delete(rest, "certId")
	return rest
}
