package store

import (
	"context"
	"time"

	"github.com/friendpay/friendpay/models"
)

// DayShare is what an attempt would take of its payer's daily limit.
type DayShare struct {
	Payer, Request, Attempt string
	Amount, Limit           models.Money // of one currency
}

// shareLife is how long a share waits for its attempt to be saved; a step that was lost
// takes none.
const shareLife = "5 minutes"

// TakeFromDay says whether the amount fits into what is left of the payer's day, in
// Shanghai, and keeps it for the attempt if so. What was captured and not given back
// counts, and so does what may still be captured: the pending attempts of his other
// requests. His other attempt of this request does not; it makes room for this one.
// Asked again it answers again.
func (s *Store) TakeFromDay(ctx context.Context, share DayShare, now time.Time) (fits bool, err error) {
	const used = `SELECT
		coalesce((SELECT sum(captured_minor - refunded_minor) FROM attempts WHERE payer_id = @payer
			AND state = 'succeeded' AND paid_at >= @since AND captured_currency = @currency), 0)
		+ coalesce((SELECT sum(quoted_minor) FROM attempts WHERE payer_id = @payer AND request_id <> @request
			AND state IN ('new', 'unknown', 'live', 'closing') AND quoted_currency = @currency), 0)
		+ coalesce((SELECT sum(minor) FROM day_shares d WHERE payer_id = @payer AND request_id <> @request
			AND currency = @currency AND taken_at > clock_timestamp() - CAST(@life AS interval)
			AND NOT EXISTS (SELECT FROM attempts WHERE number = d.attempt)), 0)`
	const take = `INSERT INTO day_shares (request_id, payer_id, attempt, minor, currency)
		VALUES (@request, @payer, @attempt, @minor, @currency)
		ON CONFLICT (request_id) DO UPDATE SET payer_id = excluded.payer_id, attempt = excluded.attempt,
			minor = excluded.minor, currency = excluded.currency, taken_at = excluded.taken_at`
	about := map[string]any{
		"payer": share.Payer, "request": share.Request, "attempt": share.Attempt, "minor": share.Amount.Minor,
		"currency": share.Amount.Currency, "since": midnight(now), "life": shareLife,
	}
	err = s.WithTx(ctx, func(tx *Store) error {
		// All that concerns a payer's day happens one after the other.
		lock := "SELECT id FROM payers WHERE id = ? FOR NO KEY UPDATE"
		if _, err := tx.write(ctx, lock, share.Payer); err != nil {
			return err
		}
		var taken int64
		if err := tx.read(ctx, &taken, used, about); err != nil {
			return err
		}
		if fits = taken+share.Amount.Minor <= share.Limit.Minor; !fits {
			return nil
		}
		_, err := tx.write(ctx, take, about)
		return err
	})
	return fits, failed("take from the day", err)
}
