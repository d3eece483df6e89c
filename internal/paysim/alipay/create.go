package alipay

import (
	"crypto/rand"
	"net"
	"net/http"
	"strings"

	"github.com/friendpay/friendpay/internal/paysim/desk"
)

// precreate makes a code that anybody may scan. There is no trade before.
func (p *Provider) precreate(c *call) (body, *failure) {
	o, refusal := p.ask(c, qr)
	if refusal != nil {
		return nil, refusal
	}
	return body{
		"code": codeOK, "msg": outerWords[codeOK], "out_trade_no": o.Call.Number,
		"qr_code": p.publicURL(c.request) + "/alipay/cashier?qr=" + o.Code,
	}, nil
}

// create makes a trade for one buyer, to be paid inside the app.
func (p *Provider) create(c *call) (body, *failure) {
	o, refusal := p.ask(c, jsapi)
	if refusal != nil {
		return nil, refusal
	}
	return body{
		"code": codeOK, "msg": outerWords[codeOK], "out_trade_no": o.Call.Number, "trade_no": o.Trade,
	}, nil
}

// ask finds or makes the order that a call asks for.
func (p *Provider) ask(c *call, product string) (*order, *failure) {
	var wanted createCall
	refusal := c.read(&wanted)
	if refusal == nil {
		refusal = wanted.check(product, p.deps.Pace.Now())
	}
	m, notify, back := c.merchant, c.form.Get("notify_url"), c.form.Get("return_url")
	switch {
	case refusal != nil:
		return nil, refusal
	case notify != "" && !desk.WebAddress(notify, maxURL) || back != "" && !desk.WebAddress(back, maxURL):
		return nil, param("notify_url或return_url不合法")
	case wanted.SellerID != "" && wanted.SellerID != m.SellerID:
		return nil, business("INVALID_STORE_ID", "卖家与应用不符")
	case wanted.BuyerID == m.SellerID:
		return nil, business("BUYER_SELLER_EQUAL", "买卖家不能相同")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	o, refusal := p.take(&order{
		AppID: m.AppID, SellerID: m.SellerID, Product: product, Call: wanted,
		Asked: canonical(c.form.Get("biz_content")), NotifyURL: notify, ReturnURL: back,
	})
	if refusal == nil && product == jsapi {
		p.begin(o, wanted.BuyerOpenID+wanted.BuyerID)
	}
	return o, refusal
}

// take finds or makes an order; the lock is held. The same call again is the same
// order, and its code serves anew.
func (p *Provider) take(wanted *order) (*order, *failure) {
	now, o := p.deps.Pace.Now().UTC(), p.orders[wanted.key()]
	switch {
	case o == nil && p.journal.Full():
		return nil, errFull
	case o == nil:
		wanted.Code, wanted.CodeAt, wanted.ExpiresAt = "bax"+rand.Text(), now, wanted.Call.deadline(wanted.TradeAt)
		p.orders[wanted.key()], p.codes[wanted.Code] = wanted, wanted
		p.note(wanted.entry("order_created", int64(wanted.Call.Total)), record{Order: wanted})
		return wanted, nil
	}
	if refusal := p.repeatable(o, wanted); refusal != nil {
		entry := o.entry("order_refused", int64(wanted.Call.Total))
		entry.Note = refusal.sub
		p.note(entry, record{})
		return nil, refusal
	}
	o.CodeAt = now
	p.note(o.entry("order_repeated", int64(o.Call.Total)), record{Order: o})
	return o, nil
}

// repeatable says why an order cannot be asked for again.
func (p *Provider) repeatable(o, wanted *order) *failure {
	switch {
	case o.Asked != wanted.Asked || o.Product != wanted.Product:
		return errChanged
	case len(o.Captures) > 0:
		return errPaid
	case p.state(o) == closed:
		return errClosed
	}
	return nil
}

// begin makes the trade of an order, once somebody came to pay; the lock is held.
func (p *Provider) begin(o *order, payer string) {
	if o.Trade != "" {
		return
	}
	now := p.deps.Pace.Now().UTC()
	o.Trade, o.TradeAt = now.In(shanghai).Format("20060102")+"22001"+digits(15), now
	o.ExpiresAt, o.Payer = o.Call.deadline(now), payer
	p.trades[o.Trade] = o
	p.note(o.entry("trade_created", int64(o.Call.Total)), record{Order: o})
}

// publicURL is where a browser reaches the simulator. A caller who came under
// Alipay's own name is answered with the address it came in at.
func (p *Provider) publicURL(r *http.Request) string {
	if p.deps.PublicURL != "" {
		return p.deps.PublicURL
	}
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		host = r.Host
	}
	local, known := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	if strings.HasSuffix(host, ".alipay.com") && known {
		return "http://" + local.String()
	}
	return desk.Origin(r)
}
