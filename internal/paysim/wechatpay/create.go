package wechatpay

import (
	"crypto/rand"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/friendpay/friendpay/internal/paysim/desk"
)

// create makes an order. The same call again brings a fresh code for the same
// order, and the code from before no longer serves.
func (p *Provider) create(product string) func(*call) answer {
	return func(c *call) answer {
		var wanted createCall
		if refusal := read(c.body, &wanted); refusal != nil {
			return refusal.answer()
		}
		asked, refusal := canonical(c.body)
		if refusal == nil {
			refusal = p.acceptable(c.merchant, product, wanted)
		}
		if refusal != nil {
			return refusal.answer()
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		o, refusal := p.take(&order{MchID: c.merchant.MchID, Product: product, Call: wanted, Asked: asked})
		if refusal != nil {
			return refusal.answer()
		}
		return answer{http.StatusOK, p.present(c.request, o)}
	}
}

func (p *Provider) acceptable(m *merchant, product string, wanted createCall) *failure {
	if refusal := wanted.check(product); refusal != nil {
		return refusal
	}
	switch {
	case wanted.MchID != m.MchID:
		return invalid("mchid与签名中的商户号不一致")
	case wanted.AppID != m.AppID:
		return fail(http.StatusBadRequest, "APPID_MCHID_NOT_MATCH", "appid和mchid不匹配")
	}
	return nil
}

// take finds or makes the order that is asked for and gives it a fresh code; the
// lock is held.
func (p *Provider) take(wanted *order) (*order, *failure) {
	now, o := p.deps.Pace.Now().UTC(), p.orders[wanted.key()]
	switch {
	case o == nil && p.journal.Full():
		return nil, errFull
	case o == nil:
		wanted.CreatedAt, wanted.ExpiresAt = now, p.deadline(wanted.Call.TimeExpire, now)
		if wanted.Call.Payer != nil && wanted.Product == jsapi {
			wanted.Payer = wanted.Call.Payer.OpenID
		}
		p.orders[wanted.key()] = wanted
		p.renew(wanted, now)
		p.note(wanted.entry("order_created", wanted.Call.Amount.Total), record{Order: wanted})
		return wanted, nil
	}
	if refusal := repeatable(o, wanted); refusal != nil {
		entry := o.entry("order_refused", wanted.Call.Amount.Total)
		entry.Note = refusal.Code
		p.note(entry, record{})
		return nil, refusal
	}
	p.renew(o, now)
	p.note(o.entry("order_repeated", o.Call.Amount.Total), record{Order: o})
	return o, nil
}

// repeatable says why an order cannot be asked for again.
func repeatable(o, wanted *order) *failure {
	same := o.Asked == wanted.Asked && o.Product == wanted.Product
	switch {
	case len(o.Captures) > 0 && same:
		return errPaid
	case o.Closed && same:
		return errClosed
	case len(o.Captures) > 0 || o.Closed:
		return errUsed
	case !same:
		return errChanged
	}
	return nil
}

// deadline is the last moment to pay: what was asked, within the limits, which
// are applied without a word.
func (p *Provider) deadline(asked string, now time.Time) time.Time {
	at, err := time.Parse(time.RFC3339, asked)
	if err != nil {
		return now.Add(defaultLife)
	}
	earliest, latest := now.Add(p.deps.Pace.Scale(minLife)), now.Add(maxLife)
	switch {
	case at.Before(earliest):
		return earliest
	case at.After(latest):
		return latest
	}
	return at.UTC()
}

// renew gives an order a fresh code; the lock is held.
func (p *Provider) renew(o *order, now time.Time) {
	o.CodeAt, o.Code = now, rand.Text()[:16]
	if o.Product != native {
		o.Code = "wx" + now.In(shanghai).Format("20060102150405") + hexadecimal(10)
	}
	if o.Product == h5 {
		o.Package = digits(10)
	}
	p.codes[o.Code] = o
}

// present is the answer: what the payer is led with.
func (p *Provider) present(r *http.Request, o *order) map[string]string {
	switch o.Product {
	case native:
		return map[string]string{"code_url": "weixin://wxpay/bizpayurl?pr=" + o.Code}
	case h5:
		return map[string]string{"h5_url": p.publicURL(r) + "/wechatpay/h5?prepay_id=" + o.Code +
			"&package=" + o.Package}
	default:
		return map[string]string{"prepay_id": o.Code}
	}
}

// publicURL is where a browser reaches the simulator. A caller who came under
// WeChat Pay's own name is answered with the address it came in at.
func (p *Provider) publicURL(r *http.Request) string {
	if p.deps.PublicURL != "" {
		return p.deps.PublicURL
	}
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		host = r.Host
	}
	local, known := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	if strings.HasSuffix(host, ".weixin.qq.com") && known {
		return "http://" + local.String()
	}
	return desk.Origin(r)
}
