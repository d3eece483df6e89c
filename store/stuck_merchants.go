package store

import "github.com/friendpay/friendpay/internal/reasons"

// stuckMerchants are about what merchants and payers are told. One that was given up since its endpoint
// is disabled can be sent again only once that is enabled: this is its step, then.
var stuckMerchants = []stuckPart{{
	finds: []reasons.Reason{reasons.WebhookFailing, reasons.WebhookDead},
	sql: `SELECT coalesce(d.request_id, ''), d.app_id, coalesce(r.state, ''),
			CASE d.state WHEN 'dead' THEN 'webhook_dead' ELSE 'webhook_failing' END, d.id,
			CASE WHEN e.state = 'disabled' THEN 'endpoint_disabled'
				WHEN d.http_status > 0 THEN 'http_' || d.http_status
				WHEN d.last_error = 'no answer in time' THEN 'no_answer' ELSE 'unreachable' END,
			d.created_at, d.next_try_at, CASE e.state WHEN 'disabled' THEN e.id ELSE d.id END
		FROM deliveries d
		JOIN LATERAL (SELECT * FROM webhook_endpoints WHERE id = d.endpoint_id OFFSET 0) e ON e.deleted_at IS NULL
		LEFT JOIN LATERAL (SELECT * FROM requests WHERE id = d.request_id OFFSET 0) r ON true
		WHERE d.state IN ('trying', 'dead') AND (d.state = 'dead' OR d.tries >= 2)`,
}, {
	// What a merchant disabled himself waits for nobody but him.
	finds: []reasons.Reason{reasons.EndpointDisabled},
	sql: `SELECT '', e.app_id, '', 'endpoint_disabled', e.id, e.reason, coalesce(e.failing_since, e.created_at),
			NULL::timestamptz, e.id
		FROM webhook_endpoints e
		WHERE e.state = 'disabled' AND e.deleted_at IS NULL AND e.reason <> 'by_merchant'`,
}, {
	// A webhook of an earlier release may be dead here, and nowhere else.
	finds: []reasons.Reason{reasons.WebhookFailing, reasons.WebhookDead, reasons.SMSFailing},
	sql: `SELECT r.id, r.app_id, r.state, CASE WHEN m.kind = 'sms' THEN 'sms_failing'
				WHEN m.status = 'dead' THEN 'webhook_dead' ELSE 'webhook_failing' END,
			m.id, m.last_error, m.created_at, CASE m.status WHEN 'pending' THEN m.next_try_at END, m.id
		FROM messages m JOIN LATERAL (SELECT * FROM requests WHERE id = m.request_id OFFSET 0) r ON true
		WHERE m.status = 'dead' OR m.status = 'pending' AND m.tries >= 2 AND m.last_error <> ''`,
}}
