package models

import "slices"

// guarded are the states in which a request watches for money after its end.
var guarded = slices.Concat(funded[1:], unpaidEnds)

func acts(list ...act) []act               { return append([]act(nil), list...) }
func does(list ...EffectKind) []EffectKind { return list }
func tells(list ...Notice) []Notice        { return list }

// pricing: a lower price is taken at once, a higher one waits for the buyer. What
// is payable at the old price is closed; money that wins at it is judged by success.
func pricing() []rule {
	closing, risen := does(ClosePayment), tells(NoticePriceRisen)
	return []rule{
		{from: in(Checking), on: PriceChanged, refuse: "not_ready"},
		{from: unsettled, on: PriceChanged, when: otherCoin, refuse: "other_currency"},
		{from: unsettled, on: PriceChanged, when: notNewer, refuse: "old_price"},
		{from: in(Open), on: PriceChanged, when: dearer, to: Paused, acts: acts(reprice, pause), tell: risen},
		{from: in(Open), on: PriceChanged, acts: acts(reprice)},
		{from: slotHeld, on: PriceChanged, when: dearer, to: Paused,
			acts: acts(reprice, dropNext, pause, startClose), do: closing, tell: risen},
		{from: slotHeld, on: PriceChanged, to: Confirming, acts: acts(reprice, dropNext, startClose), do: closing},
		{from: in(Paused), on: PriceChanged, when: dearer, acts: acts(reprice), tell: risen},
		{from: in(Paused), on: PriceChanged, when: held, acts: acts(reprice)},
		{from: in(Paused), on: PriceChanged, when: pending, to: Confirming, acts: acts(reprice, resume)},
		{from: in(Paused), on: PriceChanged, to: Open, acts: acts(reprice, resume), tell: tells(NoticeResumed)},
		{from: in(Closing), on: PriceChanged, acts: acts(reprice)},
		{from: funded, on: PriceChanged, refuse: "already_paid"},
		{from: unpaidEnds, on: PriceChanged, refuse: "ended"},

		{from: in(Paused), on: PriceAccepted, when: otherPrice, refuse: "price_changed"},
		{from: in(Paused), on: PriceAccepted, when: unagreed.and(held), acts: acts(agree)},
		{from: in(Paused), on: PriceAccepted, when: unagreed.and(pending), to: Confirming,
			acts: acts(agree, resume)},
		{from: in(Paused), on: PriceAccepted, when: unagreed, to: Open, acts: acts(agree, resume),
			tell: tells(NoticeResumed)},
		{from: anyState, on: PriceAccepted, refuse: "nothing_to_agree"},
		{from: in(Paused), on: PriceDeclined, when: unagreed.and(pending), to: Closing,
			acts: acts(aim(Superseded), startClose), do: closing},
		{from: in(Paused), on: PriceDeclined, when: unagreed, to: Superseded, acts: acts(end),
			tell: tells(NoticeEnded)},
		{from: anyState, on: PriceDeclined, refuse: "nothing_to_agree"},
	}
}

// holding: an outage or staff stops the clock for a while.
func holding() []rule {
	paused := tells(NoticePaused)
	return []rule{
		{from: in(Open), on: HoldPlaced, to: Paused, acts: acts(hold, pause), tell: paused},
		{from: slotHeld, on: HoldPlaced, to: Paused, acts: acts(hold, dropNext, pause, startClose),
			do: does(ClosePayment), tell: paused},
		{from: in(Paused), on: HoldPlaced, acts: acts(hold)},
		{from: in(Checking), on: HoldPlaced, refuse: "not_ready"},
		{from: in(Closing), on: HoldPlaced, refuse: "already_ending"},
		{from: funded, on: HoldPlaced, refuse: "already_paid"},
		{from: unpaidEnds, on: HoldPlaced, refuse: "ended"},
		{from: in(Paused), on: HoldLifted, when: otherHold, refuse: "not_held"},
		{from: in(Paused), on: HoldLifted, when: held.and(unagreed), acts: acts(unhold)},
		{from: in(Paused), on: HoldLifted, when: held.and(pending), to: Confirming, acts: acts(unhold, resume)},
		{from: in(Paused), on: HoldLifted, when: held, to: Open, acts: acts(unhold, resume),
			tell: tells(NoticeResumed)},
		{from: anyState, on: HoldLifted, refuse: "not_held"},
	}
}

// disowning: the order has not answered for the money, and the merchant says that it
// never will. Whoever withdraws brings the number of the refund.
func disowning() []rule {
	do, ends := does(StartRefund), tells(NoticeMoneyBack, NoticeEnded)
	return []rule{
		{from: in(Applying), on: MerchantWithdrew, when: numbered.and(reopening), to: goal,
			acts: acts(withdraw, disown, end), do: do, tell: tells(NoticeMoneyBack)},
		{from: in(Applying), on: MerchantWithdrew, when: numbered.and(pending), to: Closing,
			acts: acts(withdraw, disown, aim(CancelledMerchant)), do: do, tell: tells(NoticeMoneyBack)},
		{from: in(Applying), on: MerchantWithdrew, when: numbered, to: CancelledMerchant,
			acts: acts(withdraw, disown, end), do: do, tell: ends},
	}
}

// refunding: applied money goes back when the merchant says so; any refund may
// need a second try, or a human.
func refunding() []rule {
	refundable := in(Settled, PaidByBuyer, Refunding, PartlyRefunded, RefundStuck)
	return slices.Concat([]rule{
		{from: refundable, on: RefundAsked, when: knownRefund},
		{from: refundable, on: RefundAsked, when: overRefund, refuse: "refund_exceeds"},
		{from: refundable, on: RefundAsked, to: Refunding, acts: acts(oweAsked), do: does(StartRefund),
			tell: tells(NoticeRefunding)},
		{from: in(BlockedRisk), on: RefundAsked, when: knownRefund},
		{from: in(BlockedRisk), on: RefundAsked, when: heldMoney.and(overHeld), refuse: "refund_exceeds"},
		{from: in(BlockedRisk), on: RefundAsked, when: heldMoney, acts: acts(oweHeld), do: does(StartRefund),
			tell: tells(NoticeMoneyBack)},
		{from: anyState, on: RefundAsked, refuse: "not_paid"},

		{from: anyState, on: RefundRetried, when: unknownRefund, refuse: "unknown_refund"},
		{from: anyState, on: RefundRetried, when: diverted, refuse: "refund_diverted"},
		{from: in(RefundStuck), on: RefundRetried, when: refundFailed, to: Refunding, acts: acts(retryRefund),
			do: does(StartRefund)},
		{from: anyState, on: RefundRetried, when: refundFailed, acts: acts(retryRefund), do: does(StartRefund)},
		{from: anyState, on: RefundRetried, refuse: "refund_known"},

		{from: anyState, on: RefundReported, when: unknownRefund, refuse: "unknown_refund"},
		{from: anyState, on: RefundReported, when: refundOver},
		{from: anyState, on: RefundReported, do: does(QueryRefund)},

		{from: anyState, on: RefundDone, when: unknownRefund, refuse: "unknown_refund"},
		{from: anyState, on: RefundDone, when: refundOver},
		{from: anyState, on: RefundDone, when: withMerchant},
		{from: anyState, on: RefundDone, when: diverted, acts: acts(putAside), file: CaseRefund},
	}, arrived(RefundDone), []rule{
		{from: anyState, on: RefundBroke, when: unknownRefund, refuse: "unknown_refund"},
		{from: anyState, on: RefundBroke, when: refundOver},
		{from: anyState, on: RefundBroke, when: diverted.and(fromDiverting), acts: acts(undivert),
			file: CaseRefund},
		{from: anyState, on: RefundBroke, when: otherFailure, acts: acts(refundBroken)},
		{from: anyState, on: RefundBroke, when: refundFailed},
		{from: in(Refunding), on: RefundBroke, to: RefundStuck, acts: acts(refundBroken),
			tell: tells(NoticeRefundStuck), file: CaseRefund},
		{from: anyState, on: RefundBroke, acts: acts(refundBroken), tell: tells(NoticeRefundStuck),
			file: CaseRefund},
		{from: anyState, on: RefundUnfinished},
	}, stranding())
}

// arrived: the money is with its payer.
func arrived(on EventKind) []rule {
	under, told := in(Refunding, RefundStuck), tells(NoticeRefunded)
	return []rule{
		{from: under, on: on, when: moreRefunds, acts: acts(refundBack), tell: told},
		{from: under, on: on, when: moreFailed, to: RefundStuck, acts: acts(refundBack), tell: told},
		{from: under, on: on, when: allBack, to: Refunded, acts: acts(refundBack), tell: told},
		{from: under, on: on, to: PartlyRefunded, acts: acts(refundBack), tell: told},
		{from: anyState, on: on, acts: acts(refundBack), tell: told},
	}
}

// stranding: the payer's account could not take the money. He says what he wants, and
// nobody else can; staff may have it sent to the merchant's own account, from where a
// human hands it to the payer. It is not back before that.
func stranding() []rule {
	return slices.Concat([]rule{
		{from: anyState, on: RefundWished, when: unknownRefund, refuse: "unknown_refund"},
		{from: anyState, on: RefundWished, when: foreignRefund, refuse: "unknown_refund"},
		{from: in(RefundStuck), on: RefundWished, when: stranded.and(wishesAgain), to: Refunding,
			acts: acts(noteWish, retryRefund), do: does(StartRefund)},
		{from: anyState, on: RefundWished, when: stranded.and(wishesAgain), acts: acts(noteWish, retryRefund),
			do: does(StartRefund)},
		{from: anyState, on: RefundWished, when: stranded.and(wishedAlready)},
		{from: anyState, on: RefundWished, when: stranded, acts: acts(noteWish), file: CaseRefund},
		{from: anyState, on: RefundWished, refuse: "not_stranded"},

		{from: anyState, on: RefundDiverted, when: unknownRefund, refuse: "unknown_refund"},
		{from: anyState, on: RefundDiverted, when: diverted},
		{from: anyState, on: RefundDiverted, when: stranded, acts: acts(divert), do: does(DivertRefund)},
		{from: anyState, on: RefundDiverted, refuse: "not_stranded"},

		{from: anyState, on: RefundHanded, when: unknownRefund, refuse: "unknown_refund"},
		{from: anyState, on: RefundHanded, when: refundOver},
		{from: anyState, on: RefundHanded, when: notWithMerchant, refuse: "not_with_merchant"},
	}, arrived(RefundHanded))
}
