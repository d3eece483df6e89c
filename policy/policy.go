// Package policy says whether an order may be friend-paid, through which
// channels, and why not. It is pure: the same facts give the same decision, so
// that a screenshot can be explained later from the rule and version it names.
package policy

import (
	"time"

	"github.com/friendpay/friendpay/models"
)

// Facts are all that a decision may look at.
type Facts struct {
	Order     Order      `json:"order"`
	App       string     `json:"app"`
	Buyer     string     `json:"buyer"`           // the merchant's id of the buyer
	Payer     *Payer     `json:"payer,omitempty"` // nil while nobody has logged in
	Surface   string     `json:"surface"`         // what the link is open in; empty: unknown
	Version   string     `json:"version"`         // of the app that the surface is: "8.0.2"; empty: unknown
	Now       time.Time  `json:"now"`
	Speed     int64      `json:"speed"`    // durations are divided by it; 0 and 1: real time
	Released  []string   `json:"released"` // what the request was, or would be, made with; see Release
	Used      []Use      `json:"used"`     // what limits have been used up so far
	Broken    []string   `json:"broken"`   // channels whose breaker is open on this surface
	Catalogue *Catalogue `json:"-"`        // nil: there is none, so nothing is offered
}

// Use is what has been taken of one limit: its scope, channel and period name it.
type Use struct {
	Scope   string `json:"scope"`
	Channel string `json:"channel,omitempty"`
	Per     string `json:"per"`
	Minor   int64  `json:"minor"`
}

// Release names a rollout among Facts.Released: "friend_pay" or "channel/alipay_wap".
func Release(feature, channel string) string {
	if channel == "" {
		return feature
	}
	return feature + "/" + channel
}

// Order is what rules look at of an order.
type Order struct {
	Payable         models.Money `json:"payable"`
	Kind            string       `json:"kind"`             // "physical", "virtual" …
	Settled         bool         `json:"settled"`          // paid or taken back: nothing is left to pay
	AllowedChannels []string     `json:"allowed_channels"` // empty: all
	PayDeadline     time.Time    `json:"pay_deadline"`     // zero: none
	StockHoldUntil  time.Time    `json:"stock_hold_until"` // zero: none
}

// Payer is what rules look at of the friend.
type Payer struct {
	ID      string `json:"id"`
	IsBuyer bool   `json:"is_buyer"`
}

// State says what the buyer's page does with the entry "ask a friend".
type State string

// The states: no entry at all, an entry that explains itself, an entry that works.
const (
	Hidden   State = "hidden"
	Disabled State = "disabled"
	Enabled  State = "enabled"
)

// Reason is one rule's "no". Rule and Version name the rule that decided; Fix is
// a stable word for the way out, see the Fix constants.
type Reason struct {
	Rule    string `json:"rule"`
	Version int    `json:"version"`
	Channel string `json:"channel,omitempty"` // empty: about the order as a whole
	ZH      string `json:"zh"`
	EN      string `json:"en"`
	Fix     string `json:"fix_code,omitempty" doc:"pay_yourself, other_channel, new_order or tomorrow"`
}

// The ways out.
const (
	FixPayYourself   = "pay_yourself"
	FixOtherChannel  = "other_channel"
	FixNewOrder      = "new_order"
	FixOpenElsewhere = "open_elsewhere" // the link works in another app or browser
	FixTomorrow      = "tomorrow"       // a limit of the day is used up
)

// Decision is what came of the rules. Every channel of the catalogue is either
// in Channels, in the order to show, or in LeftOut with the rule that took it.
type Decision struct {
	State    State    `json:"state"`
	Channels []string `json:"channels"`
	LeftOut  []Reason `json:"left_out"`
	Reasons  []Reason `json:"reasons"` // why the state is not enabled
}

// Decide asks every rule. A rule can only take channels away.
func Decide(f Facts) Decision { return decide(f, rules) }

func decide(f Facts, rules []rule) Decision {
	var catalogue []Channel
	if f.Catalogue != nil {
		catalogue = f.Catalogue.ChannelsOf(f.App)
	}
	d := Decision{State: Enabled, Channels: []string{}, LeftOut: []Reason{}, Reasons: []Reason{}}
	for _, channel := range catalogue {
		if taken, by := firstNo(f, channel, rules); taken {
			d.LeftOut = append(d.LeftOut, by.reason(channel.ID))
		} else {
			d.Channels = append(d.Channels, channel.ID)
		}
	}
	switch {
	case len(catalogue) == 0:
		d.State, d.Reasons = Hidden, []Reason{notOffered}
	case len(d.Channels) == 0:
		d.State, d.Reasons = Disabled, whole(f, rules)
	}
	return d
}

func firstNo(f Facts, c Channel, rules []rule) (bool, rule) {
	for _, r := range rules {
		if r.no(f, c) {
			return true, r
		}
	}
	return false, rule{}
}

// whole explains an order without channels: by the rule that is about the order,
// else by saying that each channel has its own reason.
func whole(f Facts, rules []rule) []Reason {
	for _, r := range rules {
		if r.order && r.no(f, Channel{}) {
			return []Reason{r.reason("")}
		}
	}
	return []Reason{noChannel}
}
