// Package notify says what people are told beside their pages: of what, who hears it, by which way, in which
// words of which language, and at what hour. It is pure; whoever sends asks it first.
package notify

import (
	"time"

	"github.com/friendpay/friendpay/models"
)

// Kind is what a message is about.
type Kind string

// The kinds. A friend hears of his own money, and is reminded of what he was asked for.
const (
	MoneyReceived  Kind = "money_received" // he paid, and the order took it
	MoneyBack      Kind = "money_back"     // the order did not take it: it is on its way back to him
	Refunded       Kind = "refunded"       // it has arrived
	RefundStuck    Kind = "refund_stuck"   // his account cannot take it, and he is asked what to do
	Thanks         Kind = "thanks"         // whom he paid for says thank you
	ReminderPledge Kind = "reminder_pledge"
	ReminderHalf   Kind = "reminder_half"
	ReminderLast   Kind = "reminder_last"
)

// Kinds lists them.
var Kinds = []Kind{
	MoneyReceived, MoneyBack, Refunded, RefundStuck, Thanks, ReminderPledge, ReminderHalf, ReminderLast,
}

// ToBuyer is the type of the event by which a merchant reminds his buyer, where no friend is known.
const ToBuyer = "request.reminder"

// types are what messages of a kind are called in their rows. Those of money are the webhooks' own.
var types = map[Kind]string{
	MoneyReceived: "request.settled", MoneyBack: "request.money_returning", Refunded: "request.refunded",
	RefundStuck: "request.refund_stuck", Thanks: "request.thanked", ReminderPledge: "request.reminder_pledge",
	ReminderHalf: "request.reminder_half", ReminderLast: "request.reminder_last",
}

// Type is what messages of this kind are called: "request.settled".
func (k Kind) Type() string { return types[k] }

// KindOf is the kind of a type; false where a friend is told nothing under it.
func KindOf(kind string) (Kind, bool) {
	for k, name := range types {
		if name == kind {
			return k, true
		}
	}
	return "", false
}

// Reminds says that the kind is a reminder: it is said only while it is true.
func (k Kind) Reminds() bool { return k == ReminderPledge || k == ReminderHalf || k == ReminderLast }

// Urgent says that it is told at any hour. All that is about the friend's own money is: his bank writes in
// the same minute, and money that moves without a word keeps people awake longer than a message does.
func (k Kind) Urgent() bool {
	switch k {
	case MoneyReceived, MoneyBack, Refunded, RefundStuck:
		return true
	default:
		return false
	}
}

// Channel is a way to a person.
type Channel string

// The ways. Page is what remains: the page itself changes as it happens, over server-sent events.
const (
	WeChat   Channel = "wechat"   // a template message to who follows the merchant's account
	SMS      Channel = "sms"      // a text message, never with an address in it
	Merchant Channel = "merchant" // a webhook, for his buyer
	Page     Channel = "page"
)

// Channels are the ways to a friend in the order they are tried: the first that takes it is the only one.
var Channels = []Channel{WeChat, SMS, Page}

// Hours are those at which nothing leaves that can wait, in Shanghai, as durations since midnight. From may
// be later than Until: they go over midnight then. Equal ones are none.
type Hours struct{ From, Until time.Duration }

// Over says when the quiet that holds at that moment is over; false where none holds.
func (h Hours) Over(now time.Time) (time.Time, bool) {
	local := now.In(models.Shanghai)
	midnight := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, models.Shanghai)
	of := local.Sub(midnight)
	over := midnight.Add(h.Until)
	switch {
	case h.From == h.Until:
		return time.Time{}, false
	case h.From < h.Until:
		return over, of >= h.From && of < h.Until
	case of >= h.From:
		return over.AddDate(0, 0, 1), true
	default:
		return over, of < h.Until
	}
}

// Wait says until when a message of this kind waits for the morning; false where it may leave.
func (h Hours) Wait(kind Kind, now time.Time) (time.Time, bool) {
	if kind.Urgent() {
		return time.Time{}, false
	}
	return h.Over(now)
}
