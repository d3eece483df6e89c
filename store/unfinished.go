package store

import (
	"context"

	"github.com/friendpay/friendpay/models"
)

// restartable finds whatever may still need its run: not ended, on guard, or with a
// payment or refund that is not over. It reads on from an id.
const restartable = `SELECT r.snapshot FROM requests r
	WHERE r.id > @after AND (r.state IN @open OR r.guarded
		OR EXISTS (SELECT FROM refunds WHERE request_id = r.id AND state IN ('due', 'processing'))
		OR EXISTS (SELECT FROM attempts WHERE request_id = r.id
			AND (watched OR state IN ('new', 'unknown', 'live', 'closing'))))
	ORDER BY r.id LIMIT @limit`

// Unfinished lists the requests whose runs have something left to wait for, in the
// order of their ids, from the first after that id; none is the end. It is for the day
// on which Temporal has lost them, so it may read every row.
func (s *Store) Unfinished(ctx context.Context, after string, limit int) ([]models.Request, error) {
	var records []requestRecord
	err := s.read(ctx, &records, restartable, map[string]any{"after": after, "open": openStates, "limit": limit})
	requests := make([]models.Request, len(records))
	for i, record := range records {
		requests[i] = record.Snapshot
	}
	return requests, failed("list unfinished", err)
}
