package mockpay

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"strings"

	"github.com/friendpay/friendpay/internal/paysim/faults"
)

//go:embed page.html
var pageText string

//go:embed page.css
var pageStyle string

var page = template.Must(template.New("page").Parse(pageText))

// policy lets the page have its own style and nothing else. It names no
// form-action: browsers apply that to the redirect back to the merchant too.
var policy = func() string {
	digest := sha256.Sum256([]byte(pageStyle))
	return "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; style-src 'sha256-" +
		base64.StdEncoding.EncodeToString(digest[:]) + "'"
}()

// pageView is what the payer sees. Headline is empty while the order is payable.
type pageView struct {
	Style     template.CSS
	Merchant  string
	Subject   string
	Yuan      string
	Number    string
	Until     string
	Headline  string
	Detail    string
	Good      bool
	ReturnURL string
}

func (p *Provider) showPage(w http.ResponseWriter, r *http.Request) {
	o := p.byToken(r)
	if o == nil {
		unknown := pageView{Headline: "链接无效", Detail: "请回到商户页面重新打开支付链接。"}
		p.render(w, http.StatusNotFound, unknown)
		return
	}
	p.render(w, http.StatusOK, p.pageOf(o))
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
	rule := p.spoil(faults.Pay, o.Call.Number)
	ctx, cancel := p.until(r.Context())
	defer cancel()
	if refusal := p.before(ctx, rule); refusal != nil {
		p.render(w, refusal.status, p.trouble(o))
		return
	}
	refusal := p.payNow(o, false, rule) //nolint:contextcheck // callbacks outlive the call
	switch {
	case refusal == errPaid || refusal == errClosed:
		p.render(w, refusal.status, p.pageOf(o))
		return
	case refusal != nil || rule.Mode == faults.ErrorAfter:
		p.render(w, http.StatusInternalServerError, p.trouble(o))
		return
	}
	p.lag(ctx, rule)
	p.goBack(w, r, o)
}

// payNow pays and makes it durable.
func (p *Provider) payNow(o *order, late bool, rule faults.Rule) *failure {
	p.mu.Lock()
	refusal := p.pay(o, late, rule)
	p.mu.Unlock()
	if err := p.journal.Flush(); err != nil {
		return fail(http.StatusInternalServerError, "SYSTEM_ERROR", "the journal is broken")
	}
	return refusal
}

// lag spoils the answer to a payment that was made.
func (p *Provider) lag(ctx context.Context, rule faults.Rule) {
	switch rule.Mode {
	case faults.DropAfter:
		panic(http.ErrAbortHandler)
	case faults.Hold:
		p.deps.Faults.Hold(ctx, rule)
	default: // the other modes had their moment
	}
}

// goBack redirects to the merchant, or to the page where there is no return address.
func (p *Provider) goBack(w http.ResponseWriter, r *http.Request, o *order) {
	target := o.Call.ReturnURL
	if target == "" {
		target = "/mockpay/pay/" + o.Token
	}
	w.Header().Set("Referrer-Policy", "no-referrer")
	http.Redirect(w, r, target, http.StatusSeeOther)
}

func (p *Provider) pageOf(o *order) pageView {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.deps.Pace.Now()
	view := pageView{
		Merchant: p.byMerchant[o.Merchant].title(), Subject: o.Call.Subject, Yuan: yuan(o.Call.Amount.Minor),
		Number: o.Call.Number, ReturnURL: o.Call.ReturnURL,
		Until: o.Call.ExpiresAt.In(shanghai).Format("1月2日 15:04"),
	}
	switch {
	case o.status(now) == paid:
		view.Headline, view.Good = "已支付", true
		view.Detail = "该订单已支付成功，请勿重复付款。"
	case o.Closed:
		view.Headline = "订单已关闭"
		view.Detail = "商户已关闭该订单，无法继续支付。您没有被扣款。"
	case o.status(now) == closed:
		view.Headline = "订单已过期"
		view.Detail = "已超过支付期限，无法继续支付。您没有被扣款。"
	}
	return view
}

func (p *Provider) trouble(o *order) pageView {
	view := p.pageOf(o)
	view.Headline, view.Good = "系统繁忙", false
	view.Detail = "请返回商户页面查看支付结果，确认未支付后再重试。"
	return view
}

func (p *Provider) render(w http.ResponseWriter, status int, view pageView) {
	view.Style = template.CSS(pageStyle) //nolint:gosec // our own file
	var body bytes.Buffer
	if err := page.Execute(&body, view); err != nil {
		http.Error(w, "page", http.StatusInternalServerError)
		return
	}
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Security-Policy", policy)
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Cache-Control", "no-store")
	header.Set("X-Robots-Tag", "noindex")
	header.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes()) // the browser may be gone
}

// yuan writes fen as people read them: 1234567 is 12,345.67.
func yuan(fen int64) string {
	whole := strconv.FormatInt(fen/100, 10)
	var parts []string
	for len(whole) > 3 {
		parts = append([]string{whole[len(whole)-3:]}, parts...)
		whole = whole[:len(whole)-3]
	}
	return fmt.Sprintf("%s.%02d", strings.Join(append([]string{whole}, parts...), ","), fen%100)
}
