package alipay

import (
	"slices"
	"time"
	"unicode/utf8"

	"github.com/friendpay/friendpay/internal/paysim/journal"
)

// What a refund may be. One that failed gave its part free again.
const (
	pending = "pending"
	done    = "done"
	failed  = "failed"
)

const maxReason = 256

type refundCall struct {
	Trade   string   `json:"trade_no"`
	Number  string   `json:"out_trade_no"`
	Amount  money    `json:"refund_amount"`
	Request string   `json:"out_request_no"`
	Reason  string   `json:"refund_reason"`
	Options []string `json:"query_options"`
}

func (c refundCall) check() *failure {
	switch {
	case c.Trade == "" && c.Number == "":
		return param("out_trade_no和trade_no不能同时为空")
	case c.Amount < 1:
		return business("REASON_TRADE_REFUND_FEE_ERR", "退款金额无效")
	case c.Request != "" && !numberForm.MatchString(c.Request):
		return param("out_request_no为1至64个字母、数字、下划线")
	case utf8.RuneCountInString(c.Reason) > maxReason:
		return param("refund_reason最多256个字符")
	}
	return nil
}

// refund is the provider's own record of money going back: Minor fen, of which
// Coupon to Alipay's coupon. Outcome is what a pending one will become; empty
// means that it stays as it is.
type refund struct {
	SellerID  string    `json:"seller_id"`
	Number    string    `json:"number"`
	Request   string    `json:"request"`
	Minor     int64     `json:"minor"`
	Coupon    int64     `json:"coupon,omitempty"`
	Reason    string    `json:"reason,omitempty"`
	Status    string    `json:"status"`
	Outcome   string    `json:"outcome,omitempty"`
	CreatedAt time.Time `json:"created_at"`
	DoneAt    time.Time `json:"done_at,omitzero"`
}

func (r *refund) key() string { return key(key(r.SellerID, r.Number), r.Request) }

func (r *refund) holds() bool { return r.Status != failed }

func (r *refund) entry(kind string) journal.Entry {
	return journal.Entry{
		Kind: kind, Account: r.SellerID, Number: r.Number, Refund: r.Request, Minor: r.Minor, Currency: "CNY",
	}
}

// items is where the money went back to.
func (r *refund) items(o *order) []body {
	list := []body{{"fund_channel": o.Captures[0].Funding, "amount": yuan(r.Minor - r.Coupon)}}
	if r.Coupon > 0 {
		list = append(list, body{"fund_channel": "COUPON", "amount": yuan(r.Coupon)})
	}
	return list
}

// refundView is the answer to a refund; change says whether this very call moved money.
func (p *Provider) refundView(o *order, r *refund, change bool, options []string) body {
	total, _ := p.givenBack(o)
	answer := body{
		"code": codeOK, "msg": outerWords[codeOK], "trade_no": o.Trade, "out_trade_no": o.Call.Number,
		"fund_change": "N", "refund_fee": yuan(total),
	}
	p.bySeller[o.SellerID].nameBuyer(answer, "buyer_user_id", o.Payer)
	if r.Status == done {
		answer["gmt_refund_pay"] = clock(r.DoneAt)
	}
	if change {
		answer["fund_change"], answer["send_back_fee"] = "Y", yuan(r.Minor)
		r.tellCoupon(answer)
	}
	if slices.Contains(options, "refund_detail_item_list") && r.Status == done {
		answer["refund_detail_item_list"] = r.items(o)
	}
	return answer
}

// tellCoupon splits a refund into what the buyer and what the coupon gets back.
func (r *refund) tellCoupon(answer body) {
	answer["present_refund_buyer_amount"] = yuan(r.Minor - r.Coupon)
	answer["present_refund_discount_amount"] = yuan(r.Coupon)
}

// refundQueryView is the answer to a question about a refund. One that is not done
// has no status, and of one that never was there is nothing but success.
func refundQueryView(o *order, r *refund, options []string) body {
	answer := body{"code": codeOK, "msg": outerWords[codeOK]}
	if r == nil {
		return answer
	}
	total, _ := o.captured()
	answer["trade_no"], answer["out_trade_no"], answer["out_request_no"] = o.Trade, o.Call.Number, r.Request
	answer["total_amount"], answer["refund_amount"] = yuan(total), yuan(r.Minor)
	if r.Status != done {
		return answer
	}
	answer["refund_status"], answer["send_back_fee"] = "REFUND_SUCCESS", yuan(r.Minor)
	r.tellCoupon(answer)
	if slices.Contains(options, "gmt_refund_pay") {
		answer["gmt_refund_pay"] = clock(r.DoneAt)
	}
	if slices.Contains(options, "refund_detail_item_list") {
		answer["refund_detail_item_list"] = r.items(o)
	}
	return answer
}
