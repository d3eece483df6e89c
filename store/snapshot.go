package store

import (
	"context"
	"time"

	"github.com/friendpay/friendpay/models"
)

// Snapshot is a request as one of its versions left it.
type Snapshot struct {
	Request  models.Request
	Version  int64
	JudgedAt time.Time // by the workflow's clock
	SavedAt  time.Time // from then on pages showed it
}

type snapshotRecord struct {
	Version  int64
	JudgedAt time.Time
	SavedAt  time.Time
	Snapshot models.Request `gorm:"serializer:json"`
}

// Why a snapshot is not there.
const (
	NotYet  = "not_yet"  // there was no such request by then
	NotKept = "not_kept" // the request is older than the history, or its history has been pruned
)

// SnapshotAt is the request as it stood at a moment: the version that was saved last by
// then. Unknown is not_found "unknown_request"; a moment before the request is not_found
// "not_yet", one of which nothing was kept is not_found "not_kept".
func (s *Store) SnapshotAt(ctx context.Context, request string, at time.Time) (Snapshot, error) {
	// The request's own row is its newest version, for as long as nothing was saved after it.
	const query = `SELECT version, judged_at, saved_at, snapshot FROM (
			SELECT version, judged_at, saved_at, snapshot FROM request_snapshots
				WHERE request_id = @request AND saved_at <= @at
			UNION ALL SELECT version, judged_at, updated_at, snapshot FROM requests
				WHERE id = @request AND updated_at <= @at
				AND NOT EXISTS (SELECT FROM request_snapshots k WHERE k.request_id = @request
					AND k.version = requests.version)) kept
		ORDER BY version DESC LIMIT 1`
	var rows []snapshotRecord
	if err := s.read(ctx, &rows, query, map[string]any{"request": request, "at": at.UTC()}); err != nil {
		return Snapshot{}, failed("read snapshot", err)
	}
	if len(rows) == 0 {
		return Snapshot{}, s.whyNoSnapshot(ctx, request, at)
	}
	row := rows[0]
	return Snapshot{
		Request: row.Snapshot, Version: row.Version, JudgedAt: row.JudgedAt, SavedAt: row.SavedAt,
	}, nil
}

func (s *Store) whyNoSnapshot(ctx context.Context, request string, at time.Time) error {
	var created []time.Time
	err := s.read(ctx, &created, "SELECT created_at FROM requests WHERE id = ?", request)
	switch {
	case err != nil:
		return failed("read snapshot", err)
	case len(created) == 0:
		return unknown("unknown_request")
	case created[0].After(at):
		return models.Refuse(models.NotFound, NotYet, "There was no such request yet.")
	}
	return models.Refuse(models.NotFound, NotKept, "What the request was then has not been kept.")
}

// snapshotsKept is how long after the guard's end a request can be looked at as it was.
const snapshotsKept = "90 days"

// cardsOrphaned is how long a card waits for its request: the call that wrote it is long over.
const cardsOrphaned = "1 day"

// cardsSought is how old an orphan may be to be found: so that a round does not look at every card there is.
const cardsSought = "8 days"

// PruneSnapshots forgets what requests and invites were whose guard ended long ago, and of
// whom people were reminded; it says how many lines went. What they are at the last stays in their own rows.
func (s *Store) PruneSnapshots(ctx context.Context) (total int64, err error) {
	const over = `(r.snapshot ->> 'guard_until')::timestamptz < clock_timestamp() - CAST(@kept AS interval)
		AND NOT r.guarded AND r.ended_at IS NOT NULL`
	for _, prune := range []string{
		`DELETE FROM request_snapshots k USING requests r WHERE k.request_id = r.id
			AND k.saved_at < clock_timestamp() - CAST(@kept AS interval) AND ` + over,
		`DELETE FROM invite_history k USING invites i, requests r WHERE k.invite_id = i.id AND r.id = i.request_id
			AND k.at < clock_timestamp() - CAST(@kept AS interval) AND ` + over,
		`UPDATE invites i SET pledged_by = '' FROM invite_payers k, requests r WHERE k.invite_id = i.id
			AND r.id = i.request_id AND i.pledged_by = k.payer_id
			AND k.at < clock_timestamp() - CAST(@kept AS interval) AND ` + over,
		`DELETE FROM invite_payers k USING invites i, requests r WHERE k.invite_id = i.id AND r.id = i.request_id
			AND k.at < clock_timestamp() - CAST(@kept AS interval) AND ` + over,
		`DELETE FROM request_cards k USING requests r WHERE k.request_id = r.id
			AND EXISTS (SELECT FROM request_cards n WHERE n.request_id = k.request_id AND n.id > k.id)
			AND k.at < clock_timestamp() - CAST(@kept AS interval) AND ` + over,
		`DELETE FROM request_cards WHERE id = ANY(ARRAY(SELECT k.id FROM request_cards k
			WHERE k.at < clock_timestamp() - CAST(@orphaned AS interval)
			AND k.at > clock_timestamp() - CAST(@sought AS interval)
			AND NOT EXISTS (SELECT FROM requests WHERE id = k.request_id) LIMIT 20000))`,
		`DELETE FROM reminder_dues WHERE (request_id, kind, invite_id) IN (SELECT k.request_id, k.kind, k.invite_id
			FROM reminder_dues k JOIN requests r ON r.id = k.request_id
			WHERE k.done_at < clock_timestamp() - CAST(@kept AS interval) AND ` + over + ` LIMIT 20000)`,
		`DELETE FROM reminders WHERE (request_id, kind, person) IN (SELECT k.request_id, k.kind, k.person
			FROM reminders k JOIN requests r ON r.id = k.request_id
			WHERE k.at < clock_timestamp() - CAST(@kept AS interval) AND ` + over + ` LIMIT 20000)`,
	} {
		rows, err := s.write(ctx, prune, map[string]any{
			"kept": snapshotsKept, "orphaned": cardsOrphaned, "sought": cardsSought,
		})
		if err != nil {
			return total, failed("prune snapshots", err)
		}
		total += rows
	}
	return total, nil
}
