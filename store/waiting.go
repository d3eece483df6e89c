package store

import (
	"context"
	"time"
)

// Waiting is how much of one kind waits for somebody, and for how long the oldest of it has.
type Waiting struct {
	Queue   string // inbox, outbox, webhooks, refunds, cases, breakers, requests or engine
	Kind    string // of it: a status, a state, a kind of case
	Count   int64
	Seconds float64 // since the oldest came; 0 when there is none
}

// waiting counts what waits, one query each. Each reads what waits and nothing else, by a partial index, so
// that a million healthy rows cost nothing. What always has a row is 0 when nothing waits.
const waiting = `
	SELECT 'inbox' AS queue, 'pending' AS kind, count(*) AS count, min(received_at) AS since
		FROM provider_events WHERE status = 'pending'
	UNION ALL SELECT 'inbox', 'dead', count(*), min(received_at) FROM provider_events WHERE status = 'dead'
	UNION ALL SELECT 'outbox', 'pending', count(*), min(created_at)
		FROM messages WHERE status = 'pending' AND tries < 3
	UNION ALL SELECT 'outbox', 'failing', count(*), min(created_at)
		FROM messages WHERE status = 'pending' AND tries >= 3
	UNION ALL SELECT 'outbox', 'dead', count(*), min(created_at) FROM messages WHERE status = 'dead'
	UNION ALL SELECT 'webhooks', 'queued', count(*), min(created_at) FROM deliveries WHERE state = 'queued'
	UNION ALL SELECT 'webhooks', 'failing', count(*), min(created_at)
		FROM deliveries WHERE state = 'trying' AND tries >= 2
	UNION ALL SELECT 'webhooks', state, count(*), min(created_at)
		FROM deliveries WHERE state IN ('held', 'dead') GROUP BY state
	UNION ALL SELECT 'webhooks', 'disabled', count(*), min(coalesce(failing_since, created_at))
		FROM webhook_endpoints WHERE state = 'disabled' AND deleted_at IS NULL AND reason <> 'by_merchant'
	UNION ALL SELECT 'requests', 'overdue', count(*), min(next_at) FROM requests WHERE next_at < @overdue
	UNION ALL SELECT 'refunds', state, count(*), min(created_at)
		FROM refunds WHERE state IN ('due', 'processing', 'failed') GROUP BY state
	UNION ALL SELECT 'breakers', state, count(*), min(opened_at)
		FROM breakers WHERE state <> 'closed' GROUP BY state
	UNION ALL SELECT 'requests', 'late', count(*), min(expires_at)
		FROM requests WHERE state IN ('confirming', 'closing') AND expires_at < @soon
	UNION ALL SELECT 'requests', 'applying', count(*), min(entered_at)
		FROM requests WHERE state = 'applying' AND entered_at < @overdue
	UNION ALL SELECT 'engine', kind, count(*), min(since) FROM engine_troubles GROUP BY kind
	UNION ALL SELECT 'cases', kind, count(*), min(opened_at) FROM cases WHERE closed_at IS NULL GROUP BY kind`

// Waiting counts what waits, for alarms. Now is the caller's clock.
func (s *Store) Waiting(ctx context.Context, now time.Time) ([]Waiting, error) {
	const query = `SELECT queue, kind, count,
		greatest(coalesce(extract(epoch FROM CAST(@now AS timestamptz) - since), 0), 0)::float8 AS seconds
		FROM (` + waiting + `) w ORDER BY queue, kind`
	now = now.UTC()
	var rows []Waiting
	err := s.read(ctx, &rows, query, map[string]any{
		"now": now, "overdue": now.Add(-waitingFor), "soon": now.Add(-soonFor),
	})
	return rows, failed("count what waits", err)
}
