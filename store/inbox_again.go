package store

import (
	"context"

	"gorm.io/gorm"
)

// Event reads one provider's event; unknown is not_found "unknown_event".
func (s *Store) Event(ctx context.Context, id string) (ProviderEvent, error) {
	record, err := gorm.G[eventRecord](s.db).Where("id = ?", id).Take(ctx)
	if err != nil {
		return ProviderEvent{}, missing("read event", "unknown_event", err)
	}
	return s.event(record), nil
}

// ReplayEvent makes an event that is over without effect pending again, as if it had only just
// come: the relay posts it anew. One that was applied, or is pending, is left as it is; false.
func (s *Store) ReplayEvent(ctx context.Context, id string) (bool, error) {
	const again = `UPDATE provider_events SET status = 'pending', reason = 'replayed', tries = 0,
			replays = replays + 1,
			next_try_at = clock_timestamp(), done_at = NULL
		WHERE id = ? AND status IN ('dead', 'ignored')`
	rows, err := s.write(ctx, again, id)
	return rows > 0, failed("replay event", err)
}
