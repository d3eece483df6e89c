package alipay

import "slices"

// own are the sources that Alipay keeps itself: balance, money fund, points and its own
// credit. What goes back there is there at once.
var own = []string{"ALIPAYACCOUNT", "FINANCEACCOUNT", "PCREDIT", "POINT"}

// The working days that a refund takes, the one on which it is asked for being the first.
// Alipay is done at once, and the payer's bank has up to seven days more: which cards are
// faster is not told.
const (
	ownDays  = 1
	cardDays = 8
)

// RefundDays is how soon a refund is with a payer who paid from there. Where that is not
// told, or not known, it is as slow as a bank card.
func (a *Adapter) RefundDays(_, funding string) int {
	if slices.Contains(own, funding) || slices.Contains(coupons, funding) {
		return ownDays
	}
	return cardDays
}
