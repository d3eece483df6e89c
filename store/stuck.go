package store

import (
	"context"
	"strings"
	"time"

	"github.com/friendpay/friendpay/models"
)

// StuckRow is something that waits for longer than it should, and why.
type StuckRow struct {
	Request string       `json:"request"` // empty for an event that belongs to none
	State   models.State `json:"state"`
	Subject string       `json:"subject"` // the attempt, refund, event, message or case it is about
	Reason  string       `json:"reason"`  // a sentence for people
	Since   time.Time    `json:"since"`
	NextAt  time.Time    `json:"next_at,omitzero"` // when something happens by itself; zero: never
}

// How long each thing may take before it counts as stuck.
const (
	undecidedFor = 15 * time.Minute // a payment unknown or closing at the provider
	refundFor    = 24 * time.Hour
	overdueFor   = time.Minute // a request whose time came
	unpostedFor  = time.Minute // a callback not yet applied
	conflictFor  = 72 * time.Hour
)

// stuck lists the reasons, one query each; each finds its rows by an index, so
// that a million healthy requests cost nothing.
var stuck = []string{
	`SELECT r.id AS request, r.state, a.number AS subject, a.state_since AS since, r.next_at,
		CASE a.state WHEN 'new' THEN 'The payment is still being made at the provider.'
			WHEN 'unknown' THEN 'The provider does not say whether the payment exists.'
			WHEN 'closing' THEN 'The provider does not confirm that the payment is closed.'
			ELSE 'A callback spoke of a payment that the provider does not confirm.' END AS reason
		FROM attempts a JOIN requests r ON r.id = a.request_id
		WHERE (a.state IN ('new', 'unknown', 'closing') OR a.watched AND a.state IN ('closed', 'failed'))
			AND a.state_since < @undecided`,
	`SELECT r.id, r.state, f.number, s.since, r.next_at,
		'The provider does not say whether the refund was taken.'
		FROM refunds f JOIN requests r ON r.id = f.request_id,
			LATERAL (SELECT min(c.at) AS since FROM provider_calls c WHERE c.request_id = f.request_id
				AND c.refund = f.number AND c.class IN ('ambiguous', 'refused')
				AND c.at > coalesce((SELECT max(g.at) FROM provider_calls g WHERE g.request_id = f.request_id
					AND g.refund = f.number AND g.class NOT IN ('ambiguous', 'refused')), '-infinity')) s
		WHERE f.state IN ('due', 'processing') AND f.created_at < @undecided AND s.since < @undecided`,
	`SELECT r.id, r.state, f.number, f.created_at, r.next_at,
		CASE f.state WHEN 'failed' THEN 'A refund failed and needs a human: ' || f.failure || '.'
			ELSE 'A refund is still not done after a day.' END
		FROM refunds f JOIN requests r ON r.id = f.request_id
		WHERE f.state = 'failed' OR f.state IN ('due', 'processing') AND f.created_at < @refund
			AND coalesce(f.expected_by, '-infinity') < @now`,
	`SELECT r.id, r.state, '', r.next_at, r.next_at,
		'Its time came and nothing happened: ' || r.next_kind || ' is overdue.'
		FROM requests r WHERE r.next_at < @overdue`,
	`SELECT coalesce(a.request_id, f.request_id, ''), coalesce(r.state, ''), e.id, e.received_at,
		CASE e.status WHEN 'pending' THEN e.next_try_at END,
		CASE e.status WHEN 'dead' THEN 'A callback could not be applied: ' || e.reason || '.'
			ELSE 'A callback has waited for over a minute to be applied.' END
		FROM provider_events e LEFT JOIN attempts a ON a.number = e.number
		LEFT JOIN refunds f ON f.number = e.refund
		LEFT JOIN requests r ON r.id = coalesce(a.request_id, f.request_id)
		WHERE e.status = 'dead' OR e.status = 'pending' AND e.received_at < @unposted`,
	`SELECT coalesce(a.request_id, ''), coalesce(r.state, ''), e.id, c.first_at, NULL::timestamptz,
		'A callback came again with another body; the first one stands.'
		FROM provider_event_conflicts c JOIN provider_events e ON e.id = c.event_id
		LEFT JOIN attempts a ON a.number = e.number LEFT JOIN requests r ON r.id = a.request_id
		WHERE c.first_at > @conflict`,
	`SELECT r.id, r.state, m.id, m.created_at, CASE m.status WHEN 'pending' THEN m.next_try_at END,
		CASE m.status WHEN 'dead' THEN 'A ' || m.kind || ' was given up: ' || m.last_error || '.'
			ELSE 'A ' || m.kind || ' does not get through: ' || m.last_error || '.' END
		FROM messages m JOIN requests r ON r.id = m.request_id
		WHERE m.status = 'dead' OR m.status = 'pending' AND m.tries >= 3`,
	`SELECT '', '', b.app_id || '/' || b.channel || CASE b.surface WHEN '' THEN '' ELSE '/' || b.surface END,
		b.opened_at, b.next_probe_at,
		CASE b.state WHEN 'open' THEN 'A way to pay is taken away, it fails: ' || b.reason || '.'
			ELSE 'A way to pay may work again; one payer at a time may try.' END
		FROM breakers b WHERE b.state <> 'closed'`,
	`SELECT c.request_id, coalesce(r.state, ''), c.id, c.opened_at, c.due_at,
		'A case is open: ' || replace(c.kind, '_', ' ') || '.'
		FROM cases c LEFT JOIN requests r ON r.id = c.request_id WHERE c.closed_at IS NULL`,
}

type stuckRecord struct {
	Request string
	State   models.State
	Subject string
	Reason  string
	Since   time.Time
	NextAt  time.Time `gorm:"serializer:moment"`
}

// Stuck lists what waits for too long, longest first, at most limit. Now is the
// caller's clock.
func (s *Store) Stuck(ctx context.Context, now time.Time, limit int) ([]StuckRow, error) {
	query := "SELECT * FROM (" + strings.Join(stuck, " UNION ALL ") + ") stuck ORDER BY since LIMIT @limit"
	now = now.UTC()
	var records []stuckRecord
	err := s.read(ctx, &records, query, map[string]any{
		"undecided": now.Add(-undecidedFor), "refund": now.Add(-refundFor), "overdue": now.Add(-overdueFor),
		"now": now, "unposted": now.Add(-unpostedFor), "conflict": now.Add(-conflictFor), "limit": limit,
	})
	rows := make([]StuckRow, len(records))
	for i, record := range records {
		rows[i] = StuckRow(record)
	}
	return rows, failed("list stuck", err)
}
