package alipay

import (
	"context"
	"net/url"
	"regexp"
	"strings"
	"time"

	library "github.com/smartwalle/alipay/v3"

	"github.com/friendpay/friendpay/providers"
)

const (
	maxSubject = 256 // characters
	maxNotify  = 256 // bytes of a callback address
	maxPayer   = 128 // bytes

	// codeLife is of a QR code. urlLife is of an address that the browser is sent to:
	// it carries the time of its signature, and the gateway refuses old ones.
	codeLife = 2 * time.Hour
	urlLife  = 10 * time.Minute
)

// way is how Alipay calls one of our products.
type way struct {
	method, code string
	present      func(*Adapter, context.Context, order) (providers.Presentation, error)
	life         time.Duration // of what is presented; 0 is as long as the order's
}

var ways = map[string]way{
	"wap":   {"alipay.trade.wap.pay", "QUICK_WAP_WAY", (*Adapter).cashier, urlLife},
	"page":  {"alipay.trade.page.pay", "FAST_INSTANT_TRADE_PAY", (*Adapter).cashier, urlLife},
	"qr":    {"alipay.trade.precreate", "QR_CODE_OFFLINE", (*Adapter).qr, codeLife},
	"jsapi": {"alipay.trade.create", "JSAPI_PAY", (*Adapter).bridge, 0},
}

// order is a payment that was checked.
type order struct {
	providers.Payment
	way
	end time.Time
}

// Create takes the products "wap" (a phone's browser), "page" (a desk's), "qr" (a
// code to be scanned) and "jsapi" (in Alipay, for the open id in Payer).
//
// For wap and page nobody is called: the address to send the browser to is signed
// here, and there is no order before the browser is at it. Nor is there one before
// somebody scanned a code. The same payment again is the same order. The end is sent
// as a moment of Shanghai, in whole seconds and never later than asked: a length of
// time would begin when the payer comes. That the number was paid already is
// Ambiguous: then there is an order, with money.
func (a *Adapter) Create(ctx context.Context, payment providers.Payment) (providers.Presentation, error) {
	way, known := ways[payment.Product]
	if !known {
		return providers.Presentation{}, definite("create", "PRODUCT", "the products are wap, page, qr and jsapi")
	}
	if err := a.checkPayment(payment); err != nil {
		return providers.Presentation{}, err
	}
	now := time.Now()
	end := payment.ExpiresAt.Truncate(time.Second).In(shanghai)
	if left := end.Sub(now); left <= 0 || left < a.minExpiry {
		return providers.Presentation{}, definite("create", "EXPIRES_TOO_SOON", "too little time is left to pay")
	}
	if err := ctx.Err(); err != nil {
		return providers.Presentation{}, noAnswer(ctx, "create", err)
	}
	shown, err := way.present(a, ctx, order{Payment: payment, way: way, end: end})
	if err != nil {
		return providers.Presentation{}, err
	}
	shown.GoodUntil = end.UTC()
	if over := now.Add(way.life).UTC(); way.life > 0 && over.Before(end) {
		shown.GoodUntil = over
	}
	return shown, nil
}

var openIDForm = regexp.MustCompile(`^[0-9A-Za-z_-]{1,128}$`)

func (a *Adapter) checkPayment(p providers.Payment) error {
	switch {
	case !numberForm.MatchString(p.Number):
		return number("create", p.Number)
	case p.Amount.Minor < 1 || p.Amount.Minor > maxAmount || p.Amount.Currency != "CNY":
		return definite("create", "AMOUNT", "the amount is one fen to a hundred million yuan of CNY")
	case subject(p.Subject) == "":
		return definite("create", "SUBJECT", "the payer must read what is paid")
	case !providers.CanFund(a, p.Sources):
		return definite("create", "SOURCES", "Alipay does not know every one of these sources of money")
	case p.Product == "jsapi" && !openIDForm.MatchString(p.Payer):
		return definite("create", "PAYER", "in Alipay an order is for one person")
	}
	to, err := url.Parse(p.NotifyURL)
	if err != nil || !safeFor(a.gateway, to) || strings.ContainsAny(p.NotifyURL, "?#") ||
		len(p.NotifyURL) > maxNotify {
		return definite("create", "NOTIFY_URL", "the callback address is https without a query, 256 bytes at most")
	}
	if to, err = url.Parse(p.ReturnURL); p.ReturnURL != "" && (err != nil || !safeFor(a.gateway, to)) {
		return definite("create", "RETURN_URL", "the browser returns to an address with https")
	}
	return nil
}

// safeFor takes https, and http where the gateway itself is on this machine.
func safeFor(gateway, to *url.URL) bool {
	return to.Host != "" && to.User == nil &&
		(to.Scheme == "https" || to.Scheme == "http" && gateway.Scheme == "http")
}

// subject is what the payer reads, without the characters that Alipay refuses, or
// that would break a line of its bills.
func subject(text string) string {
	text = strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f || strings.ContainsRune(`/=&,"`, c) {
			return ' '
		}
		return c
	}, strings.ToValidUTF8(text, ""))
	runes := []rune(strings.TrimSpace(text))
	return string(runes[:min(maxSubject, len(runes))])
}

// call is what all ways of ordering say. The library's own types are not used: one
// drops the end of the order, and others send fields that are empty.
func (o order) call() *library.Payload {
	call := library.NewPayload(o.method).
		AddBizField("out_trade_no", o.Number).
		AddBizField("total_amount", yuan(o.Amount.Minor)).
		AddBizField("subject", subject(o.Subject)).
		AddBizField("product_code", o.code).
		AddBizField("time_expire", o.end.Format(time.DateTime)).
		AddParam("notify_url", o.NotifyURL)
	if len(o.Sources) > 0 {
		call.AddBizField("enable_pay_channels", strings.Join(o.Sources, ","))
	}
	return call
}

// cashier is an address of the gateway, for the browser.
func (a *Adapter) cashier(_ context.Context, o order) (providers.Presentation, error) {
	call := o.call().AddParam("return_url", o.ReturnURL)
	if o.Product == "wap" && o.ReturnURL != "" {
		// Whoever turns back is led to the same page, without the query that marks a return.
		quit, _, _ := strings.Cut(o.ReturnURL, "?")
		call.AddBizField("quit_url", quit)
	}
	address, err := a.client.BuildURL(call)
	if err != nil {
		return providers.Presentation{}, definite("create", "SIGN", "the address cannot be signed")
	}
	return providers.Presentation{Kind: providers.Redirect, URL: address.String()}, nil
}

// made is the answer to an order that is made by a call.
type made struct {
	Number  string `json:"out_trade_no"`
	QRCode  string `json:"qr_code"`
	TradeNo string `json:"trade_no"`
}

func (a *Adapter) qr(ctx context.Context, o order) (providers.Presentation, error) {
	var answer made
	if err := a.ask(ctx, "create", o.call(), &answer); err != nil {
		return providers.Presentation{}, err
	}
	if answer.Number != o.Number || answer.QRCode == "" {
		return providers.Presentation{}, odd("create", "the answer has no code for this order")
	}
	return providers.Presentation{Kind: providers.QR, URL: answer.QRCode}, nil
}

func (a *Adapter) bridge(ctx context.Context, o order) (providers.Presentation, error) {
	who := "buyer_open_id"
	if sellerForm.MatchString(o.Payer) { // an older app knows people by their user number
		who = "buyer_id"
	}
	var answer made
	if err := a.ask(ctx, "create", o.call().AddBizField(who, o.Payer), &answer); err != nil {
		return providers.Presentation{}, err
	}
	if answer.Number != o.Number || answer.TradeNo == "" {
		return providers.Presentation{}, odd("create", "the answer has no trade for this order")
	}
	return providers.Presentation{
		Kind: providers.Bridge, Fields: map[string]string{"tradeNO": answer.TradeNo},
	}, nil
}
