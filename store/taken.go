package store

import (
	"context"
	"time"
)

// RefundsTaken says of the refunds of these requests when their provider took each on, by their numbers.
// Those that no provider has said yes to are left out.
func (s *Store) RefundsTaken(ctx context.Context, requests ...string) (map[string]time.Time, error) {
	const query = `SELECT refund, min(at) AS at FROM provider_calls
		WHERE request_id = ANY(?) AND op = 'refund' AND class = '' AND refund <> '' GROUP BY refund`
	var rows []struct {
		Refund string
		At     time.Time
	}
	err := s.read(ctx, &rows, query, textArray(requests))
	taken := make(map[string]time.Time, len(rows))
	for _, row := range rows {
		taken[row.Refund] = row.At
	}
	return taken, failed("read what providers took on", err)
}
