package store_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"
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
	{"attempts_refunded_within_captured", refund("1", "12901", "'due'", "NULL::timestamptz")},
	{"attempts_one_applied", attempt("1", "'succeeded'", "'applied'", "1")},
	{"attempts_one_pending", attempt("1", "'live'", "''", "0") + " UNION ALL" +
		strings.TrimPrefix(attempt("2", "'closing'", "''", "0"), "INSERT INTO attempts")},
	{"refunds_amount", refund("1", "0", "'due'", "NULL::timestamptz")},
	{"refunds_number", strings.Replace(refund("1", "1", "'due'", "NULL::timestamptz"), "00000", "", 1)},
	{"refunds_state", refund("1", "1", "'lost'", "NULL::timestamptz")},
	{"refunds_done_whole", refund("1", "1", "'succeeded'", "NULL::timestamptz")},
	{"ledger_balanced", "DELETE FROM ledger_entries WHERE minor < 0 AND request_id = $1"},
	{"ledger_balanced", "UPDATE ledger_entries SET minor = minor + 1 WHERE minor > 0 AND request_id = $1"},
	{"ledger_once", `INSERT INTO ledger_entries
		(request_id, version, key, account, minor, currency, attempt, refund)
		SELECT request_id, version, key, account, minor, currency, attempt, refund
		FROM ledger_entries WHERE request_id = $1`},
	{"ledger_account", "UPDATE ledger_entries SET account = 'ours' WHERE request_id = $1"},
	{"ledger_minor", "UPDATE ledger_entries SET minor = 0 WHERE request_id = $1"},
	{"orders_state", "UPDATE orders SET state = 'lost' WHERE applied_request = $1"},
	{"orders_payable", "UPDATE orders SET payable_minor = 0 WHERE applied_request = $1"},
	{"orders_claim_whole", "UPDATE orders SET applied_attempt = '' WHERE applied_request = $1"},
	{"orders_paid_by_claim", `UPDATE orders SET applied_attempt = '', applied_request = ''
		WHERE applied_request = $1`},
	{"orders_number_once", `INSERT INTO orders (id, app_id, merchant_id, buyer_id, number, title, payable_minor,
		payable_currency, price_version, state) SELECT 'ord_2', app_id, merchant_id, buyer_id, number, title, 1,
		'CNY', 1, 'unpaid' FROM orders WHERE applied_request = $1`},
	{"messages_once", `UPDATE messages SET seq = 1, type = 'request.opened', kind = 'webhook', payer_id = ''
		WHERE request_id = $1`},
	{"messages_kind", "UPDATE messages SET kind = 'pigeon' WHERE request_id = $1"},
	{"messages_status", "UPDATE messages SET status = 'lost' WHERE request_id = $1"},
	{"reminder_dues_kind", `INSERT INTO reminder_dues (request_id, kind, due_at, next_at)
		VALUES ($1, 'other', now(), now())`},
	{"reminder_dues_pledge", `INSERT INTO reminder_dues (request_id, kind, due_at, next_at)
		VALUES ($1, 'reminder_pledge', now(), now())`},
	{"reminder_dues_once", "INSERT INTO reminder_dues SELECT * FROM reminder_dues WHERE request_id = $1"},
	{"reminders_at_most", "INSERT INTO reminders VALUES ($1, 'reminder_half', 'pay_1', 3)"},
	{"reminders_once", "INSERT INTO reminders VALUES ($1, 'a', 'pay_1', 1), ($1, 'a', 'pay_1', 2)"},
	{"reminders_numbers", "INSERT INTO reminders VALUES ($1, 'a', 'pay_1', 1), ($1, 'b', 'pay_1', 1)"},
	{"thanks_attempt", "INSERT INTO thanks (request_id, attempt, sealed) VALUES ($1, 'short', 'x')"},
	{"thanks_sealed", `INSERT INTO thanks (request_id, attempt, sealed)
		VALUES ($1, '0123456789ABCDEFGHIJKLMNOP', '')`},
	{"request_cards_shows", "INSERT INTO request_cards (request_id, shows) VALUES ($1, 'nothing')"},
	{"request_cards_message", `INSERT INTO request_cards (request_id, shows, message)
		VALUES ($1, 'full', repeat('x', 61))`},
	{"orders_category", "UPDATE orders SET category = repeat('x', 21) WHERE applied_request = $1"},
	{"messages_sms_to_payer", "UPDATE messages SET payer_id = '' WHERE kind = 'sms' AND request_id = $1"},
	{"breakers_state", broke("'lost', now()")},
	{"breakers_open_whole", broke("'open', NULL")},
	{"breakers_open_whole", broke("'closed', now()")},
	{"breaker_rules_errors", "INSERT INTO breaker_rules VALUES ('', $1, 0, 60, 30, 300)"},
	{"breaker_rules_window", "INSERT INTO breaker_rules VALUES ('', $1, 5, 0, 30, 300)"},
	{"breaker_rules_rest", "INSERT INTO breaker_rules VALUES ('', $1, 5, 60, 0, 300)"},
	{"breaker_rules_longest", "INSERT INTO breaker_rules VALUES ('', $1, 5, 60, 30, 20)"},
	{"cases_kind", filed("('cas_1', $1, 'lost', now(), NULL)")},
	{"cases_closed_whole", filed("('cas_1', $1, 'risk_hold', now(), now())")},
	{"cases_one_open", filed(`('cas_1', $1, 'risk_hold', now(), NULL),
		('cas_2', $1, 'risk_hold', now(), NULL)`)},
	{"invites_token_hash", invite("('inv_1', $1, 1, 'short', 'live', now())")},
	{"invites_state", invite("('inv_1', $1, 1, sha256('t'), 'lost', now())")},
	{"invites_token_once", invite(`('inv_1', $1, 1, sha256('t'), 'live', now()),
		('inv_2', $1, 1, sha256('t'), 'live', now())`)},
	{"provider_events_once", `INSERT INTO provider_events (id, provider, account_id, event_key, kind, number,
		refund, body_hash, raw_sealed, headers_sealed) SELECT 'evt_' || n, 'p', 'acc_1', $1, 'payment', '', '', '',
		'', '' FROM generate_series(1, 2) n`},
}

func filed(values string) string {
	return "INSERT INTO cases (id, request_id, kind, due_at, closed_at) VALUES " + values
}

func invite(values string) string {
	return "INSERT INTO invites (id, request_id, generation, token_hash, state, expires_at) VALUES " + values
}

func refund(number, amount, state, done string) string {
	return "INSERT INTO refunds SELECT '0000000000000000000000000" + number + "', request_id, number, 1, " +
		amount + ", 'CNY', '', " + state + ", '', now(), " + done + " FROM attempts WHERE request_id = $1"
}

func attempt(number, state, disposition, captured string) string {
	return "INSERT INTO attempts SELECT '0000000000000000000000000" + number + `', request_id, order_id, 1, '',
		'pay_1', false, 'c', 'p', 'a', 'w', 1, 'CNY', 1, ` + state + ", now(), " + disposition + ", " + captured +
		", 'CNY', 0, '', NULL::timestamptz, now(), now(), false, '' FROM attempts WHERE request_id = $1"
}

// others are a request's columns but id and state.
const others = `, order_id, merchant_id, app_id, buyer_id, reopened, payable_minor, payable_currency,
	price_version, version, seq, judged_at, entered_at, expires_at, slot, next_kind, guarded, snapshot`

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

func broke(values string) string {
	return "INSERT INTO breakers (app_id, channel, state, opened_at) SELECT app_id, 'x', " + values +
		" FROM requests WHERE id = $1"
}
