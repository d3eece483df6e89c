package store

import (
	"context"
	"encoding/json"
	"time"
)

// Moment is one line of a request's timeline.
type Moment struct {
	At     time.Time       `json:"at"`
	Kind   string          `json:"kind"`   // one of MomentKinds
	Ref    string          `json:"ref"`    // seq, or the row's id
	Text   string          `json:"text"`   // "paying → applying on payment_succeeded"
	Detail json.RawMessage `json:"detail"` // what else is known, free of secrets and of people's data
}

// MomentKinds lists the kinds of a timeline's lines.
var MomentKinds = []string{"transition", "invite", "told", "callback", "call", "message", "case", "staff"}

// timelineLimit bounds one answer; a request that has more is looked at by hand.
const timelineLimit = 1000

// timeline asks each source once, by an index. What is in the inbox has been verified:
// of what has not, only counts are kept, see RefusedCallbacks.
const timeline = `
	SELECT at, 'transition' AS kind, seq::text AS ref,
		from_state || ' → ' || to_state || ' on ' || on_event AS text,
		jsonb_build_object('actor', actor, 'attempt', attempt, 'refund', refund, 'reason', reason,
			'notices', notices, 'version', version, 'state', to_state) AS detail, seq AS turn
		FROM transitions WHERE request_id = @request
	UNION ALL SELECT received_at, 'callback', id, provider || ' reported a ' || kind || ': ' || status,
		jsonb_build_object('account', account_id, 'number', number, 'refund', refund, 'reason', reason,
			'tries', tries, 'signature', 'verified', 'done_at', done_at), 0
		FROM provider_events WHERE id IN (
			SELECT e.id FROM provider_events e JOIN attempts a ON a.number = e.number WHERE a.request_id = @request
			UNION SELECT e.id FROM provider_events e JOIN refunds f ON f.number = e.refund
				WHERE e.refund <> '' AND f.request_id = @request)
	UNION ALL SELECT c.first_at, 'callback', c.event_id, e.provider || ' sent another body under a known key',
		jsonb_build_object('count', c.count, 'last_at', c.last_at, 'signature', 'verified'), 0
		FROM provider_event_conflicts c JOIN provider_events e ON e.id = c.event_id
		WHERE e.number IN (SELECT number FROM attempts WHERE request_id = @request)
	UNION ALL SELECT at, 'call', id::text,
		op || ' at ' || provider || CASE class WHEN '' THEN ''
			WHEN 'refused' THEN ' put off (' || coalesce(nullif(code, ''), class) || ')'
			ELSE ' failed (' || concat_ws(' ', class, nullif(code, '')) || ')' END,
		jsonb_build_object('attempt', attempt, 'refund', refund, 'code', code, 'latency_ms', latency_ms,
			'class', class), 0
		FROM provider_calls WHERE request_id = @request
	UNION ALL SELECT created_at, 'message', id, kind || ' ' || type || ': ' || status,
		jsonb_build_object('tries', tries, 'http_status', http_status, 'last_error', last_error, 'done_at', done_at,
			'next_try_at', CASE WHEN status = 'pending' THEN next_try_at END), 0
		FROM messages WHERE request_id = @request
	UNION ALL SELECT d.created_at, 'message', d.id,
			'webhook ' || d.type || ' to ' || d.endpoint_id || ': ' || d.state,
		jsonb_build_object('message', d.message_id, 'endpoint', d.endpoint_id, 'round', d.round, 'tries', d.tries,
			'http_status', d.http_status, 'last_error', d.last_error, 'done_at', d.done_at,
			'next_try_at', d.next_try_at), 1
		FROM deliveries d WHERE d.request_id = @request
	UNION ALL SELECT opened_at, 'case', id, 'case ' || kind || ' opened',
		jsonb_build_object('attempt', attempt, 'refund', refund, 'owner', owner, 'due_at', due_at,
			'closed_at', closed_at, 'resolution', resolution), 0
		FROM cases WHERE request_id = @request
	UNION ALL SELECT closed_at, 'case', id, 'case ' || kind || ' closed by ' || closed_by,
		jsonb_build_object('attempt', attempt, 'refund', refund, 'resolution', resolution), 0
		FROM cases WHERE request_id = @request AND closed_at IS NOT NULL
	UNION ALL SELECT n.at, 'case', n.case_id, 'note of ' || n.author || ' on case ' || c.kind,
		jsonb_build_object('words', n.words), 0
		FROM case_notes n JOIN cases c ON c.id = n.case_id WHERE c.request_id = @request
	UNION ALL SELECT h.at, 'invite', h.invite_id, 'link ' || h.state ||
			CASE WHEN h.decline_reason = '' THEN '' ELSE ' (' || h.decline_reason || ')' END ||
			', opened ' || h.opened_count || ' times',
		jsonb_build_object('state', h.state, 'opened', h.opened_count, 'pledged_for', h.pledged_for), 0
		FROM invite_history h JOIN invites i ON i.id = h.invite_id WHERE i.request_id = @request
	UNION ALL SELECT d.at, 'told', d.id,
			'the ' || d.side || ' was told: ' || coalesce(d.outcome ->> 'state', ''),
		jsonb_build_object('invite', d.invite_id, 'surface', d.surface, 'catalogue_version', d.catalogue_version,
			'channels', d.outcome -> 'channels'), 0
		FROM decisions d JOIN requests r ON r.order_id = d.order_id
		WHERE r.id = @request AND d.request_id IN (r.id, '')
	UNION ALL SELECT at, 'staff', id::text, actor || ': ' || act || ' ' || subject,
		jsonb_build_object('reason', reason, 'detail', detail), 0
		FROM audit WHERE subject = ANY(ARRAY(SELECT @request
			UNION SELECT number FROM attempts WHERE request_id = @request
			UNION SELECT number FROM refunds WHERE request_id = @request
			UNION SELECT id FROM invites WHERE request_id = @request
			UNION SELECT id FROM messages WHERE request_id = @request
			UNION SELECT id FROM deliveries WHERE request_id = @request
			UNION SELECT id FROM cases WHERE request_id = @request
			UNION SELECT e.id FROM provider_events e JOIN attempts a ON a.number = e.number
				WHERE a.request_id = @request))
	ORDER BY at, turn, ref LIMIT @limit`

// Timeline merges all that is known of a request by time, oldest first: the
// first 1000 lines of it. What happened at one moment stands in the order of its seq.
func (s *Store) Timeline(ctx context.Context, request string) ([]Moment, error) {
	var moments []Moment
	err := s.read(ctx, &moments, timeline, map[string]any{"request": request, "limit": timelineLimit})
	return moments, failed("read timeline", err)
}

// RefusedCount is how many callbacks did not verify at an account on a day. Nothing else of
// them is kept, so that nobody can say which request they spoke of.
type RefusedCount struct {
	Day      string `json:"day"` // 2006-01-02, in UTC
	Provider string `json:"provider"`
	Account  string `json:"account"`
	Reason   string `json:"reason"`
	Count    int64  `json:"count"`
}

// RefusedCallbacks counts what was refused at the accounts of a request's attempts while it
// lived, from the day of its first attempt to the day of the moment given.
func (s *Store) RefusedCallbacks(
	ctx context.Context, request string, until time.Time,
) ([]RefusedCount, error) {
	const query = `SELECT to_char(r.day, 'YYYY-MM-DD') AS day, r.provider, r.account, r.reason, r.count
		FROM (SELECT account_id, min(created_at) AS since FROM attempts WHERE request_id = @request
			GROUP BY account_id) a
		JOIN refused_callbacks r ON r.account = a.account_id
			AND r.day BETWEEN (a.since AT TIME ZONE 'UTC')::date
			AND (CAST(@until AS timestamptz) AT TIME ZONE 'UTC')::date
		ORDER BY r.day, r.account, r.reason`
	var counts []RefusedCount
	err := s.read(ctx, &counts, query, map[string]any{"request": request, "until": until.UTC()})
	return counts, failed("count refused callbacks", err)
}
