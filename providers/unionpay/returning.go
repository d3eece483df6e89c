package unionpay

import "strings"

// The working days that a refund takes, the one on which it is asked for being the first:
// UnionPay clears it the next day, and a bank books it on a debit card in one to three
// days, on a card of credit when it likes, in up to seven.
const (
	debitDays = 4
	otherDays = 8
)

// debitCard ends the funding of a payment by such a card.
const debitCard = "/01"

// RefundDays is how soon a refund is with a payer who paid from there. Where that is not
// told it is as slow as the slowest.
func (a *Adapter) RefundDays(_, funding string) int {
	if strings.HasSuffix(funding, debitCard) {
		return debitDays
	}
	return otherDays
}
