package wechatpay

import "github.com/friendpay/friendpay/models"

// discount is the part of an amount that was not the payer's own but a coupon's. Both
// directions tell it alike: total and payer_total of an order, refund and payer_refund of
// what goes back. Where the payer's part is not told, there was no coupon.
func discount(op string, whole int64, payers *int64, currency string) (models.Money, error) {
	if payers == nil {
		return models.Money{Currency: currency}, nil
	}
	if *payers < 0 || *payers > whole {
		return models.Money{}, odd(op, "the payer's part is not one of the whole")
	}
	return models.Money{Minor: whole - *payers, Currency: currency}, nil
}

// fromBalance is the bank_type of money that lay in the payer's own WeChat.
const fromBalance = "OTHERS"

// The working days that a refund takes, the one on which it is asked for being the first:
// into a balance it comes at once, onto a bank card in one to three working days.
const (
	balanceDays = 1
	cardDays    = 4
)

// RefundDays is how soon a refund is with a payer who paid from there.
func (a *Adapter) RefundDays(_, funding string) int {
	if funding == fromBalance {
		return balanceDays
	}
	return cardDays
}
