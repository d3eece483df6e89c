package web

import (
	"html/template"
	"time"

	"github.com/friendpay/friendpay/models"
)

// ShopOrder is the demo shop's unpaid order, before a friend was asked.
type ShopOrder struct {
	Items    []Item
	Total    models.Money
	Number   string         // of the order that the page will place, however often its form is sent
	Shows    []models.Shows // how much of it a friend may be shown
	Ways     []ShopWay      // a friend's, in the order to show
	Why      []ShopWhy      // why no friend can be asked; none: one can
	MayAsk   bool           // a friend can be asked
	Requests []ShopLine     // what this buyer asked before, newest first
	Problem  *Problem
}

// ShopLine is one earlier request of the buyer.
type ShopLine struct {
	ID     string
	Title  string
	Amount models.Money
	State  models.State
	At     time.Time
}

// ShopRequest is the buyer's view of a request: the link to share, and how it is going.
type ShopRequest struct {
	ID       string
	Number   string // the shop's own order number
	Title    string
	Amount   models.Money
	State    models.State
	Live     bool // still moving: the page keeps itself up to date
	Left     time.Duration
	SlotLeft time.Duration // while somebody is paying
	Own      bool          // it is the buyer himself who is paying
	PayAt    string        // where he goes on; empty for none
	PayQR    template.HTML // to be scanned instead; empty for none
	Shown    *ShopFriend   // whose link is offered to be sent; nil: nobody's
	Friends  []ShopFriend  // those whom the page lists at once: who pays first, then the newest
	Rest     []ShopFriend  // the others
	MayAdd   bool          // one more friend may be asked
	Deadline time.Time     // more time is asked for from here, so that a second press adds none
	MayPay   bool          // the buyer may pay himself now
	MayEnd   bool          // the buyer may take it back now
	Receipt  bool
	Saved    []Saving // what offers took off for who paid
	Privacy  *Privacy // what friends see; nil where it no longer matters

	More     []More    // how much more time he may give it
	MayAgain bool      // it ended without money, and he may ask again
	MayThank bool      // a friend paid, and has not been thanked
	Thanked  time.Time // when the friend was; zero: not yet
	Typed    string    // the words that were not taken, to be corrected
	Refunds  []Refund
	Problem  *Problem
}

// Receipt is the account of a paid order: what came in, and what went back.
type Receipt struct {
	ID      string
	Number  string
	Title   string
	State   models.State
	Lines   []ReceiptLine
	Saved   []Saving
	Applied models.Money
	Refunds []Refund
}

// ReceiptLine is one movement of money. Name is "paid" or "refund" and the word of its state.
type ReceiptLine struct {
	Name      string
	Reference string
	Amount    models.Money
	At        time.Time
}
