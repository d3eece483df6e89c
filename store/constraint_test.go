package store_test

import (
	"errors"
	"strconv"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/mint"
)

// violations are raw statements past the store, each with the constraint that
// must stop it; $1 is a settled request.
var violations = []struct{ constraint, statement string }{
	{"requests_state", "UPDATE requests SET state = 'lost' WHERE id = $1"},
	{"requests_payable", "UPDATE requests SET payable_minor = 0 WHERE id = $1"},
	{"requests_currency", "UPDATE requests SET payable_currency = 'yuan' WHERE id = $1"},
	{"requests_version", "UPDATE requests SET version = 0 WHERE id = $1"},
	{"requests_seq", "UPDATE requests SET seq = -1 WHERE id = $1"},
	{"requests_slot_whole", "UPDATE requests SET slot = 'X' WHERE id = $1"},
	{"transitions_once", "INSERT INTO transitions SELECT * FROM transitions WHERE request_id = $1"},
	{"transitions_seq", "UPDATE transitions SET seq = 0 WHERE request_id = $1 AND seq = 1"},
	{"attempts_number", "UPDATE attempts SET number = 'short' WHERE request_id = $1"},
	{"attempts_state", "UPDATE attempts SET state = 'lost' WHERE request_id = $1"},
	{"attempts_disposition", "UPDATE attempts SET disposition = 'lost' WHERE request_id = $1"},
	{"attempts_quoted", "UPDATE attempts SET quoted_minor = 0 WHERE request_id = $1"},
	{"attempts_captured", "UPDATE attempts SET captured_minor = -1 WHERE request_id = $1"},
	{"attempts_success_whole", "UPDATE attempts SET disposition = '' WHERE request_id = $1"},
	{"attempts_success_whole", "UPDATE attempts SET state = 'closed', disposition = '' WHERE request_id = $1"},
	{"attempts_refunded_within_captured", "UPDATE attempts SET refunded_minor = 12901 WHERE request_id = $1"},
	{"attempts_refunded_within_captured", refundOf(12901)},
	{"refunds_amount", refundOf(0)},
	{"refunds_number", "INSERT INTO refunds SELECT 'x', request_id, number, 1, 1, 'CNY', '', 'due', '', now() " +
		"FROM attempts WHERE request_id = $1"},
	{"refunds_state", "INSERT INTO refunds SELECT '00000000000000000000000000', request_id, number, 1, 1, 'CNY', '', " +
		"'lost', '', now() FROM attempts WHERE request_id = $1"},
	{"refunds_done_whole", "INSERT INTO refunds SELECT '00000000000000000000000000', request_id, number, 1, 1, 'CNY', " +
		"'', 'succeeded', '', now() FROM attempts WHERE request_id = $1"},
	{"ledger_balanced", "DELETE FROM ledger_entries WHERE account = 'merchant_payable' AND request_id = $1"},
	{"ledger_balanced", "UPDATE ledger_entries SET minor = 1 WHERE account = 'merchant_payable' AND request_id = $1"},
	{"ledger_once", "INSERT INTO ledger_entries (request_id, version, key, account, minor, currency, attempt, refund) " +
		"SELECT request_id, version, key, account, minor, currency, attempt, refund FROM ledger_entries WHERE request_id = $1"},
	{"ledger_account", "UPDATE ledger_entries SET account = 'ours' WHERE request_id = $1"},
	{"ledger_minor", "UPDATE ledger_entries SET minor = 0 WHERE request_id = $1"},
	{"orders_state", "UPDATE orders SET state = 'lost' WHERE applied_request = $1"},
	{"orders_payable", "UPDATE orders SET payable_minor = 0 WHERE applied_request = $1"},
	{"orders_claim_whole", "UPDATE orders SET applied_attempt = '' WHERE applied_request = $1"},
	{"orders_paid_by_claim", "UPDATE orders SET applied_attempt = '', applied_request = '' WHERE applied_request = $1"},
	{"messages_once", "UPDATE messages SET seq = 1, type = 'request.opened', kind = 'webhook', payer_id = '' " +
		"WHERE request_id = $1"},
	{"messages_kind", "UPDATE messages SET kind = 'pigeon' WHERE request_id = $1"},
	{"messages_status", "UPDATE messages SET status = 'lost' WHERE request_id = $1"},
	{"messages_sms_to_payer", "UPDATE messages SET payer_id = '' WHERE kind = 'sms' AND request_id = $1"},
	{"cases_kind", "INSERT INTO cases (id, request_id, kind, due_at) VALUES ('cas_1', $1, 'lost', now())"},
	{"cases_closed_whole", "INSERT INTO cases (id, request_id, kind, due_at, closed_at) " +
		"VALUES ('cas_1', $1, 'risk_hold', now(), now())"},
	{"cases_one_open", "INSERT INTO cases (id, request_id, kind, due_at) " +
		"VALUES ('cas_1', $1, 'risk_hold', now()), ('cas_2', $1, 'risk_hold', now())"},
	{"invites_token_hash", "INSERT INTO invites (id, request_id, generation, token_hash, state, expires_at) " +
		"VALUES ('inv_1', $1, 1, 'short', 'live', now())"},
	{"invites_state", "INSERT INTO invites (id, request_id, generation, token_hash, state, expires_at) " +
		"VALUES ('inv_1', $1, 1, sha256('t'), 'lost', now())"},
	{"invites_token_once", "INSERT INTO invites (id, request_id, generation, token_hash, state, expires_at) " +
		"VALUES ('inv_1', $1, 1, sha256('t'), 'live', now()), ('inv_2', $1, 1, sha256('t'), 'live', now())"},
	{"provider_events_once", "INSERT INTO provider_events (id, provider, account_id, event_key, kind, number, refund, " +
		"body_hash, raw_sealed, headers_sealed) SELECT 'evt_' || n, 'p', 'acc_1', $1, 'payment', '', '', '', '', '' " +
		"FROM generate_series(1, 2) n"},
	{"attempts_one_applied", "INSERT INTO attempts " + otherAttempt + "'succeeded', now(), 'applied', 1, 'CNY', 0" +
		otherEnd},
	{"attempts_one_pending", "INSERT INTO attempts " + otherAttempt + "'live', now(), '', 0, '', 0" + otherEnd +
		" UNION ALL " + anotherAttempt + "'closing', now(), '', 0, '', 0" + otherEnd},
}

const (
	attemptFields = `, request_id, order_id, 1, '', 'pay_1', false, 'c', 'p', 'a', 'w', 1, 'CNY', 1, `

	otherAttempt   = "SELECT '00000000000000000000000001'" + attemptFields
	anotherAttempt = "SELECT '00000000000000000000000002'" + attemptFields
	otherEnd       = ", '', NULL::timestamptz, now(), now(), false, '' FROM attempts WHERE request_id = $1"
)

func refundOf(fen int64) string {
	return "INSERT INTO refunds SELECT '" + mint.Number() + "', request_id, number, 1, " + strconv.FormatInt(fen, 10) +
		", 'CNY', '', 'due', '', now() FROM attempts WHERE request_id = $1"
}

// others are a request's columns but id and state.
const others = `, order_id, merchant_id, app_id, buyer_id, reopened, payable_minor, payable_currency, price_version,
	version, seq, judged_at, entered_at, expires_at, slot, next_kind, guarded, snapshot`

func TestTheDatabaseRepeatsTheLaw(t *testing.T) {
	w := open(t)
	l, _ := w.settled()
	for _, v := range violations {
		var pg *pgconn.PgError
		err := w.exec(v.statement, l.request.ID)
		require.True(t, errors.As(err, &pg), "%s let pass %s: %v", v.constraint, v.statement, err)
		require.Equal(t, v.constraint, pg.ConstraintName, "%s: %s", v.statement, pg.Message)
	}
	var pg *pgconn.PgError
	const second = "INSERT INTO requests (id, state" + others + ") SELECT 'fpr_2', 'paying'" + others +
		" FROM requests WHERE id = $1"
	require.ErrorAs(t, w.exec(second, w.opened().request.ID), &pg)
	require.Equal(t, "requests_one_open", pg.ConstraintName)
}
