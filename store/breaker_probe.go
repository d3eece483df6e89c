package store

import (
	"context"
	"time"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
)

// Probe is a channel whose provider is to be asked whether it is alive.
type Probe struct {
	App      string `gorm:"column:app_id"`
	Channel  string
	Provider string
	Account  string `gorm:"column:account_id"`
}

// TakeProbe leases the breakers of the channel that is due for longest, on all surfaces: the
// answer is about them all. Found is false when none is due. No two callers get the same
// channel until the lease is over.
func (s *Store) TakeProbe(
	ctx context.Context, now time.Time, lease time.Duration,
) (p Probe, found bool, err error) {
	const take = `UPDATE breakers b SET next_probe_at = @until FROM channels c
		WHERE c.app_id = b.app_id AND c.id = b.channel AND b.state <> 'closed' AND (b.app_id, b.channel) IN (
			SELECT d.app_id, d.channel FROM breakers d JOIN channels h ON h.app_id = d.app_id
				AND h.id = d.channel AND h.account_id IS NOT NULL
			WHERE d.state <> 'closed' AND d.next_probe_at <= @now
			ORDER BY d.next_probe_at LIMIT 1 FOR UPDATE OF d SKIP LOCKED)
		RETURNING b.app_id, b.channel, c.provider, c.account_id`
	var probes []Probe
	err = s.read(ctx, &probes, take, map[string]any{"now": now.UTC(), "until": now.Add(lease).UTC()})
	if err != nil || len(probes) == 0 {
		return Probe{}, false, failed("take a probe", err)
	}
	return probes[0], true, nil
}

// Probed is what came of a probe.
type Probed struct {
	Alive bool
	At    time.Time
	Speed int64
}

// NoteProbe keeps what the provider's answer makes of the channel's breakers.
func (s *Store) NoteProbe(ctx context.Context, probe Probe, probed Probed) (turns []Turn, err error) {
	err = s.WithTx(ctx, func(tx *Store) error {
		const lock = "SELECT " + breakerColumns + ` FROM breakers
			WHERE app_id = ? AND channel = ? AND state <> 'closed' ORDER BY surface FOR UPDATE`
		var records []breakerRecord
		if err := tx.read(ctx, &records, lock, probe.App, probe.Channel); err != nil {
			return err
		}
		turns, err = tx.turn(ctx, records, func(b policy.Breaker, rule policy.BreakerRule) policy.Breaker {
			return b.Probed(probed.Alive, rule, probed.At, probed.Speed)
		})
		return err
	})
	return turns, failed("note a probe", err)
}

// Vouch is an operator's word that the provider of an open breaker works again. It counts as a good
// probe: the next payer may try, and how that goes decides. One that is not open is conflict
// "not_open"; unknown is not_found "unknown_breaker".
func (s *Store) Vouch(ctx context.Context, key BreakerKey, now time.Time) error {
	err := s.WithTx(ctx, func(tx *Store) error {
		records, err := tx.lockedBreaker(ctx, key)
		if err != nil {
			return err
		}
		_, err = tx.turn(ctx, records, func(b policy.Breaker, rule policy.BreakerRule) policy.Breaker {
			return b.Probed(true, rule, now, 1)
		})
		return err
	})
	return failed("vouch for a breaker", err)
}

// Trustworthy is nil when Vouch would take somebody's word, and else its refusal.
func (s *Store) Trustworthy(ctx context.Context, key BreakerKey) error {
	return s.WithTx(ctx, func(tx *Store) error {
		_, err := tx.lockedBreaker(ctx, key)
		return err
	})
}

func (s *Store) lockedBreaker(ctx context.Context, key BreakerKey) ([]breakerRecord, error) {
	const lock = "SELECT " + breakerColumns + ` FROM breakers
		WHERE app_id = ? AND channel = ? AND surface = ? FOR UPDATE`
	var records []breakerRecord
	if err := s.read(ctx, &records, lock, key.App, key.Channel, key.Surface); err != nil {
		return nil, err
	}
	if len(records) == 0 {
		return nil, unknown("unknown_breaker")
	}
	if records[0].State != policy.BreakerOpen {
		return nil, models.Refuse(models.Conflict, "not_open", "This way to pay is not taken away.")
	}
	return records, nil
}

// Waiter is a request with its order, to be asked whether it can be paid.
type Waiter struct {
	Request  models.Request
	Order    Order
	Released []string // what the request was made with; nil: nothing was kept of one so old
}

// Sweep is a part of the open requests of an app, to be looked through while a breaker is open.
type Sweep struct {
	BreakerKey
	OpenedAt time.Time
	Waiters  []Waiter
}

// TakeSweep gives the next part of the open requests that an open breaker may concern, at
// most limit of them, and of each breaker not sooner than pause after the part before.
// Processes take turns: when one has given up, another comes round again.
func (s *Store) TakeSweep(
	ctx context.Context, now time.Time, pause time.Duration, limit int,
) (sweep Sweep, found bool, err error) {
	err = s.WithTx(ctx, func(tx *Store) error {
		const lock = `SELECT app_id, channel, surface, opened_at, swept_to FROM breakers
			WHERE state = 'open' AND next_sweep_at <= ? ORDER BY next_sweep_at LIMIT 1 FOR UPDATE SKIP LOCKED`
		var rows []struct {
			BreakerKey `gorm:"embedded"`
			OpenedAt   time.Time
			SweptTo    string
		}
		if err := tx.read(ctx, &rows, lock, now.UTC()); err != nil || len(rows) == 0 {
			return err
		}
		sweep, found = Sweep{BreakerKey: rows[0].BreakerKey, OpenedAt: rows[0].OpenedAt}, true
		var to string
		sweep.Waiters, to, err = tx.waiters(ctx, `r.state = 'open' AND r.app_id = ? AND r.id > ?`, limit,
			sweep.App, rows[0].SweptTo)
		if err != nil {
			return err
		}
		const keep = `UPDATE breakers SET swept_to = ?, next_sweep_at = ?
			WHERE app_id = ? AND channel = ? AND surface = ?`
		_, err = tx.write(ctx, keep, to, now.Add(pause).UTC(), sweep.App, sweep.Channel, sweep.Surface)
		return err
	})
	return sweep, found, failed("take a sweep", err)
}

// HeldBy lists paused requests that are held for a reason, after an id, at most limit; next
// is where to go on, "" at the end.
func (s *Store) HeldBy(
	ctx context.Context, reason, after string, limit int,
) (waiters []Waiter, next string, err error) {
	const held = "r.state = 'paused' AND r.snapshot ->> 'held_for' = ? AND r.id > ?"
	waiters, next, err = s.waiters(ctx, held, limit, reason, after)
	return waiters, next, failed("list held requests", err)
}

func (s *Store) waiters(
	ctx context.Context, which string, limit int, args ...any,
) (waiters []Waiter, next string, err error) {
	var records []struct {
		Snapshot models.Request `gorm:"serializer:json"`
		Released []string       `gorm:"serializer:list"`
		Order    Order          `gorm:"embedded"`
	}
	query := `SELECT r.snapshot, c.released, o.* FROM requests r JOIN orders o ON o.id = r.order_id
		LEFT JOIN request_releases c ON c.request_id = r.id WHERE ` + which + `
		ORDER BY r.id LIMIT ?`
	if err := s.read(ctx, &records, query, append(args, limit)...); err != nil {
		return nil, "", err
	}
	for _, record := range records {
		waiters = append(waiters, Waiter{record.Snapshot, record.Order, record.Released})
	}
	if len(waiters) == limit {
		next = waiters[limit-1].Request.ID
	}
	return waiters, next, nil
}
