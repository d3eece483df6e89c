package wechatpay

import "regexp"

// payment is how a person pays. Late pays although closed or expired, as money that was
// under way does; Coupon is the part that a coupon of WeChat Pay's pays.
type payment struct {
	OpenID  string
	Late    bool
	Coupon  int64
	Funding string // bank_type of his own part; empty: his balance
}

// fromBalance is the bank_type of money that lay in the payer's own WeChat.
const fromBalance = "OTHERS"

var bankForm = regexp.MustCompile(`^[A-Z0-9_]{1,32}$`)

func (w payment) check(o *order) *failure {
	switch {
	case w.Coupon < 0 || w.Coupon > o.Call.Amount.Total:
		return param("/coupon", w.Coupon, "a coupon pays at most the order")
	case w.Funding != "" && !bankForm.MatchString(w.Funding):
		return param("/funding", w.Funding, "a bank_type has up to 32 characters [A-Z0-9_]")
	}
	return nil
}

// promotion is a coupon as queries and callbacks tell of it. It was bought for money, so
// that it leaves what is settled with the merchant as it is.
type promotion struct {
	ID       string `json:"coupon_id"`
	Name     string `json:"name"`
	Scope    string `json:"scope"`
	Type     string `json:"type"`
	Amount   int64  `json:"amount"`
	Stock    string `json:"stock_id"`
	Currency string `json:"currency"`
}

func promotions(c capture) []promotion {
	if c.Coupon == 0 {
		return nil
	}
	return []promotion{{
		ID: "109519", Name: "满减券", Scope: "GLOBAL", Type: "CASH", Amount: c.Coupon, Stock: "931386",
		Currency: "CNY",
	}}
}

// returnedPromotion is the part of a refund that goes back into a coupon.
type returnedPromotion struct {
	ID     string `json:"promotion_id"`
	Scope  string `json:"scope"`
	Type   string `json:"type"`
	Amount int64  `json:"amount"`
	Refund int64  `json:"refund_amount"`
}

func (r *refund) promotions() []returnedPromotion {
	if r.Coupon == 0 {
		return nil
	}
	return []returnedPromotion{{"109519", "GLOBAL", "COUPON", r.Discount, r.Coupon}}
}

// receiver names where a refund goes, as payers know it.
func (r *refund) receiver() string {
	if r.Funding == fromBalance {
		return "支付用户零钱"
	}
	return "银行卡"
}
