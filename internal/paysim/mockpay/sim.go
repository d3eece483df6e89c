package mockpay

import (
	"io"
	"net/http"

	"github.com/friendpay/friendpay/internal/paysim/desk"
	"github.com/friendpay/friendpay/internal/paysim/faults"
)

// simCall is what the roads for people and chaos take.
type simCall struct {
	Number string `json:"number"`
	Late   bool   `json:"late"`   // pay: although closed or expired
	Amount int64  `json:"amount"` // capture: minor units, 0 for what was asked
	State  string `json:"state"`  // refunds: done, abnormal or closed

	Coupon  int64  `json:"coupon"`  // pay: minor units of it that a coupon pays
	Funding string `json:"funding"` // pay: BALANCE or CARD
}

// simPay is a person pressing the button.
func (p *Provider) simPay(w http.ResponseWriter, r *http.Request) {
	wanted, o, refusal := p.simOrder(w, r)
	with := payment{wanted.Late, wanted.Coupon, wanted.Funding}
	if refusal == nil {
		refusal = with.check(o)
	}
	if refusal != nil {
		desk.Reply(w, refusal.status, refusal)
		return
	}
	rule := p.desk.Spoil(faults.Pay, wanted.Number)
	ctx, cancel := p.desk.Until(r.Context())
	defer cancel()
	refusal = trouble[p.desk.Before(ctx, rule)]
	if refusal == nil {
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

// simCapture books money whatever the state: late, twice, or a wrong amount.
func (p *Provider) simCapture(w http.ResponseWriter, r *http.Request) {
	wanted, o, refusal := p.simOrder(w, r)
	if refusal == nil && (wanted.Amount < 0 || wanted.Amount > maxAmount) {
		refusal = invalid("the amount is between 1 and 100000000 fen, or 0 for what was asked")
	}
	if refusal != nil {
		desk.Reply(w, refusal.status, refusal)
		return
	}
	p.mu.Lock()
	if wanted.Amount == 0 {
		wanted.Amount = o.Call.Amount.Minor
	}
	p.capture(o, capture{Minor: wanted.Amount}, "forced") //nolint:contextcheck // callbacks outlive the call
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
	states := map[string]string{"done": done, "abnormal": abnormal, "closed": closed}
	p.mu.Lock()
	refund, known := p.refunds[wanted.Number]
	outcome, valid := states[wanted.State]
	switch {
	case !known:
		p.mu.Unlock()
		desk.Reply(w, errNoRefund.status, errNoRefund)
		return
	case !valid || refund.Status == done || refund.Status == closed:
		p.mu.Unlock()
		desk.Reply(w, http.StatusConflict, fail(0, "REFUND_STATE", "the state is done, abnormal or closed; "+
			"done and closed are final"))
		return
	}
	p.settle(refund, outcome) //nolint:contextcheck // callbacks outlive the call
	view := refund.view(p.byMerchant[refund.Merchant])
	p.mu.Unlock()
	p.replyDurable(w, view)
}

func (p *Provider) simOrder(w http.ResponseWriter, r *http.Request) (simCall, *order, *failure) {
	var wanted simCall
	if refusal := readSim(w, r, &wanted); refusal != nil {
		return wanted, nil, refusal
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	o := p.orders[wanted.Number]
	if o == nil {
		return wanted, nil, errUnknown
	}
	return wanted, o, nil
}

func readSim(w http.ResponseWriter, r *http.Request, into any) *failure {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return invalid("the body is too large or broke off")
	}
	return read(body, into)
}

func (p *Provider) replyOrder(w http.ResponseWriter, o *order) {
	p.mu.Lock()
	view := o.view(p.byMerchant[o.Merchant], p.deps.Pace.Now())
	p.mu.Unlock()
	p.replyDurable(w, view)
}

func (p *Provider) replyDurable(w http.ResponseWriter, view any) {
	if err := p.journal.Flush(); err != nil {
		desk.Reply(w, http.StatusInternalServerError, fail(0, "SYSTEM_ERROR", "the journal is broken"))
		return
	}
	desk.Reply(w, http.StatusOK, view)
}
