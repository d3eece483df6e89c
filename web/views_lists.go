package web

import (
	"time"

	"github.com/friendpay/friendpay/models"
)

// Asked lists what a buyer asked his friends for, newest first.
type Asked struct {
	Phase string // "open", "ended" or, for all, empty
	Lines []ShopLine
	Next  string // the cursor of the next page; empty on the last
	Later bool   // it is not the first page
}

// Phases are the parts of that list, all of it first.
func (Asked) Phases() []string { return []string{"", "open", "ended"} }

// Payments lists what a friend paid, newest first. It tells of no order what it is for.
type Payments struct {
	Lines []PaymentLine
	Next  string // the cursor of the next page; empty on the last
	Later bool   // it is not the first page
}

// PaymentLine is one payment of a friend.
type PaymentLine struct {
	Merchant string
	Asker    string // masked; empty: hidden
	Amount   models.Money
	At       time.Time
	Number   string
	Outcome  Outcome
	Refunds  []Refund
	Here     bool // its own page is open to this session
}

// More is a deadline that a buyer may choose. Minutes are added to the one there is; else it is Until.
type More struct {
	Minutes int
	Until   time.Time
}

// Moment is how a form sends it.
func (m More) Moment() string { return m.Until.UTC().Format(time.RFC3339) }

// Stage is one step of a refund on its way. Name is its word in the translations.
type Stage struct {
	Name string
	At   time.Time // when it was; zero: nobody knows, or not yet
	By   time.Time // by which day it should be; zero: nobody knows
	Done bool
	Now  bool // it is here
}

// Stages are the steps of a refund: asked for, at the provider, arrived. What needs a human stands at the
// provider's.
func (f Refund) Stages() []Stage {
	working := !f.Taken.IsZero() || f.Stuck || f.Stranded
	stages := []Stage{
		{Name: "asked", At: f.Asked, Done: working || f.Done, Now: !working && !f.Done},
		{Name: "provider", At: f.Taken, Done: f.Done, Now: working && !f.Done},
		{Name: "arrived", At: f.DoneAt, By: f.ExpectedBy, Done: f.Done, Now: f.Done},
	}
	if f.Stuck || f.Stranded {
		stages[1].Name, stages[1].At = "stuck", time.Time{}
	}
	return stages
}

// Thanks are the ready-made words, by their names in the translations.
func (ShopRequest) Thanks() []string { return []string{"one", "two", "three"} }
