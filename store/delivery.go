package store

import (
	"context"
	"encoding/json"
	"time"

	"gorm.io/gorm"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
)

// DeliveryState is how far a delivery is.
type DeliveryState string

// The states. A queued one waits for its turn at the endpoint, one that is trying has a run
// of its own, a held one waits for its endpoint to be enabled.
const (
	DeliveryQueued DeliveryState = "queued"
	DeliveryTrying DeliveryState = "trying"
	DeliveryHeld   DeliveryState = "held"
	Delivered      DeliveryState = "delivered"
	DeliveryDead   DeliveryState = "dead" // all its tries failed, or its endpoint is no more
)

// DeliveryStates lists them.
var DeliveryStates = []DeliveryState{DeliveryQueued, DeliveryTrying, DeliveryHeld, Delivered, DeliveryDead}

// Delivery is one message on its way to one endpoint.
type Delivery struct {
	ID           string `gorm:"primaryKey"` // dlv_…
	Message      string `gorm:"column:message_id"`
	Endpoint     string `gorm:"column:endpoint_id"`
	App          string `gorm:"column:app_id"`
	Request      string `gorm:"column:request_id"` // empty: a test
	Type         string
	Payload      []byte // JSON, the same over all tries
	State        DeliveryState
	Round        int       // from 1; one more with each replay
	Tries        int       // of this round
	NextTryAt    time.Time `gorm:"serializer:moment"`
	Status       int       `gorm:"column:http_status"` // of the last try; 0: no answer
	Error        string    `gorm:"column:last_error"`
	CreatedAt    time.Time
	DoneAt       time.Time     `gorm:"serializer:moment"`
	URL          string        // of its endpoint
	Receiver     EndpointState // of its endpoint
	FailingSince time.Time     `gorm:"serializer:moment"` // of its endpoint
}

// DeliveryTry is one call to an endpoint, and what came of it.
type DeliveryTry struct {
	Delivery string `gorm:"column:delivery_id"`
	Number   int    // from 1, over all rounds
	At       time.Time
	Status   int               // 0: no answer
	TookMS   int64             `gorm:"column:took_ms"`
	Headers  map[string]string `gorm:"serializer:json"` // of the call, without its signatures
	Answer   string            // the first 4 kB
	Error    string            // empty: it was taken
}

// DeliveryFilter narrows a list; empty fields do not.
type DeliveryFilter struct {
	App, Endpoint, Request, Type string
	Apps                         []string // whose; nil: anybody's
	State                        DeliveryState
	From, Until                  time.Time // when they were made
	Cursor                       string    // Page.Next of the page before
	Limit                        int       // 1 to 100, 20 when 0
}

// deliveryColumns are a delivery with what is known of its endpoint.
const deliveryColumns = `d.id, d.message_id, d.endpoint_id, d.app_id, 
	coalesce(d.request_id, '') AS request_id,
	d.type, d.payload, d.state, d.round, d.tries, d.next_try_at, d.http_status, d.last_error,
	d.created_at, d.done_at, e.url, e.failing_since,
	CASE WHEN e.deleted_at IS NULL THEN e.state ELSE 'deleted' END AS receiver`

// Deliveries lists them, the newest first.
func (s *Store) Deliveries(ctx context.Context, filter DeliveryFilter) (Page[Delivery], error) {
	var rows []Delivery
	query := s.db.WithContext(ctx).Table("deliveries d").Select(deliveryColumns).
		Joins("JOIN webhook_endpoints e ON e.id = d.endpoint_id").Scopes(filter.narrow)
	if filter.Cursor != "" {
		query = query.Where("d.id < ?", filter.Cursor)
	}
	err := query.Order("d.id DESC").Limit(limited(filter.Limit) + 1).Scan(&rows).Error
	if err != nil {
		return Page[Delivery]{}, failed("list deliveries", err)
	}
	return paged(rows, limited(filter.Limit), func(d Delivery) string { return d.ID }), nil
}

func (f DeliveryFilter) narrow(query *gorm.DB) *gorm.DB {
	for column, value := range map[string]string{
		"d.app_id": f.App, "d.endpoint_id": f.Endpoint, "d.request_id": f.Request, "d.type": f.Type,
		"d.state": string(f.State),
	} {
		if value != "" {
			query = query.Where(column+" = ?", value)
		}
	}
	if f.Apps != nil {
		query = query.Where("d.app_id = ANY(?)", textArray(f.Apps))
	}
	if !f.From.IsZero() {
		query = query.Where("d.created_at >= ?", f.From.UTC())
	}
	if !f.Until.IsZero() {
		query = query.Where("d.created_at < ?", f.Until.UTC())
	}
	return query
}

// Delivery reads one with its tries, the newest first and 100 at most; unknown is not_found
// "unknown_delivery".
func (s *Store) Delivery(ctx context.Context, id string) (Delivery, []DeliveryTry, error) {
	const one = "SELECT " + deliveryColumns + ` FROM deliveries d
		JOIN webhook_endpoints e ON e.id = d.endpoint_id WHERE d.id = ?`
	var rows []Delivery
	if err := s.read(ctx, &rows, one, id); err != nil {
		return Delivery{}, nil, failed("read delivery", err)
	}
	if len(rows) == 0 {
		return Delivery{}, nil, unknown("unknown_delivery")
	}
	tries, err := gorm.G[DeliveryTry](s.db).Where("delivery_id = ?", id).
		Order("number DESC").Limit(maxLimit).Find(ctx)
	return rows[0], tries, failed("read tries", err)
}

// TableName is GORM's.
func (DeliveryTry) TableName() string { return "delivery_tries" }

// TestEvent is the type of what an endpoint is sent to try it.
const TestEvent = "webhook.test"

// SendTestEvent sends an endpoint something that it can be tried with. A disabled one is
// conflict "endpoint_disabled".
func (s *Store) SendTestEvent(ctx context.Context, endpoint string) (Delivery, error) {
	to, err := s.Endpoint(ctx, endpoint)
	if err != nil {
		return Delivery{}, err
	}
	if to.State == EndpointDisabled {
		return Delivery{}, disabled()
	}
	payload, err := json.Marshal(map[string]any{
		"type": TestEvent, "timestamp": time.Now().UTC(),
		"data": map[string]string{"endpoint": to.ID, "app": to.App},
	})
	if err != nil {
		return Delivery{}, err
	}
	made := Delivery{
		ID: mint.ID(mint.Delivery), Message: mint.ID(mint.Message), Endpoint: to.ID, App: to.App,
		Type: TestEvent, Payload: payload, State: DeliveryQueued,
	}
	if err := s.enqueue(ctx, made); err != nil {
		return Delivery{}, err
	}
	made, _, err = s.Delivery(ctx, made.ID)
	return made, err
}

// enqueue keeps a delivery, once for a message and endpoint.
func (s *Store) enqueue(ctx context.Context, d Delivery) error {
	const insert = `INSERT INTO deliveries (id, message_id, endpoint_id, app_id, request_id, type, payload,
			state)
		VALUES (?, ?, ?, ?, nullif(?, ''), ?, ?, ?) ON CONFLICT (message_id, endpoint_id) DO NOTHING`
	_, err := s.write(ctx, insert,
		d.ID, d.Message, d.Endpoint, d.App, d.Request, d.Type, string(d.Payload), d.State)
	return failed("keep delivery", err)
}

func disabled() error {
	refused := models.Refuse(models.Conflict, "endpoint_disabled", "The endpoint is disabled.")
	refused.Fix = "Enable it first: what waits for it is sent then."
	return refused
}
