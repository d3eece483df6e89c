package store

import "context"

// deliveriesKept is how long after its end a delivery can be read and replayed, and how long one
// waits for its endpoint to be enabled.
const deliveriesKept = "30 days"

// triesKept is how many tries of one delivery are kept, the newest.
const triesKept = 100

// PruneDeliveries forgets deliveries that ended long ago, with their tries, goes on with what is
// held although its endpoint is enabled, gives up what has waited as long for an endpoint that
// stays disabled, and says how many were forgotten. Its rows
// go in portions, which the next round goes on with.
func (s *Store) PruneDeliveries(ctx context.Context) (int64, error) {
	const stale = `UPDATE deliveries SET state = 'dead', done_at = clock_timestamp(),
			last_error = 'the endpoint stayed disabled'
		WHERE id = ANY(ARRAY(SELECT id FROM deliveries WHERE state = 'held'
			AND created_at < clock_timestamp() - interval '` + deliveriesKept + `' LIMIT 20000)) AND state = 'held'`
	// One that its endpoint's enabling crossed on its way waits under an endpoint that is enabled.
	const crossed = `UPDATE deliveries d SET state = 'queued', round = d.round + 1, tries = 0, next_try_at = NULL
		FROM webhook_endpoints e WHERE e.id = d.endpoint_id AND e.state = 'enabled' AND e.deleted_at IS NULL
			AND d.state = 'held'`
	const over = `DELETE FROM deliveries WHERE id = ANY(ARRAY(SELECT id FROM deliveries
		WHERE state IN ('delivered', 'dead') AND done_at < clock_timestamp() - interval '` + deliveriesKept + `'
		LIMIT 20000)) AND state IN ('delivered', 'dead')`
	if _, err := s.write(ctx, crossed); err != nil {
		return 0, failed("go on with deliveries", err)
	}
	if _, err := s.write(ctx, stale); err != nil {
		return 0, failed("give up deliveries", err)
	}
	rows, err := s.write(ctx, over)
	return rows, failed("prune deliveries", err)
}
