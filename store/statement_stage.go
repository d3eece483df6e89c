package store

import (
	"context"
	"encoding/json"
	"iter"
	"strings"
	"time"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
)

// stageBatch is how many lines of a statement are held in memory at a time.
const stageBatch = 1000

// Reading is one reading of a day's statement. A later one of the same day takes its place.
type Reading struct {
	models.StatementDay
	Name    string // rdg_…
	Lines   int64  // in the file
	Foreign int64  // of other systems of the merchant: counted and not kept
	Staged  int64  // kept, numbered from 1
	ended   bool
}

// StageStatement keeps the lines of a statement that have numbers of our form, in the
// place of those of the reading before. An error among the entries takes all back. Beat is
// called after each batch.
func (s *Store) StageStatement(
	ctx context.Context, about models.StatementDay, entries iter.Seq2[providers.Entry, error], beat func(),
) (Reading, error) {
	reading := Reading{StatementDay: about, Name: mint.ID(mint.Reading)}
	next, stop := iter.Pull2(entries)
	defer stop()
	// The first batch comes before the transaction: so long does the download take.
	batch, err := reading.batch(next)
	if err != nil {
		return reading, err
	}
	err = s.WithTx(ctx, func(tx *Store) error {
		if err := tx.patient(ctx); err != nil {
			return err
		}
		if err := tx.beginReading(ctx, reading); err != nil {
			return err
		}
		for ; err == nil; batch, err = reading.batch(next) {
			if err := tx.stage(ctx, batch); err != nil {
				return err
			}
			beat()
			if reading.ended {
				return tx.survey(ctx, reading)
			}
		}
		return err
	})
	return reading, failed("stage statement", err)
}

// patient lets the statements of this transaction take the time that a large day takes,
// and a slow file come in between.
func (s *Store) patient(ctx context.Context) error {
	for _, set := range []string{
		"SET LOCAL statement_timeout = '60s'", "SET LOCAL idle_in_transaction_session_timeout = '10min'",
	} {
		if _, err := s.write(ctx, set); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) beginReading(ctx context.Context, r Reading) error {
	const begin = `INSERT INTO statement_days (provider, account_id, day, state, reading)
		VALUES (?, ?, CAST(? AS date), 'reading', ?) ON CONFLICT (account_id, day) DO UPDATE
		SET reading = excluded.reading, updated_at = clock_timestamp()`
	const clear = "DELETE FROM statement_lines WHERE account_id = ? AND day = CAST(? AS date)"
	if _, err := s.write(ctx, begin, r.Provider, r.Account, r.Day, r.Name); err != nil {
		return err
	}
	_, err := s.write(ctx, clear, r.Account, r.Day)
	return err
}

// survey lets the database know at once how much has come: what plans by the emptiness of
// yesterday takes minutes for a large day.
func (s *Store) survey(ctx context.Context, r Reading) error {
	if r.Staged < stageBatch {
		return nil
	}
	_, err := s.write(ctx, "ANALYZE statement_lines")
	return err
}

// stagedLine is a row of statement_lines, by the names of its columns.
type stagedLine struct {
	Account     string              `json:"account_id"`
	Day         string              `json:"day"`
	Line        int64               `json:"line"`
	Kind        providers.EntryKind `json:"kind"`
	Number      string              `json:"number"`
	Refund      string              `json:"refund"`
	Transaction string              `json:"transaction"`
	Minor       int64               `json:"minor"`
	Currency    string              `json:"currency"`
	Fee         int64               `json:"fee_minor"`
	At          time.Time           `json:"at"`
}

// batch takes the next lines, and of them those that are ours.
func (r *Reading) batch(next func() (providers.Entry, error, bool)) ([]stagedLine, error) {
	batch := make([]stagedLine, 0, stageBatch)
	for range stageBatch {
		entry, err, more := next()
		if err != nil {
			return nil, err
		}
		if !more {
			r.ended = true
			break
		}
		r.Lines++
		if !oursByForm(entry.Number) && !oursByForm(entry.Refund) {
			r.Foreign++
			continue
		}
		r.Staged++
		batch = append(batch, stagedLine{
			Account: r.Account, Day: r.Day, Line: r.Staged, Kind: entry.Kind, Number: entry.Number,
			Refund: entry.Refund, Transaction: entry.Transaction, Minor: entry.Amount.Minor,
			Currency: entry.Amount.Currency, Fee: entry.Fee.Minor, At: entry.At,
		})
	}
	return batch, nil
}

// oursByForm says whether a number could be one that we minted. Others belong to other
// systems of the same merchant.
func oursByForm(number string) bool {
	const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	return len(number) == 26 && strings.Trim(number, alphabet) == ""
}

func (s *Store) stage(ctx context.Context, batch []stagedLine) error {
	const keep = `INSERT INTO statement_lines (account_id, day, line, kind, number, refund, transaction, minor,
			currency, fee_minor, at)
		SELECT * FROM jsonb_to_recordset(CAST(? AS jsonb)) AS l (account_id text, day date, line bigint, kind text,
			number text, refund text, transaction text, minor bigint, currency text, fee_minor bigint, at timestamptz)`
	if len(batch) == 0 {
		return nil
	}
	rows, err := json.Marshal(batch)
	if err != nil {
		return err
	}
	_, err = s.write(ctx, keep, string(rows))
	return err
}
