package wechatpay

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/friendpay/friendpay/internal/paysim/faults"
)

// Why a person cannot pay. No document names codes for these: people read the
// words, programs that stand for people read the codes.
var (
	errCode    = fail(http.StatusNotFound, "CODE_INVALID", "链接或二维码无效")
	errStale   = fail(http.StatusConflict, "CODE_EXPIRED", "链接或二维码已失效，请回到商户页面重新获取")
	errPayer   = fail(http.StatusForbidden, "PAYER_MISMATCH", "下单账号与支付账号不一致，请使用下单的微信支付")
	errOver    = fail(http.StatusConflict, "ORDER_EXPIRED", "订单已超过支付期限")
	errReferer = fail(http.StatusForbidden, "REFERER_INVALID", "商家参数格式有误，请联系商家解决（referer）")
	errPaySign = fail(http.StatusForbidden, "PAY_SIGN_INVALID", "支付验证签名失败")
	errBridge  = fail(http.StatusBadRequest, "PARAM_ERROR", "支付参数不完整")
	errVisitor = fail(http.StatusForbidden, "SNAPSHOT_USER", "快照页用户不能支付")
)

// found is the order that a fresh code leads to; the lock is held.
func (p *Provider) found(product, code string, life time.Duration) (*order, *failure) {
	o := p.codes[code]
	switch {
	case o == nil || o.Product != product:
		return nil, errCode
	case o.Code != code || p.deps.Pace.Now().After(o.CodeAt.Add(p.deps.Pace.Scale(life))):
		return o, errStale
	}
	return o, nil
}

// bind makes an order one person's, or refuses everybody else; the lock is held.
func (p *Provider) bind(o *order, openid string) *failure {
	switch {
	case isSnapshot(openid):
		return errVisitor
	case o.Payer == openid || openid == "":
		return nil
	case o.Payer != "":
		return errPayer
	}
	o.Payer = openid
	p.note(o.entry("payer_bound", 0), record{Order: o})
	return nil
}

// scan is a person who points WeChat at a native code.
func (p *Provider) scan(code, openid string) (*order, *failure) {
	p.mu.Lock()
	defer p.mu.Unlock()
	o, refusal := p.found(native, code, codeLife)
	if refusal == nil {
		refusal = p.bind(o, openid)
	}
	return o, refusal
}

// follow is a person who follows an H5 link from a page at the referer's origin.
// An empty package is that of somebody who is there already.
func (p *Provider) follow(prepay, secret, openid, referer string) (*order, *failure) {
	p.mu.Lock()
	defer p.mu.Unlock()
	o, refusal := p.found(h5, prepay, linkLife)
	if o != nil && o.Package != secret {
		return nil, errCode
	}
	if refusal == nil && !p.comesFrom(o, referer) {
		refusal = errReferer
	}
	if refusal == nil {
		refusal = p.bind(o, openid)
	}
	return o, refusal
}

// comesFrom says whether a referer is of the domain that the merchant registered.
func (p *Provider) comesFrom(o *order, referer string) bool {
	u, err := url.Parse(referer)
	return err == nil && u.Host != "" && p.byMerchant[o.MchID].registered(u.Host)
}

// registered says whether a host is the merchant's; where none is registered, any is.
func (m *merchant) registered(host string) bool {
	return m.Domain == "" || strings.EqualFold(host, m.Domain)
}

// bridge is what a page hands to getBrandWCPayRequest.
type bridge struct {
	AppID     string `json:"appId"`
	TimeStamp string `json:"timeStamp"`
	NonceStr  string `json:"nonceStr"`
	Package   string `json:"package"`
	SignType  string `json:"signType"`
	PaySign   string `json:"paySign"`
}

// invoke is a person who pays inside WeChat. Who asks for nobody in particular is
// taken for the one the order was made for.
func (p *Provider) invoke(b bridge, openid string) (*order, *failure) {
	prepay, found := strings.CutPrefix(b.Package, "prepay_id=")
	if !found || b.AppID == "" || b.TimeStamp == "" || b.NonceStr == "" || b.SignType != "RSA" {
		return nil, errBridge
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	o, refusal := p.found(jsapi, prepay, codeLife)
	if o == nil {
		return nil, refusal
	}
	m := p.byMerchant[o.MchID]
	text := b.AppID + "\n" + b.TimeStamp + "\n" + b.NonceStr + "\n" + b.Package + "\n"
	switch {
	case b.AppID != m.AppID || !m.signedBy(text, b.PaySign):
		return nil, errPaySign
	case refusal != nil:
		return o, refusal
	}
	return o, p.bind(o, openid)
}

// payNow pays and makes it durable.
func (p *Provider) payNow(o *order, with payment, rule faults.Rule) *failure {
	p.mu.Lock()
	refusal := p.pay(o, with, rule)
	p.mu.Unlock()
	if err := p.journal.Flush(); err != nil {
		return errBroken
	}
	return refusal
}

// payable says why an order takes no money now; the lock is held.
func (p *Provider) payable(o *order) *failure {
	switch {
	case len(o.Captures) > 0:
		return errPaid
	case o.Closed:
		return errClosed
	case !p.deps.Pace.Now().Before(o.ExpiresAt):
		return errOver
	}
	return nil
}

// pay is a person pressing the button.
func (p *Provider) pay(o *order, with payment, rule faults.Rule) *failure {
	over := p.payable(o)
	if refusal := p.bind(o, with.OpenID); refusal != nil {
		return refusal
	}
	switch {
	case over == errPaid || over != nil && !with.Late:
		return over
	case p.journal.Full():
		return errFull
	}
	minor, note := o.Call.Amount.Total, ""
	if rule.Mode == faults.WrongAmount {
		minor, note = o.Call.Amount.Total+1, "wrong amount"
		if rule.Minor > 0 {
			minor = rule.Minor
		}
	}
	if over != nil {
		note = "late"
	}
	p.capture(o, capture{Payer: with.OpenID, Minor: minor, Coupon: with.Coupon, Funding: with.Funding}, note)
	return nil
}
