package unionpay

import (
	"encoding/json"
	"io"
	"net/http"
	"path"

	"github.com/friendpay/friendpay/internal/paysim/desk"
	"github.com/friendpay/friendpay/internal/paysim/faults"
)

// maxAmount is what an order of the simulator's roads may move, in fen.
const maxAmount = 100_000_000_000

// simCall is what the roads for people and chaos take.
type simCall struct {
	Number  string `json:"number"`
	CodeURL string `json:"code_url"` // pay: scan this
	TN      string `json:"tn"`       // pay: the app was led to this
	Form    fields `json:"form"`     // pay: the browser posted this front form
	Funding string `json:"funding"`  // pay, capture: card or wechat; empty: card
	Coupon  int64  `json:"coupon"`   // pay, capture: fen of it that a coupon pays
	Outcome string `json:"outcome"`  // pay: empty to succeed, declined, no_funds or pending
	Late    bool   `json:"late"`     // pay: although the time is over
	Amount  int64  `json:"amount"`   // capture: fen, 0 for what was asked
	State   string `json:"state"`    // refunds: done, abnormal or closed
}

var outcomes = map[string]string{"": done, "declined": refused, "no_funds": noFunds, "pending": accepted}

func (s simCall) payment() (payment, *failure) {
	outcome, known := outcomes[s.Outcome]
	_, way := fundings[s.Funding]
	switch {
	case !known:
		return payment{}, param("the outcome is empty, declined, no_funds or pending")
	case s.Funding != "" && !way:
		return payment{}, param("the funding is card or wechat")
	case s.Coupon < 0 || s.Amount < 0 || s.Amount > maxAmount:
		return payment{}, param("coupon and amount are fen, 0 or more")
	}
	return payment{funding: s.Funding, coupon: s.Coupon, outcome: outcome, late: s.Late}, nil
}

// simPay is a person who pays, led by one of the four things.
func (p *Provider) simPay(w http.ResponseWriter, r *http.Request) {
	wanted, way, o, refusal := p.readSim(w, r)
	if refusal == nil && wanted.Coupon > o.Amount {
		refusal = param("the coupon is more than the order")
	}
	if refusal != nil {
		desk.Reply(w, refusal.status, refusal)
		return
	}
	rule := p.desk.Spoil(faults.Pay, o.number())
	ctx, cancel := p.desk.Until(r.Context())
	defer cancel()
	if refusal = trouble[p.desk.Before(ctx, rule)]; refusal == nil {
		refusal = p.payNow(o, way, rule) //nolint:contextcheck // notifications outlive the call
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

// simCapture books money whatever the state: late, twice, or a wrong amount.
func (p *Provider) simCapture(w http.ResponseWriter, r *http.Request) {
	wanted, way, o, refusal := p.readSim(w, r)
	if refusal != nil {
		desk.Reply(w, refusal.status, refusal)
		return
	}
	p.mu.Lock()
	if wanted.Amount == 0 {
		wanted.Amount = o.Amount
	}
	taken := p.newCapture(way, wanted.Amount)
	p.capture(o, taken, "forced") //nolint:contextcheck // notifications outlive the call
	p.mu.Unlock()
	p.replyOrder(w, o)
}

// simRefund ends a refund that is stuck.
func (p *Provider) simRefund(w http.ResponseWriter, r *http.Request) {
	wanted, refusal := readCall(w, r)
	if refusal == nil {
		refusal = p.endRefund(wanted) //nolint:contextcheck // notifications outlive the call
	}
	if refusal != nil {
		desk.Reply(w, refusal.status, refusal)
		return
	}
	p.replyDurable(w, map[string]string{"number": wanted.Number, "state": wanted.State})
}

func (p *Provider) endRefund(wanted simCall) *failure {
	outcome := ""
	for code, word := range refundWords {
		if word == wanted.State {
			outcome = code
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for merID := range p.byMerchant {
		r := p.refunds[key(merID, wanted.Number)]
		switch {
		case r == nil:
			continue
		case outcome == "" || r.Status != accepted:
			return person(http.StatusConflict, "REFUND_STATE", "the state is done, abnormal or closed; all are final")
		}
		p.settle(r, outcome)
		return nil
	}
	return errNumber
}

func readCall(w http.ResponseWriter, r *http.Request) (simCall, *failure) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 64<<10))
	if err != nil {
		return simCall{}, param("the body is too large or broke off")
	}
	var wanted simCall
	if err := json.Unmarshal(body, &wanted); err != nil {
		return simCall{}, param("the body is no JSON of the right kind")
	}
	return wanted, nil
}

// readSim reads a call about an order, and finds it as the payer would.
func (p *Provider) readSim(w http.ResponseWriter, r *http.Request) (simCall, payment, *order, *failure) {
	wanted, refusal := readCall(w, r)
	if refusal != nil {
		return wanted, payment{}, nil, refusal
	}
	way, refusal := wanted.payment()
	if refusal != nil {
		return wanted, way, nil, refusal
	}
	o, refusal := p.led(wanted)
	return wanted, way, o, refusal
}

func (p *Provider) led(wanted simCall) (*order, *failure) {
	switch {
	case wanted.CodeURL != "":
		return p.scanned(path.Base(wanted.CodeURL))
	case wanted.TN != "":
		return p.scanned(wanted.TN)
	case len(wanted.Form) > 0:
		return p.submit(wanted.Form)
	default:
		return p.byNumber(wanted.Number)
	}
}

func (p *Provider) byNumber(number string) (*order, *failure) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for merID := range p.byMerchant {
		if o := p.orders[key(merID, number)]; o != nil {
			return o, nil
		}
	}
	return nil, errNumber
}

func (p *Provider) replyOrder(w http.ResponseWriter, o *order) {
	p.mu.Lock()
	view := o.view().with(fields{"orderId": o.number()})
	p.mu.Unlock()
	p.replyDurable(w, view)
}

func (p *Provider) replyDurable(w http.ResponseWriter, view any) {
	if err := p.journal.Flush(); err != nil {
		desk.Reply(w, errPayDown.status, errPayDown)
		return
	}
	desk.Reply(w, http.StatusOK, view)
}
