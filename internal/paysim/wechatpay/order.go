package wechatpay

import (
	"time"

	"github.com/friendpay/friendpay/internal/paysim/desk"
	"github.com/friendpay/friendpay/internal/paysim/journal"
)

var shanghai = desk.Shanghai

// The products, as their addresses name them.
const (
	native = "native"
	jsapi  = "jsapi"
	h5     = "h5"
)

var tradeTypes = map[string]string{native: "NATIVE", jsapi: "JSAPI", h5: "MWEB"}

// What an order and a refund may be.
const (
	notPaid  = "NOTPAY"
	success  = "SUCCESS"
	refunded = "REFUND"
	closed   = "CLOSED"

	processing = "PROCESSING"
	abnormal   = "ABNORMAL"
)

var stateWords = map[string]string{notPaid: "订单未支付", success: "支付成功", refunded: "转入退款", closed: "订单已关闭"}

// The provider's own times, all scaled by the simulator's speed.
const (
	minLife     = time.Minute
	maxLife     = 90 * 24 * time.Hour
	defaultLife = 7 * 24 * time.Hour
	codeLife    = 2 * time.Hour // of code_url and prepay_id
	linkLife    = 5 * time.Minute
	closeAfter  = 5 * time.Minute // only if the simulator is strict
)

// order is the provider's own record; its JSON is the snapshot in the journal.
// Code is the newest pr or prepay_id, Package the second secret of an H5 link.
type order struct {
	MchID     string     `json:"mchid"`
	Product   string     `json:"product"`
	Call      createCall `json:"call"`
	Asked     string     `json:"asked"` // canonical
	Code      string     `json:"code"`
	Package   string     `json:"package,omitempty"`
	CodeAt    time.Time  `json:"code_at"`
	Payer     string     `json:"payer,omitempty"` // who alone can pay; empty: the first to come
	CreatedAt time.Time  `json:"created_at"`
	ExpiresAt time.Time  `json:"expires_at"`
	Closed    bool       `json:"closed,omitempty"`
	Captures  []capture  `json:"captures,omitempty"`
	Refunds   []string   `json:"refunds,omitempty"`
}

type capture struct {
	Transaction string    `json:"transaction"`
	Payer       string    `json:"payer"`
	Minor       int64     `json:"minor"`
	Coupon      int64     `json:"coupon,omitempty"`  // the part of Minor that a coupon paid
	Funding     string    `json:"funding,omitempty"` // bank_type
	At          time.Time `json:"at"`                // to the second, as it is told
}

func key(mchID, number string) string { return mchID + " " + number }

func (o *order) key() string { return key(o.MchID, o.Call.Number) }

func (o *order) captured() int64 {
	var total int64
	for _, c := range o.Captures {
		total += c.Minor
	}
	return total
}

func (o *order) entry(kind string, minor int64) journal.Entry {
	return journal.Entry{
		Kind: kind, Account: o.MchID, Number: o.Call.Number, Minor: minor, Currency: "CNY",
	}
}

// state reads an order: money that came counts whatever was closed before it.
// After time_expire it stays unpaid until it is closed; it just takes no money.
func (p *Provider) state(o *order) string {
	if len(o.Captures) == 0 && o.Closed {
		return closed
	}
	if len(o.Captures) == 0 {
		return notPaid
	}
	for _, number := range o.Refunds {
		if p.refunds[key(o.MchID, number)].holds() {
			return refunded
		}
	}
	return success
}

type amountView struct {
	Total         int64  `json:"total"`
	PayerTotal    *int64 `json:"payer_total,omitempty"`
	Currency      string `json:"currency"`
	PayerCurrency string `json:"payer_currency,omitempty"`
}

type payerView struct {
	OpenID string `json:"openid"`
}

// orderView is what queries and callbacks tell of an order.
type orderView struct {
	AppID       string     `json:"appid"`
	MchID       string     `json:"mchid"`
	Number      string     `json:"out_trade_no"`
	Transaction string     `json:"transaction_id,omitempty"`
	TradeType   string     `json:"trade_type,omitempty"`
	State       string     `json:"trade_state"`
	StateDesc   string     `json:"trade_state_desc"`
	BankType    string     `json:"bank_type,omitempty"`
	Attach      string     `json:"attach,omitempty"`
	SuccessTime string     `json:"success_time,omitempty"`
	Payer       *payerView `json:"payer,omitempty"`
	Amount      amountView `json:"amount"`

	Promotions []promotion `json:"promotion_detail,omitempty"`
}

// view reads an order for its merchant; the lock is held.
func (p *Provider) view(o *order) orderView {
	state := p.state(o)
	view := orderView{
		AppID: o.Call.AppID, MchID: o.MchID, Number: o.Call.Number, State: state, StateDesc: stateWords[state],
		Attach: o.Call.Attach, Amount: amountView{Total: o.Call.Amount.Total, Currency: "CNY"},
	}
	if len(o.Captures) == 0 {
		return view
	}
	first, total := o.Captures[0], o.captured()
	view.Transaction, view.TradeType = first.Transaction, tradeTypes[o.Product]
	view.BankType, view.Promotions = first.Funding, promotions(first)
	view.SuccessTime, view.Payer = stamp(first.At), &payerView{first.Payer}
	charged := total - first.Coupon
	view.Amount = amountView{Total: total, PayerTotal: &charged, Currency: "CNY", PayerCurrency: "CNY"}
	return view
}
