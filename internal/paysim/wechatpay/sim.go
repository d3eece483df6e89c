package wechatpay

import (
	"io"
	"net/http"
	"net/url"

	"github.com/friendpay/friendpay/internal/paysim/desk"
	"github.com/friendpay/friendpay/internal/paysim/faults"
)

// simCall is what the roads for people and chaos take.
type simCall struct {
	Number  string  `json:"number"`
	CodeURL string  `json:"code_url"` // pay: scan this
	H5URL   string  `json:"h5_url"`   // pay: follow this, from Referer
	Bridge  *bridge `json:"bridge"`   // pay: inside WeChat
	OpenID  string  `json:"openid"`   // pay: as whom; empty: whom the order is bound to, or somebody
	Referer string  `json:"referer"`
	Late    bool    `json:"late"`   // pay: although closed or expired
	Amount  int64   `json:"amount"` // capture: minor units, 0 for what was asked
	State   string  `json:"state"`  // refunds: done, abnormal or closed
	Queries int     `json:"queries_per_second"`
	Coupon  int64   `json:"coupon"`  // pay: fen of it that a coupon pays
	Funding string  `json:"funding"` // pay: bank_type; empty: the balance
}

// simPay is a person who pays, led by one of the four things.
func (p *Provider) simPay(w http.ResponseWriter, r *http.Request) {
	var wanted simCall
	refusal := readSim(w, r, &wanted)
	var o *order
	with := payment{wanted.OpenID, wanted.Late, wanted.Coupon, wanted.Funding}
	if refusal == nil {
		o, refusal = p.led(wanted)
	}
	if refusal == nil {
		refusal = with.check(o)
	}
	if refusal != nil {
		desk.Reply(w, refusal.status, refusal)
		return
	}
	rule := p.desk.Spoil(faults.Pay, o.Call.Number)
	ctx, cancel := p.desk.Until(r.Context())
	defer cancel()
	if refusal = trouble[p.desk.Before(ctx, rule)]; refusal == nil {
		refusal = p.payNow(o, with, rule) //nolint:contextcheck // callbacks outlive the call
	}
	if refusal == nil {
		refusal = trouble[p.desk.After(ctx, rule)]
	}
	if refusal != nil {
		desk.Reply(w, refusal.status, refusal)
		return
	}
	p.replyOrder(w, o)
}

// led finds the order as the payer would.
func (p *Provider) led(wanted simCall) (*order, *failure) {
	switch {
	case wanted.CodeURL != "":
		return p.scan(member(wanted.CodeURL, "pr"), wanted.OpenID)
	case wanted.H5URL != "":
		return p.follow(member(wanted.H5URL, "prepay_id"), member(wanted.H5URL, "package"),
			wanted.OpenID, wanted.Referer)
	case wanted.Bridge != nil:
		return p.invoke(*wanted.Bridge, wanted.OpenID)
	default:
		return p.byNumber(wanted.Number)
	}
}

func member(raw, name string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return u.Query().Get(name)
}

func (p *Provider) byNumber(number string) (*order, *failure) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for mchID := range p.byMerchant {
		if o := p.orders[key(mchID, number)]; o != nil {
			return o, nil
		}
	}
	return nil, errUnknown
}

// simCapture books money whatever the state: late, twice, or a wrong amount.
func (p *Provider) simCapture(w http.ResponseWriter, r *http.Request) {
	var wanted simCall
	refusal := readSim(w, r, &wanted)
	if refusal == nil && (wanted.Amount < 0 || wanted.Amount > maxAmount) {
		refusal = param("/amount", wanted.Amount, "the amount is up to 100000000 fen, or 0 for what was asked")
	}
	var o *order
	if refusal == nil {
		o, refusal = p.byNumber(wanted.Number)
	}
	if refusal != nil {
		desk.Reply(w, refusal.status, refusal)
		return
	}
	p.mu.Lock()
	if wanted.Amount == 0 {
		wanted.Amount = o.Call.Amount.Total
	}
	forced := capture{Payer: wanted.OpenID, Minor: wanted.Amount}
	p.capture(o, forced, "forced") //nolint:contextcheck // callbacks outlive the call
	p.mu.Unlock()
	p.replyOrder(w, o)
}

// simRefund ends a refund that is stuck, or puts an abnormal one right.
func (p *Provider) simRefund(w http.ResponseWriter, r *http.Request) {
	var wanted simCall
	if refusal := readSim(w, r, &wanted); refusal != nil {
		desk.Reply(w, refusal.status, refusal)
		return
	}
	view, refusal := p.endRefund(wanted) //nolint:contextcheck // callbacks outlive the call
	if refusal != nil {
		desk.Reply(w, refusal.status, refusal)
		return
	}
	p.replyDurable(w, view)
}

func (p *Provider) endRefund(wanted simCall) (refundView, *failure) {
	outcome, valid := map[string]string{"done": success, "abnormal": abnormal, "closed": closed}[wanted.State]
	p.mu.Lock()
	defer p.mu.Unlock()
	for mchID := range p.byMerchant {
		r := p.refunds[key(mchID, wanted.Number)]
		switch {
		case r == nil:
			continue
		case !valid || r.Status == success || r.Status == closed:
			return refundView{}, fail(http.StatusConflict, "REFUND_STATE",
				"the state is done, abnormal or closed; done and closed are final")
		}
		p.settle(r, outcome)
		return r.view(), nil
	}
	return refundView{}, errNothing
}

// simUser makes a browser that of a WeChat user.
func (p *Provider) simUser(w http.ResponseWriter, r *http.Request) {
	var wanted simCall
	refusal := readSim(w, r, &wanted)
	if refusal == nil && !openidForm.MatchString(wanted.OpenID) {
		refusal = param("/openid", wanted.OpenID, "an openid has up to 128 characters [0-9A-Za-z_-]")
	}
	if refusal != nil {
		desk.Reply(w, refusal.status, refusal)
		return
	}
	remember(w, r, wanted.OpenID)
	w.WriteHeader(http.StatusNoContent)
}

// simLimits sets how many queries a merchant may make in a second.
func (p *Provider) simLimits(w http.ResponseWriter, r *http.Request) {
	var wanted simCall
	refusal := readSim(w, r, &wanted)
	if refusal == nil && wanted.Queries == 0 {
		refusal = param("/queries_per_second", 0, "a number above 0, or -1 for no limit")
	}
	if refusal != nil {
		desk.Reply(w, refusal.status, refusal)
		return
	}
	p.rate.set(wanted.Queries)
	w.WriteHeader(http.StatusNoContent)
}

func readSim(w http.ResponseWriter, r *http.Request, into any) *failure {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return param("", nil, "the body is too large or broke off")
	}
	return read(body, into)
}

func (p *Provider) replyOrder(w http.ResponseWriter, o *order) {
	p.mu.Lock()
	view := p.view(o)
	p.mu.Unlock()
	p.replyDurable(w, view)
}

func (p *Provider) replyDurable(w http.ResponseWriter, view any) {
	if err := p.journal.Flush(); err != nil {
		desk.Reply(w, errBroken.status, errBroken)
		return
	}
	desk.Reply(w, http.StatusOK, view)
}
