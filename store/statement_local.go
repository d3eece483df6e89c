package store

import (
	"context"
	"fmt"
	"time"

	"github.com/friendpay/friendpay/models"
)

// cut is how far from midnight a provider may cut its days: what moves so near to it may
// stand in the neighbour's file.
const cut = 2 * time.Hour

// span is a time whose money has to stand in the files that were read.
type span struct{ from, to time.Time }

// What moved by our own account and stands in no file that was read; %s narrows it. What
// began before the first day that was ever looked at may stand in a file that nobody read.
const (
	unbilledCaptures = `SELECT 'capture' AS kind,
			CAST(coalesce(a.paid_at, a.state_since) AT TIME ZONE 'Asia/Shanghai' AS date) AS day,
			a.number AS subject, a.request_id, a.number AS attempt, 0 AS minor,
			a.captured_minor AS local_minor, a.state AS local_state, a.captured_currency AS currency,
			'missing' AS what
		FROM attempts a WHERE a.account_id = @account AND a.state = 'succeeded' AND a.created_at >= @since
			AND NOT EXISTS (SELECT FROM statement_lines l WHERE l.account_id = a.account_id
				AND l.kind = 'capture' AND l.subject = a.number) AND %s`
	unbilledRefunds = `SELECT CAST(f.done_at AT TIME ZONE 'Asia/Shanghai' AS date) AS day,
			'refund' AS kind, f.number AS subject, f.request_id, f.attempt, 0 AS minor,
			f.amount_minor AS local_minor, f.state AS local_state, f.amount_currency AS currency, 'missing' AS what
		FROM refunds f JOIN attempts a ON a.number = f.attempt
		WHERE a.account_id = @account AND f.state = 'succeeded' AND f.created_at >= @since
			AND NOT EXISTS (SELECT FROM statement_lines l WHERE l.account_id = a.account_id
				AND l.kind = 'refund' AND l.subject = f.number) AND %s`
)

var missingLines = []string{
	missingOf(fmt.Sprintf(unbilledCaptures, `coalesce(a.paid_at, a.state_since) >= @from
		AND coalesce(a.paid_at, a.state_since) < @to`)),
	missingOf(fmt.Sprintf(unbilledRefunds, "f.done_at >= @from AND f.done_at < @to")),
}

func missingOf(found string) string {
	return "WITH found AS (" + found + "), opened AS (" + openFinding + `)
		SELECT count(*) FROM opened WHERE fresh`
}

// missingStep is how much of a day one statement looks at.
const missingStep = time.Hour

// FindMissing writes down what moved by our own account on a day or beside it and stands in
// no file, and says how much of it is new. Until is when the file was read: of a day that
// was not over, what moved later is not expected. Near midnight it waits for the file of
// the neighbour, unless final says that none will come.
func (s *Store) FindMissing(
	ctx context.Context, r Reading, until time.Time, final bool, beat func(),
) (int64, error) {
	spans, since, err := s.expected(ctx, r.StatementDay, until, final)
	if err != nil {
		return 0, failed("find missing lines", err)
	}
	var opened int64
	for _, whole := range spans {
		for from := whole.from; from.Before(whole.to); from = from.Add(missingStep) {
			to := from.Add(missingStep)
			if to.After(whole.to) {
				to = whole.to
			}
			args := map[string]any{
				"provider": r.Provider, "account": r.Account, "since": since.UTC(), "from": from.UTC(), "to": to.UTC(),
			}
			fresh, err := s.findMissing(ctx, r, args)
			if err != nil {
				return opened, failed("find missing lines", err)
			}
			opened += fresh
			beat()
		}
	}
	return opened, nil
}

func (s *Store) findMissing(ctx context.Context, r Reading, args map[string]any) (opened int64, err error) {
	err = s.reading(ctx, r, func(tx *Store) error {
		for _, query := range missingLines {
			var fresh int64
			if err := tx.read(ctx, &fresh, query, args); err != nil {
				return err
			}
			opened += fresh
		}
		return nil
	})
	return opened, err
}

// expected lists the times whose money must stand in a file that was read, the day's own
// and its neighbours', and since when files were looked at.
func (s *Store) expected(
	ctx context.Context, about models.StatementDay, until time.Time, final bool,
) (spans []span, since time.Time, err error) {
	const around = statementDay + `WHERE account_id = ?
		AND (day BETWEEN CAST(? AS date) - 2 AND CAST(? AS date) + 2
			OR day = (SELECT min(day) FROM statement_days WHERE account_id = ?)) ORDER BY day`
	start, _, err := about.Span()
	if err != nil {
		return nil, since, err
	}
	var rows []StatementDay
	err = s.read(ctx, &rows, around, about.Account, about.Day, about.Day, about.Account)
	if err != nil || len(rows) == 0 {
		return nil, since, err
	}
	since, _, err = models.StatementDay{Day: rows[0].Day}.Span()
	known := neighbours{about: about.Day, until: until, final: final, states: map[string]StatementState{}}
	for _, row := range rows {
		known.states[row.Day] = row.State
	}
	for n := -1; n <= 1; n++ {
		if part, ok := known.span(start.AddDate(0, 0, n)); ok {
			spans = append(spans, part)
		}
	}
	return spans, since, err
}

// neighbours are the days around one that is being compared.
type neighbours struct {
	about  string
	until  time.Time
	final  bool
	states map[string]StatementState
}

// span is the part of a day whose money must stand in a file by now; none of a day whose
// own file was not read. A day before the first that was ever looked at is not waited for.
func (n neighbours) span(day time.Time) (span, bool) {
	if !n.read(day) {
		return span{}, false
	}
	part := span{day, day.AddDate(0, 0, 1)}
	before := day.AddDate(0, 0, -1)
	if _, known := n.states[before.Format(time.DateOnly)]; known && !n.read(before) && !n.final {
		part.from = part.from.Add(cut)
	}
	if !n.read(part.to) && !n.final {
		part.to = part.to.Add(-cut)
	}
	if part.to.After(n.until) {
		part.to = n.until
	}
	return part, part.from.Before(part.to)
}

func (n neighbours) read(day time.Time) bool {
	name := day.Format(time.DateOnly)
	return name == n.about || n.states[name] == StatementCompared
}
