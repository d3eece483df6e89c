package models

// Groups of states that the table speaks of.
var (
	anyState  = States
	slotHeld  = []State{Paying, Confirming}
	payable   = []State{Open, Paying, Confirming, Paused}
	unsettled = []State{Open, Paying, Confirming, Paused, Closing}
)

func in(states ...State) []State { return states }

// rulesV1 is the law, version 1. The first rule that matches decides. It is
// edited freely until the first release; after it, only its copy rulesV2 may change.
func rulesV1() []rule {
	var table []rule
	table = append(table, asking()...)
	table = append(table, prolonging()...)
	table = append(table, reopeningAll()...)
	table = append(table, slotless()...)
	table = append(table, paying()...)
	table = append(table, withdrawing()...)
	table = append(table, opened()...)
	table = append(table, hints()...)
	table = append(table, success()...)
	table = append(table, noSuccess()...)
	table = append(table, applying()...)
	table = append(table, lapsing()...)
	table = append(table, leaving(BuyerCancelled, CancelledBuyer)...)
	table = append(table, leaving(MerchantCancelled, CancelledMerchant)...)
	table = append(table, disowning()...)
	table = append(table, leaving(MerchantWithdrew, CancelledMerchant, withdraw)...)
	table = append(table, leaving(RiskBlocked, BlockedRisk)...)
	table = append(table, pricing()...)
	table = append(table, holding()...)
	return append(table, refunding()...)
}

// asking: a buyer asks, the rules answer.
func asking() []rule {
	return []rule{
		{from: in(Checking), on: Placed, do: does(CheckOrder)},
		{from: anyState, on: Placed},
		{from: in(Checking), on: OrderEligible, when: reopening, to: Open, acts: acts(unend),
			tell: tells(NoticeOpened)},
		{from: in(Checking), on: OrderEligible, to: Open, tell: tells(NoticeOpened)},
		{from: in(Checking), on: OrderIneligible, when: reopening, to: goal, acts: acts(endAgain)},
		{from: in(Checking), on: OrderIneligible, to: Ineligible, acts: acts(endBare), tell: tells(NoticeEnded)},
		{from: in(Checking), on: CheckLapsed, when: reopening, to: goal, acts: acts(endAgain)},
		{from: in(Checking), on: CheckLapsed, to: Ineligible, acts: acts(endBare), tell: tells(NoticeEnded)},
	}
}

// paying: one slot, taken by one payer on one channel with one fresh quote.
func paying() []rule {
	return []rule{
		{from: anyState, on: PayAsked, when: settledNumber},
		{from: in(Open), on: PayAsked, when: oldQuote, refuse: "price_changed"},
		{from: in(Open), on: PayAsked, when: tooLate, refuse: "closing_soon"},
		{from: in(Open), on: PayAsked, when: tooMany, refuse: "too_many_attempts"},
		{from: in(Open), on: PayAsked, to: Paying, acts: acts(takeSlot), do: does(CheckLogin)},
		{from: in(Paying), on: PayAsked, when: samePay},
		{from: in(Paying), on: PayAsked, when: switching.and(oldQuote), refuse: "price_changed"},
		{from: in(Paying), on: PayAsked, when: switching.and(tooLate), refuse: "closing_soon"},
		{from: in(Paying), on: PayAsked, when: switching.and(tooMany), refuse: "too_many_attempts"},
		{from: in(Paying), on: PayAsked, when: switching, to: Confirming,
			acts: acts(planNext, startClose), do: does(ClosePayment)},
		{from: slotHeld, on: PayAsked, refuse: "slot_taken"},
		{from: in(Checking), on: PayAsked, refuse: "not_ready"},
		{from: in(Paused), on: PayAsked, refuse: "paused"},
		{from: in(Closing), on: PayAsked, refuse: "already_ending"},
		{from: unpaidEnds, on: PayAsked, refuse: "ended"},
		{from: funded, on: PayAsked, refuse: "already_paid"},

		{from: in(Paying), on: LoginPassed, when: inSlot, acts: acts(noted), do: does(OpenPayment),
			tell: tells(NoticePaying)},
		{from: in(Paying), on: LoginRefused, when: inSlot, to: Open, acts: acts(finish)},
	}
}

// opened: what making the provider's order came to. Closing never overtakes
// creating: what is opened after its time is closed then.
func opened() []rule {
	return append(strangers(), []rule{
		{from: in(Paying), on: PaymentOpened, when: inSlot.and(opening), acts: acts(goLive)},
		{from: anyState, on: PaymentOpened, when: opening, acts: acts(closeOpened), do: does(ClosePayment)},
		{from: anyState, on: PaymentOpened},
		{from: in(Paying), on: PaymentUnknown, when: inSlot.and(opening), to: Confirming,
			acts: acts(doubt), do: does(ClosePayment)},
		{from: anyState, on: PaymentUnknown, when: opening, acts: acts(doubt), do: does(ClosePayment)},
	}...)
}

// strangers: no answer may be about an attempt that the request does not have.
func strangers() []rule {
	var table []rule
	for _, on := range []EventKind{
		PaymentOpened, PaymentRefused, PaymentSucceeded, PaymentClosed, PaymentFailed, PaymentUnknown,
	} {
		table = append(table, rule{from: anyState, on: on, when: unknownAttempt, refuse: "unknown_attempt"})
	}
	return table
}

// hints: a callback says that something happened; the provider is asked. A hint
// is never forgotten: an answer may lag behind its callback, so whatever the first
// look finds but money leaves the report open, until a poll has waited long enough.
// A report that nothing bears out by then is for a human.
func hints() []rule {
	table := []rule{
		{from: anyState, on: PaymentReported, when: unknownAttempt, refuse: "unknown_attempt"},
		{from: anyState, on: PaymentReported, when: captured},
		{from: anyState, on: PaymentReported, when: opening, acts: acts(heed)},
		{from: anyState, on: PaymentReported, do: does(QueryPayment)},
		{from: anyState, on: PaymentUnknown, when: captured},
		{from: anyState, on: PaymentUnknown, acts: acts(heed)},
	}
	for _, on := range []EventKind{PaymentUnpaid, PaymentBusy} {
		table = append(table, rule{from: anyState, on: on, when: fromHint, acts: acts(heed)})
	}
	for _, on := range []EventKind{PaymentUnpaid, PaymentClosed, PaymentFailed} {
		table = append(table, rule{from: anyState, on: on, when: checked, acts: acts(unwatch), file: CaseMismatch})
	}
	for _, on := range []EventKind{PaymentClosed, PaymentFailed} {
		table = append(table, rule{from: anyState, on: on, when: shut.and(fromHint), acts: acts(heed)})
	}
	return table
}

// success: money. The first verified success wins; every other capture goes
// back to its payer from the same transition.
func success() []rule {
	back, asked := does(StartRefund), does(askOrder, ClosePayment)
	tell, ends := tells(NoticeMoneyBack), tells(NoticeMoneyBack, NoticeEnded)
	return []rule{
		{from: anyState, on: PaymentSucceeded, when: captured},
		{from: slotHeld, on: PaymentSucceeded, when: mismatched.and(inSlot), to: Open,
			acts: acts(dispose(AmountMismatch), dropNext), do: back, tell: tell, file: CaseMismatch},
		{from: in(Closing), on: PaymentSucceeded, when: mismatched.and(lastPending), to: goal,
			acts: acts(dispose(AmountMismatch), end), do: back, tell: ends, file: CaseMismatch},
		{from: anyState, on: PaymentSucceeded, when: mismatched,
			acts: acts(dispose(AmountMismatch)), do: back, tell: tell, file: CaseMismatch},

		{from: slotHeld, on: PaymentSucceeded, when: stale.and(inSlot), to: Open,
			acts: acts(dispose(StalePrice), dropNext), do: back, tell: tell},
		{from: in(Closing), on: PaymentSucceeded, when: stale.and(lastPending), to: goal,
			acts: acts(dispose(StalePrice), end), do: back, tell: ends},
		{from: unsettled, on: PaymentSucceeded, when: stale, acts: acts(dispose(StalePrice)),
			do: back, tell: tell},

		{from: payable, on: PaymentSucceeded, to: Applying, acts: acts(win), do: asked},
		{from: in(Closing), on: PaymentSucceeded, when: blocking.and(lastPending), to: goal,
			acts: acts(holdMoney, end), tell: tells(NoticeEnded), file: CaseRiskHold},
		{from: in(Closing), on: PaymentSucceeded, when: blocking, acts: acts(holdMoney), file: CaseRiskHold},
		{from: in(Closing), on: PaymentSucceeded, when: withdrawn.and(lastPending), to: goal,
			acts: acts(dispose(OrderGone), end), do: back, tell: ends},
		{from: in(Closing), on: PaymentSucceeded, when: withdrawn,
			acts: acts(dispose(OrderGone)), do: back, tell: tell},
		{from: in(Closing), on: PaymentSucceeded, to: Applying, acts: acts(win, dropAim), do: asked},

		{from: funded, on: PaymentSucceeded, acts: acts(dispose(Duplicate)), do: back, tell: tell},
		{from: in(Expired), on: PaymentSucceeded, when: acceptable, to: Applying,
			acts: acts(win, aimBack), do: asked},
		{from: unpaidEnds, on: PaymentSucceeded, acts: acts(dispose(Late)), do: back, tell: tell},
	}
}

// noSuccess: an attempt is over without money, or not over yet. Success is
// final: nothing here touches a captured attempt.
func noSuccess() []rule {
	var table []rule
	for _, on := range []EventKind{PaymentClosed, PaymentFailed, PaymentRefused} {
		table = append(table, []rule{
			{from: anyState, on: on, when: over},
			{from: in(Paying), on: on, when: inSlot, to: Open, acts: acts(finish), tell: tells(NoticeFreed)},
			{from: in(Confirming), on: on, when: inSlot.and(hasNext), to: Paying,
				acts: acts(finish, takeNext), do: does(CheckLogin)},
			{from: in(Confirming), on: on, when: inSlot, to: Open, acts: acts(finish, dropNext),
				tell: tells(NoticeFreed)},
			{from: in(Closing), on: on, when: lastPending, to: goal, acts: acts(finish, end),
				tell: tells(NoticeEnded)},
			{from: anyState, on: on, acts: acts(finish)},
		}...)
	}
	return append(table, []rule{
		{from: in(Paying), on: PaymentBusy, when: inSlot.and(extendable), acts: acts(extendSlot)},
		{from: anyState, on: PaymentBusy},
	}...)
}

// applying: the order takes the money, or it goes back.
func applying() []rule {
	return []rule{
		{from: in(Applying), on: OrderAccepted, when: byBuyer, to: PaidByBuyer,
			acts: acts(applyIt), do: does(StartRefund), tell: tells(NoticeSettled)},
		{from: in(Applying), on: OrderAccepted, to: Settled,
			acts: acts(applyIt), do: does(StartRefund), tell: tells(NoticeSettled)},
		{from: in(Applying), on: OrderRefused, when: reopening, to: goal,
			acts: acts(giveBack, end), do: does(StartRefund), tell: tells(NoticeMoneyBack)},
		{from: in(Applying), on: OrderRefused, to: Refunding,
			acts: acts(giveBack, end), do: does(StartRefund), tell: tells(NoticeMoneyBack)},
		{from: anyState, on: OrderAccepted}, // it came after the merchant withdrew: the money is on its way back
		{from: anyState, on: OrderRefused},
	}
}

// lapsing: time itself.
func lapsing() []rule {
	return []rule{
		{from: in(Open), on: RequestLapsed, to: Expired, acts: acts(end), tell: tells(NoticeEnded)},
		{from: slotHeld, on: RequestLapsed, to: Closing,
			acts: acts(aim(Expired), dropNext, startClose), do: does(ClosePayment)},
		{from: in(Paused), on: PauseLapsed, when: pending, to: Closing, acts: acts(aim(Expired), startClose),
			do: does(ClosePayment)},
		{from: in(Paused), on: PauseLapsed, to: Expired, acts: acts(end), tell: tells(NoticeEnded)},
		{from: in(Paying), on: SlotLapsed, to: Confirming, acts: acts(startClose), do: does(ClosePayment)},
		{from: in(Paying), on: PollDue, acts: acts(watchSlot)},
		{from: anyState, on: SilenceLapsed, acts: acts(sayStuck), file: CaseSilence},
		{from: guarded, on: GuardLapsed, acts: acts(endGuard)},
	}
}

// leaving: somebody ends the request. What is payable at the provider is closed first.
func leaving(on EventKind, target State, also ...act) []rule {
	with := func(more ...act) []act { return append(acts(also...), more...) }
	table := []rule{
		{from: in(Checking), on: on, refuse: "not_ready"},
		{from: in(Open), on: on, to: target, acts: with(end), tell: tells(NoticeEnded)},
		{from: slotHeld, on: on, to: Closing, acts: with(aim(target), dropNext, startClose),
			do: does(ClosePayment)},
		{from: in(Paused), on: on, when: pending, to: Closing, acts: with(aim(target), startClose),
			do: does(ClosePayment)},
		{from: in(Paused), on: on, to: target, acts: with(end), tell: tells(NoticeEnded)},
		{from: funded, on: on, refuse: "already_paid"},
		{from: unpaidEnds, on: on, refuse: "ended"},
	}
	switch on {
	case RiskBlocked:
		return append(table, rule{from: in(Closing), on: on, acts: with(aim(target))})
	case MerchantWithdrew: // risk stays risk: held money is for a human to release
		return append(table, rule{from: in(Closing), on: on, when: blocking, acts: with()},
			rule{from: in(Closing), on: on, acts: with(aim(target))})
	default:
		return append(table, rule{from: in(Closing), on: on, refuse: "already_ending"})
	}
}
