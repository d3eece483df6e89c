package store

import (
	"context"
	"time"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
)

// Tell keeps a delivery of a message for each endpoint of its app that wants its type; for a
// disabled one it waits. Again adds nothing.
func (s *Store) Tell(ctx context.Context, m Message) error {
	const wanting = `SELECT id, state FROM webhook_endpoints WHERE app_id = ? AND deleted_at IS NULL
		AND (events = '[]' OR jsonb_exists(events, ?)) ORDER BY created_at, id`
	var endpoints []Endpoint
	if err := s.read(ctx, &endpoints, wanting, m.App, m.Type); err != nil {
		return failed("find who wants a message", err)
	}
	for _, to := range endpoints {
		d := Delivery{
			ID: mint.ID(mint.Delivery), Message: m.ID, Endpoint: to.ID, App: m.App, Request: m.Request,
			Type: m.Type, Payload: m.Payload, State: DeliveryQueued,
		}
		if to.State == EndpointDisabled {
			d.State = DeliveryHeld
		}
		if err := s.enqueue(ctx, d); err != nil {
			return err
		}
	}
	return nil
}

// FanOut turns a message into its deliveries and is done with it, in one transaction: a
// message that its step took back meanwhile is told to nobody.
func (s *Store) FanOut(ctx context.Context, m Message) error {
	const sent = `UPDATE messages SET status = 'sent', done_at = clock_timestamp(), last_error = ''
		WHERE id = ? AND status = 'pending'`
	return s.WithTx(ctx, func(tx *Store) error {
		rows, err := tx.write(ctx, sent, m.ID)
		if err != nil || rows == 0 {
			return failed("fan a message out", err)
		}
		return tx.Tell(ctx, m)
	})
}

// takeDeliveries gives each endpoint that something waits for its share: what it has on the
// way already counts. One whose run is lost, late by five minutes, begins anew.
const takeDeliveries = `WITH RECURSIVE waiting AS (
		(SELECT endpoint_id FROM deliveries WHERE state = 'queued' ORDER BY endpoint_id LIMIT 1)
		UNION ALL
		SELECT (SELECT d.endpoint_id FROM deliveries d WHERE d.state = 'queued' AND d.endpoint_id > w.endpoint_id
			ORDER BY d.endpoint_id LIMIT 1) FROM waiting w WHERE w.endpoint_id IS NOT NULL
	), fair AS (
		SELECT q.id FROM waiting w JOIN webhook_endpoints e ON e.id = w.endpoint_id AND e.state = 'enabled',
			LATERAL (SELECT d.id FROM deliveries d WHERE d.endpoint_id = e.id AND d.state = 'queued' ORDER BY d.id
				LIMIT greatest(0, @share - (SELECT count(*) FROM deliveries b WHERE b.endpoint_id = e.id
					AND b.state = 'trying' AND b.next_try_at IS NULL
					AND b.leased_at > clock_timestamp() - interval '5 minutes'))) q
		UNION ALL
		(SELECT id FROM deliveries WHERE state = 'trying'
			AND leased_at < clock_timestamp() - interval '5 minutes'
			AND coalesce(next_try_at, '-infinity') < clock_timestamp() - interval '5 minutes' LIMIT @limit)
		LIMIT @limit
	)
	UPDATE deliveries SET state = 'trying', leased_at = clock_timestamp()
	WHERE id IN (SELECT d.id FROM deliveries d JOIN fair USING (id) WHERE d.state IN ('queued', 'trying')
		FOR UPDATE OF d SKIP LOCKED)
	RETURNING id, message_id, endpoint_id, app_id, type, round, tries`

// TakeDeliveries gives out deliveries that need a run: up to limit, and no more than share
// that are tried for the first time at one endpoint.
func (s *Store) TakeDeliveries(ctx context.Context, limit, share int) ([]Delivery, error) {
	var taken []Delivery
	args := map[string]any{"limit": limit, "share": share}
	return taken, failed("take deliveries", s.read(ctx, &taken, takeDeliveries, args))
}

// PutBackDelivery lets one wait whose run could not begin.
func (s *Store) PutBackDelivery(ctx context.Context, id string, round int) error {
	const back = "UPDATE deliveries SET state = 'queued' WHERE id = ? AND round = ? AND state = 'trying'"
	_, err := s.write(ctx, back, id, round)
	return failed("put delivery back", err)
}

// Trying reads a delivery that a run is to try, and says that the run lives: one that nobody has
// asked for in five minutes is taken for lost. That it is no more the run's business, over or
// replayed, is not_found "unknown_delivery".
func (s *Store) Trying(ctx context.Context, id string, round int) (Delivery, error) {
	const lives = `UPDATE deliveries SET leased_at = clock_timestamp()
		WHERE id = ? AND round = ? AND state = 'trying'`
	rows, err := s.write(ctx, lives, id, round)
	if err != nil {
		return Delivery{}, failed("try delivery", err)
	}
	if rows == 0 {
		return Delivery{}, unknown("unknown_delivery")
	}
	d, _, err := s.Delivery(ctx, id)
	return d, err
}

// Tried is what a try came to. State is delivered, trying with Next, held or dead.
type Tried struct {
	Try     DeliveryTry
	Round   int
	State   DeliveryState
	Next    time.Time
	Disable string // why its endpoint is disabled by it; empty: it is not
}

// RecordTry keeps a try, and what it means for its delivery and endpoint.
func (s *Store) RecordTry(ctx context.Context, endpoint string, tried Tried) error {
	return s.WithTx(ctx, func(tx *Store) error {
		if err := tx.keepTry(ctx, tried); err != nil {
			return failed("record try", err)
		}
		const health = `UPDATE webhook_endpoints
			SET failing_since = CASE WHEN ? THEN NULL ELSE coalesce(failing_since, ?) END WHERE id = ?`
		taken, at := tried.State == Delivered, tried.Try.At.UTC()
		if _, err := tx.write(ctx, health, taken, at, endpoint); err != nil {
			return failed("record try", err)
		}
		if tried.Disable == "" {
			return nil
		}
		_, err := tx.DisableEndpoint(ctx, endpoint, tried.Disable)
		if models.CodeOf(err) == models.NotFound {
			return nil // deleted meanwhile
		}
		return err
	})
}

func (s *Store) keepTry(ctx context.Context, tried Tried) error {
	const change = `UPDATE deliveries SET tries = tries + 1, state = ?, next_try_at = ?, http_status = ?,
		last_error = ?, done_at = CASE WHEN ? THEN clock_timestamp() END
		WHERE id = ? AND round = ? AND state = 'trying'`
	const numbered = "SELECT coalesce(max(number), 0) + 1 FROM delivery_tries WHERE delivery_id = ?"
	t, over := tried.Try, tried.State == Delivered || tried.State == DeliveryDead
	if t.Headers == nil { // nothing was sent: the receiver was not reached
		t.Headers = map[string]string{}
	}
	var next *time.Time
	if !tried.Next.IsZero() {
		at := tried.Next.UTC()
		next = &at
	}
	_, err := s.write(ctx, change, tried.State, next, t.Status, t.Error, over, t.Delivery, tried.Round)
	if err != nil {
		return err
	}
	if err := s.read(ctx, &t.Number, numbered, t.Delivery); err != nil {
		return err
	}
	const forget = "DELETE FROM delivery_tries WHERE delivery_id = ? AND number <= ?"
	if _, err := s.write(ctx, forget, t.Delivery, t.Number-triesKept); err != nil {
		return err
	}
	return s.db.WithContext(ctx).Create(&t).Error
}

// HoldDelivery lets one wait for its endpoint.
func (s *Store) HoldDelivery(ctx context.Context, id string, round int) error {
	const hold = `UPDATE deliveries d SET next_try_at = NULL,
			state = CASE e.state WHEN 'enabled' THEN 'queued' ELSE 'held' END
		FROM webhook_endpoints e
		WHERE e.id = d.endpoint_id AND d.id = ? AND d.round = ? AND d.state = 'trying'`
	_, err := s.write(ctx, hold, id, round)
	return failed("hold delivery", err)
}
