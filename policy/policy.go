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
	Released  []string   `json:"released"` // what the request was made with; see Release; nil: not made yet
	Used      []Use      `json:"used"`     // what limits have been used up so far
	Broken    []string   `json:"broken"`   // channels whose breaker is open on this surface
	Catalogue *Catalogue `json:"-"`        // nil: there is none, so nothing is offered

	// Spent is what of each offer's budget is gone, or held for who is paying, in minor units.
	Spent map[string]int64 `json:"spent,omitempty"`
}

// Use is what has been taken of one limit: its scope, channel and period name it.
type Use struct {
	Scope   string `json:"scope"`
	Channel string `json:"channel,omitempty"`
	Per     string `json:"per"`
	Minor   int64  `json:"minor"`
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
	Fix     string `json:"fix_code,omitempty" doc:"pay_yourself, new_order, other_channel, open_browser …"`
	Detail  string `json:"-"` // for staff only: what no buyer and no payer may learn
}

// The ways out. Those from other_channel to share_code may be advised by a row of the surface matrix.
const (
	FixPayYourself   = "pay_yourself"
	FixNewOrder      = "new_order"
	FixOpenElsewhere = "open_elsewhere" // the link works in another app or browser
	FixOtherChannel  = "other_channel"
	FixOpenBrowser   = "open_browser"
	FixQR            = "qr"
	FixShareCode     = "share_code"
	FixLater         = "later"    // it will work again
	FixTomorrow      = "tomorrow" // a limit of the day is used up
)
