package models

import "time"

// StatementDay names one account's day at its provider: what one comparison with the
// provider's statement is about.
type StatementDay struct {
	Provider string `json:"provider"`
	Account  string `json:"account,omitempty"`
	Day      string `json:"day,omitempty"` // 2006-01-02, in Shanghai
}

// StatementPage is how many days one run of the comparison takes on.
const StatementPage = 40

// Shanghai is where providers' days begin and end. It is fixed, so that machines without a
// time zone database agree.
var Shanghai = time.FixedZone("CST", 8*60*60)

// Span is the day from its first moment to the first of the next.
func (d StatementDay) Span() (from, to time.Time, err error) {
	from, err = time.ParseInLocation(time.DateOnly, d.Day, Shanghai)
	return from, from.AddDate(0, 0, 1), err
}
