// Package policy says whether an order may be friend-paid, through which
// channels, and why not. It is pure: the same facts give the same decision, so
// that a screenshot can be explained later from the rule and version it names.
package policy

import (
	"cmp"
	"slices"
	"time"

	"github.com/friendpay/friendpay/models"
)

// Facts are all that a decision may look at.
type Facts struct {
	Order     Order
	App       App
	Buyer     string // the merchant's id of the buyer
	Payer     *Payer // nil while nobody has logged in
	Surface   string // what the link is open in, see the Surface constants; empty: unknown
	Now       time.Time
	Speed     int64     // durations are divided by it; 0 and 1: real time
	Catalogue []Channel // the app's channels, disabled ones too
}

// Order is what rules look at of an order.
type Order struct {
	Payable         models.Money
	Kind            string    // "physical", "virtual" …
	Settled         bool      // paid or taken back: nothing is left to pay
	AllowedChannels []string  // empty: all
	PayDeadline     time.Time // zero: none
	StockHoldUntil  time.Time // zero: none
}

// App is what rules look at of a merchant's app.
type App struct {
	ID    string
	Kinds map[string]Window // amounts that an order of this kind may be friend-paid at; absent: any
}

// Window bounds an amount, both ends included; a zero end is open.
type Window struct{ Min, Max models.Money }

// Payer is what rules look at of the friend.
type Payer struct {
	ID      string
	IsBuyer bool
}

// Channel is what rules look at of a catalogue entry.
type Channel struct {
	ID              string
	Kind            string
	Position        int
	Amount          Window
	MinCloseSeconds int64 // the provider refuses to close sooner
	Surfaces        []string
	Enabled         bool
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
	Fix     string `json:"fix_code,omitempty" doc:"pay_yourself, other_channel or new_order"`
}

// The ways out.
const (
	FixPayYourself   = "pay_yourself"
	FixOtherChannel  = "other_channel"
	FixNewOrder      = "new_order"
	FixOpenElsewhere = "open_elsewhere" // the link works in another app or browser
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
	catalogue := slices.Clone(f.Catalogue)
	slices.SortStableFunc(catalogue, func(a, b Channel) int {
		return cmp.Or(cmp.Compare(a.Position, b.Position), cmp.Compare(a.ID, b.ID))
	})
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
