package store

import (
	"context"
	"hash/fnv"
	"slices"
	"time"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
)

// LimitShare is what an attempt would take of the limits that bound it.
type LimitShare struct {
	App, Request, Attempt string
	Channel, Payer, Buyer string
	ByBuyer               bool // counts for the channel and the merchant only
	Amount                models.Money
	Limits                []policy.Limit // those of them that are of a day are taken from, in this order
}

// holdLife is how long a hold waits for its attempt to be saved; a step that was lost
// takes nothing.
const holdLife = "5 minutes"

// usedUp is what counts for one subject of one limit: what was captured on the day and has
// not come back, what may still be captured, and what checks at this moment hold. The
// request's own pending attempt does not count; it makes room for this one.
const usedUp = `SELECT s.scope, (
		coalesce((SELECT sum(minor) FROM limit_used u WHERE u.app_id = @app AND u.scope = s.scope
			AND u.subject = s.subject AND u.currency = @currency
			AND u.day IN ('-infinity', CAST(@day AS date))), 0)
		- coalesce((SELECT sum(a.quoted_minor) FROM attempts a,
				limit_subjects(a.channel, a.payer_id, @buyer, a.by_buyer) t
			WHERE a.request_id = @request AND a.state IN ('new', 'unknown', 'live', 'closing')
			AND a.quoted_currency = @currency AND t.scope = s.scope AND t.subject = s.subject), 0)
		+ coalesce((SELECT sum(h.minor) FROM limit_holds h WHERE h.app_id = @app AND h.scope = s.scope
			AND h.subject = s.subject AND h.request_id <> @request AND h.currency = @currency
			AND h.taken_at > clock_timestamp() - CAST(@life AS interval)
			AND NOT EXISTS (SELECT FROM attempts WHERE number = h.attempt)), 0))::bigint AS minor
	FROM limit_subjects(@channel, @payer, @buyer, @by) s WHERE s.scope = ANY(@scopes)`

// holding keeps the amount for the attempt, in place of what the request held before.
const holding = `WITH before AS (
		DELETE FROM limit_holds WHERE request_id = @request AND NOT scope = ANY(@scopes))
	INSERT INTO limit_holds (request_id, scope, subject, app_id, attempt, minor, currency)
	SELECT @request, s.scope, s.subject, @app, @attempt, @minor, @currency
	FROM limit_subjects(@channel, @payer, @buyer, @by) s WHERE s.scope = ANY(@scopes)
	ON CONFLICT (request_id, scope) DO UPDATE SET subject = excluded.subject, app_id = excluded.app_id,
		attempt = excluded.attempt, minor = excluded.minor, currency = excluded.currency,
		taken_at = excluded.taken_at`

// TakeLimits says which limit of the day, in Shanghai, the amount does not fit into, nil
// when it fits into all and is kept for the attempt. Asked again it answers again.
func (s *Store) TakeLimits(
	ctx context.Context, share LimitShare, now time.Time,
) (full *policy.Limit, err error) {
	ofOne := func(l policy.Limit) bool { return l.Per != policy.PerDay }
	days := slices.DeleteFunc(slices.Clone(share.Limits), ofOne)
	if len(days) == 0 {
		return nil, nil
	}
	about := share.about(days, now)
	err = s.WithTx(ctx, func(tx *Store) error {
		// All that concerns one limit happens one after the other; locks are taken in the order of
		// their numbers, so that no two checks wait for each other.
		locks := share.locks(days)
		const lock = "SELECT pg_advisory_xact_lock(key) FROM unnest(?::bigint[]) key"
		if _, err := tx.write(ctx, lock, &locks); err != nil {
			return err
		}
		var used []policy.Use
		if err := tx.read(ctx, &used, usedUp, about); err != nil {
			return err
		}
		if full = share.full(days, used); full != nil {
			return nil
		}
		_, err := tx.write(ctx, holding, about)
		return err
	})
	return full, failed("take from the limits", err)
}

func (share LimitShare) about(days []policy.Limit, now time.Time) map[string]any {
	var scopes []string
	for _, l := range days {
		scopes = append(scopes, l.Scope)
	}
	return map[string]any{
		"app": share.App, "request": share.Request, "attempt": share.Attempt, "channel": share.Channel,
		"payer": share.Payer, "buyer": share.Buyer, "by": share.ByBuyer, "minor": share.Amount.Minor,
		"currency": share.Amount.Currency, "day": shanghaiDay(now), "life": holdLife, "scopes": textArray(scopes),
	}
}

// full is the first limit that the amount does not fit into any more.
func (share LimitShare) full(days []policy.Limit, used []policy.Use) *policy.Limit {
	for _, l := range days {
		i := slices.IndexFunc(used, func(u policy.Use) bool { return u.Scope == l.Scope })
		if i < 0 || used[i].Minor+share.Amount.Minor > l.Minor {
			return &l
		}
	}
	return nil
}

// locks are the numbers of the locks of the limits' subjects, each once, ascending.
func (share LimitShare) locks(days []policy.Limit) []int64 {
	subjects := map[string]string{
		policy.ScopeChannel: share.Channel, policy.ScopePayer: share.Payer, policy.ScopeBuyer: share.Buyer,
		policy.ScopePair: share.Payer + "|" + share.Buyer,
	}
	var keys []int64
	for _, l := range days {
		hash := fnv.New64a()
		name := "limit/" + share.App + "/" + l.Scope + "/" + subjects[l.Scope]
		_, _ = hash.Write([]byte(name))          // never fails
		keys = append(keys, int64(hash.Sum64())) //nolint:gosec // any number will do
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

func shanghaiDay(now time.Time) string { return now.In(shanghai).Format(time.DateOnly) }
