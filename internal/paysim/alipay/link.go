package alipay

import (
	"net/http"
	"net/url"

	"github.com/friendpay/friendpay/internal/paysim/desk"
	"github.com/friendpay/friendpay/internal/paysim/faults"
)

// openLink is a browser that follows a signed link to the gateway: the order
// becomes known, and the browser goes on to the cashier, where a trade begins.
func (p *Provider) openLink(w http.ResponseWriter, c *call, product string) {
	c.op = faults.Create
	ctx, cancel := p.desk.Until(c.request.Context())
	defer cancel()
	o, refusal := p.follow(c, product)
	if refusal == nil {
		c.rule = p.desk.Spoil(faults.Create, c.numbers()...)
		refusal = trouble[p.desk.Before(ctx, c.rule)]
	}
	if err := p.journal.Flush(); err != nil {
		refusal = errBroken
	}
	if refusal == nil {
		refusal = trouble[p.desk.After(ctx, c.rule)]
	}
	if refusal != nil {
		p.turnAway(w, refusal)
		return
	}
	http.Redirect(w, c.request, "/alipay/cashier?order="+url.QueryEscape(o.Code), http.StatusFound)
}

// follow checks a link and finds or makes its order. One that was paid or closed
// leads to the cashier too, which says so.
func (p *Provider) follow(c *call, product string) (*order, *failure) {
	if refusal := p.verify(c, 0); refusal != nil {
		return nil, refusal
	}
	o, refusal := p.ask(c, product)
	if refusal != errPaid && refusal != errClosed {
		return o, refusal
	}
	var known createCall
	if refusal := c.read(&known); refusal != nil {
		return nil, refusal
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.orders[key(c.merchant.SellerID, known.Number)], nil
}

func (p *Provider) turnAway(w http.ResponseWriter, refusal *failure) {
	view := brand()
	view.Headline, view.Detail = "无法访问", refusal.words+"（"+refusal.sub+"）"
	status := http.StatusBadRequest
	if refusal == errUnavailable || refusal == errBroken || refusal == errFull {
		view, status = view.Trouble(), http.StatusInternalServerError
	}
	desk.Render(w, status, view)
}

// back is the merchant's return_url with what Alipay says of the trade, signed as
// notifications are; it proves nothing. The lock is held.
func (p *Provider) back(o *order) string {
	u, err := url.Parse(o.ReturnURL)
	if err != nil || o.ReturnURL == "" {
		return ""
	}
	m := p.bySeller[o.SellerID]
	total, _ := o.captured()
	form := url.Values{}
	for name, value := range map[string]string{
		"app_id": o.AppID, "auth_app_id": o.AppID, "charset": "utf-8", "version": "1.0",
		"method":       "alipay.trade." + o.Product + ".pay.return",
		"out_trade_no": o.Call.Number, "trade_no": o.Trade, "total_amount": yuan(total), "seller_id": o.SellerID,
		"timestamp": clock(p.deps.Pace.Now()),
	} {
		form.Set(name, value)
	}
	m.sign(form, "", "")
	for name, values := range u.Query() {
		form[name] = values // the merchant's own, which Alipay does not sign
	}
	u.RawQuery = form.Encode()
	return u.String()
}
