package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/friendpay/friendpay/models"
)

// StuckRow is something that waits for longer than it should, and why.
type StuckRow struct {
	Request string // empty for an event that belongs to none
	State   models.State
	Subject string // the attempt, refund, event, message or case it is about
	Reason  string // a sentence for people
	Since   time.Time
	NextAt  time.Time // when something happens by itself; zero: never
}

// Case is work for a human.
type Case struct {
	ID         string `gorm:"primaryKey"` // cas_…
	Request    string `gorm:"column:request_id"`
	Kind       models.CaseKind
	Attempt    string
	Refund     string
	Provider   string
	Account    string
	Detail     string // a sentence, without personal data
	Owner      string
	OpenedAt   time.Time `gorm:"autoCreateTime:false"`
	DueAt      time.Time
	ClosedAt   time.Time `gorm:"serializer:moment"`
	ClosedBy   string
	Resolution string
}

// CaseFilter narrows a list of cases; empty fields do not.
type CaseFilter struct {
	Request string
	Kind    models.CaseKind
	Closed  bool   // closed ones too
	Cursor  string // Page.Next of the page before
	Limit   int    // 1 to 100, 20 when 0
}

// Moment is one line of a request's timeline.
type Moment struct {
	At     time.Time
	Kind   string          // transition, callback, call, message or case
	Ref    string          // seq, or the row's id
	Text   string          // "paying → applying on payment_succeeded"
	Detail json.RawMessage // what else is known, free of secrets
}

// Totals is a request's money according to the ledger. Captured − Refunded =
// Applied once nothing is on its way.
type Totals struct {
	Captured, Refunded, Applied models.Money
}

// Stuck lists what waits for too long, longest first, at most limit.
func (s *Store) Stuck(ctx context.Context, now time.Time, limit int) ([]StuckRow, error) {
	return nil, errUnwritten
}

// Cases lists cases, newest first, open ones unless asked otherwise.
func (s *Store) Cases(ctx context.Context, filter CaseFilter) (Page[Case], error) {
	return Page[Case]{}, errUnwritten
}

// OpenCase opens a case unless one is open for the same request, kind, attempt
// and refund; it returns the open one.
func (s *Store) OpenCase(ctx context.Context, opened Case) (Case, error) { return Case{}, errUnwritten }

// CloseCase closes an open case.
func (s *Store) CloseCase(ctx context.Context, id, by, resolution string) error { return errUnwritten }

// Timeline merges all that is known of a request by time, oldest first.
func (s *Store) Timeline(ctx context.Context, request string) ([]Moment, error) {
	return nil, errUnwritten
}

// Totals sums up a request's ledger; unknown is not_found "unknown_request".
func (s *Store) Totals(ctx context.Context, request string) (Totals, error) {
	return Totals{}, errUnwritten
}
