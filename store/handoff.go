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

// TakeHandoff uses a place up: it is good once. Not_found "unknown_code" when there is none.
func (s *Store) TakeHandoff(ctx context.Context, hash []byte) (Handoff, error) {
	const take = `DELETE FROM handoffs WHERE hash = ? AND expires_at > clock_timestamp()
		RETURNING invite_id AS invite, channel, checked`
	var taken []Handoff
	if err := s.read(ctx, &taken, take, hash); err != nil {
		return Handoff{}, failed("take hand-off", err)
	}
	if len(taken) == 0 {
		return Handoff{}, unknown("unknown_code")
	}
	return taken[0], nil
}

// HandoffWaits says, without using it up, whether there is a place under a code.
func (s *Store) HandoffWaits(ctx context.Context, hash []byte) (bool, error) {
	const query = "SELECT EXISTS (SELECT FROM handoffs WHERE hash = ? AND expires_at > clock_timestamp())"
	var waits bool
	err := s.read(ctx, &waits, query, hash)
	return waits, failed("read hand-off", err)
}
