package web

import "time"

// Decline asks whether the friend really will not pay, or wants to report the request.
type Decline struct {
	Card
	Later []int // in so many minutes he may pay: before the request ends

	At    []Moment  // the same by the clock
	Since time.Time // what the minutes of At are counted from
}

// Moment is a time to pay at.
type Moment struct {
	At       time.Time
	Minutes  int  // until then
	Tomorrow bool // not today any more
}
