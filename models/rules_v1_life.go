package models

// prolonging: more time for a request that waits for its friend. It never gets less, never
// past what the order allows, and never more than Place would have given it now.
func prolonging() []rule {
	return []rule{
		{from: payable, on: Extended, when: sameEnd},
		{from: payable, on: Extended, when: noLater, refuse: "not_later"},
		{from: payable, on: Extended, when: tooLong, refuse: "too_long"},
		{from: payable, on: Extended, acts: acts(prolong)},
		{from: in(Checking), on: Extended, refuse: "not_ready"},
		{from: in(Closing), on: Extended, refuse: "already_ending"},
		{from: funded, on: Extended, refuse: "already_paid"},
		{from: unpaidEnds, on: Extended, refuse: "ended"},
	}
}

// reopeningAll: an end that nobody paid for is taken back, while its run still watches for
// money. The rules, the order and its other requests are asked as they were at first; what
// they refuse stays ended, as if nobody had asked.
func reopeningAll() []rule {
	ends := in(Expired, CancelledBuyer, CancelledMerchant)
	return []rule{
		{from: ends, on: Reopened, when: moneyCame, refuse: "money_came"},
		{from: ends, on: Reopened, when: watchOver, refuse: "ended"},
		{from: ends, on: Reopened, when: withdrawn, refuse: "merchant_withdrew"},
		{from: ends, on: Reopened, when: past, refuse: "not_later"},
		{from: ends, on: Reopened, when: tooLong, refuse: "too_long"},
		{from: ends, on: Reopened, to: Checking, acts: acts(openUp), do: does(CheckOrder)},
		{from: payable, on: Reopened, refuse: "still_open"},
		{from: in(Checking), on: Reopened, refuse: "not_ready"},
		{from: in(Closing), on: Reopened, refuse: "already_ending"},
		{from: funded, on: Reopened, refuse: "already_paid"},
		{from: in(Ineligible, Superseded, BlockedRisk), on: Reopened, refuse: "ended"},
	}
}

// withdrawing: a payer gives the slot up. The provider decides whether he was faster.
func withdrawing() []rule {
	return []rule{
		{from: in(Paying), on: PayWithdrawn, when: ownSlot, to: Confirming,
			acts: acts(noteGivenUp, startClose), do: does(ClosePayment)},
		{from: in(Paying), on: PayWithdrawn, when: slotByStaff, to: Confirming,
			acts: acts(startClose), do: does(ClosePayment)},
		{from: anyState, on: PayWithdrawn, refuse: "not_paying"},
	}
}
