package unionpay

import (
	"crypto/rand"
	"strconv"
	"time"

	"github.com/friendpay/friendpay/internal/paysim/desk"
)

// funding is what a payer pays with inside Cloud QuickPass.
type funding struct {
	payType, cardType, account, issuer string
}

// What a payer may choose. The brand is 云闪付 all the same.
const (
	byCard   = "card"
	byWeChat = "wechat"
)

// fundings are the ways to pay. No document names the code of a WeChat wallet:
// 1501 is the simulator's own, and no account number is told with it.
var fundings = map[string]funding{
	byCard:   {"0001", "01", "622202******0001", "模拟银行"},
	byWeChat: {"1501", "00", "", "微信支付"},
}

// coupon is one line of couponInfo. UnionPay pays it: the merchant gets all.
type coupon struct {
	Type    string `json:"type"`
	Sponsor string `json:"spnsrId"`
	Amount  string `json:"offstAmt"`
	ID      string `json:"id"`
	Text    string `json:"desc"`
}

func couponInfo(minor int64) string {
	if minor == 0 {
		return ""
	}
	return string(desk.Encode([]coupon{{"DD01", "00010000", number(minor), "3102025000000001", "云闪付随机立减"}}))
}

// money are the fields of a payment that came.
func (o *order) money() fields {
	if len(o.Captures) == 0 {
		return fields{}
	}
	first, total := o.Captures[0], number(o.captured())
	way := fundings[first.Funding]
	return trace(first.QueryID, first.At).with(fields{
		"txnAmt": total, "settleAmt": total, "currencyCode": "156", "payType": way.payType,
		"payCardType": way.cardType, "accNo": way.account, "payCardIssueName": way.issuer,
		"couponInfo": couponInfo(first.Coupon),
	})
}

func number(n int64) string { return strconv.FormatInt(n, 10) }

// newQueryID is 21 digits: the moment, then chance.
func newQueryID(at time.Time) string { return writeMoment(at) + digits(7) }

// digits is n random digits; that some come a little more often harms nobody.
func digits(n int) string {
	bytes := make([]byte, n)
	_, _ = rand.Read(bytes) // ends the program rather than fail
	for i := range bytes {
		bytes[i] = '0' + bytes[i]%10
	}
	return string(bytes)
}
