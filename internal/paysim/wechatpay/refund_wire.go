package wechatpay

import (
	"regexp"
	"time"
	"unicode/utf8"
)

const (
	maxReason   = 80
	maxPartials = 50
)

var refundForm = regexp.MustCompile(`^[0-9A-Za-z_\-|*@]{1,64}$`)

type refundCall struct {
	Transaction string `json:"transaction_id,omitempty"`
	Order       string `json:"out_trade_no,omitempty"`
	Number      string `json:"out_refund_no"`
	Reason      string `json:"reason,omitempty"`
	NotifyURL   string `json:"notify_url,omitempty"`
	Amount      struct {
		Refund   int64  `json:"refund"`
		Total    int64  `json:"total"`
		Currency string `json:"currency"`
	} `json:"amount"`
}

func (c refundCall) check() *failure {
	switch {
	case (c.Transaction == "") == (c.Order == ""):
		return param("/out_trade_no", nil, "transaction_id和out_trade_no必须且只能填写一个")
	case !refundForm.MatchString(c.Number):
		return param("/out_refund_no", c.Number, "商户退款单号为1至64个字符")
	case utf8.RuneCountInString(c.Reason) > maxReason:
		return param("/reason", nil, "退款原因最多80个字符")
	case c.NotifyURL != "" && !notifyAddress(c.NotifyURL):
		return param("/notify_url", nil, "通知地址必须为https，不能携带参数，最多255个字符")
	case c.Amount.Currency != "CNY":
		return param("/amount/currency", c.Amount.Currency, "货币类型只支持CNY")
	case c.Amount.Refund < 1 || c.Amount.Total < 1 || c.Amount.Refund > c.Amount.Total:
		return param("/amount/refund", c.Amount.Refund, "退款金额不在允许范围内")
	}
	return nil
}

// refund is the provider's own record of money going back. Outcome is what it
// will become; empty means that it stays as it is.
type refund struct {
	MchID       string     `json:"mchid"`
	ID          string     `json:"id"`
	Call        refundCall `json:"call"`
	Asked       string     `json:"asked"` // canonical
	Number      string     `json:"number"`
	Transaction string     `json:"transaction"`
	Status      string     `json:"status"`
	Outcome     string     `json:"outcome,omitempty"`
	Discount    int64      `json:"discount,omitempty"` // the part of the order that a coupon paid
	Coupon      int64      `json:"coupon,omitempty"`   // the part of this refund that goes back into it
	Funding     string     `json:"funding"`            // bank_type of the payer's part
	CreatedAt   time.Time  `json:"created_at"`
	DoneAt      time.Time  `json:"done_at,omitzero"`
}

// holds says whether a refund takes part of what was captured. One that was
// closed gave its part free again.
func (r *refund) holds() bool { return r.Status != closed }

type refundAmount struct {
	Total            int64  `json:"total"`
	Refund           int64  `json:"refund"`
	PayerTotal       int64  `json:"payer_total"`
	PayerRefund      int64  `json:"payer_refund"`
	SettlementRefund int64  `json:"settlement_refund"`
	SettlementTotal  int64  `json:"settlement_total"`
	DiscountRefund   int64  `json:"discount_refund"`
	Currency         string `json:"currency"`
}

type refundView struct {
	ID          string       `json:"refund_id"`
	Number      string       `json:"out_refund_no"`
	Transaction string       `json:"transaction_id"`
	Order       string       `json:"out_trade_no"`
	Channel     string       `json:"channel"`
	Account     string       `json:"user_received_account"`
	SuccessTime string       `json:"success_time,omitempty"`
	CreateTime  string       `json:"create_time"`
	Status      string       `json:"status"`
	Funds       string       `json:"funds_account"`
	Amount      refundAmount `json:"amount"`

	Promotions []returnedPromotion `json:"promotion_detail,omitempty"`
}

func (r *refund) view() refundView {
	back, total := r.Call.Amount.Refund, r.Call.Amount.Total
	view := refundView{
		ID: r.ID, Number: r.Call.Number, Transaction: r.Transaction, Order: r.Number, Channel: "ORIGINAL",
		Account: r.receiver(), CreateTime: stamp(r.CreatedAt), Status: r.Status, Funds: "UNSETTLED",
		Amount: refundAmount{
			Total: total, Refund: back, PayerTotal: total - r.Discount, PayerRefund: back - r.Coupon,
			SettlementRefund: back, SettlementTotal: total, DiscountRefund: r.Coupon, Currency: "CNY",
		},
		Promotions: r.promotions(),
	}
	if r.Status == success {
		view.SuccessTime = stamp(r.DoneAt)
	}
	return view
}

// refundNotice is what a callback tells of a refund.
type refundNotice struct {
	MchID       string `json:"mchid"`
	Order       string `json:"out_trade_no"`
	Transaction string `json:"transaction_id"`
	Number      string `json:"out_refund_no"`
	ID          string `json:"refund_id"`
	Status      string `json:"refund_status"`
	SuccessTime string `json:"success_time,omitempty"`
	Account     string `json:"user_received_account"`
	Amount      struct {
		Total       int64 `json:"total"`
		Refund      int64 `json:"refund"`
		PayerTotal  int64 `json:"payer_total"`
		PayerRefund int64 `json:"payer_refund"`
	} `json:"amount"`
}

func (r *refund) notice() refundNotice {
	view := r.view()
	n := refundNotice{
		MchID: r.MchID, Order: view.Order, Transaction: view.Transaction, Number: view.Number, ID: view.ID,
		Status: view.Status, SuccessTime: view.SuccessTime, Account: view.Account,
	}
	n.Amount.Total, n.Amount.Refund = view.Amount.Total, view.Amount.Refund
	n.Amount.PayerTotal, n.Amount.PayerRefund = view.Amount.PayerTotal, view.Amount.PayerRefund
	return n
}
