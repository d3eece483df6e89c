package store_test

import (
	"context"
	"fmt"
	"iter"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/reconcile"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
)

const largeDay = "2026-03-03"

// largeCrowd is $2 settled payments of an account, spread over a day, with their ledger.
var largeCrowd = []string{
	`INSERT INTO provider_accounts (id, provider, app_id, settings_sealed, state)
		SELECT $2, provider, app_id, settings_sealed, state FROM provider_accounts WHERE id = 'acc_1' AND $1 <> ''
			AND $3 > 0 ON CONFLICT DO NOTHING`,
	"INSERT INTO requests (id, state" + others + ") SELECT 'fpr_' || $2 || n, 'settled'" + others +
		" FROM requests, generate_series(1, $3::int) n WHERE id = $1",
	`INSERT INTO attempts SELECT right($2, 1) || lpad(n::text, 25, 'A'), 'fpr_' || $2 || n, order_id, 1, '',
		'pay_' || n, false, 'c', 'mockpay', $2, 'w', 12900, 'CNY', 1, 'succeeded', now(), 'duplicate', 12900, 'CNY',
		0, '', '` + largeDay + ` 00:00+08'::timestamptz + n * interval '0.8 s',
		'` + largeDay + ` 00:00+08'::timestamptz + n * interval '0.8 s', now(), false, ''
		FROM requests, generate_series(1, $3::int) n WHERE id = $1`,
	`INSERT INTO ledger_entries (request_id, version, key, account, minor, currency, attempt, refund)
		SELECT 'fpr_' || $2 || n, 1, 'capture:' || right($2, 1) || lpad(n::text, 25, 'A'), side.account, side.minor,
			'CNY', right($2, 1) || lpad(n::text, 25, 'A'), ''
		FROM requests, generate_series(1, $3::int) n,
			(VALUES ('provider_clearing', 12900), ('payer_funds', -12900)) side (account, minor) WHERE id = $1`,
}

// flood is a provider whose file is as long as one wishes, made while it is read.
type flood struct {
	providers.Adapter
	prefix string
	lines  int
}

func (f flood) Open(context.Context, string, string) (providers.Adapter, error) { return f, nil }

func (f flood) Statement(context.Context, time.Time) iter.Seq2[providers.Entry, error] {
	return func(yield func(providers.Entry, error) bool) {
		for n := 1; n <= f.lines; n++ {
			number := fmt.Sprintf("%25d", n)
			entry := providers.Entry{
				Kind: providers.CaptureEntry, Amount: models.CNY(12900), Fee: models.CNY(77), At: time.Now(),
				Number: f.prefix + string(replaced(number)), Transaction: "tx-" + number,
			}
			if !yield(entry, nil) {
				return
			}
		}
	}
}

// replaced pads as lpad does in SQL.
func replaced(number string) []byte {
	padded := []byte(number)
	for i, c := range padded {
		if c == ' ' {
			padded[i] = 'A'
		}
	}
	return padded
}

// What is in memory at a time does not grow with the file: ten times the lines need no
// more. Time is printed and not judged.
func TestALargeDayNeedsNoMoreMemoryThanASmallOne(t *testing.T) {
	w := openAlone(t)
	l := w.opened()
	// The crowd's ledger is right; asking after each of its rows would take most of the time.
	require.NoError(t, w.exec("ALTER TABLE ledger_entries DISABLE TRIGGER ledger_balanced"))
	require.NoError(t, w.exec("ALTER TABLE attempts DISABLE TRIGGER attempts_added_count"))
	require.NoError(t, w.exec("ALTER TABLE attempts DISABLE TRIGGER attempts_watched"))
	peaks := map[int]uint64{}
	for _, day := range []struct {
		account string
		lines   int
	}{{"acc_1", 1000}, {"acc_2", 10_000}, {"acc_3", 100_000}} { // the first only warms up
		for i, statement := range largeCrowd {
			args := []any{l.request.ID, day.account, day.lines}
			require.NoError(t, w.exec(statement, args...), i)
		}
		require.NoError(t, w.exec("ANALYZE"))
		began := time.Now()
		peaks[day.lines] = w.flood(day.account, day.lines)
		t.Logf("%d lines: %s, %.1f MB of live heap at most",
			day.lines, time.Since(began).Round(time.Millisecond), float64(peaks[day.lines])/1e6)
	}
	require.Less(t, peaks[100_000], peaks[10_000]*5/4, "a quarter more would already be growth")
}

// flood compares one day of that many lines, all of which fit, and returns the most live
// memory that there was after any piece of work.
func (w *world) flood(account string, lines int) (peak uint64) {
	w.t.Helper()
	file := flood{prefix: account[len(account)-1:], lines: lines}
	made := reconcile.Books{Store: w.Store, Accounts: file, Clock: time.Now}
	about := models.StatementDay{Provider: "mockpay", Account: account, Day: largeDay}
	out, err := made.Day(w.t.Context(), reconcile.Job{StatementDay: about, Final: true, Beat: func() {
		var seen runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&seen)
		peak = max(peak, seen.HeapAlloc)
	}})
	require.NoError(w.t, err)
	require.Zero(w.t, out.Opened)
	day, err := w.StatementDay(w.t.Context(), about)
	require.NoError(w.t, err)
	require.EqualValues(w.t, lines, day.Matched)
	require.EqualValues(w.t, lines*77, day.Fees)
	return peak
}
