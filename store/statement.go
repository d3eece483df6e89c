package store

import (
	"context"
	"time"

	"github.com/friendpay/friendpay/models"
)

// StatementState is how far the comparison of one day has come.
type StatementState string

// The states of a day. Partial is a day that was read before it was over; overdue one
// whose file never came: a human has it, and it may still be read by hand.
const (
	StatementWaiting  StatementState = "waiting"
	StatementReading  StatementState = "reading"
	StatementPartial  StatementState = "partial"
	StatementCompared StatementState = "compared"
	StatementOverdue  StatementState = "overdue"
)

// StatementDay is one account's day at its provider as it was last read. Sums are fen, of
// the lines that are ours.
type StatementDay struct {
	Provider string         `json:"provider"`
	Account  string         `json:"account"`
	Day      string         `json:"day"` // 2006-01-02, in Shanghai
	State    StatementState `json:"state"`
	Tries    int64          `json:"tries,omitempty"`
	Reason   string         `json:"reason,omitempty"`
	Lines    int64          `json:"lines"`
	Foreign  int64          `json:"foreign"` // of other systems of the merchant, or of another account
	Captures int64          `json:"captures"`
	Captured int64          `json:"captured"`
	Refunds  int64          `json:"refunds"`
	Refunded int64          `json:"refunded"`
	Fees     int64          `json:"fees"`
	Matched  int64          `json:"matched"`
}

const statementDay = `SELECT provider, account_id AS account, to_char(day, 'YYYY-MM-DD') AS day, state, tries,
	reason, lines, foreign_lines AS foreign, captures, captured_minor AS captured, refunds,
	refunded_minor AS refunded, fees_minor AS fees, matched FROM statement_days `

// StatementDay reads a day; not_found "unknown_statement" of one that was never tried.
func (s *Store) StatementDay(ctx context.Context, about models.StatementDay) (StatementDay, error) {
	var day StatementDay
	const named = "WHERE account_id = ? AND day = CAST(? AS date)"
	err := s.read(ctx, &day, statementDay+named, about.Account, about.Day)
	if err == nil && day.Day == "" {
		return day, unknown("unknown_statement")
	}
	return day, failed("read statement day", err)
}

// StatementsDue lists the days of a provider's accounts that are over and not compared,
// in the order of accounts and days, from the first after that one: each of the eight
// days before today, but none before the first that was ever looked at. An account that is
// new begins with yesterday.
func (s *Store) StatementsDue(
	ctx context.Context, provider string, today time.Time, after models.StatementDay, limit int,
) ([]models.StatementDay, error) {
	const query = `SELECT a.provider, a.id AS account, to_char(d.day, 'YYYY-MM-DD') AS day
		FROM provider_accounts a CROSS JOIN LATERAL (SELECT least(coalesce(min(day), 'infinity'),
				CAST(@today AS date) - 1) AS first FROM statement_days WHERE account_id = a.id) known
			CROSS JOIN LATERAL (SELECT CAST(n AS date) AS day FROM generate_series(greatest(known.first,
				CAST(@today AS date) - 8), CAST(@today AS date) - 1, interval '1 day') n) d
			LEFT JOIN statement_days s ON s.account_id = a.id AND s.day = d.day
		WHERE a.provider = @provider AND a.state <> 'disabled' AND (a.id, d.day) > (@account, CAST(@day AS date))
			AND coalesce(s.state, 'waiting') IN ('waiting', 'reading', 'partial')
		ORDER BY a.id, d.day LIMIT @limit`
	day := after.Day
	if day == "" {
		day = "-infinity"
	}
	var due []models.StatementDay
	err := s.read(ctx, &due, query, map[string]any{
		"provider": provider, "today": today.Format(time.DateOnly), "account": after.Account, "day": day,
		"limit": limit,
	})
	return due, failed("list statements due", err)
}

// GiveUpStatements opens a case for each day of a provider's accounts whose file did not
// come within eight days after it, and says how many. Again it finds none.
func (s *Store) GiveUpStatements(ctx context.Context, provider string, today time.Time) (int, error) {
	const late = `INSERT INTO statement_days AS s (provider, account_id, day, state, reason)
		SELECT a.provider, a.id, d.day, 'overdue', 'never tried' FROM provider_accounts a,
			LATERAL (SELECT min(day) AS first FROM statement_days WHERE account_id = a.id) known,
			LATERAL (SELECT CAST(n AS date) AS day FROM generate_series(known.first,
				CAST(@today AS date) - 9, interval '1 day') n) d
		WHERE a.provider = @provider AND NOT EXISTS (SELECT FROM statement_days c
			WHERE c.account_id = a.id AND c.day = d.day AND c.state IN ('compared', 'overdue'))
		ON CONFLICT (account_id, day) DO UPDATE SET state = 'overdue', updated_at = clock_timestamp()
		RETURNING account_id AS account, to_char(day, 'YYYY-MM-DD') AS day, tries, reason`
	var given []StatementDay
	err := s.WithTx(ctx, func(tx *Store) error {
		args := map[string]any{"provider": provider, "today": today.Format(time.DateOnly)}
		if err := tx.read(ctx, &given, late, args); err != nil {
			return err
		}
		for _, day := range given {
			_, err := tx.OpenCase(ctx, Case{
				Kind: models.CaseNoStatement, Provider: provider, Account: day.Account, Day: day.Day,
				Detail: "The provider's statement did not come within eight days: " + day.Reason + ".",
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	return len(given), failed("give up statements", err)
}

// StatementsBehind lists days that ended more than a day and a half before now and are
// not compared, oldest first, at most limit.
func (s *Store) StatementsBehind(ctx context.Context, now time.Time, limit int) ([]StatementDay, error) {
	var days []StatementDay
	last := now.In(models.Shanghai).Add(-36*time.Hour).AddDate(0, 0, -1).Format(time.DateOnly)
	err := s.read(ctx, &days, statementDay+`WHERE state <> 'compared' AND day <= CAST(? AS date)
		ORDER BY day, account_id LIMIT ?`, last, limit)
	return days, failed("list statements behind", err)
}

// StatementWaits notes that a day's file could not be read, and why. A day that was read
// before keeps what was found then.
func (s *Store) StatementWaits(ctx context.Context, about models.StatementDay, reason string) error {
	const note = `INSERT INTO statement_days AS s (provider, account_id, day, state, tries, reason)
		VALUES (?, ?, CAST(? AS date), 'waiting', 1, ?) ON CONFLICT (account_id, day) DO UPDATE
		SET tries = s.tries + 1, reason = excluded.reason, updated_at = clock_timestamp()`
	_, err := s.write(ctx, note, about.Provider, about.Account, about.Day, reason)
	return failed("note a missing statement", err)
}
