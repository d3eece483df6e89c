package wechatpay

import (
	"context"
	"crypto/rand"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/wechatpay-apiv3/wechatpay-go/core"
	"github.com/wechatpay-apiv3/wechatpay-go/services/payments/h5"
	"github.com/wechatpay-apiv3/wechatpay-go/services/payments/jsapi"
	"github.com/wechatpay-apiv3/wechatpay-go/services/payments/native"

	"github.com/friendpay/friendpay/providers"
)

const (
	maxSubject = 127 // characters
	maxNotify  = 255 // bytes of a callback address
	maxOpenID  = 128 // bytes

	codeLife = 2 * time.Hour // of a code_url and a prepay_id
)

// Create takes the products "native" (a QR code), "jsapi" (in WeChat, for the
// openid in Payer) and "h5" (a mobile browser, for the address in PayerIP; the
// page that sends it there must send its origin as Referer).
//
// The same payment again is the same order, with a new code or prepay id. The end
// is sent in whole seconds of Shanghai, never later than asked; an order is
// refused if it could not live MinExpiry, since WeChat Pay would lengthen it. That
// the number was paid already is Ambiguous: then there is an order, with money.
//
// A code and a prepay id are good for two hours, an h5 address for five minutes;
// the order is there until its end.
func (a *Adapter) Create(ctx context.Context, payment providers.Payment) (providers.Presentation, error) {
	present, known := map[string]func(context.Context, order) (providers.Presentation, error){
		"native": a.native, "jsapi": a.jsapi, "h5": a.h5,
	}[payment.Product]
	if !known {
		return providers.Presentation{}, definite("create", "PRODUCT", "the products are native, jsapi and h5")
	}
	if err := a.checkPayment(payment); err != nil {
		return providers.Presentation{}, err
	}
	end := payment.ExpiresAt.Truncate(time.Second).In(shanghai)
	if time.Until(end) <= 0 || time.Until(end) < a.minExpiry {
		return providers.Presentation{}, definite("create", "EXPIRES_TOO_SOON", "too little time is left to pay")
	}
	var shown providers.Presentation
	err := a.call(ctx, exchange{op: "create", do: func(ctx context.Context) (err error) {
		life := codeLife
		if payment.Product == "h5" {
			life = a.h5Life
		}
		over := time.Now().Add(life).UTC() // before WeChat Pay begins to count
		if end.Before(over) {
			over = end.UTC()
		}
		shown, err = present(ctx, order{Payment: payment, end: end})
		shown.GoodUntil = over
		return err
	}})
	if err != nil {
		return providers.Presentation{}, err
	}
	return shown, nil
}

// order is a payment that was checked.
type order struct {
	providers.Payment
	end time.Time
}

func (a *Adapter) checkPayment(p providers.Payment) error {
	ip, err := netip.ParseAddr(p.PayerIP)
	switch {
	case !numberForm.MatchString(p.Number):
		return number("create", p.Number)
	case p.Amount.Minor < 1 || p.Amount.Currency != "CNY":
		return definite("create", "AMOUNT", "the amount is one fen or more of CNY")
	case short(p.Subject, maxSubject) == "":
		return definite("create", "SUBJECT", "the payer must read what is paid")
	case p.Product == "jsapi" && (p.Payer == "" || len(p.Payer) > maxOpenID):
		return definite("create", "PAYER", "in WeChat an order is for one openid")
	case p.Product == "h5" && (err != nil || ip.Zone() != ""):
		return definite("create", "PAYER_IP", "an h5 order is for one IP address")
	}
	return a.checkNotify("create", p.NotifyURL)
}

// checkNotify takes what WeChat Pay takes: https, no query, 255 bytes at most.
func (a *Adapter) checkNotify(op, address string) error {
	to, err := url.Parse(address)
	if err != nil || to.Host == "" || to.User != nil || strings.ContainsAny(address, "?#") ||
		len(address) > maxNotify || to.Scheme != "https" && (to.Scheme != "http" || a.base.Scheme != "http") {
		return definite(op, "NOTIFY_URL", "the callback address is https without a query, 255 bytes at most")
	}
	return nil
}

func (a *Adapter) native(ctx context.Context, o order) (providers.Presentation, error) {
	service := native.NativeApiService{Client: a.signed}
	made, _, err := service.Prepay(ctx, native.PrepayRequest{
		Appid: &a.AppID, Mchid: &a.MchID, Description: core.String(short(o.Subject, maxSubject)),
		OutTradeNo: &o.Number, TimeExpire: &o.end, NotifyUrl: &o.NotifyURL,
		Amount: &native.Amount{Total: &o.Amount.Minor, Currency: &o.Amount.Currency},
	})
	if err != nil {
		return providers.Presentation{}, err
	}
	if text(made.CodeUrl) == "" {
		return providers.Presentation{}, odd("create", "the answer has no code")
	}
	return providers.Presentation{Kind: providers.QR, URL: *made.CodeUrl}, nil
}

// jsapi signs the bridge's parameters itself: the SDK's way of doing both panics
// on an answer without a prepay id.
func (a *Adapter) jsapi(ctx context.Context, o order) (providers.Presentation, error) {
	service := jsapi.JsapiApiService{Client: a.signed}
	made, _, err := service.Prepay(ctx, jsapi.PrepayRequest{
		Appid: &a.AppID, Mchid: &a.MchID, Description: core.String(short(o.Subject, maxSubject)),
		OutTradeNo: &o.Number, TimeExpire: &o.end, NotifyUrl: &o.NotifyURL,
		Amount: &jsapi.Amount{Total: &o.Amount.Minor, Currency: &o.Amount.Currency},
		Payer:  &jsapi.Payer{Openid: &o.Payer},
	})
	if err != nil {
		return providers.Presentation{}, err
	}
	if text(made.PrepayId) == "" {
		return providers.Presentation{}, odd("create", "the answer has no prepay id")
	}
	return a.bridge(ctx, *made.PrepayId)
}

// bridge is what WeixinJSBridge takes, signed with the merchant's key.
func (a *Adapter) bridge(ctx context.Context, prepay string) (providers.Presentation, error) {
	stamp, nonce := strconv.FormatInt(time.Now().Unix(), 10), rand.Text()
	pack := "prepay_id=" + prepay
	signed, err := a.signed.Sign(ctx, strings.Join([]string{a.AppID, stamp, nonce, pack, ""}, "\n"))
	if err != nil {
		return providers.Presentation{}, odd("create", "the bridge's parameters cannot be signed")
	}
	return providers.Presentation{Kind: providers.Bridge, Fields: map[string]string{
		"appId": a.AppID, "timeStamp": stamp, "nonceStr": nonce, "package": pack,
		"signType": "RSA", "paySign": signed.Signature,
	}}, nil
}

func (a *Adapter) h5(ctx context.Context, o order) (providers.Presentation, error) {
	service := h5.H5ApiService{Client: a.signed}
	made, _, err := service.Prepay(ctx, h5.PrepayRequest{
		Appid: &a.AppID, Mchid: &a.MchID, Description: core.String(short(o.Subject, maxSubject)),
		OutTradeNo: &o.Number, TimeExpire: &o.end, NotifyUrl: &o.NotifyURL,
		Amount: &h5.Amount{Total: &o.Amount.Minor, Currency: &o.Amount.Currency},
		SceneInfo: &h5.SceneInfo{
			PayerClientIp: &o.PayerIP, H5Info: &h5.H5Info{Type: core.String("Wap")},
		},
	})
	if err != nil {
		return providers.Presentation{}, err
	}
	address := text(made.H5Url)
	to, err := url.Parse(address)
	if err != nil || to.Host == "" || to.RawQuery == "" ||
		to.Scheme != "https" && (to.Scheme != "http" || a.base.Scheme != "http") {
		return providers.Presentation{}, odd("create", "the answer has no address to send the browser to")
	}
	if o.ReturnURL != "" {
		address += "&redirect_url=" + url.QueryEscape(o.ReturnURL)
	}
	return providers.Presentation{Kind: providers.Redirect, URL: address, Referer: true}, nil
}
