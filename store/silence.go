package store

import (
	"context"
	"time"
)

// silence finds the first failed call about a refund that no good one has followed. An
// answer by which the provider took nothing on, and will not, is no silence.
const silence = `SELECT min(at) FROM provider_calls WHERE request_id = @request AND refund = @refund
	AND class IN ('ambiguous', 'refused')
	AND at > coalesce((SELECT max(at) FROM provider_calls WHERE request_id = @request AND refund = @refund
		AND class NOT IN ('ambiguous', 'refused')), '-infinity')`

// SilentSince is since when the provider has not said anything clear about a refund;
// zero when its last answer was clear, or none was asked for.
func (s *Store) SilentSince(ctx context.Context, request, refund string) (time.Time, error) {
	var row struct {
		Min time.Time `gorm:"serializer:moment"`
	}
	err := s.read(ctx, &row, silence, map[string]any{"request": request, "refund": refund})
	return row.Min, failed("read silence", err)
}
