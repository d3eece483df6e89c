package store

import "github.com/friendpay/friendpay/internal/reasons"

// ofEvent finds the request and the app that a callback is about, as far as it is about any.
const ofEvent = `FROM provider_events e LEFT JOIN attempts a ON a.number = e.number
	LEFT JOIN refunds f ON f.number = e.refund AND e.refund <> ''
	LEFT JOIN LATERAL (SELECT * FROM requests WHERE id = coalesce(a.request_id, f.request_id) OFFSET 0) r ON true
	LEFT JOIN provider_accounts p ON p.id = e.account_id`

const eventColumns = `SELECT coalesce(r.id, ''), coalesce(r.app_id, p.app_id, ''), coalesce(r.state, ''), `

var stuckInbox = []stuckPart{{
	finds: []reasons.Reason{reasons.CallbackWaiting},
	sql: eventColumns + `'callback_waiting', e.id, e.reason, e.received_at, e.next_try_at, e.id
		` + ofEvent + ` WHERE e.status = 'pending' AND e.received_at < @waiting`,
}, {
	finds: []reasons.Reason{reasons.CallbackDead},
	sql: eventColumns + `'callback_dead', e.id, e.reason, e.received_at, NULL::timestamptz, e.id
		` + ofEvent + ` WHERE e.status = 'dead' AND e.reason <> 'unknown_number'`,
}, {
	// The relay opens a case for it, and the case's end is its end.
	finds: []reasons.Reason{reasons.CallbackUnknown},
	sql: eventColumns + `'callback_unknown_number', e.id, '', e.received_at, NULL::timestamptz, c.id
		` + ofEvent + ` JOIN cases c ON c.request_id = '' AND c.kind = 'unknown_number' AND c.attempt = e.number
			AND c.refund = e.refund AND c.closed_at IS NULL
		WHERE e.status = 'dead' AND e.reason = 'unknown_number'`,
}, {
	// The provider's own answer, asked for after it, makes a conflict harmless.
	finds: []reasons.Reason{reasons.CallbackConflict},
	sql: eventColumns + `'callback_conflict', e.id, '', c.first_at, NULL::timestamptz,
			coalesce(a.number, f.number, '')
		` + ofEvent + ` JOIN provider_event_conflicts c ON c.event_id = e.id
		WHERE c.first_at > @conflict AND NOT EXISTS (SELECT FROM provider_calls k WHERE k.request_id = r.id
			AND k.at > c.last_at AND k.class = '' AND k.op IN ('query', 'query_refund'))`,
}, {
	finds: []reasons.Reason{reasons.CallbackForged},
	sql: `SELECT '', coalesce(p.app_id, ''), '', 'callback_forged', b.account, b.burst::text,
			b.burst_at, NULL::timestamptz, b.account
		FROM (SELECT account, sum(burst) AS burst, min(burst_at) AS burst_at FROM refused_callbacks
			WHERE last_at > @burst GROUP BY account HAVING sum(burst) >= @many) b
		LEFT JOIN provider_accounts p ON p.id = b.account`,
}}

var stuckHouse = []stuckPart{{
	// One that is half open takes nothing away: the next payer tries it.
	finds: []reasons.Reason{reasons.BreakerOpen},
	sql: `SELECT '', b.app_id, '', 'breaker_open', concat_ws('/', b.app_id, b.channel, nullif(b.surface, '')),
			b.reason, b.opened_at, b.next_probe_at, concat_ws('/', b.app_id, b.channel, nullif(b.surface, ''))
		FROM breakers b WHERE b.state = 'open'`,
}, {
	// A case of a refund or of a callback that is listed itself would say the same thing twice.
	finds: []reasons.Reason{reasons.CaseOpen, reasons.StatementGap},
	sql: `SELECT c.request_id, coalesce(r.app_id, p.app_id, ''), coalesce(r.state, ''),
			CASE WHEN c.kind IN ('not_on_statement', 'statement_mismatch', 'statement_overdue')
				THEN 'statement_gap' ELSE 'case_open' END, c.id, c.kind, c.opened_at, NULL::timestamptz, c.id
		FROM cases c LEFT JOIN LATERAL (SELECT * FROM requests WHERE id = c.request_id OFFSET 0) r ON true
		LEFT JOIN provider_accounts p ON p.id = c.account
		WHERE c.closed_at IS NULL AND NOT (c.kind = 'refund_failed' AND EXISTS (SELECT FROM refunds f
			WHERE f.number = c.refund AND f.state IN ('due', 'processing', 'failed')))
			AND NOT (c.kind = 'unknown_number' AND EXISTS (SELECT FROM provider_events e
				WHERE e.number = c.attempt AND e.refund = c.refund AND e.status = 'dead'))`,
}, {
	finds: []reasons.Reason{reasons.TaskFailing, reasons.WorkerGone, reasons.TemporalDown, reasons.RelayStuck},
	sql: `SELECT t.request_id, coalesce(r.app_id, ''), coalesce(r.state, ''), t.kind, t.request_id, t.detail,
			t.since, r.next_at, t.request_id
		FROM engine_troubles t
		LEFT JOIN LATERAL (SELECT * FROM requests WHERE id = t.request_id OFFSET 0) r ON true`,
}}

// stuckLater are about tables of other parts, which a schema of today need not have yet.
var stuckLater = []stuckPart{{
	finds: []reasons.Reason{reasons.ApprovalWaiting}, table: "commands",
	sql: `SELECT c.request_id, coalesce(r.app_id, ''), coalesce(r.state, ''), 'approval_waiting', c.id, c.name,
			c.at, NULL::timestamptz, c.id
		FROM commands c
		LEFT JOIN LATERAL (SELECT * FROM requests WHERE id = c.request_id OFFSET 0) r ON true
		WHERE c.state = 'waiting_approval'`,
}, {
	finds: []reasons.Reason{reasons.CommandFailed}, table: "commands",
	sql: `SELECT c.request_id, coalesce(r.app_id, ''), coalesce(r.state, ''), 'command_failed', c.id, c.name,
			c.at, NULL::timestamptz, ''
		FROM commands c LEFT JOIN LATERAL (SELECT * FROM requests WHERE id = c.request_id OFFSET 0) r ON true
		WHERE c.state = 'failed' AND c.done_at > @failed AND NOT EXISTS (SELECT FROM commands d
			WHERE d.state = 'done' AND d.id > c.id AND d.name = c.name AND d.subject = c.subject)`,
}}
