// Package multitude fills the database of a test with very many requests, most of them well and over, so that
// what reads them can be timed and its plans looked at. No server imports it.
package multitude

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Stuck is how many of them are stuck, for several reasons.
const Stuck = 500

// Fill writes n requests, fpr_1 to fpr_n, of app_1 and merchant mer_1, 500 of them stuck. n is 700 at least.
func Fill(ctx context.Context, conn *pgx.Conn, n int) error {
	for _, statement := range slices.Concat(well, trouble) {
		var args []any
		if strings.Contains(statement, "$1") {
			args = append(args, n)
		}
		if _, err := conn.Exec(ctx, statement, args...); err != nil {
			return fmt.Errorf("fill with %d requests: %w: %s", n, err, statement)
		}
	}
	return nil
}

// well writes n requests that are well and over, with all that belongs to them, past the constraints.
var well = []string{
	"SET session_replication_role = replica",
	`INSERT INTO orders (id, app_id, merchant_id, buyer_id, number, title, payable_minor, payable_currency,
		price_version, state) SELECT 'ord_' || n, 'app_1', 'mer_1', 'b', 'A' || n, 't', 100, 'CNY', 1,
		'released'
		FROM generate_series(1, $1::int) n`,
	`INSERT INTO requests (id, order_id, merchant_id, app_id, buyer_id, state, reopened, payable_minor,
		payable_currency, price_version, version, seq, judged_at, entered_at, expires_at, slot,
		next_kind, next_at,
		guarded, snapshot)
		SELECT 'fpr_' || n, 'ord_' || n, 'mer_1', 'app_1', 'b', 'settled', false, 100, 'CNY', 1, 1, 1,
		now(), now(),
		now() + interval '1 day', '', 'guard_lapsed', now() + interval '1 day', true,
		jsonb_build_object('hooked', true, 'id', 'fpr_' || n, 'order', 'ord_' || n, 'merchant', 'mer_1',
			'app', 'app_1', 'buyer', 'b', 'payable', jsonb_build_object('minor', 100, 'currency', 'CNY'),
			'price_version', 1, 'rules', 1, 'speed', 1, 'version', 1, 'seq', 1, 'state', 'settled',
			'winner', lpad(n::text, 26, 'A'), 'attempts', jsonb_build_array(jsonb_build_object(
			'number', lpad(n::text, 26, 'A'), 'payer', 'pay_' || n % 1000, 'provider', 'mockpay',
			'account', 'acc_1', 'state', 'succeeded', 'disposition', 'applied', 'version', 1,
			'captured', jsonb_build_object('minor', 100, 'currency', 'CNY'),
			'quoted', jsonb_build_object('minor', 100, 'currency', 'CNY'))))
		FROM generate_series(1, $1::int) n`,
	`INSERT INTO attempts (number, request_id, order_id, version, invite_id, payer_id, by_buyer,
		channel, provider,
		account_id, product, quoted_minor, quoted_currency, price_version, state, state_since, disposition,
		captured_minor, captured_currency, transaction, created_at, expires_at, watched, reason)
		SELECT lpad(n::text, 26, 'A'), 'fpr_' || n, 'ord_' || n, 1, '', 'pay_' || n % 1000, false,
		'mock', 'mockpay',
		'acc_1', 'w', 100, 'CNY', 1, 'succeeded', now(), 'applied', 100, 'CNY', 'T' || n, now(), now(),
		false, ''
		FROM generate_series(1, $1::int) n`,
	`INSERT INTO transitions (request_id, seq, version, from_state, to_state, on_event, at, actor,
		attempt, refund,
		reason, notices, case_kind) SELECT 'fpr_' || n, k, 1, 'open', 'paying', 'pay_asked', now(), 'x',
		'', '', '',
		'[]', '' FROM generate_series(1, $1::int) n, generate_series(1, 4) k`,
	`INSERT INTO refunds (number, request_id, attempt, version, amount_minor, amount_currency, reason, state,
		failure, created_at, done_at) SELECT lpad(n::text, 26, 'R'), 'fpr_' || n, lpad(n::text, 26, 'A'),
		1, 1, 'CNY',
		'after_sale', 'succeeded', '', now(), now() FROM generate_series(1, $1::int) n`,
	`INSERT INTO invites (id, request_id, generation, token_hash, state, expires_at)
		SELECT 'inv_' || n, 'fpr_' || n, 1, sha256(n::text::bytea), 'live', now()
		FROM generate_series(1, $1::int) n`,
	`INSERT INTO provider_events (id, provider, account_id, event_key, kind, number, refund,
		body_hash, raw_sealed,
		headers_sealed, status) SELECT 'evt_' || n, 'mockpay', 'acc_1', 'E' || n, 'payment',
		lpad(n::text, 26, 'A'),
		'', '', '', '', 'applied' FROM generate_series(1, $1::int) n`,
	`INSERT INTO messages (id, request_id, version, seq, kind, type, app_id, payer_id, payload, status)
		SELECT 'msg_' || n, 'fpr_' || n, 1, 1, 'webhook', 't', 'app_1', '', '{}', 'sent'
		FROM generate_series(1, $1::int) n`,
	`INSERT INTO webhook_endpoints (id, app_id, url) VALUES ('whe_1', 'app_1', 'https://shop.example/hooks')`,
	`INSERT INTO deliveries (id, message_id, endpoint_id, app_id, request_id, type, payload, state)
		SELECT 'dlv_' || n, 'msg_' || n, 'whe_1', 'app_1', 'fpr_' || n, 't', '{}', 'delivered'
		FROM generate_series(1, $1::int) n`,
	`INSERT INTO delivery_tries (delivery_id, number, at, status, took_ms)
		SELECT 'dlv_' || n, 1, now(), 204, 5 FROM generate_series(1, $1::int) n`,
	`INSERT INTO provider_calls (request_id, attempt, refund, provider, op, class, code, latency_ms, at)
		SELECT 'fpr_' || n, lpad(n::text, 26, 'A'), '', 'mockpay', 'query', '', '', 1, now()
		FROM generate_series(1, $1::int) n, generate_series(1, 2)`,
	`INSERT INTO cases (id, request_id, kind, due_at, closed_at, closed_by)
		SELECT 'cas_' || n, 'fpr_' || n, 'risk_hold', now(), now(), 'staff:1' FROM generate_series(1,
		$1::int / 5) n`,
	`INSERT INTO audit (actor, act, subject) SELECT 'staff:a', 'requery', 'fpr_' || n
		FROM generate_series(1, $1::int) n`,
	`INSERT INTO payers (id, masked_phone) SELECT 'pay_' || n, '138****0000' FROM generate_series(1,
		20000) n`,
}

// trouble makes 500 of them stuck, for five reasons.
var trouble = []string{
	`UPDATE attempts SET state = 'closing', state_since = now() - interval '1 hour', disposition = '',
		captured_minor = 0
		WHERE request_id IN (SELECT 'fpr_' || n FROM generate_series(1, 100) n)`,
	`UPDATE refunds SET state = 'failed', failure = 'abnormal', done_at = NULL
		WHERE request_id IN (SELECT 'fpr_' || n FROM generate_series(101, 200) n)`,
	`UPDATE provider_events SET status = 'dead', reason = 'poison'
		WHERE id IN (SELECT 'evt_' || n FROM generate_series(201, 300) n)`,
	`UPDATE messages SET status = 'dead', last_error = 'http_500'
		WHERE id IN (SELECT 'msg_' || n FROM generate_series(301, 340) n)`,
	`UPDATE deliveries SET state = CASE WHEN id < 'dlv_37' THEN 'dead' ELSE 'trying' END, tries = 3,
		last_error = 'http_500' WHERE id IN (SELECT 'dlv_' || n FROM generate_series(341, 400) n)`,
	`UPDATE requests SET next_at = now() - interval '1 hour'
		WHERE id IN (SELECT 'fpr_' || n FROM generate_series(401, 450) n)`,
	`UPDATE cases SET closed_at = NULL, closed_by = '' WHERE id IN (SELECT 'cas_' || n
		FROM generate_series(451, 500) n)`,
	`INSERT INTO attempts (number, request_id, order_id, version, invite_id, payer_id, by_buyer,
		channel, provider,
		account_id, product, quoted_minor, quoted_currency, price_version, state, state_since, disposition,
		captured_minor, captured_currency, transaction, created_at, expires_at, watched, reason)
		SELECT lpad(n::text, 26, 'L'), 'fpr_' || n, 'ord_' || n, 1, '', 'pay_1', false, 'mock',
		'mockpay', 'acc_1',
		'w', 100, 'CNY', 1, 'live', now(), '', 0, 'CNY', '', now(), now(), false, ''
		FROM generate_series(501, 700) n`, // people who are paying, and well
	"SET session_replication_role = origin",
	"VACUUM ANALYZE",
}
