package demo

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/friendpay/friendpay/internal/local"
)

// channel is a way to pay, as a friend lives it: what he opens the link in, how he
// says who he is, and what he does at the provider.
type channel struct {
	provider string
	agent    string // his browser, as it describes itself
	bound    bool   // he logs in at the provider, not by phone
	press    func(ctx context.Context, p *provider, made attempt) error
	// come is his coming to the cashier, where the order begins only then; else nil.
	come func(ctx context.Context, p *provider, made attempt) error
	nature
}

// nature is where a rail differs from WeChat Pay, so that a story goes another way.
type nature struct {
	local     bool // the provider hears of an order by the payer's browser, not by us
	once      bool // an order made again is refused, so that a lost answer is lost for good
	unclosed  bool // an order cannot be closed: it is payable to its end
	timeless  bool // an old callback is as good as a new one
	silent    bool // of a refund that failed nothing more is told than of a slow one
	final     bool // a refund that failed is over, and goes on under a new number
	immediate bool // a refund is done when it is asked for
}

const (
	inAlipay = "Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) Mobile/15E148 AlipayClient/10.6.0"
	inWeChat = "Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) Mobile/15E148 MicroMessenger/8.0.60"
	onPhone  = "Mozilla/5.0 (Linux; Android 16; Pixel 10) Chrome/142.0.0.0 Mobile Safari/537.36"
	onPC     = "Mozilla/5.0 (X11; Linux x86_64) Chrome/142.0.0.0 Safari/537.36"
)

// DefaultChannel is how the story goes most often: the link is opened in the chat
// that it was sent in.
const DefaultChannel = "wechatpay_jsapi"

var channels = map[string]channel{
	DefaultChannel:     {"wechatpay", inWeChat, true, pressBridge, nil, nature{}},
	"wechatpay_h5":     {"wechatpay", onPhone, false, followH5, nil, nature{}},
	"wechatpay_native": {"wechatpay", onPC, false, scanCode, nil, nature{}},
	"alipay_jsapi":     {"alipay", inAlipay, true, payTrade, nil, likeAlipay},
	"alipay_wap":       {"alipay", onPhone, false, payCashier, followLink, likeAlipay.byBrowser()},
	"alipay_huabei":    {"alipay", onPhone, false, payCashier, followLink, likeAlipay.byBrowser()},
	"alipay_qr":        {"alipay", onPC, false, scanAlipay, openScanned, likeAlipay},
	"unionpay_wap":     {"unionpay", onPhone, false, payForm, postForm, likeUnionPay.byBrowser()},
	"unionpay_qr":      {"unionpay", onPC, false, scanCode, nil, likeUnionPay.onlyOnce()},
	local.DemoChannel:  {"mockpay", onPC, false, pressButton, nil, nature{}},
}

var (
	likeAlipay   = nature{timeless: true, silent: true, immediate: true}
	likeUnionPay = nature{timeless: true, unclosed: true, final: true}
)

func (n nature) byBrowser() nature { n.local = true; return n }

func (n nature) onlyOnce() nature { n.once = true; return n }

// Channels lists the ways to pay, by name.
func Channels() []string {
	names := make([]string, 0, len(channels))
	for name := range channels {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// with adds the coupon that the story wants a part to be paid with.
func (made attempt) with(how map[string]any) map[string]any {
	if made.by != nil && made.by.coupon > 0 {
		how["coupon"] = made.by.coupon
	}
	return how
}

// pressBridge confirms the payment that WeChat's bridge was asked for.
func pressBridge(ctx context.Context, p *provider, made attempt) error {
	return p.pay(ctx, made.with(map[string]any{"bridge": made.Presentation.Fields, "openid": made.by.openid}))
}

// scanCode lets a phone scan the code on the screen.
func scanCode(ctx context.Context, p *provider, made attempt) error {
	return p.pay(ctx, made.with(map[string]any{"code_url": made.Presentation.URL, "openid": made.by.openid}))
}

// followH5 is sent from our page into the WeChat app.
func followH5(ctx context.Context, p *provider, made attempt) error {
	return p.pay(ctx, made.with(map[string]any{
		"h5_url": made.Presentation.URL, "openid": made.by.openid, "referer": made.by.house.APIURL + "/",
	}))
}

// payTrade confirms the payment that Alipay's bridge was asked for.
func payTrade(ctx context.Context, p *provider, made attempt) error {
	return p.pay(ctx, made.with(map[string]any{
		"trade_no": made.Presentation.Fields["tradeNO"], "openid": made.by.openid,
	}))
}

func payCashier(ctx context.Context, p *provider, made attempt) error {
	return p.pay(ctx, made.with(map[string]any{"url": made.Presentation.URL, "openid": made.by.openid}))
}

func scanAlipay(ctx context.Context, p *provider, made attempt) error {
	return p.pay(ctx, made.with(map[string]any{"qr_code": made.Presentation.URL, "openid": made.by.openid}))
}

func payForm(ctx context.Context, p *provider, made attempt) error {
	return p.pay(ctx, made.with(map[string]any{"form": made.Presentation.Fields}))
}

// followLink goes to the gateway, and on to the cashier.
func followLink(ctx context.Context, _ *provider, made attempt) error {
	return look(ctx, made.Presentation.URL)
}

// openScanned is a phone that has read the code on the screen.
func openScanned(ctx context.Context, p *provider, made attempt) error {
	scanned, err := url.Parse(made.Presentation.URL)
	if err != nil {
		return fmt.Errorf("read the code: %w", err)
	}
	return look(ctx, p.base+"/alipay/cashier?"+scanned.RawQuery)
}

// look visits an address and wherever that leads.
func look(ctx context.Context, address string) error {
	for address != "" {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err != nil {
			return fmt.Errorf("go to the cashier: %w", err)
		}
		shown, err := visit(request)
		if err == nil && shown.status >= http.StatusBadRequest {
			err = fmt.Errorf("the cashier answered %d", shown.status)
		}
		if err != nil {
			return err
		}
		address = shown.next
	}
	return nil
}

// postForm is a browser that our page sends to the cashier by a form.
func postForm(ctx context.Context, _ *provider, made attempt) error {
	form := url.Values{}
	for name, value := range made.Presentation.Fields {
		form.Set(name, value)
	}
	request, err := http.NewRequestWithContext(
		ctx, http.MethodPost, made.Presentation.URL, strings.NewReader(form.Encode()))
	if err != nil {
		return fmt.Errorf("go to the cashier: %w", err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	shown, err := visit(request)
	if err == nil && shown.status >= http.StatusBadRequest {
		err = fmt.Errorf("the cashier answered %d", shown.status)
	}
	return err
}

// pressButton is a person at mockpay's own page.
func pressButton(ctx context.Context, p *provider, made attempt) error {
	if made.by != nil && made.by.coupon > 0 { // its page knows no coupons
		return p.pay(ctx, made.with(map[string]any{"number": made.Number}))
	}
	form := strings.NewReader(url.Values{"action": {"pay"}}.Encode())
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, made.Presentation.URL, form)
	if err != nil {
		return fmt.Errorf("press the button: %w", err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	shown, err := visit(request)
	if err == nil && shown.status != http.StatusSeeOther {
		err = fmt.Errorf("the provider's page answered %d", shown.status)
	}
	return err
}

// page is what a browser gets: of where it leads, the address alone.
type page struct {
	status  int
	next    string
	cookies []*http.Cookie
}

// visit loads one page without following where it leads.
func visit(request *http.Request) (page, error) {
	answer, err := noRedirects.Do(request)
	if err != nil {
		return page{}, err
	}
	shown := page{status: answer.StatusCode, cookies: answer.Cookies()}
	if next, err := answer.Location(); err == nil {
		shown.next = next.String()
	}
	return shown, answer.Body.Close()
}
