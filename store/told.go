package store

import (
	"context"
	"encoding/json"
)

// Told is an event as its merchant reads it: a message whose step is durable. Body is that of
// the webhook, and ID its webhook-id.
type Told struct {
	No   int64 `gorm:"column:event_no"` // counts up within the app, perhaps with holes: the cursor
	ID   string
	Body json.RawMessage `gorm:"column:payload"`
}

// tellMessage numbers a message once, and before it what its request said earlier and was not told
// yet: the outbox carries several at once, and whose step is durable has only durable ones before
// it. A reminder is of no step: its own judgement alone tells it, and it tells nothing else.
// The counter's row is held until the commit, so that numbers become visible in their order and
// no reader passes one by. Two who number the same do it one after the other; the second leaves what
// it finds numbered, and with it a hole.
const tellMessage = `WITH said AS (
		SELECT id, request_id, app_id, seq FROM messages WHERE id = ? AND kind = 'webhook' AND event_no IS NULL),
	untold AS (
		SELECT m.id, row_number() OVER (ORDER BY m.seq, m.id) AS place
		FROM messages m JOIN said ON said.request_id = m.request_id
		WHERE m.kind = 'webhook' AND m.status = 'pending' AND m.event_no IS NULL
			AND (m.id = said.id OR m.seq BETWEEN 1 AND said.seq)),
	counted AS (
		INSERT INTO event_counters AS c (app_id, last)
			SELECT app_id, (SELECT count(*) FROM untold) FROM said WHERE EXISTS (SELECT 1 FROM untold)
		ON CONFLICT (app_id) DO UPDATE SET last = c.last + excluded.last RETURNING last)
	UPDATE messages SET event_no = counted.last - (SELECT count(*) FROM untold) + untold.place
	FROM counted, untold WHERE messages.id = untold.id AND messages.event_no IS NULL`

// TellMessage lets the merchant read a message as an event from now on. Only a message whose
// step is durable may be told; told once more it keeps its number.
func (s *Store) TellMessage(ctx context.Context, id string) error {
	_, err := s.write(ctx, tellMessage, id)
	return failed("tell message", err)
}

// Events lists what an app was told after that number, oldest first, limit at most.
func (s *Store) Events(ctx context.Context, app string, after int64, limit int) ([]Told, error) {
	const query = `SELECT event_no, id, payload FROM messages
		WHERE app_id = ? AND event_no > ? ORDER BY event_no LIMIT ?`
	events := []Told{}
	err := s.read(ctx, &events, query, app, after, limit)
	return events, failed("list events", err)
}

// LastEvents says how far each of the apps has been told; one that was told nothing is left out.
func (s *Store) LastEvents(ctx context.Context, apps []string) (map[string]int64, error) {
	var rows []struct {
		App  string `gorm:"column:app_id"`
		Last int64
	}
	const query = "SELECT app_id, last FROM event_counters WHERE app_id = ANY(?)"
	err := s.read(ctx, &rows, query, textArray(apps))
	last := make(map[string]int64, len(rows))
	for _, row := range rows {
		last[row.App] = row.Last
	}
	return last, failed("read how far apps were told", err)
}
