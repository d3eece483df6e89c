package store

import (
	"context"
	"time"
)

// Errand is something about a request that waits for its time outside of the workflow: a
// message to be sent, a callback to be judged, a case that somebody is to look at by then.
type Errand struct {
	Kind  string // "message", "callback" or "case"
	ID    string
	What  string // "webhook request.settled", "payment", "provider_silent"
	Tries int    // how often it was tried
	At    time.Time
}

// Errands lists them, the soonest first, at most a hundred.
func (s *Store) Errands(ctx context.Context, request string) ([]Errand, error) {
	const query = `SELECT 'message' AS kind, id, kind || ' ' || type AS what, tries, next_try_at AS at
			FROM messages WHERE request_id = @request AND status = 'pending'
		UNION ALL SELECT 'message', id, 'webhook ' || type, tries, coalesce(next_try_at, created_at)
			FROM deliveries WHERE request_id = @request AND state IN ('queued', 'trying')
		UNION ALL SELECT 'callback', e.id, e.kind, e.tries, e.next_try_at FROM provider_events e
			WHERE e.status = 'pending' AND e.number IN (SELECT number FROM attempts WHERE request_id = @request)
		UNION ALL SELECT 'callback', e.id, e.kind, e.tries, e.next_try_at FROM provider_events e
			WHERE e.status = 'pending' AND e.refund IN (SELECT number FROM refunds WHERE request_id = @request)
			AND NOT e.number IN (SELECT number FROM attempts WHERE request_id = @request)
		UNION ALL SELECT 'case', id, kind, 0, due_at FROM cases WHERE request_id = @request AND closed_at IS NULL
		ORDER BY at, id LIMIT 100`
	var list []Errand
	err := s.read(ctx, &list, query, map[string]any{"request": request})
	return list, failed("list errands", err)
}
