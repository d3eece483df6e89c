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
	no      func(Facts, Channel) bool
	zh, en  string
	fix     string
}

// rules are asked in this order; the first "no" is the reason given.
var rules = slices.Concat(orderRules, limitRules)

var orderRules = []rule{
	{name: "order_settled", version: 1, order: true, fix: FixNewOrder,
		no: func(f Facts, _ Channel) bool { return f.Order.Settled },
		zh: "订单已付款或已取消", en: "The order is paid or cancelled already."},
	{name: "kind_amount", version: 1, order: true, fix: FixPayYourself,
		no: func(f Facts, _ Channel) bool {
			kind, known := f.Catalogue.kind(f.App, f.Order.Kind)
			return known && !kind.window().holds(f.Order.Payable)
		},
		zh: "该类订单的金额不支持代付",
		en: "Orders of this kind and amount cannot be paid by a friend."},
	{name: "order_deadline", version: 1, order: true, fix: FixPayYourself,
		no: func(f Facts, _ Channel) bool { return f.tooNear(0) },
		zh: "离付款截止时间太近", en: "The order must be paid too soon for a friend."},
	{name: "channel_disabled", version: 1, fix: FixOtherChannel,
		no: func(_ Facts, c Channel) bool { return !c.Enabled },
		zh: "该付款方式暂不可用", en: "This way to pay is switched off."},
	{name: "order_channels", version: 1, fix: FixOtherChannel,
		no: func(f Facts, c Channel) bool {
			allowed := f.Order.AllowedChannels
			return len(allowed) > 0 && !slices.Contains(allowed, c.ID)
		},
		zh: "该订单不支持此付款方式", en: "This order does not take this way to pay."},
	{name: "channel_surface", version: 1, fix: FixOpenElsewhere,
		no: func(f Facts, c Channel) bool { return !c.WorksOn(f.Surface) },
		zh: "该付款方式在此处不可用，可换个应用打开", en: "This way to pay does not work in this app or browser."},
	{name: "channel_amount", version: 1, fix: FixOtherChannel,
		no: func(f Facts, c Channel) bool { return !c.Amount.holds(f.Order.Payable) },
		zh: "金额超出该付款方式的限额", en: "The amount is outside what this way to pay takes."},
	{name: "channel_deadline", version: 1, fix: FixOtherChannel,
		no: func(f Facts, c Channel) bool { return f.tooNear(c.closing()) },
		zh: "剩余时间不足以使用该付款方式", en: "Too little time is left for this way to pay."},
}

// What is said when no single rule about the order decided.
var (
	notOffered = Reason{Rule: "not_offered", Version: 1, ZH: "未开通代付",
		EN: "This app offers no way for friends to pay.", Fix: FixPayYourself}
	noChannel = Reason{Rule: "no_channel", Version: 1, ZH: "没有可用的付款方式",
		EN: "No way to pay is left for this order.", Fix: FixPayYourself}
)

func (r rule) reason(channel string) Reason {
	return Reason{Rule: r.name, Version: r.version, Channel: channel, ZH: r.zh, EN: r.en, Fix: r.fix}
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
