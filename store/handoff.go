package store

import (
	"context"
	"time"
)

// handoffLife is how long the way from one browser into another may take.
const handoffLife = 2 * time.Minute

// Handoff is the place of a friend who goes on in another browser. It carries no login:
// whoever has the code may be somebody else.
type Handoff struct {
	Invite  string
	Channel string // that he picked; empty: none
	Checked bool   // he has said who asks
}

// BeginHandoff keeps a place for 2 minutes under the keyed hash of its code, and says until when.
func (s *Store) BeginHandoff(ctx context.Context, hash []byte, h Handoff) (until time.Time, err error) {
	const begin = `INSERT INTO handoffs (invite_id, hash, channel, checked, expires_at)
		VALUES (?, ?, ?, ?, clock_timestamp() + make_interval(secs => ?)) RETURNING expires_at`
	err = s.read(ctx, &until, begin, h.Invite, hash, h.Channel, h.Checked, handoffLife.Seconds())
	return until, failed("begin hand-off", err)
}

// Handoff reads a place without using it up; not_found "unknown_code" when there is none.
func (s *Store) Handoff(ctx context.Context, hash []byte) (Handoff, error) {
	const query = `SELECT invite_id AS invite, channel, checked FROM handoffs
		WHERE hash = ? AND expires_at > clock_timestamp()`
	return s.handoff(ctx, "read hand-off", query, hash)
}

// TakeHandoff is the same, and uses it up: a place is good once.
func (s *Store) TakeHandoff(ctx context.Context, hash []byte) (Handoff, error) {
	const take = `DELETE FROM handoffs WHERE hash = ? AND expires_at > clock_timestamp()
		RETURNING invite_id AS invite, channel, checked`
	return s.handoff(ctx, "take hand-off", take, hash)
}

func (s *Store) handoff(ctx context.Context, doing, query string, hash []byte) (Handoff, error) {
	var found []Handoff
	if err := s.read(ctx, &found, query, hash); err != nil {
		return Handoff{}, failed(doing, err)
	}
	if len(found) == 0 {
		return Handoff{}, unknown("unknown_code")
	}
	return found[0], nil
}
