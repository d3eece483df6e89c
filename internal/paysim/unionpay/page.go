package unionpay

import (
	"net/http"

	"github.com/friendpay/friendpay/internal/paysim/desk"
	"github.com/friendpay/friendpay/internal/paysim/faults"
)

// brands are the cashiers: the phone's browser and app, the desktop's gateway.
var brands = map[string]string{pc: "银联在线支付 模拟收银台"}

// brand is a page before anything is known. Whatever pays in the end, it is 云闪付.
func brand(product string) desk.Page {
	view := desk.Page{Look: "unionpay", Mark: "云", Brand: brands[product]}
	if view.Brand == "" {
		view.Brand = "云闪付 模拟收银台"
	}
	return view
}

// visit is a person at the cashier: which order it is about, and why it cannot be paid.
type visit struct {
	order   *order
	refusal *failure
}

func (p *Provider) pageRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /unionpay/cashier", func(w http.ResponseWriter, r *http.Request) {
		p.showPage(w, p.enter(r))
	})
	mux.HandleFunc("POST /unionpay/cashier", func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, 4<<10)
		p.press(w, r, p.enter(r))
	})
}

// enter finds the order of somebody who scanned a code, or was led by a tn. From
// then on queries tell that somebody is at it.
func (p *Provider) enter(r *http.Request) visit {
	v := visit{}
	if v.order, v.refusal = p.scanned(r.URL.Query().Get("tn")); v.refusal != nil {
		return v
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	v.refusal = p.payable(v.order)
	if v.refusal == nil && v.order.State == nothing {
		v.order.State = accepted
		p.note(v.order.entry("payer_came", 0), record{Order: v.order})
	}
	return v
}

func (p *Provider) showPage(w http.ResponseWriter, v visit) {
	status := http.StatusOK
	if v.refusal != nil {
		status = v.refusal.status
	}
	if err := p.journal.Flush(); err != nil {
		status = http.StatusInternalServerError
	}
	desk.Render(w, status, p.pageOf(v))
}

// ways are the buttons that pay, and what pays then.
var ways = map[string]payment{
	"pay": {outcome: done, funding: byCard}, "wechat": {outcome: done, funding: byWeChat},
	"fail": {outcome: noFunds, funding: byCard},
}

// press pays or gives up.
func (p *Provider) press(w http.ResponseWriter, r *http.Request, v visit) {
	action := r.PostFormValue("action")
	way, pays := ways[action]
	switch {
	case !pays && action != "cancel":
		http.Error(w, "action is pay, wechat, fail or cancel", http.StatusBadRequest)
	case action == "cancel":
		p.giveUp(w, r, v)
	// Money that was under way may come after the deadline, if the faults say so.
	case v.refusal != nil && v.refusal != errOver:
		p.showPage(w, v)
	default:
		p.payByHand(w, r, v, way)
	}
}

// giveUp sends the browser back with nothing in its hands.
func (p *Provider) giveUp(w http.ResponseWriter, r *http.Request, v visit) {
	if v.order != nil {
		for _, name := range []string{"frontFailUrl", "frontUrl"} {
			if target := v.order.Call[name]; target != "" {
				desk.GoBack(w, r, target)
				return
			}
		}
	}
	view := brand("")
	view.Headline, view.Detail = "已取消支付", "您没有被扣款。"
	desk.Render(w, http.StatusOK, view)
}

func (p *Provider) payByHand(w http.ResponseWriter, r *http.Request, v visit, way payment) {
	rule := p.desk.Spoil(faults.Pay, v.order.number())
	ctx, cancel := p.desk.Until(r.Context())
	defer cancel()
	if status := p.desk.Before(ctx, rule); status != 0 {
		desk.Render(w, status, p.pageOf(v).Trouble())
		return
	}
	v.refusal = p.payNow(v.order, way, rule) //nolint:contextcheck // notifications outlive the call
	if v.refusal != nil {
		p.showPage(w, v)
		return
	}
	if status := p.desk.After(ctx, rule); status != 0 {
		desk.Render(w, status, p.pageOf(v).Trouble())
		return
	}
	desk.Render(w, http.StatusOK, p.endOf(v.order))
}

// endOf is the page after a try. With a success the browser takes a front
// notification back to the merchant, signed as the back one is.
func (p *Provider) endOf(o *order) desk.Page {
	p.mu.Lock()
	defer p.mu.Unlock()
	view := p.orderPage(o)
	state := o.state()
	switch state {
	case done, tooLate:
		view.Headline, view.Detail, view.Good = "支付成功", "请返回商户页面查看结果。", true
	case accepted:
		view.Headline, view.Detail = "处理中", "交易已受理，请返回商户页面查看结果。"
	default:
		view.Headline, view.Detail = "支付失败", say(state)
		view.Buttons = []desk.Button{{Action: "pay", Text: "重新付款 ¥" + view.Yuan}, {Action: "cancel", Text: "取消"}}
	}
	if state == done && view.ReturnURL != "" {
		view.Fields = p.sign(p.byMerchant[o.MerID], notice(o.Call, o.view()), faults.Mode(""))
	}
	return view
}

// orderPage tells of an order; the lock is held.
func (p *Provider) orderPage(o *order) desk.Page {
	view := brand(o.Product)
	view.Merchant, view.Subject = p.byMerchant[o.MerID].title(), o.subject()
	view.Yuan, view.Number, view.ReturnURL = desk.Yuan(o.Amount), o.number(), o.Call["frontUrl"]
	view.Until = o.ExpiresAt.In(desk.Shanghai).Format("1月2日 15:04")
	return view
}

func (p *Provider) pageOf(v visit) desk.Page {
	if v.order == nil {
		view := brand("")
		view.Headline, view.Detail = "无法支付", v.refusal.Message
		return view
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	view := p.orderPage(v.order)
	switch v.refusal {
	case nil:
		view.Buttons = []desk.Button{
			{Action: "pay", Text: "银联卡付款 ¥" + view.Yuan}, {Action: "wechat", Text: "用微信支付付款 ¥" + view.Yuan},
			{Action: "fail", Text: "用余额不足的银联卡付款"}, {Action: "cancel", Text: "取消"},
		}
		return view
	case errPaid:
		return view.Paid()
	case errOver:
		return view.Expired()
	default:
		return view.Trouble()
	}
}

// subject is what the merchant said is paid for.
func (o *order) subject() string {
	if text := o.Call["orderDesc"]; text != "" {
		return text
	}
	return commodity(o.Call["riskRateInfo"])
}
