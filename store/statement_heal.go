package store

import (
	"context"
	"fmt"
	"time"

	"github.com/friendpay/friendpay/models"
)

// reconciler is who closes what a comparison opened.
const reconciler = "reconcile"

// healed closes the open findings of an account that are not so any more, and the cases
// that they opened: the line has gone or fits now, or what was missing has come.
var healed = fmt.Sprintf(`WITH open AS MATERIALIZED (
		SELECT * FROM statement_findings WHERE account_id = @account AND closed_at IS NULL),
	judged AS (%s),
	still AS (SELECT kind AS entry, subject, what FROM judged
		UNION ALL SELECT kind, subject, what FROM (%s) a
		UNION ALL SELECT kind, subject, what FROM (%s) f),
	over AS (UPDATE statement_findings s SET closed_at = clock_timestamp() FROM open o
		WHERE s.id = o.id AND NOT EXISTS (SELECT FROM still n
			WHERE n.entry = o.entry AND n.subject = o.subject AND n.what = o.kind)
		RETURNING s.case_id),
	ended AS (UPDATE cases SET closed_at = clock_timestamp(), closed_by = @by,
			resolution = 'A later comparison found it in order.'
		FROM over WHERE cases.id = over.case_id AND cases.closed_at IS NULL)
	SELECT count(*) FROM over`,
	fmt.Sprintf(judged, `l.account_id = @account
		AND (l.kind, l.subject) IN (SELECT entry, subject FROM open WHERE kind <> 'missing')`),
	fmt.Sprintf(unbilledCaptures, "a.number IN (SELECT subject FROM open WHERE entry = 'capture')"),
	fmt.Sprintf(unbilledRefunds, "f.number IN (SELECT subject FROM open WHERE entry = 'refund')"))

// HealFindings closes what is in order by now, and says how many.
func (s *Store) HealFindings(ctx context.Context, about models.StatementDay) (count int64, err error) {
	err = s.WithTx(ctx, func(tx *Store) error {
		if err := tx.patient(ctx); err != nil {
			return err
		}
		return tx.read(ctx, &count, healed, map[string]any{
			"account": about.Account, "by": reconciler, "since": time.Unix(0, 0).UTC(),
		})
	})
	return count, failed("heal findings", err)
}

// FinishStatement writes the day's totals down, and when it was read after its end that it
// is compared: a case about its file is over then.
func (s *Store) FinishStatement(
	ctx context.Context, r Reading, tally Tally, over bool, read time.Time,
) error {
	const finish = `UPDATE statement_days SET state = @state, tries = 0, reason = '', lines = @lines,
			foreign_lines = @foreign, captures = @captures, captured_minor = @captured, refunds = @refunds,
			refunded_minor = @refunded, fees_minor = @fees, matched = @matched, read_at = @read,
			compared_at = clock_timestamp(), updated_at = clock_timestamp()
		WHERE account_id = @account AND day = CAST(@day AS date) AND reading = @reading`
	const end = `UPDATE cases
		SET closed_at = clock_timestamp(), closed_by = @by, resolution = 'The statement came.'
		WHERE kind = @kind AND account = @account AND day = @day AND closed_at IS NULL`
	state := StatementPartial
	if over {
		state = StatementCompared
	}
	args := map[string]any{
		"state": string(state), "lines": r.Lines, "foreign": r.Foreign + tally.Elsewhere,
		"captures": tally.Captures, "captured": tally.Captured, "refunds": tally.Refunds,
		"refunded": tally.Refunded, "fees": tally.Fees,
		"matched": tally.Matched, "read": read.UTC(), "account": r.Account, "day": r.Day, "reading": r.Name,
		"by": reconciler, "kind": string(models.CaseNoStatement),
	}
	err := s.WithTx(ctx, func(tx *Store) error {
		if _, err := tx.write(ctx, finish, args); err != nil || !over {
			return err
		}
		_, err := tx.write(ctx, end, args)
		return err
	})
	return failed("finish statement", err)
}

// keepLines is how long lines are kept: as long as a neighbour's file or a slow refund may
// still be compared with them.
const keepLines = "40 days"

// PruneStatements forgets lines of days long past, but for those that a finding is open
// about, and says how many.
func (s *Store) PruneStatements(ctx context.Context) (int64, error) {
	const prune = `DELETE FROM statement_lines l WHERE ctid = ANY(ARRAY(SELECT l.ctid FROM statement_lines l
		JOIN statement_days d ON d.account_id = l.account_id AND d.day = l.day
		WHERE d.day < CAST(clock_timestamp() AS date) - interval '` + keepLines + `'
			AND NOT EXISTS (SELECT FROM statement_findings f WHERE f.account_id = l.account_id AND f.entry = l.kind
				AND f.subject = l.subject AND f.closed_at IS NULL) LIMIT 20000))`
	rows, err := s.write(ctx, prune)
	return rows, failed("prune statements", err)
}
