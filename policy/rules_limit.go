package policy

// limitRules say no by the limits of payments: the sooner of two, the one that more ways
// to pay are closed by.
var limitRules = []rule{
	{name: "pay_limit_amount", version: 1, order: true, fix: FixPayYourself,
		no: func(f Facts, _ Channel) bool {
			_, ever, over := f.over("", anyone)
			return over && ever
		},
		zh: "金额超过了代付限额", en: "The amount is above what a friend may pay here."},
	{name: "pay_limit_day", version: 1, order: true, fix: FixTomorrow,
		no: func(f Facts, _ Channel) bool {
			_, _, over := f.over("", anyone)
			return over
		},
		zh: "超过了今天剩余的代付额度，明天可以再付",
		en: "The amount is above what may still be paid today; it can be paid tomorrow."},
	{name: "pay_limit", version: 1, fix: FixOtherChannel,
		no: func(f Facts, c Channel) bool {
			_, _, over := f.over(c.ID, ofChannel)
			return over
		},
		zh: "超过了该付款方式的限额或今天剩余的额度",
		en: "The amount is above this way to pay's limit, or above what is left of it today."},
}

func anyone(l Limit) bool { return l.Scope != ScopeChannel }

func ofChannel(l Limit) bool { return l.Scope == ScopeChannel }
