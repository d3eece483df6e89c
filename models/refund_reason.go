package models

import "slices"

// The law's own reasons of a refund, besides the dispositions of money not applied.
const (
	AfterSale = "after_sale" // the merchant gave it back
	PriceFell = "price_fell" // the difference to a price that fell after it was quoted
)

// RefundReasons lists every reason that the law itself gives.
var RefundReasons = []string{
	AfterSale, PriceFell, string(Duplicate), string(Late), string(StalePrice), string(OrderGone),
	string(AmountMismatch), string(RiskHold),
}

// AfterSaleReason keeps the word that a merchant gave, so that he finds it again.
// None, or one of the law's own, is AfterSale: the ledger and the friend's page read
// those as what happened.
func AfterSaleReason(said string) string {
	if said == "" || slices.Contains(RefundReasons, said) {
		return AfterSale
	}
	return said
}

// Why is the law's own reason: a merchant's word stands for AfterSale.
func (f Refund) Why() string {
	if slices.Contains(RefundReasons, f.Reason) {
		return f.Reason
	}
	return AfterSale
}
