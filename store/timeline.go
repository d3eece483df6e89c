package store

import (
	"context"
	"encoding/json"
	"time"
)

// Moment is one line of a request's timeline.
type Moment struct {
	At     time.Time       `json:"at"`
	Kind   string          `json:"kind"`   // transition, callback, call, message or case
	Ref    string          `json:"ref"`    // seq, or the row's id
	Text   string          `json:"text"`   // "paying → applying on payment_succeeded"
	Detail json.RawMessage `json:"detail"` // what else is known, free of secrets
}

// timelineLimit bounds one answer; a request that has more is looked at by hand.
const timelineLimit = 1000

// timeline asks each source once, by an index.
const timeline = `
	SELECT at, 'transition' AS kind, seq::text AS ref,
		from_state || ' → ' || to_state || ' on ' || on_event AS text,
		jsonb_build_object('actor', actor, 'attempt', attempt, 'refund', refund, 'reason', reason,
			'notices', notices, 'version', version) AS detail
		FROM transitions WHERE request_id = @request
	UNION ALL SELECT received_at, 'callback', id, provider || ' reported a ' || kind || ': ' || status,
		jsonb_build_object('account', account_id, 'number', number, 'refund', refund, 'reason', reason,
			'tries', tries)
		FROM provider_events WHERE id IN (
			SELECT e.id FROM provider_events e JOIN attempts a ON a.number = e.number WHERE a.request_id = @request
			UNION SELECT e.id FROM provider_events e JOIN refunds f ON f.number = e.refund
				WHERE e.refund <> '' AND f.request_id = @request)
	UNION ALL SELECT c.first_at, 'callback', c.event_id, e.provider || ' sent another body under a known key',
		jsonb_build_object('count', c.count, 'last_at', c.last_at)
		FROM provider_event_conflicts c JOIN provider_events e ON e.id = c.event_id
		WHERE e.number IN (SELECT number FROM attempts WHERE request_id = @request)
	UNION ALL SELECT at, 'call', id::text,
		op || ' at ' || provider || CASE class WHEN '' THEN ''
			WHEN 'refused' THEN ' put off (' || coalesce(nullif(code, ''), class) || ')'
			ELSE ' failed (' || concat_ws(' ', class, nullif(code, '')) || ')' END,
		jsonb_build_object('attempt', attempt, 'refund', refund, 'code', code, 'latency_ms', latency_ms)
		FROM provider_calls WHERE request_id = @request
	UNION ALL SELECT created_at, 'message', id, kind || ' ' || type || ': ' || status,
		jsonb_build_object('tries', tries, 'http_status', http_status, 'last_error', last_error, 'done_at', done_at)
		FROM messages WHERE request_id = @request
	UNION ALL SELECT opened_at, 'case', id, 'case ' || kind || ' opened',
		jsonb_build_object('attempt', attempt, 'refund', refund, 'owner', owner, 'due_at', due_at,
			'closed_at', closed_at, 'resolution', resolution)
		FROM cases WHERE request_id = @request
	ORDER BY at, ref LIMIT @limit`

// Timeline merges all that is known of a request by time, oldest first: the
// first 1000 lines of it.
func (s *Store) Timeline(ctx context.Context, request string) ([]Moment, error) {
	var moments []Moment
	err := s.read(ctx, &moments, timeline, map[string]any{"request": request, "limit": timelineLimit})
	return moments, failed("read timeline", err)
}
