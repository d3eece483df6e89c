package store

import "context"

// Heads reads how far each of these requests is, for whoever watches many at once: one lookup by primary
// keys for all. It is the request's seq, and one more once its payer has been thanked, so that it moves with
// everything that a page tells. Unknown ones are left out.
func (s *Store) Heads(ctx context.Context, requests []string) (map[string]int64, error) {
	var rows []struct {
		ID  string
		Seq int64
	}
	const query = `SELECT r.id, r.seq + (t.request_id IS NOT NULL)::int AS seq FROM requests r
		LEFT JOIN thanks t ON t.request_id = r.id WHERE r.id = ANY(?)`
	err := s.read(ctx, &rows, query, textArray(requests))
	heads := make(map[string]int64, len(rows))
	for _, row := range rows {
		heads[row.ID] = row.Seq
	}
	return heads, failed("read heads", err)
}

// InviteHeads reads how often each of these requests and its invites have changed, in one number that
// only grows: the request's seq and the changes of all its invites. Unknown ones are left out.
func (s *Store) InviteHeads(ctx context.Context, requests []string) (map[string]int64, error) {
	var rows []struct {
		ID      string
		Changes int64
	}
	const query = `SELECT r.id, (r.seq + coalesce(sum(i.changes), 0))::bigint AS changes FROM requests r
		LEFT JOIN invites i ON i.request_id = r.id WHERE r.id = ANY(?) GROUP BY r.id`
	err := s.read(ctx, &rows, query, textArray(requests))
	heads := make(map[string]int64, len(rows))
	for _, row := range rows {
		heads[row.ID] = row.Changes
	}
	return heads, failed("read heads of invites", err)
}
