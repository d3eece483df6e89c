package desk

// Share is the part of a refund that goes back into the coupon that paid a part of the
// capture: pro rata, rounded so that the payer's sum over all refunds never exceeds his
// part of what was given back. Before is what earlier refunds took of the capture, and
// beforeCoupon what of that went back into the coupon. All in fen.
func Share(captured, coupon, before, beforeCoupon, amount int64) int64 {
	if coupon == 0 || captured == 0 {
		return 0
	}
	payer := (before+amount)*(captured-coupon)/captured - (before - beforeCoupon)
	return amount - min(max(payer, 0), amount)
}
