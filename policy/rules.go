package policy

import (
	"slices"
	"time"

	"github.com/friendpay/friendpay/models"
)

// rule is one "no": about the order as a whole, or about one channel. A rule
// that changes gets a new version, so that old decisions keep their meaning.
type rule struct {
	name    string
	version int
	order   bool // it does not look at the channel
	hides   bool // of the order: there is not even an entry
	asks    bool // of a channel: it holds for a mere way to ask, too
	no      func(Facts, Channel) bool
	zh, en  string
	fix     string
	way     func(Facts, Channel) string // a better way out than fix, "" for none; nil: none ever
	detail  func(Facts, Channel) string // what staff are told besides; nil: nothing
}

// rules are asked in this order; the first "no" is the reason given.
var rules = slices.Concat(
	orderRules,
	standingRules,
	releaseRules,
	surfaceRules,
	windowRules,
	limitRules,
	breakerRules,
)

// What is said when no single rule about the order decided.
var (
	notOffered = Reason{Rule: "not_offered", Version: 1, ZH: "未开通代付",
		EN: "This app offers no way for friends to pay.", Fix: FixPayYourself}
	noChannel = Reason{Rule: "no_channel", Version: 1, ZH: "没有可用的付款方式",
		EN: "No way to pay is left for this order.", Fix: FixPayYourself}
)

// reason is what the rule says of a channel that it took; "" has no id where the order
// as a whole is meant.
func (r *rule) reason(f Facts, c Channel) Reason {
	said := Reason{Rule: r.name, Version: r.version, Channel: c.ID, ZH: r.zh, EN: r.en, Fix: r.fix}
	if r.way != nil {
		if way := r.way(f, c); way != "" {
			said.Fix = way
		}
	}
	if r.detail != nil {
		said.Detail = r.detail(f, c)
	}
	return said
}

// windowRules are about amounts and time: what one channel takes.
var windowRules = []rule{
	{name: "channel_currency", version: 1, fix: FixOtherChannel,
		no: func(f Facts, c Channel) bool { return c.Amount.foreign(f.Order.Payable.Currency) },
		zh: "该付款方式不支持订单的币种", en: "This way to pay does not take the order's currency."},
	{name: "channel_amount", version: 2, fix: FixOtherChannel,
		no: func(f Facts, c Channel) bool { return !c.Amount.holds(f.Order.Payable) },
		zh: "金额超出该付款方式的限额", en: "The amount is outside what this way to pay takes."},
	{name: "channel_deadline", version: 1, fix: FixOtherChannel,
		no: func(f Facts, c Channel) bool { return f.tooNear(c.closing()) },
		zh: "剩余时间不足以使用该付款方式", en: "Too little time is left for this way to pay."},
}

// foreign says that an end of the window is in another currency.
func (w Window) foreign(currency string) bool {
	of := func(end models.Money) bool { return end != models.Money{} && end.Currency != currency }
	return of(w.Min) || of(w.Max)
}

// holds says that the amount lies in the window; an end in another currency
// holds nothing.
func (w Window) holds(m models.Money) bool {
	low := w.Min == models.Money{} || w.Min.Currency == m.Currency && w.Min.Minor <= m.Minor
	high := w.Max == models.Money{} || w.Max.Currency == m.Currency && m.Minor <= w.Max.Minor
	return low && high
}

func (c Channel) closing() time.Duration { return time.Duration(c.MinCloseSeconds) * time.Second }

// tooNear says that the order's end leaves no time to pay and, after close
// seconds, to take an unpaid attempt back.
func (f Facts) tooNear(closing time.Duration) bool {
	ends, limited := f.Order.ends(f.Speed)
	return limited && f.Now.Add(scaled(closing+lastCall, f.Speed)).After(ends)
}
