package store

import (
	"context"
	"fmt"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
)

// FindingKind names what is wrong between a statement and our books.
type FindingKind string

// The kinds of finding, of captures and of refunds alike.
const (
	Phantom       FindingKind = "phantom"        // a line of a number of our form that we never minted
	Unrecorded    FindingKind = "unrecorded"     // a line of money that we have not seen move
	WrongAmount   FindingKind = "wrong_amount"   // the line and our row differ
	Duplicate     FindingKind = "duplicate"      // a second line of the same thing
	LedgerDiffers FindingKind = "ledger_differs" // line and row agree, and the ledger does not
	WrongFee      FindingKind = "wrong_fee"      // the provider kept another part of the amount than was agreed
	Missing       FindingKind = "missing"        // money that we saw move, without a line
)

// What else may be said of a line: nothing is wrong, or it is another account's.
const (
	matched   = "matched"
	elsewhere = "elsewhere"
)

// comparePage is how many lines one statement compares.
const comparePage = 5000

// Tally sums what was said of lines: counts, and fen.
type Tally struct {
	Captures, Captured, Refunds, Refunded, Fees int64
	Matched, Elsewhere                          int64
	Opened                                      int64 // findings that were not open before
}

// judged says of each line what it is. %s is which lines. Of two lines of one thing the
// later is the duplicate; the first is judged as if it were alone. A fee is judged last, and
// only where the account says what was agreed: it may differ by a fen, for each line is
// rounded by itself, and of a refund the provider need not give its part back.
const judged = `SELECT l.*, coalesce(a.request_id, '') AS request_id, coalesce(a.number, '') AS attempt,
		coalesce(CASE l.kind WHEN 'capture' THEN a.state ELSE f.state END, '') AS local_state,
		coalesce(CASE l.kind WHEN 'capture' THEN a.captured_minor ELSE f.amount_minor END, 0) AS local_minor,
		CASE WHEN a.account_id <> l.account_id THEN 'elsewhere'
			WHEN l.kind = 'capture' AND a.number IS NULL OR l.kind = 'refund' AND f.number IS NULL THEN 'phantom'
			WHEN EXISTS (SELECT FROM statement_lines o WHERE o.account_id = l.account_id AND o.kind = l.kind
				AND o.subject = l.subject AND (o.day, o.line) < (l.day, l.line)) THEN 'duplicate'
			WHEN l.kind = 'capture' AND a.state <> 'succeeded' OR l.kind = 'refund' AND f.state <> 'succeeded'
				THEN 'unrecorded'
			WHEN l.kind = 'capture' AND (l.minor, l.currency) <> (a.captured_minor, a.captured_currency)
				OR l.kind = 'refund' AND (l.minor, l.currency) <> (f.amount_minor, f.amount_currency)
				THEN 'wrong_amount'
			WHEN abs(e.minor) IS DISTINCT FROM l.minor THEN 'ledger_differs'
			WHEN p.fee_basis_points > 0 AND l.fee_minor NOT BETWEEN due.fee - 1
				AND CASE l.kind WHEN 'capture' THEN due.fee + 1 ELSE 0 END THEN 'wrong_fee'
			ELSE 'matched' END AS what, due.fee AS fee_due
	FROM statement_lines l JOIN provider_accounts p ON p.id = l.account_id
		CROSS JOIN LATERAL (SELECT CAST(round(CAST(l.minor AS numeric) * p.fee_basis_points / 10000) AS bigint)
			* CASE l.kind WHEN 'capture' THEN 1 ELSE -1 END AS fee) due
		LEFT JOIN refunds f ON l.kind = 'refund' AND f.number = l.refund
		LEFT JOIN attempts a ON a.number = coalesce(f.attempt, l.number)
		LEFT JOIN ledger_entries e ON e.account = 'provider_clearing' AND e.key = l.kind || ':' || l.subject
	WHERE %s`

// openFinding writes rows of "found" down. One that is open stays what it is but for its
// amounts; one that had healed begins another round.
const openFinding = `INSERT INTO statement_findings AS s (id, provider, account_id, day, kind, entry, subject,
			request_id, attempt, minor, local_minor, local_state, currency)
		SELECT 'fnd_' || gen_random_uuid(), @provider, @account, day, what, kind, subject, request_id, attempt,
			minor, local_minor, local_state, currency FROM found
		ON CONFLICT (account_id, entry, subject, kind) DO UPDATE SET day = excluded.day, minor = excluded.minor,
			request_id = excluded.request_id, attempt = excluded.attempt,
			local_minor = excluded.local_minor, local_state = excluded.local_state, closed_at = NULL,
			round = s.round + CASE WHEN s.closed_at IS NULL THEN 0 ELSE 1 END,
			route = CASE WHEN s.closed_at IS NULL THEN s.route ELSE '' END,
			case_id = CASE WHEN s.closed_at IS NULL THEN s.case_id ELSE '' END,
			routed_at = CASE WHEN s.closed_at IS NULL THEN s.routed_at END,
			opened_at = CASE WHEN s.closed_at IS NULL THEN s.opened_at ELSE clock_timestamp() END
		RETURNING routed_at IS NULL AS fresh`

// postFees books what the provider kept for each line of a known payment, once per line,
// on whatever day the line stands. Version 0: no step takes it back.
const postFees = `INSERT INTO ledger_entries
			(request_id, version, key, account, minor, currency, attempt, refund)
		SELECT l.request_id, 0, 'fee:' || l.subject, side.account, side.sign * l.fee_minor, l.currency, l.attempt,
			CASE l.kind WHEN 'refund' THEN l.subject ELSE '' END
		FROM judged l, (VALUES ('provider_fees', 1), ('provider_clearing', -1)) side (account, sign)
		WHERE l.fee_minor <> 0 AND l.what NOT IN ('phantom', 'elsewhere', 'duplicate')
		ON CONFLICT (key, account) DO NOTHING`

var comparePageOf = fmt.Sprintf(`WITH judged AS MATERIALIZED (%s),
	found AS (SELECT DISTINCT ON (kind, subject, what) day, what, kind, subject, request_id, attempt,
			CASE what WHEN 'wrong_fee' THEN fee_minor ELSE minor END AS minor,
			CASE what WHEN 'wrong_fee' THEN fee_due ELSE local_minor END AS local_minor, local_state, currency
		FROM judged WHERE what NOT IN ('matched', 'elsewhere') ORDER BY kind, subject, what, line),
	opened AS (%s),
	fees AS (%s)
	SELECT kind, what, count(*) AS lines, sum(minor) AS minor, sum(fee_minor) AS fee,
		(SELECT count(*) FROM opened WHERE fresh) AS opened FROM judged GROUP BY kind, what`,
	fmt.Sprintf(judged, `l.account_id = @account AND l.day = CAST(@day AS date)
		AND l.line BETWEEN @from AND @to`), openFinding, postFees)

// lineSum is what one page says of one kind of line.
type lineSum struct {
	Kind                      providers.EntryKind
	What                      string
	Lines, Minor, Fee, Opened int64
}

// CompareStatement compares the staged lines with attempts, refunds and ledger, page by
// page: it writes down what does not fit and books the fees. Done again it changes nothing.
func (s *Store) CompareStatement(ctx context.Context, r Reading, beat func()) (Tally, error) {
	var tally Tally
	for from := int64(1); from <= r.Staged; from += comparePage {
		sums, err := s.comparePage(ctx, r, from)
		if err != nil {
			return tally, failed("compare statement", err)
		}
		for _, sum := range sums {
			tally.add(sum)
		}
		if len(sums) > 0 {
			tally.Opened += sums[0].Opened // the same in each row
		}
		beat()
	}
	return tally, nil
}

func (s *Store) comparePage(ctx context.Context, r Reading, from int64) (sums []lineSum, err error) {
	err = s.reading(ctx, r, func(tx *Store) error {
		return tx.read(ctx, &sums, comparePageOf, map[string]any{
			"provider": r.Provider, "account": r.Account, "day": r.Day, "from": from, "to": from + comparePage - 1,
		})
	})
	return sums, err
}

// reading runs do while this is the day's newest reading; another one has to wait so long.
func (s *Store) reading(ctx context.Context, r Reading, do func(tx *Store) error) error {
	const hold = `SELECT reading FROM statement_days WHERE account_id = ? AND day = CAST(? AS date) FOR SHARE`
	return s.WithTx(ctx, func(tx *Store) error {
		if err := tx.patient(ctx); err != nil {
			return err
		}
		var newest string
		if err := tx.read(ctx, &newest, hold, r.Account, r.Day); err != nil {
			return err
		}
		if newest != r.Name {
			return models.Refuse(models.Conflict, "statement_reread", "The statement is being read anew by another.")
		}
		return do(tx)
	})
}

func (t *Tally) add(sum lineSum) {
	switch sum.What {
	case elsewhere:
		t.Elsewhere += sum.Lines
		return
	case matched:
		t.Matched += sum.Lines
	}
	t.Fees += sum.Fee
	if sum.Kind == providers.RefundEntry {
		t.Refunds, t.Refunded = t.Refunds+sum.Lines, t.Refunded+sum.Minor
		return
	}
	t.Captures, t.Captured = t.Captures+sum.Lines, t.Captured+sum.Minor
}
