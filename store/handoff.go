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

// handoffsKept is how many places of one link are good at a time.
const handoffsKept = 10

// BeginHandoff keeps a place for 2 minutes under the keyed hash of its code, and says until
// when. The oldest of the link's places end when it has more than 10.
func (s *Store) BeginHandoff(ctx context.Context, hash []byte, h Handoff) (until time.Time, err error) {
	const begin = `WITH crowded AS (DELETE FROM handoffs WHERE hash IN (SELECT hash FROM handoffs
			WHERE invite_id = @invite ORDER BY expires_at DESC OFFSET @others))
		INSERT INTO handoffs (invite_id, hash, channel, checked, expires_at)
		VALUES (@invite, @hash, @channel, @checked, clock_timestamp() + make_interval(secs => @life))
		RETURNING expires_at`
	err = s.read(ctx, &until, begin, map[string]any{
		"invite": h.Invite, "hash": hash, "channel": h.Channel, "checked": h.Checked,
		"life": handoffLife.Seconds(), "others": handoffsKept - 1,
	})
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
