package alipay

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/friendpay/friendpay/internal/paysim/desk"
	"github.com/friendpay/friendpay/internal/paysim/faults"
)

// simCall is what the roads for people and chaos take.
type simCall struct {
	Number  string `json:"number"`
	QRCode  string `json:"qr_code"`  // pay: scan this
	URL     string `json:"url"`      // pay: follow this link to the gateway or the cashier
	TradeNO string `json:"trade_no"` // pay: inside Alipay
	OpenID  string `json:"openid"`   // pay: as whom; empty: whom the trade is bound to, or somebody
	Funding string `json:"funding"`  // pay: from what, in Alipay's code; empty: ALIPAYACCOUNT
	Coupon  int64  `json:"coupon"`   // pay: fen of the order that Alipay pays
	Late    bool   `json:"late"`     // pay: although closed or expired
	Amount  int64  `json:"amount"`   // capture: fen, 0 for what was asked
	State   string `json:"state"`    // refunds: done or closed
}

// simPay is a person who pays, led by one of the four things.
func (p *Provider) simPay(w http.ResponseWriter, r *http.Request) {
	var wanted simCall
	refusal := readSim(w, r, &wanted)
	var o *order
	if refusal == nil {
		o, refusal = p.led(r, wanted)
	}
	if refusal != nil && (!wanted.Late || refusal != errOver) {
		replySim(w, refusal)
		return
	}
	rule := p.desk.Spoil(faults.Pay, o.Call.Number)
	ctx, cancel := p.desk.Until(r.Context())
	defer cancel()
	by := payment{payer: wanted.OpenID, funding: wanted.Funding, coupon: wanted.Coupon}
	if refusal = trouble[p.desk.Before(ctx, rule)]; refusal == nil {
		refusal = p.payNow(o, by, wanted.Late, rule) //nolint:contextcheck // notifications outlive the call
	}
	if refusal == nil {
		refusal = trouble[p.desk.After(ctx, rule)]
	}
	if refusal != nil {
		replySim(w, refusal)
		return
	}
	p.replyOrder(w, o)
}

// led finds the order as the payer would.
func (p *Provider) led(r *http.Request, wanted simCall) (*order, *failure) {
	u, err := url.Parse(wanted.URL + wanted.QRCode)
	if err != nil {
		return nil, errQR
	}
	query := u.Query()
	switch {
	case wanted.TradeNO != "":
		return p.invoke(wanted.TradeNO, wanted.OpenID)
	case query.Has("qr"):
		return p.scan(query.Get("qr"), wanted.OpenID)
	case query.Has("order"):
		return p.visit(query.Get("order"), wanted.OpenID)
	case strings.HasSuffix(u.Path, "/gateway.do"):
		c := &call{form: query, method: query.Get("method"), request: r}
		o, refusal := p.follow(c, pages[c.method])
		if refusal != nil {
			return nil, refusal
		}
		return p.visit(o.Code, wanted.OpenID)
	default:
		return p.byNumber(wanted.Number)
	}
}

func (p *Provider) byNumber(number string) (*order, *failure) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for seller := range p.bySeller {
		if o := p.orders[key(seller, number)]; o != nil {
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
		refusal = param("the amount is fen, or 0 for what was asked")
	}
	var o *order
	if refusal == nil {
		o, refusal = p.byNumber(wanted.Number)
	}
	if refusal != nil {
		replySim(w, refusal)
		return
	}
	p.mu.Lock()
	if wanted.Amount == 0 {
		wanted.Amount = int64(o.Call.Total)
	}
	by := payment{payer: wanted.OpenID, note: "forced"}
	p.capture(o, by, wanted.Amount) //nolint:contextcheck // notifications outlive the call
	p.mu.Unlock()
	p.replyOrder(w, o)
}

// simRefund ends a refund that is under way.
func (p *Provider) simRefund(w http.ResponseWriter, r *http.Request) {
	var wanted simCall
	if refusal := readSim(w, r, &wanted); refusal != nil {
		replySim(w, refusal)
		return
	}
	view, refusal := p.endRefund(wanted) //nolint:contextcheck // notifications outlive the call
	if refusal != nil {
		replySim(w, refusal)
		return
	}
	p.replyDurable(w, view)
}

func (p *Provider) endRefund(wanted simCall) (body, *failure) {
	outcome := map[string]string{"done": done, "closed": failed}[wanted.State]
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, r := range p.refunds {
		switch {
		case r.Request != wanted.Number:
			continue
		case outcome == "" || r.Status != pending:
			return nil, business("REFUND_STATE", "the state is done or closed, of a refund that is under way")
		}
		p.settle(r, outcome)
		return refundQueryView(p.orders[key(r.SellerID, r.Number)], r, nil), nil
	}
	return nil, errUnknown
}

// simUser makes a browser that of an Alipay user.
func (p *Provider) simUser(w http.ResponseWriter, r *http.Request) {
	var wanted simCall
	refusal := readSim(w, r, &wanted)
	if refusal == nil && !openidForm.MatchString(wanted.OpenID) {
		refusal = param("an openid has up to 128 characters [0-9A-Za-z_-]")
	}
	if refusal != nil {
		replySim(w, refusal)
		return
	}
	remember(w, r, wanted.OpenID)
	w.WriteHeader(http.StatusNoContent)
}

func readSim(w http.ResponseWriter, r *http.Request, into any) *failure {
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil || json.Unmarshal(text, into) != nil {
		return param("the body is too large, broke off, or is no JSON")
	}
	return nil
}

// replySim refuses a program that stands for a person; its code is the inner one.
func replySim(w http.ResponseWriter, refusal *failure) {
	status := map[*failure]int{
		errUnknown: http.StatusNotFound, errQR: http.StatusNotFound, errFull: http.StatusServiceUnavailable,
		errUnavailable: http.StatusInternalServerError, errBroken: http.StatusInternalServerError,
		errOften: http.StatusTooManyRequests,
	}[refusal]
	if status == 0 {
		status = http.StatusConflict
	}
	code := strings.TrimPrefix(refusal.sub, "ACQ.")
	if refusal == errFull {
		code = "JOURNAL_FULL"
	}
	desk.Reply(w, status, body{"code": code, "message": refusal.words})
}

func (p *Provider) replyOrder(w http.ResponseWriter, o *order) {
	p.mu.Lock()
	view := p.view(o, []string{"fund_bill_list"})
	p.mu.Unlock()
	p.replyDurable(w, view)
}

func (p *Provider) replyDurable(w http.ResponseWriter, view any) {
	if err := p.journal.Flush(); err != nil {
		replySim(w, errBroken)
		return
	}
	desk.Reply(w, http.StatusOK, view)
}
