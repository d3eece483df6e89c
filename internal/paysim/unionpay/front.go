package unionpay

import (
	"context"
	"net/http"

	"github.com/friendpay/friendpay/internal/paysim/desk"
	"github.com/friendpay/friendpay/internal/paysim/faults"
)

// fronts are the tasks of the address that payers' browsers post to.
var fronts = tasks{"01/01/000201": {op: faults.Create, needed: forFront}}

// front takes the form that the merchant had a payer's browser post, and sends the
// browser on to the cashier. Refusals are pages: no program reads them.
func (p *Provider) front(w http.ResponseWriter, r *http.Request) {
	c, refusal := p.admit(w, r, fronts)
	if refusal != nil {
		turnAway(w, refusal)
		return
	}
	c.rule = p.desk.Spoil(c.op, p.numbers(c)...)
	ctx, cancel := p.desk.Until(r.Context())
	defer cancel()
	if status := p.desk.Before(ctx, c.rule); status != 0 {
		desk.Render(w, status, brand("").Trouble())
		return
	}
	o, refusal := p.take(c, c.form.frontProduct())
	if refusal == nil && p.journal.Flush() != nil {
		refusal = errBroken
	}
	if refusal != nil {
		turnAway(w, refusal)
		return
	}
	p.afterFront(ctx, w, r, c, o)
}

func (p *Provider) afterFront(
	ctx context.Context, w http.ResponseWriter, r *http.Request, c *call, o *order,
) {
	if status := p.desk.After(ctx, c.rule); status >= http.StatusInternalServerError {
		desk.Render(w, status, brand(o.Product).Trouble())
		return
	}
	http.Redirect(w, r, "/unionpay/cashier?tn="+o.Token, http.StatusSeeOther)
}

// submit is front for programs that stand for a payer's browser.
func (p *Provider) submit(form fields) (*order, *failure) {
	c := &call{form: form, merchant: p.byMerchant[form["merId"]], task: fronts[form.kind()]}
	if c.merchant == nil || c.task.op == "" {
		return nil, param("no such merchant or transaction")
	}
	refusal := p.verify(c)
	var o *order
	if refusal == nil {
		o, refusal = p.take(c, form.frontProduct())
	}
	if refusal != nil {
		return nil, person(http.StatusBadRequest, refusal.Code, refusal.Message)
	}
	return o, nil
}

func (f fields) frontProduct() string {
	if f["channelType"] == "07" {
		return pc
	}
	return wap
}

func turnAway(w http.ResponseWriter, why *failure) {
	view := brand("")
	view.Headline, view.Detail = "无法支付", why.Message+" 应答码："+why.Code
	desk.Render(w, http.StatusBadRequest, view)
}
