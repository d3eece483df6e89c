package mockpay

import (
	"net/http"

	"github.com/friendpay/friendpay/internal/paysim/desk"
	"github.com/friendpay/friendpay/internal/paysim/faults"
)

// blank is the page before anything is known.
func blank() desk.Page { return desk.Page{Mark: "M", Brand: "Mockpay 模拟收银台"} }

func (p *Provider) showPage(w http.ResponseWriter, r *http.Request) {
	o := p.byToken(r)
	if o == nil {
		unknown := blank()
		unknown.Headline, unknown.Detail = "链接无效", "请回到商户页面重新打开支付链接。"
		desk.Render(w, http.StatusNotFound, unknown)
		return
	}
	desk.Render(w, http.StatusOK, p.pageOf(o))
}

func (p *Provider) byToken(r *http.Request) *order {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.tokens[r.PathValue("token")]
}

// pressButton pays or gives up, then sends the browser back to the merchant.
func (p *Provider) pressButton(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<10)
	o := p.byToken(r)
	switch action := r.PostFormValue("action"); {
	case o == nil:
		p.showPage(w, r)
	case action == "cancel":
		p.goBack(w, r, o)
	case action == "pay":
		p.payByHand(w, r, o)
	default:
		http.Error(w, "action is pay or cancel", http.StatusBadRequest)
	}
}

func (p *Provider) payByHand(w http.ResponseWriter, r *http.Request, o *order) {
	rule := p.desk.Spoil(faults.Pay, o.Call.Number)
	ctx, cancel := p.desk.Until(r.Context())
	defer cancel()
	if status := p.desk.Before(ctx, rule); status != 0 {
		desk.Render(w, status, p.pageOf(o).Trouble())
		return
	}
	refusal := p.payNow(o, payment{}, rule) //nolint:contextcheck // callbacks outlive the call
	switch {
	case refusal == errPaid || refusal == errClosed:
		desk.Render(w, refusal.status, p.pageOf(o))
		return
	case refusal != nil:
		desk.Render(w, refusal.status, p.pageOf(o).Trouble())
		return
	}
	if status := p.desk.After(ctx, rule); status != 0 {
		desk.Render(w, status, p.pageOf(o).Trouble())
		return
	}
	p.goBack(w, r, o)
}

// payNow pays and makes it durable.
func (p *Provider) payNow(o *order, with payment, rule faults.Rule) *failure {
	p.mu.Lock()
	refusal := p.pay(o, with, rule)
	p.mu.Unlock()
	if err := p.journal.Flush(); err != nil {
		return fail(http.StatusInternalServerError, "SYSTEM_ERROR", "the journal is broken")
	}
	return refusal
}

// goBack redirects to the merchant, or to the page where there is no return address.
func (p *Provider) goBack(w http.ResponseWriter, r *http.Request, o *order) {
	target := o.Call.ReturnURL
	if target == "" {
		target = "/mockpay/pay/" + o.Token
	}
	desk.GoBack(w, r, target)
}

func (p *Provider) pageOf(o *order) desk.Page {
	p.mu.Lock()
	defer p.mu.Unlock()
	now, view := p.deps.Pace.Now(), blank()
	view.Merchant, view.Subject = p.byMerchant[o.Merchant].title(), o.Call.Subject
	view.Yuan, view.Number = desk.Yuan(o.Call.Amount.Minor), o.Call.Number
	view.Until = o.Call.ExpiresAt.In(desk.Shanghai).Format("1月2日 15:04")
	view.ReturnURL = o.Call.ReturnURL
	switch {
	case o.status(now) == paid:
		return view.Paid()
	case o.Closed:
		return view.Closed()
	case o.status(now) == closed:
		return view.Expired()
	}
	return view
}
