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

	"github.com/friendpay/friendpay/internal/multitude"
	"github.com/friendpay/friendpay/internal/reasons"
	"github.com/friendpay/friendpay/store"
)

// crowdSize is how many requests the console is tried with; make scale gives more.
var crowdSize = flag.Int("requests", 20_000, "requests for the tests of the console's queries")

func (w *world) fill(n int) {
	w.t.Helper()
	conn, err := w.raw.Acquire(w.t.Context())
	require.NoError(w.t, err)
	defer conn.Release()
	require.NoError(w.t, multitude.Fill(w.t.Context(), conn.Conn(), n))
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
	log := func(f store.DeliveryFilter) func() error {
		return func() error { _, err := w.Deliveries(ctx, f); return err }
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
		"stuck webhooks": stuckBy(store.StuckFilter{Reasons: []reasons.Reason{reasons.WebhookDead}}),
		"deliveries":     log(store.DeliveryFilter{}),
		"deliveries app": log(store.DeliveryFilter{Apps: []string{"app_1"}, State: store.DeliveryDead}),
		"deliveries end": log(store.DeliveryFilter{Endpoint: "whe_1"}),
		"deliveries one": log(store.DeliveryFilter{Request: "fpr_7"}),
		"delivery":       func() error { _, _, err := w.Delivery(ctx, "dlv_7"); return err },
		"search webhook": search("dlv_777"),
		"errands":        func() error { _, err := w.Errands(ctx, "fpr_7"); return err },
		"filters":        func() error { _, err := w.SavedFilters(ctx, "staff:a"); return err },
		"audit":          func() error { _, err := w.Deeds(ctx, "fpr_7"); return err },
		"suspects":       func() error { _, err := w.Suspects(ctx, 50); return err },
		"audit all":      func() error { _, err := w.Audited(ctx, store.DeedFilter{}); return err },
		"audit of":       func() error { _, err := w.Audited(ctx, store.DeedFilter{Actor: "staff:b"}); return err },
		"audit act":      func() error { _, err := w.Audited(ctx, store.DeedFilter{Act: "refund"}); return err },
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
	require.EqualValues(t, multitude.Stuck, stuck, "%v", counts)

	big := regexp.MustCompile(`Seq Scan on (orders|requests|attempts|transitions|refunds|messages|` +
		`provider_events|provider_calls|invites|cases|payers|audit|deliveries|delivery_tries)\b`)
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
