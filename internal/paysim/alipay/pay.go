package alipay

import (
	"github.com/friendpay/friendpay/internal/paysim/faults"
)

// Why a person cannot pay. No document names codes for these: people read the
// words, programs that stand for people read the codes.
var (
	errQR    = business("QR_INVALID", "链接或二维码无效")
	errStale = business("QR_EXPIRED", "二维码已失效，请回到商户页面重新获取")
	errPayer = business("TRADE_BUYER_NOT_MATCH", "交易买家不匹配，请使用下单的支付宝账号")
	errSelf  = business("BUYER_SELLER_EQUAL", "不能向自己付款")
)

// scan is a person who points Alipay at a code: now there is a trade.
func (p *Provider) scan(code, user string) (*order, *failure) {
	p.mu.Lock()
	defer p.mu.Unlock()
	o := p.codes[code]
	switch {
	case o == nil || o.Product != qr:
		return nil, errQR
	case o.Trade == "" && p.deps.Pace.Now().After(o.CodeAt.Add(p.deps.Pace.Scale(codeLife))):
		return o, errStale
	}
	return p.enter(o, user)
}

// visit is a person who comes to the cashier by a link.
func (p *Provider) visit(code, user string) (*order, *failure) {
	p.mu.Lock()
	defer p.mu.Unlock()
	o := p.codes[code]
	if o == nil || o.Product != wap && o.Product != page {
		return nil, errQR
	}
	return p.enter(o, user)
}

// invoke is a person who pays inside Alipay.
func (p *Provider) invoke(trade, user string) (*order, *failure) {
	p.mu.Lock()
	defer p.mu.Unlock()
	o := p.trades[trade]
	if o == nil || !o.bound() {
		return nil, errUnknown
	}
	return p.enter(o, user)
}

// enter brings a person to the cashier, where a trade begins unless it is too
// late for one; the lock is held.
func (p *Provider) enter(o *order, user string) (*order, *failure) {
	switch {
	case user == o.SellerID:
		return o, errSelf
	case o.bound() && user != "" && user != o.Payer:
		return o, errPayer
	case o.Trade == "" && o.over(p.deps.Pace.Now()):
		return o, errOver
	}
	p.begin(o, user)
	return o, nil
}

// payable says why an order takes no money now; the lock is held.
func (p *Provider) payable(o *order) *failure {
	switch {
	case len(o.Captures) > 0:
		return errPaid
	case o.Closed:
		return errClosed
	case o.over(p.deps.Pace.Now()):
		return errOver
	}
	return nil
}

// payNow pays and makes it durable.
func (p *Provider) payNow(o *order, by payment, late bool, rule faults.Rule) *failure {
	p.mu.Lock()
	refusal := p.pay(o, by, late, rule)
	p.mu.Unlock()
	if err := p.journal.Flush(); err != nil {
		return errBroken
	}
	return refusal
}

// pay is a person pressing the button. Late pays although closed or expired, as
// money that was under way does.
func (p *Provider) pay(o *order, by payment, late bool, rule faults.Rule) *failure {
	over, asked := p.payable(o), int64(o.Call.Total)
	funding, unfunded := o.funded(by.funding)
	by.funding = funding
	switch {
	case by.payer == o.SellerID:
		return errSelf
	case o.bound() && by.payer != "" && by.payer != o.Payer:
		return errPayer
	case over == errPaid || over != nil && !late:
		return over
	case unfunded != nil:
		return unfunded
	case by.coupon < 0 || by.coupon > asked:
		return param("coupon为0至订单金额")
	case p.journal.Full():
		return errFull
	}
	minor := asked
	if rule.Mode == faults.WrongAmount {
		minor, by.note = asked+1, "wrong amount"
		if rule.Minor > 0 {
			minor = rule.Minor
		}
	}
	if over != nil {
		by.note = "late"
	}
	p.capture(o, by, minor)
	return nil
}
