package store_test

import (
	"flag"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/reasons"
	"github.com/friendpay/friendpay/store"
)

// crowdSize is how many requests the console is tried with; make scale gives more.
var crowdSize = flag.Int("requests", 20_000, "requests for the tests of the console's queries")

// multitude writes n requests that are well and over, with all that belongs to them, past the constraints.
var multitude = []string{
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
		now() + interval '1 day', '', 'guard_lapsed', now() + interval '1 day', true, '{"hooked": true}'
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
		WHERE id IN (SELECT 'msg_' || n FROM generate_series(301, 400) n)`,
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

func (w *world) fill(n int) {
	w.t.Helper()
	conn, err := w.raw.Acquire(w.t.Context())
	require.NoError(w.t, err)
	defer conn.Release()
	for _, statement := range slices.Concat(multitude, trouble) {
		var args []any
		if strings.Contains(statement, "$1") {
			args = append(args, n)
		}
		_, err := conn.Exec(w.t.Context(), statement, args...)
		require.NoError(w.t, err, statement)
	}
}

// screens are what the console reads, by page.
func (w *world) screens() map[string]func() error {
	now := time.Now()
	ctx := w.t.Context()
	stuckBy := func(f store.StuckFilter) func() error {
		f.Now = now
		return func() error { _, err := w.Stuck(ctx, f); return err }
	}
	search := func(words string) func() error {
		return func() error { _, err := w.Search(ctx, words, 20); return err }
	}
	cases := func(f store.CaseFilter) func() error {
		return func() error { _, err := w.Cases(ctx, f); return err }
	}
	return map[string]func() error{
		"stuck":          stuckBy(store.StuckFilter{Limit: 50}),
		"stuck all":      stuckBy(store.StuckFilter{Limit: 500}),
		"stuck app":      stuckBy(store.StuckFilter{App: "app_1", Severity: reasons.Act}),
		"stuck reason":   stuckBy(store.StuckFilter{Reasons: []reasons.Reason{reasons.RefundFailed}}),
		"stuck request":  stuckBy(store.StuckFilter{Request: "fpr_7"}),
		"counts":         func() error { _, err := w.StuckCounts(ctx, store.StuckFilter{Now: now}); return err },
		"waiting":        func() error { _, err := w.Waiting(ctx, now); return err },
		"search order":   search("A777"),
		"search request": search("fpr_777"),
		"search payer":   search("pay_7"),
		"search number":  search(strings.Repeat("A", 23) + "777"),
		"search link":    search("0123456789abcdef"),
		"search phone":   search("13800138000"),
		"search event":   search("E777"),
		"cases":          cases(store.CaseFilter{}),
		"cases all":      cases(store.CaseFilter{Closed: true, Limit: 100}),
		"cases request":  cases(store.CaseFilter{Request: "fpr_460"}),
		"timeline":       func() error { _, err := w.Timeline(ctx, "fpr_7"); return err },
		"deliveries": func() error {
			_, err := w.Stuck(ctx, store.StuckFilter{Now: now, Reasons: []reasons.Reason{reasons.WebhookDead}})
			return err
		},
		"filters":  func() error { _, err := w.SavedFilters(ctx, "staff:a"); return err },
		"audit":    func() error { _, err := w.Deeds(ctx, "fpr_7"); return err },
		"audit all": func() error { _, err := w.Audited(ctx, store.DeedFilter{}); return err },
		"audit of":  func() error { _, err := w.Audited(ctx, store.DeedFilter{Actor: "staff:b"}); return err },
		"audit act": func() error { _, err := w.Audited(ctx, store.DeedFilter{Act: "refund"}); return err },
		"suspects": func() error { _, err := w.Suspects(ctx, 50); return err },
	}
}

// No page of the console reads a table from end to end, however many requests are well; what each takes
// is told and left to whoever reads it.
func TestTheConsoleReadsByIndexes(t *testing.T) {
	w := openAlone(t)
	began := time.Now()
	w.fill(*crowdSize)
	t.Logf("%d requests in %s", *crowdSize, time.Since(began).Round(time.Second))
	counts, err := w.StuckCounts(t.Context(), store.StuckFilter{Now: time.Now()})
	require.NoError(t, err)
	var stuck int64
	for _, c := range counts {
		stuck += c.Count
	}
	require.EqualValues(t, 500, stuck, "%v", counts)

	big := regexp.MustCompile(`Seq Scan on (orders|requests|attempts|transitions|refunds|messages|` +
		`provider_events|provider_calls|invites|cases|payers|audit)\b`)
	said := w.Record()
	for name, read := range w.screens() {
		said.Forget()
		require.NoError(t, read(), name)
		require.NotEmpty(t, said.Statements, name)
		for _, s := range said.Statements {
			plan := w.plan(s)
			require.Empty(t, big.FindAllString(plan, -1), "%s:\n%s\n%s", name, s.SQL, plan)
		}
	}
	said.Stop()
	w.pace()
}

// plan is how PostgreSQL would carry a statement out.
func (w *world) plan(s store.Statement) string {
	w.t.Helper()
	rows, err := w.raw.Query(w.t.Context(), "EXPLAIN "+s.SQL, s.Vars...)
	require.NoError(w.t, err, s.SQL)
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(w.t, err, s.SQL)
	return strings.Join(lines, "\n")
}

// pace tells how long each page's query takes at the 95th percentile of forty.
func (w *world) pace() {
	screens := w.screens()
	for _, name := range slices.Sorted(maps.Keys(screens)) {
		var took []time.Duration
		for range 40 {
			began := time.Now()
			require.NoError(w.t, screens[name]())
			took = append(took, time.Since(began))
		}
		slices.Sort(took)
		w.t.Logf("%-16s p50 %8s  p95 %8s", name, took[20].Round(10*time.Microsecond),
			took[37].Round(10*time.Microsecond))
	}
}
