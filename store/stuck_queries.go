package store

import (
	"slices"

	"github.com/friendpay/friendpay/internal/reasons"
)

// stuckPart is one of the queries of the queue: a small one, which finds its rows by an index, so that
// a million healthy requests cost nothing. OFFSET 0 has each request looked up by its key: a planner that
// thinks of reading them all for a hundred refunds is right only as long as they are few. Its
// columns are those of stuckRecord, in that order.
type stuckPart struct {
	finds []reasons.Reason
	table string // which must exist; empty: it does
	sql   string
}

// stuckHead names the columns, whichever parts follow.
const stuckHead = `SELECT NULL::text AS request, NULL::text AS app, NULL::text AS state, NULL::text AS reason,
	NULL::text AS subject, NULL::text AS detail, NULL::timestamptz AS since, NULL::timestamptz AS next_at,
	NULL::text AS step_subject WHERE false`

// stuck lists the parts.
var stuck = slices.Concat(stuckPayments, stuckRefunds, stuckInbox, stuckMerchants, stuckHouse, stuckLater)

// silentAttempt counts the calls about an attempt that failed since the last good one. That a
// provider would not close so early is no failure.
const silentAttempt = `LATERAL (SELECT count(*) AS failures, min(c.at) AS since FROM provider_calls c
	WHERE c.request_id = a.request_id AND c.attempt = a.number AND c.refund = ''
		AND (c.class = 'ambiguous' OR c.class = 'refused' AND c.op = 'create')
		AND c.at > coalesce((SELECT max(g.at) FROM provider_calls g WHERE g.request_id = a.request_id
			AND g.attempt = a.number AND g.refund = '' AND g.class IN ('', 'definite')), '-infinity')) s`

var stuckPayments = []stuckPart{{
	finds: []reasons.Reason{reasons.PaymentUnmade, reasons.PaymentUnknown, reasons.PaymentClosing,
		reasons.PaymentDoubted},
	sql: `SELECT r.id, r.app_id, r.state, CASE a.state WHEN 'new' THEN 'payment_unmade'
			WHEN 'unknown' THEN 'payment_unknown' WHEN 'closing' THEN 'payment_closing'
			ELSE 'payment_doubted' END, a.number, '', a.state_since, r.next_at, a.number
		FROM attempts a
		JOIN LATERAL (SELECT * FROM requests WHERE id = a.request_id OFFSET 0) r ON true, ` + silentAttempt + `
		WHERE (a.state IN ('new', 'unknown', 'closing') OR a.watched AND a.state IN ('closed', 'failed'))
			AND NOT (a.state = 'closing' AND r.state IN ('confirming', 'closing') AND r.expires_at < @soon)
			AND (s.failures >= 2 OR a.state_since < CASE a.state WHEN 'new' THEN CAST(@making AS timestamptz)
				WHEN 'closing' THEN CAST(@undecided AS timestamptz) ELSE CAST(@soon AS timestamptz) END)`,
}, {
	finds: []reasons.Reason{reasons.PaymentUnknown},
	sql: `SELECT r.id, r.app_id, r.state, 'payment_unknown', a.number, '', s.since, r.next_at, a.number
		FROM attempts a
		JOIN LATERAL (SELECT * FROM requests WHERE id = a.request_id OFFSET 0) r ON true, ` + silentAttempt + `
		WHERE a.state = 'live' AND s.failures >= 2`,
}, {
	finds: []reasons.Reason{reasons.ClosingLive},
	sql: `SELECT r.id, r.app_id, r.state, 'closing_live', a.number, '', r.expires_at, r.next_at, a.number
		FROM requests r JOIN attempts a ON a.request_id = r.id
			AND a.state IN ('new', 'unknown', 'live', 'closing')
		WHERE r.state IN ('confirming', 'closing') AND r.expires_at < @soon`,
}, {
	finds: []reasons.Reason{reasons.Overdue},
	sql: `SELECT r.id, r.app_id, r.state, 'overdue', '', r.next_kind, r.next_at, r.next_at, r.id
		FROM requests r WHERE r.next_at < @waiting`,
}, {
	finds: []reasons.Reason{reasons.HookSilent, reasons.Overdue},
	sql: `SELECT r.id, r.app_id, r.state,
			CASE WHEN r.snapshot->>'hooked' = 'true' THEN 'hook_silent' ELSE 'overdue' END, '',
			CASE WHEN r.snapshot->>'hooked' = 'true' THEN '' ELSE 'applying' END, r.entered_at, r.next_at, r.id
		FROM requests r WHERE r.state = 'applying' AND r.entered_at < @waiting`,
}}

// stuckRefunds says of each refund the worst that is wrong with it, and nothing of the others.
var stuckRefunds = []stuckPart{{
	finds: []reasons.Reason{reasons.RefundFailed, reasons.RefundNoFunds, reasons.RefundUnknown,
		reasons.RefundSlow, reasons.HookRefused, reasons.MoneyReturning},
	sql: `SELECT request, app, state, reason, number, CASE reason WHEN 'refund_failed' THEN failure
			WHEN 'refund_no_funds' THEN CASE failure WHEN '' THEN 'waiting' ELSE failure END
			WHEN 'hook_refused' THEN why WHEN 'money_returning' THEN why ELSE '' END,
			CASE reason WHEN 'refund_unknown' THEN silent_since ELSE created_at END, next_at, number
		FROM (SELECT r.id AS request, r.app_id AS app, r.state, f.number, f.reason AS why,
			CASE WHEN f.diverted AND f.failure = 'abnormal' THEN 'diverted' ELSE f.failure END AS failure,
			s.since AS silent_since, f.created_at, r.next_at,
			CASE WHEN f.state = 'failed' AND f.failure <> 'no_funds' THEN 'refund_failed'
				WHEN f.state = 'failed' OR EXISTS (SELECT FROM cases c WHERE c.request_id = f.request_id
					AND c.refund = f.number AND c.kind = 'refund_failed' AND c.closed_at IS NULL)
					THEN 'refund_no_funds'
				WHEN s.failures >= 2 OR s.since < @soon THEN 'refund_unknown'
				WHEN f.created_at < @refund AND coalesce(f.expected_by, '-infinity') < @now THEN 'refund_slow'
				WHEN r.snapshot->>'hooked' = 'true' AND EXISTS (SELECT FROM transitions t
					WHERE t.request_id = f.request_id AND t.attempt = f.attempt AND t.on_event = 'order_refused')
					THEN 'hook_refused'
				WHEN f.reason IN ('late', 'duplicate', 'amount_mismatch', 'stale_price', 'order_gone', 'risk_hold')
					THEN 'money_returning' END AS reason
			FROM refunds f JOIN LATERAL (SELECT * FROM requests WHERE id = f.request_id OFFSET 0) r ON true,
				LATERAL (SELECT count(*) AS failures, min(c.at) AS since FROM provider_calls c
					WHERE c.request_id = f.request_id AND c.refund = f.number
					AND c.class IN ('ambiguous', 'refused')
					AND c.at > coalesce((SELECT max(g.at) FROM provider_calls g WHERE g.request_id = f.request_id
						AND g.refund = f.number AND g.class NOT IN ('ambiguous', 'refused')), '-infinity')) s
			WHERE f.state IN ('due', 'processing', 'failed')) f
		WHERE reason IS NOT NULL`,
}}
