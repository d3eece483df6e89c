package console

import (
	"time"

	"github.com/friendpay/friendpay/models"
)

// Request is a request at a moment of its life, and all that is known of it.
type Request struct {
	ID, State, App, Shop, Order, Title string
	Amount                             models.Money
	At                                 time.Time
	Live                               bool   // the moment is now
	Gap                                string // why the request is not known at the moment; empty: it is
	Gaps                               []Gap
	Moments                            []Moment // one a transition
	Screens                            []Frame
	Next                               []NextLine
	Money                              []Provider
	Disagree                           bool // the ledger says otherwise
	Steps                              []Step
	Kinds                              []KindChip
	Kind                               string // that the timeline is narrowed to; empty: everything
	Everything                         string // the address without a filter of kinds
	Lines                              []LifeLine
	Refused                            []Refused
	Workflow                           string // in Temporal's Web UI; empty: there is none
}

// Gap is something of the moment that was not kept.
type Gap struct{ Code, About string }

// Moment is a transition to look at.
type Moment struct {
	Seq     string
	At      time.Time
	Address string
	Text    string
	State   string // that it led to
	Here    bool   // the moment looked at lies behind this one and before the next
}

// Frame is what one side saw, as a page in a frame.
type Frame struct {
	Side    string
	Buyer   bool
	Address string
	Gaps    []Gap
}

// NextLine is something that happens by itself; At is zero for what ends with an answer.
type NextLine struct {
	At    time.Time
	In    time.Duration // from the moment looked at; below zero: it is overdue
	Words string
	Ref   string
}

// Provider is captured − refunded = applied + on its way.
type Provider struct {
	Name                                       string
	Captured, Refunded, Applied, OnItsWay, Gap models.Money
	Payments                                   []Payment
}

// Payment is one attempt and what became of its money.
type Payment struct {
	Number, Channel, State, Disposition           string
	Quoted, Captured, Refunded, Applied, OnItsWay models.Money
	Refunds                                       []RefundLine
	Ask                                           string // where to ask the provider now
}

// RefundLine is one refund.
type RefundLine struct {
	Number, State, Failure string
	Amount                 models.Money
	Expected               time.Time
	Ask                    string
}

// KindChip narrows the timeline to one kind of lines.
type KindChip struct {
	Kind, Count, Address string
	On                   bool
}

// LifeLine is one line of the timeline.
type LifeLine struct {
	At              time.Time
	Kind, Ref, Text string
	Facts           []Pair // what else is known of it, by name
	Took            string // milliseconds; empty: it was no call
	Later           bool   // it happened after the moment looked at
	Address         string // the moment just after it
	Workflow        string
}

// Refused counts callbacks that did not verify.
type Refused struct {
	Day, Provider, Account, Reason string
	Count                          int64
}
