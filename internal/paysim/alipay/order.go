package alipay

import (
	"time"

	"github.com/friendpay/friendpay/internal/paysim/desk"
	"github.com/friendpay/friendpay/internal/paysim/journal"
)

var shanghai = desk.Shanghai

// The products: a link for phones, a link for computers, a QR code, and a trade
// for a payer who is inside the app.
const (
	wap   = "wap"
	page  = "page"
	qr    = "qr"
	jsapi = "jsapi"
)

// What a trade may be. Nothing is what queries find before a payer came.
const (
	nothing  = "TRADE_NOT_EXIST"
	waiting  = "WAIT_BUYER_PAY"
	success  = "TRADE_SUCCESS"
	finished = "TRADE_FINISHED"
	closed   = "TRADE_CLOSED"
)

// The provider's own times. What the merchant asks for is never scaled.
const (
	defaultLife  = 15 * 24 * time.Hour
	codeLife     = 2 * time.Hour // of a QR code, scaled
	cancelWithin = 24 * time.Hour
)

// refundable is how many years money can be given back.
const refundableYears = 1

// order is what a merchant asked for, and the trade that came of it once somebody
// came to pay. Its JSON is the snapshot in the journal.
type order struct {
	AppID     string     `json:"app_id"`
	SellerID  string     `json:"seller_id"`
	Product   string     `json:"product"`
	Call      createCall `json:"call"`
	Asked     string     `json:"asked"` // canonical
	NotifyURL string     `json:"notify_url,omitempty"`
	ReturnURL string     `json:"return_url,omitempty"`
	Code      string     `json:"code"` // in the QR code or the cashier's address
	CodeAt    time.Time  `json:"code_at"`
	ExpiresAt time.Time  `json:"expires_at,omitzero"` // zero: counted from when the trade begins
	Trade     string     `json:"trade,omitempty"`     // trade_no; empty: there is no trade yet
	TradeAt   time.Time  `json:"trade_at,omitzero"`
	Payer     string     `json:"payer,omitempty"`
	Closed    bool       `json:"closed,omitempty"`
	Captures  []capture  `json:"captures,omitempty"`
	Refunds   []string   `json:"refunds,omitempty"` // out_request_no, oldest first
}

// capture is money that came: Minor fen, of which Coupon was Alipay's own.
type capture struct {
	Payer   string    `json:"payer"`
	Minor   int64     `json:"minor"`
	Coupon  int64     `json:"coupon,omitempty"`
	Funding string    `json:"funding"`
	At      time.Time `json:"at"` // to the second, as it is told
}

func key(seller, number string) string { return seller + " " + number }

func (o *order) key() string { return key(o.SellerID, o.Call.Number) }

func (o *order) captured() (total, coupon int64) {
	for _, c := range o.Captures {
		total, coupon = total+c.Minor, coupon+c.Coupon
	}
	return total, coupon
}

func (o *order) entry(kind string, minor int64) journal.Entry {
	return journal.Entry{
		Kind: kind, Account: o.SellerID, Number: o.Call.Number, Minor: minor, Currency: "CNY",
	}
}

// bound says whether one payer alone can pay.
func (o *order) bound() bool { return o.Product == jsapi }

func (o *order) over(now time.Time) bool {
	return !o.ExpiresAt.IsZero() && !now.Before(o.ExpiresAt)
}

// state reads an order: money that came counts whatever was closed before it, and
// a trade is closed as soon as all of it went back.
func (p *Provider) state(o *order) string {
	now := p.deps.Pace.Now()
	total, _ := o.captured()
	back, _ := p.givenBack(o)
	switch {
	case o.Trade == "":
		return nothing
	case total == 0 && (o.Closed || o.over(now)):
		return closed
	case total == 0:
		return waiting
	case back >= total:
		return closed
	case now.After(o.Captures[0].At.AddDate(refundableYears, 0, 0)):
		return finished
	}
	return success
}

// givenBack is what went back of an order, and what of that went to Alipay's coupon.
func (p *Provider) givenBack(o *order) (total, coupon int64) {
	for _, number := range o.Refunds {
		if r := p.refunds[key(o.key(), number)]; r.Status == done {
			total, coupon = total+r.Minor, coupon+r.Coupon
		}
	}
	return total, coupon
}

// find is a merchant's order by either number, trade_no going first; the lock is held.
func (p *Provider) find(m *merchant, trade, number string) *order {
	o := p.orders[key(m.SellerID, number)]
	if trade != "" {
		o = p.trades[trade]
	}
	if o == nil || o.SellerID != m.SellerID || trade != "" && number != "" && o.Call.Number != number {
		return nil
	}
	return o
}
