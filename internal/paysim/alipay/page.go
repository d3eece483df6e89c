package alipay

import (
	_ "embed"
	"net/http"
	"net/url"

	"github.com/friendpay/friendpay/internal/paysim/desk"
	"github.com/friendpay/friendpay/internal/paysim/faults"
)

// BridgeScript stands for the bridge of the Alipay app, in browsers without one.
//
//go:embed bridge.js
var BridgeScript []byte

// brand is a page before anything is known.
func brand() desk.Page {
	return desk.Page{Look: "alipay", Mark: "支", Brand: "支付宝 模拟收银台"}
}

// caller is a person at the cashier: who it is, which order it is about, where to
// go afterwards, and why it cannot be paid.
type caller struct {
	user    string
	order   *order
	target  string // of a page in the app; links know their own
	refusal *failure
}

// enterCashier brings a browser to the cashier: by a code it scanned, by a link it
// followed, or by tradePay inside the app.
func (p *Provider) enterCashier(w http.ResponseWriter, r *http.Request) caller {
	query, v := r.URL.Query(), caller{user: userOf(w, r)}
	switch {
	case query.Has("qr"):
		v.order, v.refusal = p.scan(query.Get("qr"), v.user)
	case query.Has("order"):
		v.order, v.refusal = p.visit(query.Get("order"), v.user)
	default:
		v.order, v.refusal = p.invoke(query.Get("tradeNO"), v.user)
		if target := query.Get("return"); v.order != nil && target != "" {
			u, err := url.Parse(target)
			if err != nil || !desk.WebAddress(target, 2048) || !p.bySeller[v.order.SellerID].registered(u.Host) {
				v.refusal = param("返回地址的域名未登记")
				break
			}
			v.target = target
		}
	}
	return v
}

func (p *Provider) showCashier(w http.ResponseWriter, r *http.Request) {
	p.showPage(w, p.enterCashier(w, r))
}

func (p *Provider) showPage(w http.ResponseWriter, v caller) {
	status := http.StatusOK
	if v.refusal != nil {
		status = http.StatusForbidden
	}
	if err := p.journal.Flush(); err != nil { // that there is a trade must be known after a crash too
		status = http.StatusInternalServerError
	}
	desk.Render(w, status, p.pageOf(v))
}

// press pays or gives up, then sends the browser back to the merchant.
func (p *Provider) press(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 4<<10)
	v := p.enterCashier(w, r)
	action := r.PostFormValue("action")
	switch {
	case v.refusal != nil:
		p.showPage(w, v)
	case action == "cancel":
		target := v.target
		if target == "" {
			target = v.order.Call.QuitURL
		}
		p.goBack(w, r, v, target, "已取消支付", "您没有被扣款。")
	case action == "pay":
		p.payByHand(w, r, v)
	default:
		http.Error(w, "action is pay or cancel", http.StatusBadRequest)
	}
}

func (p *Provider) payByHand(w http.ResponseWriter, r *http.Request, v caller) {
	rule := p.desk.Spoil(faults.Pay, v.order.Call.Number)
	ctx, cancel := p.desk.Until(r.Context())
	defer cancel()
	if status := p.desk.Before(ctx, rule); status != 0 {
		desk.Render(w, status, p.pageOf(v).Trouble())
		return
	}
	by := payment{payer: v.user}
	v.refusal = p.payNow(v.order, by, false, rule) //nolint:contextcheck // notifications outlive the call
	if v.refusal != nil {
		p.showPage(w, v)
		return
	}
	if status := p.desk.After(ctx, rule); status != 0 {
		desk.Render(w, status, p.pageOf(v).Trouble())
		return
	}
	target := v.target
	if target == "" {
		p.mu.Lock()
		target = p.back(v.order)
		p.mu.Unlock()
	}
	p.goBack(w, r, v, target, "支付成功", "可以关闭此页面。")
}

// goBack redirects to the merchant, or tells the end where there is no way back.
func (p *Provider) goBack(w http.ResponseWriter, r *http.Request, v caller, target, headline, detail string) {
	if target != "" {
		desk.GoBack(w, r, target)
		return
	}
	view := p.pageOf(v)
	view.Headline, view.Detail, view.Good = headline, detail, headline == "支付成功"
	desk.Render(w, http.StatusOK, view)
}

func (p *Provider) pageOf(v caller) desk.Page {
	view := brand()
	view.ReturnURL = v.target
	// Who may not pay an order does not get to see it.
	if o := v.order; o != nil && (v.refusal == nil || v.refusal == errPaid || v.refusal == errOver ||
		v.refusal == errClosed) {
		p.mu.Lock()
		defer p.mu.Unlock()
		view.Merchant, view.Subject = p.bySeller[o.SellerID].title(), o.Call.Subject
		view.Yuan, view.Number = desk.Yuan(int64(o.Call.Total)), o.Call.Number
		view.Until, view.Payer = o.ExpiresAt.In(shanghai).Format("1月2日 15:04"), v.user
		if view.ReturnURL == "" {
			view.ReturnURL = o.ReturnURL
		}
		if v.refusal == nil {
			v.refusal = p.payable(o)
		}
	}
	switch v.refusal {
	case nil:
		return view
	case errPaid:
		return view.Paid()
	case errClosed:
		return view.Closed()
	case errOver:
		return view.Expired()
	case errUnavailable, errBroken, errFull:
		return view.Trouble()
	}
	view.Headline, view.Detail = "无法支付", v.refusal.words
	return view
}

func showBridge(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(BridgeScript) // the browser may be gone
}
