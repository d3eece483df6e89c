package store

import "context"

// LoginCode is a one-time code sent to a phone for one purpose. The store keeps
// a keyed hash of the three together, never the code or the phone.
type LoginCode struct {
	Phone, Purpose, Code string
}

// IssueCode makes the code the only valid one of its phone and purpose, for 5
// minutes. Limited "code_too_soon" within a minute of the last one to the phone,
// limited "code_daily_limit" beyond 10 in 24 hours; Until says when again.
func (s *Store) IssueCode(ctx context.Context, code LoginCode) error { return errUnwritten }

// TakeCode uses the code up. Invalid "code_wrong", gone "code_expired" when
// there is none to take, limited "code_tries" after 5 wrong ones. Call it
// outside WithTx: a wrong try must be counted although it is an error.
func (s *Store) TakeCode(ctx context.Context, code LoginCode) error { return errUnwritten }
