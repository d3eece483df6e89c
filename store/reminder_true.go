package store

import (
	"context"
	"time"

	"github.com/friendpay/friendpay/models"
)

// ReminderTrue says whether a reminder that is about to leave is still true: the request is open, and the
// friend may be reminded of it. It may have become untrue since it was written. While somebody else pays it
// is unavailable "slot_taken": it may be true again. What the merchant has read as an event stays true.
func (s *Store) ReminderTrue(ctx context.Context, m Message) (bool, error) {
	const query = `SELECT r.state, r.expires_at, m.event_no IS NOT NULL AS told
		FROM messages m JOIN requests r ON r.id = m.request_id WHERE m.id = ?`
	var found []struct {
		State     models.State
		ExpiresAt time.Time
		Told      bool
	}
	if err := s.read(ctx, &found, query, m.ID); err != nil || len(found) == 0 {
		return false, failed("judge reminder again", err)
	}
	now := found[0]
	busy := now.State.Unpaid() && now.State != models.Open
	switch {
	case now.Told:
		return true, nil
	case now.State != models.Open && !busy, !now.ExpiresAt.After(s.db.NowFunc()):
		return false, nil
	}
	if m.Kind == SMS {
		people, err := s.remindable(ctx, ReminderDue{Request: m.Request}, m.Payer, 1)
		if err != nil || len(people) == 0 {
			return false, failed("judge reminder again", err)
		}
	}
	if busy {
		return false, models.Refuse(models.Unavailable, "slot_taken", "Somebody is paying.")
	}
	return true, nil
}
