package wechatpay

import (
	_ "embed"
	"net/http"

	"github.com/friendpay/friendpay/internal/paysim/desk"
	"github.com/friendpay/friendpay/internal/paysim/faults"
)

// BridgeScript stands for the bridge of the WeChat app, in browsers without one.
//
//go:embed bridge.js
var BridgeScript []byte

// brand is a page before anything is known.
func brand() desk.Page {
	return desk.Page{Look: "wechat", Mark: "微", Brand: "微信支付 模拟收银台"}
}

// visit is a person at one of the three pages: who it is, which order it is
// about, where to go afterwards, and why it cannot be paid.
type visit struct {
	user    string
	order   *order
	target  string
	refusal *failure
}

func (p *Provider) pageRoutes(mux *http.ServeMux) {
	for path, enter := range map[string]func(http.ResponseWriter, *http.Request) visit{
		"/wechatpay/native": p.enterNative, "/wechatpay/jsapi": p.enterBridge, "/wechatpay/h5": p.enterLink,
	} {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) { p.showPage(w, enter(w, r)) })
		mux.HandleFunc("POST "+path, func(w http.ResponseWriter, r *http.Request) {
			r.Body = http.MaxBytesReader(w, r.Body, 4<<10)
			p.press(w, r, enter(w, r))
		})
	}
	mux.HandleFunc("GET /wechatpay/bridge.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		_, _ = w.Write(BridgeScript) // the browser may be gone
	})
}

// enterNative stands for scanning a code: opening it binds the order.
func (p *Provider) enterNative(w http.ResponseWriter, r *http.Request) visit {
	v := visit{user: userOf(w, r)}
	v.order, v.refusal = p.scan(r.URL.Query().Get("pr"), v.user)
	return v
}

// enterBridge stands for the WeChat browser acting on getBrandWCPayRequest.
func (p *Provider) enterBridge(w http.ResponseWriter, r *http.Request) visit {
	query := r.URL.Query()
	v := visit{user: userOf(w, r)}
	v.order, v.refusal = p.invoke(bridge{
		AppID: query.Get("appId"), TimeStamp: query.Get("timeStamp"), NonceStr: query.Get("nonceStr"),
		Package: query.Get("package"), SignType: query.Get("signType"), PaySign: query.Get("paySign"),
	}, v.user)
	v.leave(p, query.Get("return"))
	return v
}

// enterLink stands for an H5 link that opens WeChat. Whoever presses a button is
// there already: only the page itself must have been reached from the merchant's.
func (p *Provider) enterLink(w http.ResponseWriter, r *http.Request) visit {
	query, referer := r.URL.Query(), r.Referer()
	v := visit{user: userOf(w, r)}
	if r.Method == http.MethodPost {
		v.order, v.refusal = p.stay(query.Get("prepay_id"), query.Get("package"), v.user)
	} else {
		v.order, v.refusal = p.follow(query.Get("prepay_id"), query.Get("package"), v.user, referer)
	}
	v.leave(p, query.Get("redirect_url"))
	return v
}

// stay finds the order of somebody who followed its link before.
func (p *Provider) stay(prepay, secret, openid string) (*order, *failure) {
	p.mu.Lock()
	defer p.mu.Unlock()
	o := p.codes[prepay]
	switch {
	case o == nil || o.Product != h5 || o.Package != secret || o.Code != prepay:
		return nil, errCode
	case o.Payer != openid:
		return o, errPayer
	}
	return o, nil
}

// leave takes the address to go back to, if it is the merchant's.
func (v *visit) leave(p *Provider, target string) {
	if v.order == nil || target == "" {
		return
	}
	if !desk.WebAddress(target, 2048) || !p.comesFrom(v.order, target) {
		v.refusal = fail(http.StatusBadRequest, "RETURN_INVALID", "返回地址的域名未登记")
		return
	}
	v.target = target
}

func (p *Provider) showPage(w http.ResponseWriter, v visit) {
	status := http.StatusOK
	if v.refusal != nil {
		status = v.refusal.status
	}
	if err := p.journal.Flush(); err != nil { // who scanned must be known after a crash too
		status = http.StatusInternalServerError
	}
	desk.Render(w, status, p.pageOf(v))
}

// press pays or gives up, then sends the browser back to the merchant.
func (p *Provider) press(w http.ResponseWriter, r *http.Request, v visit) {
	action := r.PostFormValue("action")
	switch {
	case v.refusal != nil:
		p.showPage(w, v)
	case action == "cancel":
		p.goBack(w, r, v, "已取消支付", "您没有被扣款。")
	case action == "pay":
		p.payByHand(w, r, v)
	default:
		http.Error(w, "action is pay or cancel", http.StatusBadRequest)
	}
}

func (p *Provider) payByHand(w http.ResponseWriter, r *http.Request, v visit) {
	rule := p.desk.Spoil(faults.Pay, v.order.Call.Number)
	ctx, cancel := p.desk.Until(r.Context())
	defer cancel()
	if status := p.desk.Before(ctx, rule); status != 0 {
		desk.Render(w, status, p.pageOf(v).Trouble())
		return
	}
	with := payment{OpenID: v.user}
	v.refusal = p.payNow(v.order, with, rule) //nolint:contextcheck // callbacks outlive the call
	if v.refusal != nil {
		p.showPage(w, v)
		return
	}
	if status := p.desk.After(ctx, rule); status != 0 {
		desk.Render(w, status, p.pageOf(v).Trouble())
		return
	}
	p.goBack(w, r, v, "支付成功", "可以关闭此页面。")
}

// goBack redirects to the merchant, or tells the end where there is no way back.
func (p *Provider) goBack(w http.ResponseWriter, r *http.Request, v visit, headline, detail string) {
	if v.target != "" {
		desk.GoBack(w, r, v.target)
		return
	}
	view := p.pageOf(v)
	view.Headline, view.Detail, view.Good = headline, detail, headline == "支付成功"
	desk.Render(w, http.StatusOK, view)
}

func (p *Provider) pageOf(v visit) desk.Page {
	view := brand()
	view.ReturnURL = v.target
	// Who may not pay an order does not get to see it.
	if o := v.order; o != nil && (v.refusal == nil || v.refusal == errPaid || v.refusal == errOver ||
		v.refusal == errClosed) {
		p.mu.Lock()
		defer p.mu.Unlock()
		view.Merchant, view.Subject = p.byMerchant[o.MchID].title(), o.Call.Description
		view.Yuan, view.Number = desk.Yuan(o.Call.Amount.Total), o.Call.Number
		view.Until, view.Payer = o.ExpiresAt.In(shanghai).Format("1月2日 15:04"), v.user
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
	case errBusy, errBroken, errFull:
		return view.Trouble()
	}
	view.Headline, view.Detail = "无法支付", v.refusal.Message
	return view
}
