package policy

import "slices"

// Kinds of channels that rules look at.
const (
	KindCredit  = "credit"   // the provider lends the money
	KindBankApp = "bank_app" // one bank's own app
	KindAsk     = "ask"      // no way to pay: a way for the buyer to ask
)

// standingRules are about a channel as it stands: in the app, at its provider, and for
// orders like this one.
var standingRules = []rule{
	{name: "channel_disabled", version: 1, asks: true, fix: FixOtherChannel,
		no: func(_ Facts, c Channel) bool { return !c.Enabled },
		zh: "该付款方式暂不可用", en: "This way to pay is switched off."},
	{name: "channel_onboarding", version: 1, asks: true, fix: FixOtherChannel, detail: onboardingDetail,
		no: func(f Facts, c Channel) bool { return f.waits(c) },
		zh: "该付款方式暂不可用", en: "This way to pay is not available."},
	{name: "kind_credit", version: 2, fix: FixOtherChannel,
		no: func(f Facts, c Channel) bool {
			kind, known := f.Catalogue.kind(f.App, f.Order.Kind)
			return known && !kind.Credit && c.Kind == KindCredit
		},
		zh: "该类订单不支持信用付款", en: "Orders of this kind cannot be paid on credit."},
	{name: "order_channels", version: 1, fix: FixOtherChannel,
		no: func(f Facts, c Channel) bool {
			allowed := f.Order.AllowedChannels
			return len(allowed) > 0 && !slices.Contains(allowed, c.ID)
		},
		zh: "该订单不支持此付款方式", en: "This order does not take this way to pay."},
}
