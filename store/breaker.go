package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/friendpay/friendpay/policy"
)

// Made is how making an order at a provider went.
type Made struct {
	App     string
	Channel string
	Attempt string // its checkout knows the surface
	Failed  bool
	Reason  string // of the failure, in the provider's code
	Speed   int64
	At      time.Time
}

// BreakerKey names a breaker.
type BreakerKey struct {
	App     string `gorm:"column:app_id" json:"app"`
	Channel string `json:"channel"`
	Surface string `json:"surface,omitempty"` // a family; empty: all
}

// Turn is a breaker that changed its state.
type Turn struct {
	BreakerKey
	To     policy.BreakerState
	Reason string
}

// breakerRecord is a breaker's row.
type breakerRecord struct {
	BreakerKey  `gorm:"embedded"`
	State       policy.BreakerState
	Failures    []time.Time `gorm:"serializer:json"`
	Goods       int
	Tries       int
	OpenedAt    time.Time `gorm:"serializer:moment"`
	NextProbeAt time.Time `gorm:"serializer:moment"`
	TrialUntil  time.Time `gorm:"serializer:moment"`
	Reason      string
}

func (breakerRecord) TableName() string { return "breakers" }

func (r breakerRecord) breaker() policy.Breaker {
	return policy.Breaker{
		Channel: r.Channel, Surface: r.Surface, State: r.State, Failures: r.Failures, Goods: r.Goods,
		Tries: r.Tries, OpenedAt: r.OpenedAt, NextProbe: r.NextProbeAt, Trial: r.TrialUntil, Reason: r.Reason,
	}
}

const breakerColumns = `app_id, channel, surface, state, failures, goods, tries, opened_at, next_probe_at,
	trial_until, reason`

// Breakers lists those of an app that are not closed.
func (s *Store) Breakers(ctx context.Context, app string) ([]policy.Breaker, error) {
	const query = "SELECT " + breakerColumns + ` FROM breakers WHERE app_id = ? AND state <> 'closed'
		ORDER BY channel, surface`
	var records []breakerRecord
	err := s.read(ctx, &records, query, app)
	breakers := make([]policy.Breaker, len(records))
	for i, record := range records {
		breakers[i] = record.breaker()
	}
	return breakers, failed("read breakers", err)
}

// OpenBreaker is a breaker that takes its channel away, or lets one payer try it.
type OpenBreaker struct {
	BreakerKey
	State  policy.BreakerState
	Reason string // the failure that opened it, in the provider's code
	Since  time.Time
}

// OpenBreakers lists those of all apps that are not closed, the longest open first.
func (s *Store) OpenBreakers(ctx context.Context, limit int) (open []OpenBreaker, err error) {
	const query = `SELECT app_id, channel, surface, state, reason, coalesce(opened_at, updated_at) AS since
		FROM breakers WHERE state <> 'closed' ORDER BY since, app_id, channel, surface LIMIT ?`
	return open, failed("read breakers", s.read(ctx, &open, query, limit))
}

// NoteMade tells the channel's breakers how making an order went: that of the payer's
// surface, and that of all surfaces. A success costs one statement, which mostly finds
// nothing to forget.
func (s *Store) NoteMade(ctx context.Context, made Made) (turns []Turn, err error) {
	if !made.Failed {
		uneasy := false
		const look = `SELECT EXISTS (SELECT FROM breakers WHERE app_id = ? AND channel = ?
			AND (state <> 'closed' OR failures <> '[]' OR tries > 0))`
		if err := s.read(ctx, &uneasy, look, made.App, made.Channel); err != nil || !uneasy {
			return nil, failed("read breakers", err)
		}
	}
	err = s.WithTx(ctx, func(tx *Store) error {
		turns, err = tx.noteMade(ctx, made)
		return err
	})
	return turns, failed("note a payment made", err)
}

func (s *Store) noteMade(ctx context.Context, made Made) ([]Turn, error) {
	const watch = `INSERT INTO breakers (app_id, channel, surface)
		SELECT ?, ?, surface FROM (SELECT '' AS surface
			UNION SELECT split_part(surface, '_', 1) FROM checkouts WHERE attempt = ?) watched
		ORDER BY surface ON CONFLICT DO NOTHING`
	if _, err := s.write(ctx, watch, made.App, made.Channel, made.Attempt); err != nil {
		return nil, err
	}
	const lock = "SELECT " + breakerColumns + ` FROM breakers WHERE app_id = ? AND channel = ? AND surface IN (
			SELECT '' UNION SELECT split_part(surface, '_', 1) FROM checkouts WHERE attempt = ?)
		ORDER BY surface FOR UPDATE`
	var records []breakerRecord
	if err := s.read(ctx, &records, lock, made.App, made.Channel, made.Attempt); err != nil {
		return nil, err
	}
	return s.turn(ctx, records, func(b policy.Breaker, rule policy.BreakerRule) policy.Breaker {
		if made.Failed {
			return b.Failed(rule, made.Reason, made.At, made.Speed)
		}
		return b.Succeeded(rule, made.At, made.Speed)
	})
}

// turn lets something happen to breakers whose rows are locked, and keeps what comes of it.
func (s *Store) turn(
	ctx context.Context, records []breakerRecord,
	happens func(policy.Breaker, policy.BreakerRule) policy.Breaker,
) (turns []Turn, err error) {
	for _, record := range records {
		rule, err := s.breakerRule(ctx, record.BreakerKey)
		if err != nil {
			return nil, err
		}
		after := happens(record.breaker(), rule)
		if err := s.saveBreaker(ctx, record.BreakerKey, after); err != nil {
			return nil, err
		}
		if after.State != record.State {
			turns = append(turns, Turn{BreakerKey: record.BreakerKey, To: after.State, Reason: after.Reason})
		}
	}
	return turns, nil
}

func (s *Store) saveBreaker(ctx context.Context, key BreakerKey, b policy.Breaker) error {
	failures, err := json.Marshal(append([]time.Time{}, b.Failures...))
	if err != nil {
		return failed("write failures", err)
	}
	const save = `UPDATE breakers SET state = @state, failures = @failures, goods = @goods, tries = @tries,
		opened_at = @opened, next_probe_at = @probe, trial_until = @trial, reason = @reason,
		next_sweep_at = CASE WHEN @state = 'open' THEN coalesce(next_sweep_at, '-infinity') END,
		swept_to = CASE WHEN @state = 'open' THEN swept_to ELSE '' END, updated_at = clock_timestamp()
		WHERE app_id = @app AND channel = @channel AND surface = @surface`
	_, err = s.write(ctx, save, map[string]any{
		"state": string(b.State), "failures": string(failures), "goods": b.Goods, "tries": b.Tries,
		"opened": momentOrNull(b.OpenedAt), "probe": momentOrNull(b.NextProbe), "trial": momentOrNull(b.Trial),
		"reason": b.Reason, "app": key.App, "channel": key.Channel, "surface": key.Surface,
	})
	return err
}

// momentOrNull is a moment as a parameter; zero is NULL.
func momentOrNull(at time.Time) any {
	if at.IsZero() {
		return nil
	}
	return at.UTC()
}

// breakerRule is what operators said of the channel, else of the app, else of all.
func (s *Store) breakerRule(ctx context.Context, key BreakerKey) (policy.BreakerRule, error) {
	const query = `SELECT errors, window_seconds, rest_seconds, longest_seconds FROM breaker_rules
		WHERE app_id IN ('', ?) AND channel IN ('', ?) ORDER BY app_id DESC, channel DESC LIMIT 1`
	var row struct{ Errors, WindowSeconds, RestSeconds, LongestSeconds int64 }
	err := s.read(ctx, &row, query, key.App, key.Channel)
	if row.Errors == 0 { // somebody took the default away
		row.Errors, row.WindowSeconds, row.RestSeconds, row.LongestSeconds = 5, 60, 30, 300
	}
	seconds := func(n int64) time.Duration { return time.Duration(n) * time.Second }
	return policy.BreakerRule{
		Errors: int(row.Errors), Window: seconds(row.WindowSeconds), Rest: seconds(row.RestSeconds),
		Longest: seconds(row.LongestSeconds),
	}, err
}

// TakeTrial lets one person try what is half open; false: somebody else is trying, or it
// is open again. What is closed may be tried by anybody.
func (s *Store) TakeTrial(ctx context.Context, key BreakerKey, now time.Time) (may bool, err error) {
	broken := false
	const look = "SELECT EXISTS (SELECT FROM breakers WHERE app_id = ? AND channel = ? AND state <> 'closed')"
	if err := s.read(ctx, &broken, look, key.App, key.Channel); err != nil || !broken {
		return err == nil, failed("look at breakers", err)
	}
	err = s.WithTx(ctx, func(tx *Store) error {
		const lock = "SELECT " + breakerColumns + ` FROM breakers WHERE app_id = ? AND channel = ?
			AND surface IN ('', ?) AND state <> 'closed' ORDER BY surface FOR UPDATE`
		var records []breakerRecord
		family := policy.SurfaceFamily(key.Surface)
		if err := tx.read(ctx, &records, lock, key.App, key.Channel, family); err != nil {
			return err
		}
		for _, record := range records {
			if record.breaker().Blocks(key.Surface, now) {
				return nil
			}
		}
		may = true
		_, err := tx.turn(ctx, records, func(b policy.Breaker, _ policy.BreakerRule) policy.Breaker {
			return b.Tried(now)
		})
		return err
	})
	return may && err == nil, failed("take a trial", err)
}
