package web

import (
	"html/template"
	"time"

	"github.com/friendpay/friendpay/models"
)

// Card is what every page of the friend says about the request: an allow-list. No address, order number or
// full name of the buyer has a place in it.
type Card struct {
	Asker           string // masked: "王**"; empty: hidden
	Merchant        string
	Shows           models.Shows // how much of the order the asker lets be seen
	Items           []Item
	Title, Category string // empty where it is not to be seen, as are the items
	Message         string // the asker's own words; empty: none
	Framed          bool   // within another page
	Amount          models.Money
	Invite          string        // id of the link that the page is about; no secret
	Left            time.Duration // until the request ends; 0 where that no longer matters
}

// Item is one line of an order; Price is for one piece, zero where it is not shown.
type Item struct {
	Title    string
	Quantity int64
	Price    models.Money
}

// Channel is a way to pay.
type Channel struct {
	ID     string
	NameZH string
	NameEN string
	Login  bool // the payer has to log in at its provider first

	Pays  models.Money // what the payer pays through it; Saved says why less than the order's amount
	Saved []Saving
	Left  *models.Money // what limits leave of today; nil where none applies
}

// Saving is what an offer takes off; Sponsor ("merchant", "channel" or "platform") pays for it.
type Saving struct {
	Sponsor string
	Amount  models.Money
}

// Link is the page behind a link: read only, for whoever opens it.
type Link struct {
	Card
	Action   string // where its forms go; empty for the page's own address
	Channels []Channel
	MustSay  bool // who asks is to be typed
	Blocked  Blocked
	Problem  *Problem

	ForContact bool // one person only may use it, who comes with a merchant's word
}

// Blocked lets the reader say that an app does not open the link.
type Blocked struct {
	App   string // "wechat", "alipay", "qq" or "unionpay"; empty: there is nothing to say
	Heard bool   // he has just said so
}

// Code is the page to type a short code on, for whoever was told one instead of a link.
type Code struct {
	Typed   string // what was typed before, to be corrected
	Problem *Problem
}

// Notice is a page that says why there is nothing to pay. Name is the key of its words in the translations.
type Notice struct {
	Name string
	Card *Card
	Wait time.Duration // how long until another try makes sense; 0 if unknown
	Mine Mine          // how somebody who paid, or is paying, gets to his own result

	App string // that is left by steps, if the page is open in one: "wechat", "alipay", "qq", "unionpay"

	MayReport bool // all that is left is a report
	Elsewhere Mine // how somebody gets a code to go on in another browser
}

// Mine is the way to one's own result from a page that is the same for everybody.
type Mine string

// The ways: none, through the exchange of the link, or from a session by an address.
const (
	MineNot      Mine = ""
	MineExchange Mine = "exchange"
	MineSession  Mine = "session"
)

// Notices lists the names of notices, each with its words in the translations.
var Notices = []string{
	"unknown", "no_request",
	"revoked", "declined", "reported", "heard", "expired", "cancelled", "ended", "paid", "taken",
	"confirming", "paused", "checking", "no_way", "outage", "elsewhere", "limited", "unavailable", "session",
	"foreign", "other_link", "bad", "for_contact", "snapshot", "stranger", "tomorrow", "limit", "stopped",
	"too_late", "buyer_only", "used", "own",
}

// Pay is the friend's page after the exchange: log in, then pay.
type Pay struct {
	Card
	PriceVersion int64
	Channels     []Channel
	Chosen       Channel // the one picked before the login; zero for none

	MustSay bool      // who asks is to be typed before all else
	Issuer  bool      // there is a login at an OpenID Connect issuer
	Look    bool      // logging in only to see what became of one's payment
	Pledged time.Time // when the friend said he would pay; zero for never said

	LoggedIn bool
	Payer    string // masked phone of who is logged in; empty for who has none with us
	Phone    string // as typed, to fill the form again
	CodeSent bool
	Problem  *Problem
}

// LeftToday is what limits leave of today, where it is the same through each channel: it is said
// once then.
func (p Pay) LeftToday() *models.Money {
	for _, channel := range p.Channels {
		if channel.Left == nil || *channel.Left != *p.Channels[0].Left {
			return nil
		}
	}
	if len(p.Channels) == 0 {
		return nil
	}
	return p.Channels[0].Left
}

// Problem is a refusal in a form; Reason is one of models' or the API's stable words.
type Problem struct {
	Reason string
	Wait   time.Duration
}

// Handoff tells how to go on in another browser.
type Handoff struct {
	Card
	Code string
	At   string // where to type it
	QR   template.HTML
	Wait time.Duration // how long it is good

	Channel string // that he picked; empty: none
	Blocked Blocked
}

// Hop leads to the provider: by a form for products that want their fields posted,
// else by an address.
type Hop struct {
	URL    string
	Fields map[string]string
}

// Bridge asks the app that the page is open in to pay. It is the one page that does
// nothing without JavaScript.
type Bridge struct {
	Card
	Params map[string]string // for the app's bridge
	Script string            // stands for the bridge where there is none; empty in production
}

// Outcome is what became of the friend's payment, in words for pages.
type Outcome string

// The outcomes; Changing says which change by themselves.
const (
	Opening     Outcome = "opening"      // the provider's order is being made
	Waiting     Outcome = "waiting"      // payable; the friend is at it
	Asking      Outcome = "asking"       // payable, and the friend is just back from there
	Confirming  Outcome = "confirming"   // the provider is being asked
	GivingUp    Outcome = "closing"      // the friend gave it up; it is being closed at the provider
	Switching   Outcome = "switching"    // it is being closed, since the friend picked another way to pay
	Paid        Outcome = "paid"         // applied to the order
	NotPaid     Outcome = "not_paid"     // over without money
	Returning   Outcome = "returning"    // captured but not applied: on its way back
	Returned    Outcome = "returned"     // back
	ReturnStuck Outcome = "return_stuck" // a human is looking after it
	HeldBack    Outcome = "held"         // captured, and held for a check
)

// Changing says that the page should keep itself up to date.
func (o Outcome) Changing() bool {
	switch o {
	case Opening, Waiting, Asking, Confirming, GivingUp, Switching, Returning, HeldBack:
		return true
	default:
		return false
	}
}

// Payable says that the payment may still be made, so that the page tells what it costs.
func (o Outcome) Payable() bool { return o == Opening || o == Waiting || o == Asking }

// Result is what became of the friend's own attempt.
type Result struct {
	Card
	Outcome  Outcome
	Attempt  string // our number for it, to be told to support
	Channel  Channel
	Pays     models.Money // what he is to pay, while he has not
	Captured models.Money // what he paid himself
	Coupon   models.Money // what a provider's coupon paid besides
	Saved    []Saving
	PaidAt   time.Time
	Refunds  []Refund
	Stranded bool   // his account could not take one of them: he is asked what to do
	Thanks   string // what who asked said to him for it; empty: nothing

	PayAt     string        // where to go on paying while Waiting; empty for none
	QR        template.HTML // to be scanned while Waiting; empty for none
	Over      bool          // the way in is over, though not the attempt: only a new one has another
	SlotLeft  time.Duration
	MayGiveUp bool // the slot is his to give up
	MayRetry  bool // paying can be tried again
}

// Refund is money on its way back to the friend.
type Refund struct {
	Number     string
	To         string       // "friend" or "buyer" on the page of who asked; empty on that of who paid
	Amount     models.Money // his own part
	Coupon     models.Money // what goes back into the coupon besides
	Why        string       // one of models.RefundReasons
	Asked      time.Time
	ExpectedBy time.Time // zero where nobody knows
	DoneAt     time.Time
	Taken      time.Time // when the provider took it on; zero: nobody knows that it has
	Done       bool
	Stuck      bool
	Stranded   bool   // his account could not take it
	Wish       string // what he said to that
}
