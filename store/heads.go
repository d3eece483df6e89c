package store

import "context"

// Heads reads the seq of each of these requests, for whoever watches many at
// once: one lookup by primary key for all. Unknown ones are left out.
func (s *Store) Heads(ctx context.Context, requests []string) (map[string]int64, error) {
	var rows []struct {
		ID  string
		Seq int64
	}
	err := s.read(ctx, &rows, "SELECT id, seq FROM requests WHERE id = ANY(?)", textArray(requests))
	heads := make(map[string]int64, len(rows))
	for _, row := range rows {
		heads[row.ID] = row.Seq
	}
	return heads, failed("read heads", err)
}
