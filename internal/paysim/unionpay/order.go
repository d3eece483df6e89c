package unionpay

import (
	"time"

	"github.com/friendpay/friendpay/internal/paysim/desk"
	"github.com/friendpay/friendpay/internal/paysim/journal"
)

// The products, as merchants speak of them.
const (
	wap = "wap" // front, channelType 08
	pc  = "pc"  // front, channelType 07
	qr  = "qr"
	app = "app"
)

// The kinds of transaction, as txnType tells them.
const (
	typePay    = "01"
	typeRefund = "04"
	typeUndo   = "31"
)

// What may have become of a transaction, as origRespCode tells it.
const (
	done     = "00"
	accepted = "05"
	tooLate  = "42" // paid after the deadline, and given back by UnionPay itself
	refused  = "60" // by the payer's bank
	noFunds  = "64"
	nothing  = "34" // nobody came yet
)

// The provider's own times. Only how long a refund takes is scaled.
const (
	defaultLife = 24 * time.Hour // where no payTimeout is given
	tolerance   = time.Hour      // how far txnTime may be from the clock
	refundDays  = 330            // days after which nothing is given back
	clearing    = 1 * time.Hour  // a clearing day ends that long before midnight
)

// order is the provider's own record; its JSON is the snapshot in the journal.
// Token is what leads the payer: of a cashier, a tn, or the last part of a code.
// State is nothing, accepted, refused or noFunds while no money came.
type order struct {
	MerID     string    `json:"mer_id"`
	Product   string    `json:"product"`
	Call      fields    `json:"call"` // without signature and certId
	Token     string    `json:"token"`
	State     string    `json:"state"`
	Amount    int64     `json:"amount"` // fen asked
	CreatedAt time.Time `json:"created_at"`
	ExpiresAt time.Time `json:"expires_at"`
	Captures  []capture `json:"captures,omitempty"`
	Late      *capture  `json:"late,omitempty"` // came after the deadline, goes back by itself
	Returned  bool      `json:"returned,omitempty"`
	Refunds   []string  `json:"refunds,omitempty"`
}

// capture is money that came, Coupon of it paid by a coupon of UnionPay's.
type capture struct {
	QueryID string    `json:"query_id"`
	Minor   int64     `json:"minor"`
	Coupon  int64     `json:"coupon,omitempty"`
	Funding string    `json:"funding"`
	At      time.Time `json:"at"` // to the second, as it is told
}

func key(merID, number string) string { return merID + " " + number }

func (o *order) number() string { return o.Call["orderId"] }

func (o *order) key() string { return key(o.MerID, o.number()) }

func (o *order) captured() int64 {
	var total int64
	for _, c := range o.Captures {
		total += c.Minor
	}
	return total
}

func (o *order) entry(kind string, minor int64) journal.Entry {
	return journal.Entry{Kind: kind, Account: o.MerID, Number: o.number(), Minor: minor, Currency: "CNY"}
}

// state is what a query tells of an order. Nothing is ever closed.
func (o *order) state() string {
	switch {
	case len(o.Captures) > 0:
		return done
	case o.Late != nil:
		return tooLate
	default:
		return o.State
	}
}

// settleDay is the clearing day of a moment: it ends at 23:00 in Beijing.
func settleDay(at time.Time) time.Time {
	local := at.In(desk.Shanghai).Add(clearing)
	return time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, desk.Shanghai)
}

// trace are the fields that any money carries that moved.
func trace(queryID string, at time.Time) fields {
	return fields{
		"queryId": queryID, "traceNo": traceNo(queryID), "traceTime": traceTime(at),
		"settleDate": settleDay(at).Format("0102"), "settleCurrencyCode": "156",
	}
}

func traceTime(at time.Time) string { return at.In(desk.Shanghai).Format("0102150405") }

// traceNo is the six digits that a queryId ends with.
func traceNo(queryID string) string { return queryID[len(queryID)-6:] }
