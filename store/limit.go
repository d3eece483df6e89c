package store

import (
	"context"
	"time"
)

// Hit counts one use of a bucket ("link_miss:203.0.113.9") and says whether it is
// among the first limit of a window that starts with its first hit; if not,
// when the next window starts. It holds over any number of instances.
func (s *Store) Hit(
	ctx context.Context, bucket string, limit int, window time.Duration,
) (retryAt time.Time, allowed bool, err error) {
	const hit = `INSERT INTO limits AS l (count, bucket, expires_at)
		VALUES (1, @bucket, clock_timestamp() + make_interval(secs => @window))
		ON CONFLICT (bucket) DO UPDATE SET
			count = CASE WHEN l.expires_at <= clock_timestamp() THEN 1 ELSE l.count + 1 END,
			expires_at = CASE WHEN l.expires_at <= clock_timestamp() THEN excluded.expires_at ELSE l.expires_at END
		RETURNING count, expires_at`
	var now struct {
		Count     int64
		ExpiresAt time.Time
	}
	// Buckets are named after addresses and people, so their names are not kept.
	err = s.read(ctx, &now, hit, map[string]any{
		"bucket": s.vault.Index("bucket", bucket), "window": window.Seconds(),
	})
	return now.ExpiresAt, now.Count <= int64(limit), failed("count hit", err)
}

// GiveBack takes one use of a bucket back, which was no use in the end.
func (s *Store) GiveBack(ctx context.Context, bucket string) error {
	const less = `WITH last AS (DELETE FROM limits WHERE bucket = @bucket AND count = 1)
		UPDATE limits SET count = count - 1 WHERE bucket = @bucket AND count > 1`
	_, err := s.write(ctx, less, map[string]any{"bucket": s.vault.Index("bucket", bucket)})
	return failed("give back", err)
}

// Spent says, without counting a use, whether a bucket has had its share, and
// until when. It is for refusing before an answer could tell a guesser anything.
func (s *Store) Spent(
	ctx context.Context, bucket string, limit int,
) (until time.Time, spent bool, err error) {
	const query = `SELECT expires_at FROM limits
		WHERE bucket = ? AND count >= ? AND expires_at > clock_timestamp()`
	var found []time.Time
	if err := s.read(ctx, &found, query, s.vault.Index("bucket", bucket), limit); err != nil {
		return time.Time{}, false, failed("read limit", err)
	}
	if len(found) == 0 {
		return time.Time{}, false, nil
	}
	return found[0], true, nil
}

// PruneLimits forgets windows that are over, login codes that no limit counts any more,
// holds on limits and budgets that nobody saved an attempt for, and counters of limits that
// are of no day to come, and says how many. It waits for none that is just being written.
func (s *Store) PruneLimits(ctx context.Context) (total int64, err error) {
	for _, prune := range []string{
		"DELETE FROM limits WHERE expires_at <= clock_timestamp()",
		"DELETE FROM login_codes WHERE issued_at < clock_timestamp() - interval '25 hours'",
		"UPDATE promotion_uses u SET state = 'free' WHERE state = 'held' AND " + abandoned,
		"DELETE FROM day_shares WHERE taken_at <= clock_timestamp() - interval '" + holdLife + "'",
		`DELETE FROM limit_holds WHERE ctid = ANY(ARRAY(SELECT ctid FROM limit_holds
			WHERE taken_at <= clock_timestamp() - interval '` + holdLife + `' FOR UPDATE SKIP LOCKED))`,
		`DELETE FROM limit_used WHERE ctid = ANY(ARRAY(SELECT ctid FROM limit_used
			WHERE day < current_date - 3 AND (day > '-infinity' OR minor = 0) FOR UPDATE SKIP LOCKED))`,
	} {
		rows, err := s.write(ctx, prune)
		if err != nil {
			return total, failed("prune limits", err)
		}
		total += rows
	}
	return total, nil
}
