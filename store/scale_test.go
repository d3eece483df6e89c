package store_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/store"
)

// crowd adds 5,000 healthy, finished requests beside one, with all that
// belongs to them.
var crowd = []string{
	"INSERT INTO requests (id, state" + others + ") SELECT 'fpr_' || n, 'settled'" + others +
		" FROM requests, generate_series(1, 5000) n WHERE id = $1",
	`INSERT INTO attempts SELECT lpad(n::text, 26, 'A'), 'fpr_' || n, order_id, 1, '', 'pay_' || n, false, 'c',
		'p', 'a', 'w', 2, 'CNY', 1, 'succeeded', now(), 'duplicate', 2, 'CNY', 0, '', now(), now(), now(), false, ''
		FROM requests, generate_series(1, 5000) n WHERE id = $1`,
	`INSERT INTO refunds SELECT lpad(n::text, 26, 'R'), 'fpr_' || n, lpad(n::text, 26, 'A'), 1, 1, 'CNY', '',
		'succeeded', '', now(), now() FROM requests, generate_series(1, 5000) n WHERE id = $1`,
	`INSERT INTO messages (id, request_id, version, seq, kind, type, app_id, payer_id, payload, status)
		SELECT 'msg_' || n, 'fpr_' || n, 1, 1, 'webhook', 't', 'app_1', '', '{}', 'sent'
		FROM requests, generate_series(1, 5000) n WHERE id = $1`,
	`INSERT INTO provider_events (id, provider, account_id, event_key, kind, number, refund, body_hash,
		raw_sealed, headers_sealed, status) SELECT 'evt_' || n, 'p', 'acc_1', n::text, 'payment',
		lpad(n::text, 26, 'A'), '', '', '', '', 'applied' FROM requests, generate_series(1, 5000) n WHERE id = $1`,
	`INSERT INTO cases (id, request_id, kind, due_at, closed_at, closed_by)
		SELECT 'cas_' || n, 'fpr_' || n, 'risk_hold', now(), now(), 'staff:1'
		FROM requests, generate_series(1, 5000) n WHERE id = $1`,
}

// What staff, workers and pages ask for all the time must find its rows by an
// index: a million healthy requests may not make it slower.
func TestNothingAskedOftenReadsAWholeTable(t *testing.T) {
	w := open(t)
	l := w.opened()
	for _, statement := range crowd {
		require.NoError(t, w.exec(statement, l.request.ID), statement)
	}
	require.NoError(t, w.exec("ANALYZE"))
	big := regexp.MustCompile(`Seq Scan on (requests|attempts|refunds|messages|provider_events|cases)\b`)
	queries := append(store.StuckQueries(),
		strings.ReplaceAll(store.TimelineQuery, "@request", "'fpr_1'"),
		store.TakeEventsQuery, store.TakeMessagesQuery,
		"SELECT FROM requests WHERE merchant_id = 'mer_1' ORDER BY id DESC LIMIT 21",
		"SELECT FROM requests WHERE app_id = 'app_1' AND buyer_id = 'b' ORDER BY id DESC LIMIT 21",
		"SELECT FROM attempts WHERE payer_id = 'pay_1' AND state = 'succeeded' AND paid_at > now()",
	)
	for _, query := range queries {
		query = strings.NewReplacer("@limit", "100", "ANY(?)", "ANY('{app_2}')", "?", "10").Replace(query)
		rows, err := w.raw.Query(t.Context(), "EXPLAIN "+query)
		require.NoError(t, err, query)
		plan, err := pgx.CollectRows(rows, pgx.RowTo[string])
		require.NoError(t, err, query)
		require.NotRegexp(t, big, strings.Join(plan, "\n"), query)
	}
}
