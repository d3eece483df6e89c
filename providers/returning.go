package providers

import "context"

// Returning is for adapters whose provider says how soon a refund is with the payer.
type Returning interface {
	// RefundDays counts working days, the one on which the refund is asked for being the
	// first, for a payment by that product out of that Status.Funding; 0 is not known.
	RefundDays(product, funding string) int
}

// Diverter is for adapters whose provider can send elsewhere what the payer's account
// cannot take. There is no way to anybody but payer and merchant.
type Diverter interface {
	// DivertRefund sends an abnormal refund to the merchant's own bank account, from where
	// a person hands it to the payer. It is Definite when the refund is not abnormal.
	DivertRefund(ctx context.Context, refund Refund) (RefundStatus, error)
}
