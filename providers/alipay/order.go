package alipay

import (
	"cmp"
	"context"
	"slices"
	"time"

	library "github.com/smartwalle/alipay/v3"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
)

// trade is the answer to a query. The library's own type reads amounts as floats.
type trade struct {
	Number   string    `json:"out_trade_no"`
	TradeNo  string    `json:"trade_no"`
	Status   string    `json:"trade_status"`
	Total    amount    `json:"total_amount"`
	Currency string    `json:"trans_currency"` // CNY is not told
	PaidAt   string    `json:"send_pay_date"`
	OpenID   string    `json:"buyer_open_id"`
	UserID   string    `json:"buyer_user_id"`
	SellerID string    `json:"seller_id"` // not told as a rule
	AppID    string    `json:"app_id"`    // not told as a rule
	Funds    []fund    `json:"fund_bill_list"`
	Vouchers []voucher `json:"voucher_detail_list"`
}

// fund is one source of a payment's money, or one that money goes back to.
type fund struct {
	Channel string `json:"fund_channel"`
	Amount  amount `json:"amount"`
}

// voucher is a coupon that was used.
type voucher struct {
	Amount amount `json:"amount"`
}

// Query answers NotCreated without an error when Alipay says, signed, that it knows
// no such trade: so it is until the payer is in the cashier.
//
// Alipay does not name the seller: the answer is signed for what this app asked
// about its own number. What it does name must agree.
//
// Captured is the order's total; what coupons paid of it is Coupon. A trade that was
// given back in full is Closed at Alipay, and still Paid here.
func (a *Adapter) Query(ctx context.Context, ref providers.Ref) (providers.Status, error) {
	if err := number("query", ref.Number); err != nil {
		return providers.Status{}, err
	}
	var found trade
	err := a.ask(ctx, "query", library.NewPayload("alipay.trade.query").
		AddBizField("out_trade_no", ref.Number).
		AddBizField("query_options", []string{"fund_bill_list", "voucher_detail_list"}), &found)
	switch {
	case told(err, tradeUnknown):
		return providers.Status{
			State: providers.NotCreated, Number: ref.Number, Account: a.SellerID, App: a.AppID,
		}, nil
	case err != nil:
		return providers.Status{}, err
	case found.Number != ref.Number:
		return providers.Status{}, odd("query", "the answer is about another order")
	}
	return a.reading(found)
}

// state translates the trade's status, by which a trade that ended unpaid and one
// that was given back look alike: the time of the payment tells them apart.
func (t trade) state() providers.State {
	switch t.Status {
	case "TRADE_SUCCESS", "TRADE_FINISHED":
		return providers.Paid
	case "WAIT_BUYER_PAY":
		return providers.Unpaid
	case "TRADE_CLOSED":
		if t.PaidAt != "" {
			return providers.Paid
		}
		return providers.Closed
	default:
		return providers.Unknown
	}
}

// reading never believes in money without an amount, a transaction and a time.
func (a *Adapter) reading(t trade) (providers.Status, error) {
	status := providers.Status{
		State: t.state(), Number: t.Number, Account: cmp.Or(t.SellerID, a.SellerID), App: cmp.Or(t.AppID, a.AppID),
		Transaction: t.TradeNo, Payer: cmp.Or(t.OpenID, t.UserID),
	}
	if status.State != providers.Paid {
		return status, nil
	}
	at, err := time.ParseInLocation(time.DateTime, t.PaidAt, shanghai)
	total, wrong := exactFen(string(t.Total))
	if err != nil || wrong != nil || total < 1 || t.TradeNo == "" {
		return providers.Status{}, odd("query", "money without an amount, a transaction or a time")
	}
	status.PaidAt = at
	status.Captured = models.Money{Minor: total, Currency: cmp.Or(t.Currency, "CNY")}
	coupon, funding, err := sources(t.Funds, t.Vouchers)
	if err != nil || coupon > total {
		return providers.Status{}, odd("query", "the money's sources do not agree with the amount")
	}
	status.Funding = funding
	if coupon > 0 {
		status.Coupon = models.Money{Minor: coupon, Currency: status.Captured.Currency}
	}
	return status, nil
}

// coupons are the sources that are not the payer's own money.
var coupons = []string{"COUPON", "DISCOUNT", "MCOUPON", "MDISCOUNT", "VOUCHER"}

// sources sums up the coupons, in fen, and names the largest of the other sources.
// Where the sources are not told, the coupons' own list is asked.
func sources(funds []fund, vouchers []voucher) (coupon int64, funding string, err error) {
	most := int64(-1)
	for _, f := range funds {
		part, err := exactFen(string(f.Amount))
		if err != nil {
			return 0, "", err
		}
		if slices.Contains(coupons, f.Channel) {
			coupon += part
		} else if part > most {
			most, funding = part, f.Channel
		}
	}
	if len(funds) > 0 {
		return coupon, cmp.Or(funding, funds[0].Channel), nil
	}
	for _, v := range vouchers {
		part, err := exactFen(string(v.Amount))
		if err != nil {
			return 0, "", err
		}
		coupon += part
	}
	return coupon, "", nil
}

// Close is safe to repeat. A number that Alipay does not know is ErrNotSupported:
// whoever holds the link or the code makes the trade with it, until its end. What
// Alipay says of paid and of closed trades is the same, so that it is asked again.
// The way to take back an order of unknown outcome (cancel) is not used: it gives
// money back, without a number of ours.
func (a *Adapter) Close(ctx context.Context, ref providers.Ref) error {
	if err := number("close", ref.Number); err != nil {
		return err
	}
	var answer made
	err := a.ask(ctx, "close", library.NewPayload("alipay.trade.close").
		AddBizField("out_trade_no", ref.Number), &answer)
	switch {
	case told(err, tradeUnknown):
		return providers.ErrNotSupported
	case told(err, wrongState...) || told(err, tradePaid):
		return a.ended(ctx, ref)
	case err == nil && answer.Number != "" && answer.Number != ref.Number:
		return odd("close", "the answer is about another order")
	default:
		return err
	}
}

// ended says how an order ended that cannot be closed any more.
func (a *Adapter) ended(ctx context.Context, ref providers.Ref) error {
	status, err := a.Query(ctx, ref)
	switch {
	case err != nil:
		return odd("close", "it cannot be closed, and does not tell why")
	case status.State == providers.Paid:
		return providers.ErrPaid
	case status.State == providers.Closed:
		return nil
	case status.State == providers.NotCreated:
		return providers.ErrNotSupported
	default:
		return odd("close", "it cannot be closed, and does not tell why")
	}
}
