package wechatpay

import (
	"cmp"
	"net/http"
	"time"

	"github.com/friendpay/friendpay/internal/paysim/courier"
	"github.com/friendpay/friendpay/internal/paysim/desk"
	"github.com/friendpay/friendpay/internal/paysim/faults"
)

// queryByNumber and queryByID tell a merchant of its own orders only.
func (p *Provider) queryByNumber(c *call) answer {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.tell(c, p.orders[key(c.merchant.MchID, c.request.PathValue("no"))])
}

func (p *Provider) queryByID(c *call) answer {
	p.mu.Lock()
	defer p.mu.Unlock()
	o := p.transactions[c.request.PathValue("id")]
	if o != nil && o.MchID != c.merchant.MchID {
		o = nil
	}
	return p.tell(c, o)
}

func (p *Provider) tell(c *call, o *order) answer {
	if given := c.request.URL.Query().Get("mchid"); given != c.merchant.MchID {
		return badQuery("mchid", given, "mchid与签名中的商户号不一致").answer()
	}
	if o == nil {
		return errUnknown.answer()
	}
	return answer{http.StatusOK, p.view(o)}
}

// close makes an order unpayable. Closing twice is no error.
func (p *Provider) close(c *call) answer {
	var wanted struct {
		MchID string `json:"mchid"`
	}
	if refusal := read(c.body, &wanted); refusal != nil {
		return refusal.answer()
	}
	if wanted.MchID != c.merchant.MchID {
		return param("/mchid", wanted.MchID, "mchid与签名中的商户号不一致").answer()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	o := p.orders[key(c.merchant.MchID, c.request.PathValue("no"))]
	if o == nil {
		return errUnknown.answer()
	}
	if c.rule.Mode == faults.PaidMeantime && len(o.Captures) == 0 {
		p.capture(o, capture{Minor: o.Call.Amount.Total}, "paid while it was being closed")
	}
	now := p.deps.Pace.Now()
	switch {
	case len(o.Captures) > 0:
		p.note(o.entry("close_refused", 0), record{})
		return errPaid.answer()
	case !o.Closed && p.deps.Strict && now.Before(o.CreatedAt.Add(p.deps.Pace.Scale(closeAfter))):
		p.note(o.entry("close_refused", 0), record{})
		return fail(http.StatusBadRequest, "ORDER_CLOSE_TOO_EARLY", "订单生成后不能马上关闭，最短间隔为5分钟").answer()
	case !o.Closed:
		o.Closed = true
		p.note(o.entry("closed", 0), record{Order: o})
	}
	return answer{http.StatusNoContent, nil}
}

// capture books money whatever the state of the order; the lock is held. Who
// paid is who the order is bound to, or the one named, or somebody.
func (p *Provider) capture(o *order, c capture, note string) {
	if o.Payer == "" {
		o.Payer = c.Payer
	}
	if o.Payer == "" {
		o.Payer = newOpenID()
	}
	now := p.deps.Pace.Now().UTC()
	c.Transaction = "42000025" + now.In(shanghai).Format("20060102") + digits(12)
	c.Payer, c.At, c.Funding = o.Payer, now.Truncate(time.Second), cmp.Or(c.Funding, fromBalance)
	o.Captures = append(o.Captures, c)
	p.transactions[c.Transaction] = o
	e := p.newEvent(o, nil, message{
		Type: "TRANSACTION.SUCCESS", Summary: "支付成功", Original: "transaction", At: now,
		Plain: desk.Encode(p.view(o)),
	})
	entry := o.entry("captured", c.Minor)
	entry.Event, entry.Note = e.ID, note
	p.announce(entry, record{Order: o, Event: e})
}

func (p *Provider) newEvent(o *order, r *refund, m message) *courier.Event {
	e := &courier.Event{
		ID: hexID(), Merchant: o.MchID, Number: o.Call.Number, URL: o.Call.NotifyURL, Body: desk.Encode(m),
	}
	if r != nil {
		e.Refund = r.Call.Number
		if r.Call.NotifyURL != "" {
			e.URL = r.Call.NotifyURL
		}
	}
	return e
}
