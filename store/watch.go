package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/friendpay/friendpay/internal/reasons"
)

// Heartbeat is a worker process that waits for tasks.
type Heartbeat struct {
	Process string // a name for one life of it
	Build   string
	Queues  []string
}

// Beat says that a worker process waits for tasks right now. Those of long ago are forgotten.
func (s *Store) Beat(ctx context.Context, beat Heartbeat) error {
	queues, err := json.Marshal(append([]string{}, beat.Queues...))
	if err != nil {
		return failed("beat", err)
	}
	const write = `WITH old AS (DELETE FROM heartbeats WHERE at < clock_timestamp() - interval '1 day'
			AND process <> @process)
		INSERT INTO heartbeats (process, build, queues) VALUES (@process, @build, CAST(@queues AS jsonb))
		ON CONFLICT (process) DO UPDATE SET at = clock_timestamp()`
	_, err = s.write(ctx, write, map[string]any{
		"process": beat.Process, "build": beat.Build, "queues": string(queues),
	})
	return failed("beat", err)
}

// LastBeat is how long ago the last worker was heard of, by the database's clock, and when that was;
// the zero time: none ever was.
func (s *Store) LastBeat(ctx context.Context) (at time.Time, ago time.Duration, err error) {
	var row struct {
		At      time.Time `gorm:"serializer:moment"`
		Seconds float64
	}
	const query = `SELECT at, extract(epoch FROM clock_timestamp() - at)::float8 AS seconds
		FROM heartbeats ORDER BY at DESC LIMIT 1`
	err = s.read(ctx, &row, query)
	return row.At, time.Duration(row.Seconds * float64(time.Second)), failed("read heartbeats", err)
}

// Trouble is something wrong with the engine itself.
type Trouble struct {
	Kind    reasons.Reason // task_failing, worker_gone, temporal_down or relay_stuck
	Request string         // of a failing task; else empty
	Detail  string         // a number or a code, no text of an error
	Since   time.Time      // zero: since now
}

// SetTroubles makes these the troubles of some kinds, and of no others: what was there before and is
// not told again is over. How long a trouble lasts is counted from when it was first told.
func (s *Store) SetTroubles(ctx context.Context, kinds []reasons.Reason, troubles []Trouble) error {
	const end = "DELETE FROM engine_troubles WHERE kind = ANY(?) AND NOT kind || ' ' || request_id = ANY(?)"
	const keep = `INSERT INTO engine_troubles (kind, request_id, detail, since)
		VALUES (@kind, @request, @detail, coalesce(CAST(@since AS timestamptz), clock_timestamp()))
		ON CONFLICT (kind, request_id) DO UPDATE SET detail = excluded.detail, seen_at = clock_timestamp()`
	names, told := []string{}, []string{}
	for _, kind := range kinds {
		names = append(names, string(kind))
	}
	for _, t := range troubles {
		told = append(told, string(t.Kind)+" "+t.Request)
	}
	err := s.WithTx(ctx, func(tx *Store) error {
		if _, err := tx.write(ctx, end, textArray(names), textArray(told)); err != nil {
			return err
		}
		for _, t := range troubles {
			about := map[string]any{
				"kind": string(t.Kind), "request": t.Request, "detail": t.Detail, "since": momentOrNull(t.Since),
			}
			if _, err := tx.write(ctx, keep, about); err != nil {
				return err
			}
		}
		return nil
	})
	return failed("note troubles", err)
}

// Suspect notes that the engine did not answer for a request: the watch looks at its run.
func (s *Store) Suspect(ctx context.Context, request string) error {
	const note = `INSERT INTO engine_suspects (request_id) VALUES (?)
		ON CONFLICT (request_id) DO UPDATE SET at = clock_timestamp()`
	_, err := s.write(ctx, note, request)
	return failed("note a suspect", err)
}

// Suspects lists requests whose runs may fail their tasks, at most limit of each kind: those known to,
// those that did not answer lately, those whose time or callback waits.
func (s *Store) Suspects(ctx context.Context, limit int) (requests []string, err error) {
	const forget = "DELETE FROM engine_suspects WHERE at < clock_timestamp() - interval '10 minutes'"
	const query = `
		(SELECT request_id FROM engine_troubles WHERE kind = 'task_failing' LIMIT @limit)
		UNION (SELECT request_id FROM engine_suspects ORDER BY at DESC LIMIT @limit)
		UNION (SELECT id FROM requests WHERE next_at < clock_timestamp() - interval '5 seconds'
			ORDER BY next_at DESC LIMIT @limit)
		UNION (SELECT coalesce(a.request_id, f.request_id) FROM (SELECT number, refund FROM provider_events
				WHERE status = 'pending' AND received_at < clock_timestamp() - interval '3 seconds'
				ORDER BY received_at DESC LIMIT @limit) e
			LEFT JOIN attempts a ON a.number = e.number LEFT JOIN refunds f ON f.number = e.refund
			WHERE coalesce(a.request_id, f.request_id) IS NOT NULL)`
	if _, err := s.write(ctx, forget); err != nil {
		return nil, failed("forget suspects", err)
	}
	err = s.read(ctx, &requests, query, map[string]any{"limit": limit})
	return requests, failed("list suspects", err)
}

// Unposted counts the callbacks that nobody has taken for so long, and since when the oldest waits.
func (s *Store) Unposted(ctx context.Context, wait time.Duration) (count int64, since time.Time, err error) {
	const query = `SELECT count(*) AS count, min(received_at) AS since FROM provider_events
		WHERE status = 'pending' AND received_at < clock_timestamp() - make_interval(secs => @wait)
			AND next_try_at < clock_timestamp() - make_interval(secs => @wait)`
	var row struct {
		Count int64
		Since time.Time `gorm:"serializer:moment"`
	}
	err = s.read(ctx, &row, query, map[string]any{"wait": wait.Seconds()})
	return row.Count, row.Since, failed("count what is not posted", err)
}

// Lease takes what only one process must do, or keeps it: false while another has it.
func (s *Store) Lease(ctx context.Context, name, holder string, life time.Duration) (bool, error) {
	const take = `INSERT INTO leases AS l (name, holder, until)
		VALUES (@name, @holder, clock_timestamp() + make_interval(secs => @life))
		ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
		WHERE l.holder = excluded.holder OR l.until < clock_timestamp()`
	rows, err := s.write(ctx, take, map[string]any{"name": name, "holder": holder, "life": life.Seconds()})
	return rows == 1, failed("take a lease", err)
}
