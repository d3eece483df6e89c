package store

// searchHead names the columns of a hit, whichever queries follow.
const searchHead = `SELECT NULL::text AS kind, NULL::text AS id, NULL::text AS request, NULL::text AS label,
	NULL::timestamptz AS at WHERE false`

// What a hit shows of a request and of its order. Neither names a person.
const (
	requestHit = `SELECT 'request', r.id, r.id,
		concat_ws(' ', o.number, r.state, r.payable_minor, r.payable_currency), r.created_at
		FROM requests r JOIN orders o ON o.id = r.order_id `
	attemptHit = `SELECT 'attempt', a.number, a.request_id,
		concat_ws(' ', a.provider, a.state, nullif(a.disposition, ''), a.quoted_minor, a.quoted_currency),
		a.created_at FROM attempts a `
	refundHit = `SELECT 'refund', f.number, f.request_id,
		concat_ws(' ', f.state, nullif(f.failure, ''), f.amount_minor, f.amount_currency), f.created_at
		FROM refunds f `
	inviteHit = `SELECT 'invite', i.id, i.request_id,
		concat_ws(' ', i.state, encode(substring(i.token_hash FROM 1 FOR 4), 'hex')), i.created_at
		FROM invites i `
	eventHit = `SELECT 'callback', e.id, coalesce(a.request_id, f.request_id, ''),
		concat_ws(' ', e.provider, e.kind, e.status), e.received_at
		FROM provider_events e LEFT JOIN attempts a ON a.number = e.number
		LEFT JOIN refunds f ON f.number = e.refund AND e.refund <> '' `
)

// searchNames find what others named: the merchant his order, the provider its payment and its event.
var searchNames = []string{
	requestHit + `WHERE o.number = @words ORDER BY r.created_at DESC LIMIT @limit`,
	`SELECT 'order', o.id, '', concat_ws(' ', o.number, o.state, o.payable_minor, o.payable_currency),
		o.created_at FROM orders o WHERE o.number = @words
			AND NOT EXISTS (SELECT FROM requests r WHERE r.order_id = o.id)
		LIMIT @limit`,
	attemptHit + `WHERE a.transaction = @words AND a.transaction <> '' LIMIT @limit`,
	eventHit + `WHERE e.event_key = @words LIMIT @limit`,
}

// searchIDs find what has an id of ours.
var searchIDs = []string{
	requestHit + `WHERE r.id = @words`,
	requestHit + `WHERE r.order_id = @words LIMIT @limit`,
	inviteHit + `WHERE i.id = @words`,
	eventHit + `WHERE e.id = @words`,
	attemptHit + `WHERE a.payer_id = @words ORDER BY a.created_at DESC LIMIT @limit`,
	`SELECT 'message', m.id, m.request_id, concat_ws(' ', m.kind, m.type, m.status), m.created_at
		FROM messages m WHERE m.id = @words`,
	`SELECT 'case', c.id, c.request_id, concat_ws(' ', c.kind, CASE WHEN c.closed_at IS NULL THEN 'open'
		ELSE 'closed' END), c.opened_at FROM cases c WHERE c.id = @words`,
	`SELECT 'payer', p.id, '', p.masked_phone, p.created_at FROM payers p WHERE p.id = @words`,
}

// searchNumbers find payments and refunds by our numbers, and what a provider said of unknown ones.
var searchNumbers = []string{
	attemptHit + `WHERE a.number = @words`,
	refundHit + `WHERE f.number = @words`,
	eventHit + `WHERE e.number = @words AND a.number IS NULL AND f.number IS NULL LIMIT @limit`,
}

// searchFingerprints find a link by the first digits of the hash of its token, or of its share code.
var searchFingerprints = []string{
	inviteHit + `WHERE i.token_hash BETWEEN @from AND @to LIMIT @limit`,
	inviteHit + `WHERE i.code_hash BETWEEN @from AND @to LIMIT @limit`,
}

// searchPhones find a payer and what he paid, and orders whose buyer has the phone.
var searchPhones = []string{
	`SELECT 'payer', p.id, '', p.masked_phone, p.created_at FROM payers p WHERE p.phone_index = @phone`,
	`SELECT 'attempt', a.number, a.request_id, concat_ws(' ', p.masked_phone, a.provider, a.state,
		a.quoted_minor, a.quoted_currency), a.created_at FROM payers p JOIN LATERAL (SELECT * FROM attempts b
			WHERE b.payer_id = p.id ORDER BY b.created_at DESC LIMIT @limit) a ON true
		WHERE p.phone_index = @phone`,
	requestHit + `WHERE o.buyer_phone_index = @phone ORDER BY r.created_at DESC LIMIT @limit`,
}

// searchLater find what has an id in tables of other parts, which a schema of today need not have yet.
var searchLater = []struct{ prefix, table, sql string }{{
	prefix: "cmd", table: "commands",
	sql: `SELECT 'command', c.id, c.request_id, concat_ws(' ', c.name, c.state), c.at
		FROM commands c WHERE c.id = @words`,
}, {
	prefix: "dlv", table: "deliveries",
	sql: `SELECT 'delivery', d.id, coalesce(d.request_id, ''), concat_ws(' ', d.type, d.state), d.created_at
		FROM deliveries d WHERE d.id = @words`,
}, {
	prefix: "whe", table: "webhook_endpoints",
	sql: `SELECT 'endpoint', e.id, '', concat_ws(' ', e.app_id, CASE WHEN e.deleted_at IS NULL THEN e.state
		ELSE 'deleted' END, nullif(e.reason, '')), e.created_at
		FROM webhook_endpoints e WHERE e.id = @words`,
}}
