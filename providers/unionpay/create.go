package unionpay

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/friendpay/friendpay/providers"
)

const (
	maxAddress = 256             // bytes of a callback's or a return's address
	maxFen     = 999_999_999_999 // twelve digits
	maxDesc    = 32              // bytes of orderDesc
	maxName    = 128             // bytes of the commodity's name

	bizGateway, bizQR = "000201", "000000"
)

// product is what differs from one to the other.
type product struct {
	path, sub, biz, channel string
}

var products = map[string]product{
	"wap": {path: frontPath, sub: "01", biz: bizGateway, channel: "08"},
	"pc":  {path: frontPath, sub: "01", biz: bizGateway, channel: "07"},
	"qr":  {path: backPath, sub: "07", biz: bizQR, channel: "08"},
	"app": {path: appPath, sub: "01", biz: bizGateway, channel: "08"},
}

// Create takes the products "wap" and "pc", which are forms: nobody is called, and
// UnionPay knows the order when the payer's browser has posted it. "qr" and "app"
// are made by a call; a second one of the same order is refused as a duplicate
// (12), and what the first brought is lost with its answer.
//
// The end, payTimeout, is in whole seconds and never later than asked; an order is
// refused if it could not live MinExpiry.
func (a *Adapter) Create(ctx context.Context, payment providers.Payment) (providers.Presentation, error) {
	way, known := products[payment.Product]
	if !known {
		return providers.Presentation{}, definite("create", "PRODUCT", "the products are wap, pc, qr and app")
	}
	if err := a.checkPayment(payment, way); err != nil {
		return providers.Presentation{}, err
	}
	if ctx.Err() != nil {
		return providers.Presentation{}, noAnswer(ctx, "create", ctx.Err())
	}
	said := fields{
		"txnType": "01", "txnSubType": way.sub, "bizType": way.biz, "channelType": way.channel,
		"orderId": payment.Number, "txnTime": stamp(payment.CreatedAt),
		"txnAmt": strconv.FormatInt(payment.Amount.Minor, 10), "currencyCode": "156",
		"payTimeout": stamp(payment.ExpiresAt), "backUrl": payment.NotifyURL,
		"reqReserved": payment.Product, // comes back with the query: a refund needs it
	}
	if way.path == frontPath {
		said["frontUrl"] = payment.ReturnURL
		said["riskRateInfo"] = "{commodityName=" + plain(payment.Subject, maxName) + "}"
		return a.form(said)
	}
	said["orderDesc"] = plain(payment.Subject, maxDesc)
	return a.order(ctx, way, said)
}

// form is what the payer's browser posts. The same payment is the same form.
func (a *Adapter) form(said fields) (providers.Presentation, error) {
	all, err := a.signed(said)
	if err != nil {
		return providers.Presentation{}, definite("create", "KEY", err.Error())
	}
	return providers.Presentation{Kind: providers.Form, URL: a.gateway + frontPath, Fields: all}, nil
}

// order makes one at UnionPay.
func (a *Adapter) order(ctx context.Context, way product, said fields) (providers.Presentation, error) {
	answer, err := a.ask(ctx, "create", way.path, said)
	if err != nil {
		return providers.Presentation{}, err
	}
	code, tn := answer.get("qrCode"), answer.get("tn")
	switch {
	case way.path == backPath && code != "":
		return providers.Presentation{Kind: providers.QR, URL: code}, nil
	case way.path == appPath && tn != "":
		return providers.Presentation{Kind: providers.Bridge, Fields: map[string]string{"tn": tn}}, nil
	}
	return providers.Presentation{}, odd("create", "the answer has nothing to pay with")
}

func (a *Adapter) checkPayment(p providers.Payment, way product) error {
	if err := identified("create", p.Number, p.CreatedAt); err != nil {
		return err
	}
	left := time.Until(p.ExpiresAt.Truncate(time.Second))
	switch {
	case p.Amount.Minor < 1 || p.Amount.Minor > maxFen || p.Amount.Currency != "CNY":
		return definite("create", "AMOUNT", "the amount is one fen or more of CNY, of twelve digits at most")
	case plain(p.Subject, maxDesc) == "":
		return definite("create", "SUBJECT", "the payer must read what is paid")
	case left <= 0 || left < a.minExpiry:
		return definite("create", "EXPIRES_TOO_SOON", "too little time is left to pay")
	case !a.reachable(p.NotifyURL):
		return definite("create", "NOTIFY_URL", "the callback address is https, of 256 bytes at most")
	case way.path == frontPath && !a.reachable(p.ReturnURL):
		return definite("create", "RETURN_URL", "the return address is https, of 256 bytes at most")
	}
	return nil
}

// reachable says whether an address is one that UnionPay takes: in the clear only
// beside a gateway that is.
func (a *Adapter) reachable(address string) bool {
	to, err := url.Parse(address)
	clear := strings.HasPrefix(a.gateway, "http:")
	return err == nil && to.Host != "" && to.User == nil && len(address) <= maxAddress &&
		(to.Scheme == "https" || to.Scheme == "http" && clear)
}

// plain is text without what has a meaning in a message, of at most so many bytes,
// in whole characters.
func plain(text string, limit int) string {
	text = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`&={}[]"'<>\`, r) || unicode.IsControl(r) || r == utf8.RuneError {
			return -1
		}
		return r
	}, text)
	for len(text) > limit {
		_, size := utf8.DecodeLastRuneInString(text)
		text = text[:len(text)-size]
	}
	return strings.TrimSpace(text)
}
