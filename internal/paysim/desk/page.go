package desk

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"time"
)

//go:embed page.html
var pageText string

//go:embed page.css
var pageStyle string

var page = template.Must(template.New("page").Parse(pageText))

// Shanghai is fixed: China has known no summer time since 1991, and a machine
// without a time zone database must give the same days.
var Shanghai = time.FixedZone("CST", 8*60*60)

// policy lets the page have its own style and nothing else. It names no
// form-action: browsers apply that to the redirect back to the merchant too.
var policy = func() string {
	digest := sha256.Sum256([]byte(pageStyle))
	return "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; style-src 'sha256-" +
		base64.StdEncoding.EncodeToString(digest[:]) + "'"
}()

// Page is what the payer sees. Headline is empty while the order is payable.
type Page struct {
	Style     template.CSS
	Look      string // a class of page.css; empty: as it comes
	Mark      string // the provider's sign, one letter
	Brand     string // and name
	Merchant  string
	Subject   string
	Yuan      string
	Number    string
	Until     string
	Payer     string // who is about to pay; empty: not shown
	Headline  string
	Detail    string
	Good      bool
	ReturnURL string
	Buttons   []Button // none: to pay, and to cancel

	Fields map[string]string // posted to ReturnURL where there are any; none: it is just followed
}

// Button sends its Action; the first of a page is the main one.
type Button struct{ Action, Text string }

// Render answers a browser.
func Render(w http.ResponseWriter, status int, view Page) {
	view.Style = template.CSS(pageStyle) //nolint:gosec // our own file
	if len(view.Buttons) == 0 && view.Headline == "" {
		view.Buttons = []Button{{"pay", "确认付款 ¥" + view.Yuan}, {"cancel", "取消"}}
	}
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

// Paid says that the order is paid; as the next three do, it leaves nothing to press.
func (v Page) Paid() Page {
	v.Headline, v.Detail, v.Good = "已支付", "该订单已支付成功，请勿重复付款。", true
	return v
}

// Closed says that the merchant closed the order.
func (v Page) Closed() Page {
	v.Headline, v.Detail = "订单已关闭", "商户已关闭该订单，无法继续支付。您没有被扣款。"
	return v
}

// Expired says that the time to pay is over.
func (v Page) Expired() Page {
	v.Headline, v.Detail = "订单已过期", "已超过支付期限，无法继续支付。您没有被扣款。"
	return v
}

// Trouble says that nobody knows yet what became of the payment.
func (v Page) Trouble() Page {
	v.Headline, v.Detail, v.Good = "系统繁忙", "请返回商户页面查看支付结果，确认未支付后再重试。", false
	return v
}

// GoBack sends the browser to the merchant.
func GoBack(w http.ResponseWriter, r *http.Request, target string) {
	w.Header().Set("Referrer-Policy", "no-referrer")
	http.Redirect(w, r, target, http.StatusSeeOther)
}

// Yuan writes fen as people read them: 1234567 is 12,345.67.
func Yuan(fen int64) string {
	whole := strconv.FormatInt(fen/100, 10)
	var parts []string
	for len(whole) > 3 {
		parts = append([]string{whole[len(whole)-3:]}, parts...)
		whole = whole[:len(whole)-3]
	}
	return fmt.Sprintf("%s.%02d", strings.Join(append([]string{whole}, parts...), ","), fen%100)
}
