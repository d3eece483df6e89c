package browser

import (
	"strings"
	"time"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/web"
)

// outcomes are all that may become of a payment.
var outcomes = []web.Outcome{
	web.Opening, web.Waiting, web.Asking, web.Confirming, web.GivingUp, web.Switching,
	web.Paid, web.NotPaid, web.Returning,
	web.Returned, web.ReturnStuck, web.HeldBack,
}

// resultState is what became of the friend's payment, with what is always known at that point.
func resultState(name string, outcome web.Outcome, change func(*web.Result)) state {
	view := web.Result{Card: pot, Outcome: outcome, Attempt: anAttempt, Channel: byWechat}
	view.Left = 0
	switch outcome {
	case web.Opening, web.Waiting, web.Asking:
		view.Pays = pot.Amount
	case web.Paid, web.Returning, web.Returned, web.ReturnStuck, web.HeldBack:
		view.Captured, view.PaidAt = pot.Amount, noon
	case web.NotPaid:
		view.MayRetry = true
	case web.Confirming, web.GivingUp, web.Switching: // no amount is his to pay now
	}
	if change != nil {
		change(&view)
	}
	s := shows("result-"+name, web.ResultPage, view)
	if outcome.Changing() {
		s = moving(s)
	}
	return s
}

// resultStates are each outcome, and the ways to go on.
func resultStates() []state {
	var all []state
	for _, outcome := range outcomes {
		all = append(all, resultState(strings.ReplaceAll(string(outcome), "_", "-"), outcome, nil))
	}
	held := func(v *web.Result) { v.SlotLeft, v.MayGiveUp = 4*time.Minute+30*time.Second, true }
	return append(all,
		resultState("asking-pay-at", web.Asking, func(v *web.Result) { v.MayGiveUp, v.PayAt = true, awayFromHere }),
		resultState("asking-over", web.Asking, func(v *web.Result) { v.MayGiveUp, v.Over = true, true }),
		resultState("waiting-qr", web.Waiting, func(v *web.Result) { held(v); v.QR = picture() }),
		resultState("waiting-pay-at", web.Waiting, func(v *web.Result) { held(v); v.PayAt = awayFromHere }),
		resultState("waiting-over", web.Waiting, func(v *web.Result) { held(v); v.Over = true }),
		resultState("waiting-saving", web.Waiting, func(v *web.Result) {
			held(v)
			v.PayAt, v.Channel = awayFromHere, saving(byWechat, "merchant")
			v.Pays, v.Saved = v.Channel.Pays, v.Channel.Saved
		}),
		resultState("confirming-give-up", web.Confirming, func(v *web.Result) { v.MayGiveUp = true }),
		resultState("paid-saving", web.Paid, func(v *web.Result) {
			c := saving(byWechat, "merchant", "channel", "platform")
			v.Captured, v.Saved = c.Pays, c.Saved
		}),
		resultState("paid-coupon", web.Paid, func(v *web.Result) {
			v.Captured, v.Coupon = models.CNY(11_900), models.CNY(1_000)
		}),
		resultState("not-paid-final", web.NotPaid, func(v *web.Result) { v.MayRetry = false }),
		resultState("paid-hidden-asker", web.Paid, func(v *web.Result) { v.Asker = "" }),
		resultState("paid-long-names", web.Paid, func(v *web.Result) { longNames(&v.Card) }),
	)
}

// goingBack is money on its way back to the friend.
func goingBack(change func(*web.Refund)) web.Refund {
	f := web.Refund{Number: aRefund, Amount: pot.Amount, Why: models.AfterSale, Asked: noon.Add(48 * time.Hour)}
	change(&f)
	return f
}

func arrived(f *web.Refund) { f.Done, f.DoneAt = true, f.Asked.Add(26*time.Hour) }

// refundStates are refunds in each stage, for each reason, and of each number.
func refundStates() []state {
	due := func(f *web.Refund) { f.ExpectedBy = f.Asked.Add(72 * time.Hour) }
	stranded := func(wish string) func(*web.Result) {
		return func(v *web.Result) {
			v.Stranded = true
			v.Refunds = []web.Refund{goingBack(func(f *web.Refund) { f.Stuck, f.Stranded, f.Wish = true, true, wish })}
		}
	}
	one := func(name string, outcome web.Outcome, change func(*web.Refund)) state {
		return resultState(name, outcome, func(v *web.Result) { v.Refunds = []web.Refund{goingBack(change)} })
	}
	all := []state{
		one("refund-due", web.Returning, due), one("refund-due-some-day", web.Returning, func(*web.Refund) {}),
		one("refund-done", web.Returned, arrived),
		one("refund-stuck", web.ReturnStuck, func(f *web.Refund) { f.Stuck = true }),
		one("refund-coupon", web.Returning, func(f *web.Refund) {
			due(f)
			f.Amount, f.Coupon = models.CNY(11_900), models.CNY(1_000)
		}),
		one("refund-part", web.Paid, func(f *web.Refund) { due(f); f.Amount = models.CNY(2_000) }),
		resultState("stranded", web.ReturnStuck, stranded("")),
		resultState("stranded-again", web.ReturnStuck, stranded("again")),
		resultState("stranded-contact", web.ReturnStuck, stranded("contact")),
		resultState("refunds-several", web.Returning, func(v *web.Result) {
			part := func(f *web.Refund) { f.Amount = models.CNY(2_000) }
			v.Refunds = []web.Refund{
				goingBack(func(f *web.Refund) { arrived(f); part(f) }),
				goingBack(func(f *web.Refund) { due(f); part(f) }),
			}
		}),
	}
	for _, why := range models.RefundReasons {
		all = append(all, one("because-"+strings.ReplaceAll(why, "_", "-"), web.Returned,
			func(f *web.Refund) { arrived(f); f.Why = why }))
	}
	return all
}
