package store_test

import (
	"context"
	"errors"
	"iter"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/internal/reconcile"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/store"
)

// ledgers is a provider that has nothing but a file: its lines by day.
type ledgers struct {
	providers.Adapter
	lines map[string][]providers.Entry
	fails error // after the lines
}

func (l *ledgers) Statement(_ context.Context, day time.Time) iter.Seq2[providers.Entry, error] {
	return func(yield func(providers.Entry, error) bool) {
		for _, line := range l.lines[day.Format(time.DateOnly)] {
			if !yield(line, nil) {
				return
			}
		}
		if l.fails != nil {
			yield(providers.Entry{}, l.fails)
		}
	}
}

func (l *ledgers) Open(context.Context, string, string) (providers.Adapter, error) { return l, nil }

// books is a world whose account has files.
type books struct {
	*world
	*ledgers
	today string
	now   time.Time // of whoever compares
}

func keepBooks(t *testing.T) *books {
	w := open(t)
	today := time.Now().In(models.Shanghai).Format(time.DateOnly)
	return &books{
		world: w, ledgers: &ledgers{lines: map[string][]providers.Entry{}}, today: today,
		now: time.Now().Add(48 * time.Hour),
	}
}

func (b *books) tally(final bool) (reconcile.Outcome, error) {
	return b.tallyOf(b.today, final)
}

func (b *books) tallyOf(day string, final bool) (reconcile.Outcome, error) {
	made := reconcile.Books{Store: b.Store, Accounts: b.ledgers, Clock: func() time.Time { return b.now }}
	return made.Day(b.t.Context(), reconcile.Job{StatementDay: b.about(day), Final: final})
}

func (b *books) about(day string) models.StatementDay {
	return models.StatementDay{Provider: "mockpay", Account: "acc_1", Day: day}
}

// compare compares today as a day that no other file will add to.
func (b *books) compare() reconcile.Outcome {
	b.t.Helper()
	out, err := b.tally(true)
	require.NoError(b.t, err)
	return out
}

// line is what the file says of a capture of 129 yuan, with a fee of 77 fen.
func line(number string) providers.Entry {
	return providers.Entry{
		Kind: providers.CaptureEntry, Number: number, Transaction: "tx-" + number, Amount: models.CNY(12900),
		Fee: models.CNY(77), At: time.Now(),
	}
}

func back(number, refund string, fen int64) providers.Entry {
	return providers.Entry{
		Kind: providers.RefundEntry, Number: number, Refund: refund, Amount: models.CNY(fen), At: time.Now(),
		Fee: models.CNY(-5),
	}
}

func (b *books) write(lines ...providers.Entry) { b.lines[b.today] = lines }

// open lists what is open, by name.
func (b *books) open() (names []string) {
	b.t.Helper()
	list, err := b.Findings(b.t.Context(), models.StatementDay{}, "", 100)
	require.NoError(b.t, err)
	for _, f := range list {
		names = append(names, string(f.Kind)+" "+string(f.Entry)+" "+f.Route)
	}
	slices.Sort(names)
	return names
}

func (b *books) cases() []store.Case {
	b.t.Helper()
	page, err := b.Cases(b.t.Context(), store.CaseFilter{})
	require.NoError(b.t, err)
	return page.Items
}

func (b *books) events() int64 { return value[int64](b.world, "SELECT count(*) FROM provider_events") }

func TestADayThatFitsLeavesNothingButItsFees(t *testing.T) {
	b := keepBooks(t)
	l, number := b.settled()
	foreign := line("other-system-17")
	b.write(line(number), foreign)
	for range 2 {
		out := b.compare()
		require.Zero(t, out.Opened+out.Healed)
	}
	require.Empty(t, b.open())
	require.Empty(t, b.cases())
	day, err := b.StatementDay(t.Context(), b.about(b.today))
	require.NoError(t, err)
	require.Equal(t, store.StatementDay{
		Provider: "mockpay", Account: "acc_1", Day: b.today, State: store.StatementCompared, Lines: 2, Foreign: 1,
		Captures: 1, Captured: 12900, Fees: 77, Matched: 1,
	}, day)
	l.totals(12900, 0, 12900)
	require.EqualValues(t, 77, value[int64](b.world,
		"SELECT sum(minor) FROM ledger_entries WHERE account = 'provider_fees'"))

	// A later step of the request takes nothing of it back, and another day's file books it once.
	back := models.CNY(900)
	l.save(models.Event{Kind: models.RefundAsked, Refund: mint.Number(), Money: &back})
	b.compare()
	const fees = "SELECT count(*) FROM ledger_entries WHERE key LIKE 'fee:%'"
	require.EqualValues(t, 2, value[int64](b.world, fees))
}

func TestEachThingThatDoesNotFitIsNamedAndRoutedOnce(t *testing.T) {
	b := keepBooks(t)
	fits, number := b.settled()
	_, cheap := b.settled()
	_, twice := b.settled()
	_, unbilled := b.settled()
	_, unseen := b.paying()
	half := models.CNY(900)
	owed, done := mint.Number(), mint.Number()
	fits.save(models.Event{Kind: models.RefundAsked, Refund: owed, Money: &half})
	fits.save(models.Event{Kind: models.RefundAsked, Refund: done, Money: &half})
	fits.save(models.Event{Kind: models.RefundDone, Refund: done})
	wrong := line(cheap)
	wrong.Amount.Minor--
	phantom := mint.Number()
	b.write(line(number), wrong, line(twice), line(twice), line(unseen), line(phantom),
		back(number, owed, 900), back(number, done, 900), back(number, "portal-1", 100))
	out := b.compare()
	want := []string{
		"duplicate capture case", "missing capture case", "phantom capture case", "phantom refund case",
		"unrecorded capture hint", "unrecorded refund hint", "wrong_amount capture case",
	}
	require.Equal(t, want, b.open())
	require.EqualValues(t, len(want), out.Opened)
	kinds := map[models.CaseKind]int{}
	for _, c := range b.cases() {
		kinds[c.Kind]++
		require.Equal(t, b.today, c.Day)
	}
	require.Equal(t, map[models.CaseKind]int{
		models.CaseOrphan: 2, models.CaseStatement: 2, models.CaseUnbilled: 1,
	}, kinds)
	require.EqualValues(t, 2, b.events())
	const missing = "SELECT attempt FROM cases WHERE kind = 'not_on_statement'"
	require.Equal(t, unbilled, value[string](b.world, missing))

	cases := b.cases()
	again := b.compare()
	require.Zero(t, again.Opened+again.Healed, "a second run changes nothing")
	require.Equal(t, cases, b.cases())
	require.EqualValues(t, 2, b.events())
	require.EqualValues(t, 0, value[int64](b.world, "SELECT sum(minor) FROM ledger_entries"))
}

// What a later file puts right is over, and its case too; when it comes back it is new.
func TestAFindingHealsAndMayComeBack(t *testing.T) {
	b := keepBooks(t)
	_, number := b.settled()
	l, unseen := b.paying()
	b.write(line(unseen))
	b.compare()
	require.Equal(t, []string{"missing capture case", "unrecorded capture hint"}, b.open())
	l.save(capture(unseen, 12900))
	b.write(line(unseen), line(number))
	require.EqualValues(t, 2, b.compare().Healed)
	require.Empty(t, b.open())
	require.Empty(t, b.cases())
	require.Equal(t, "reconcile", value[string](b.world, "SELECT closed_by FROM cases"))

	b.write(line(unseen))
	require.EqualValues(t, 1, b.compare().Opened)
	require.Len(t, b.cases(), 1)
	b.write(line(unseen), line(number))
	require.EqualValues(t, 1, b.compare().Healed)
}

var errTorn = errors.New("the bill is not the one that was promised")

// A file that breaks off proves nothing: not one of its lines stays.
func TestATornFileLeavesWhatWasThere(t *testing.T) {
	b := keepBooks(t)
	_, number := b.settled()
	b.write(line(number))
	b.compare()
	b.write(slices.Repeat([]providers.Entry{line(mint.Number())}, 2500)...)
	b.fails = &providers.Error{Class: providers.Refused, Op: "statement", Code: "MAKING", Err: errTorn}
	_, err := b.tally(true)
	require.ErrorIs(t, err, errTorn)
	require.Empty(t, b.open())
	require.EqualValues(t, 1, value[int64](b.world, "SELECT count(*) FROM statement_lines"))
	day, err := b.StatementDay(t.Context(), b.about(b.today))
	require.NoError(t, err)
	require.Equal(t, store.StatementCompared, day.State)
	require.Equal(t, "refused MAKING", day.Reason)
}

// Near midnight a capture may stand in the neighbour's file: it is missing only when both
// were read. In the middle of the day it is missing at once.
func TestNearMidnightTheNeighbourIsWaitedFor(t *testing.T) {
	b := keepBooks(t)
	_, late := b.settled()
	_, noon := b.settled()
	const day, next = "2026-03-03", "2026-03-04"
	at := func(number, moment string) {
		const move = "UPDATE attempts SET paid_at = $2, created_at = $2 WHERE number = $1"
		require.NoError(t, b.exec(move, number, moment))
	}
	at(late, day+" 23:30:00+08")
	at(noon, day+" 12:00:00+08")
	_, err := b.tallyOf(day, false)
	require.NoError(t, err)
	require.Equal(t, []string{"missing capture case"}, b.open())
	require.Equal(t, noon, b.cases()[0].Attempt)

	b.lines[next] = []providers.Entry{line(noon)}
	out, err := b.tallyOf(next, false)
	require.NoError(t, err)
	require.Equal(t, reconcile.Outcome{Over: true, Opened: 1, Healed: 1}, out)
	require.Equal(t, late, b.cases()[0].Attempt)
}

func TestDaysAreDueUntilTheyAreComparedOrGivenUp(t *testing.T) {
	b := keepBooks(t)
	today := time.Date(2026, 3, 10, 11, 0, 0, 0, models.Shanghai)
	due := func() (days []string) {
		list, err := b.StatementsDue(t.Context(), "mockpay", today, models.StatementDay{}, 100)
		require.NoError(t, err)
		for _, day := range list {
			days = append(days, day.Day)
		}
		return days
	}
	require.Equal(t, []string{"2026-03-09"}, due(), "a new account begins with yesterday")
	b.fails = &providers.Error{Class: providers.Refused, Op: "statement", Code: "MAKING"}
	_, err := b.tallyOf("2026-03-09", false)
	require.Error(t, err)
	today = today.AddDate(0, 0, 2)
	require.Equal(t, []string{"2026-03-09", "2026-03-10", "2026-03-11"}, due())
	b.fails = nil
	_, err = b.tallyOf("2026-03-10", false)
	require.NoError(t, err)
	require.Equal(t, []string{"2026-03-09", "2026-03-11"}, due())

	today = today.AddDate(0, 0, 6)
	for want := range slices.Values([]int{1, 0}) {
		given, err := b.GiveUpStatements(t.Context(), "mockpay", today)
		require.NoError(t, err)
		require.Equal(t, want, given)
	}
	require.Len(t, b.cases(), 1)
	require.Equal(t, models.CaseNoStatement, b.cases()[0].Kind)
	require.Equal(t, "2026-03-09", b.cases()[0].Day)
	behind, err := b.StatementsBehind(t.Context(), today, 10)
	require.NoError(t, err)
	require.Len(t, behind, 1)
	require.NotContains(t, due(), "2026-03-09")
	_, err = b.tallyOf("2026-03-09", false)
	require.NoError(t, err)
	require.Empty(t, b.cases(), "read by hand, it is over")
}
