package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
)

// EndpointState says whether an endpoint is told anything.
type EndpointState string

// What is for a disabled one waits, until it is enabled.
const (
	EndpointEnabled  EndpointState = "enabled"
	EndpointDisabled EndpointState = "disabled"
)

// Why an endpoint is disabled.
const (
	DisabledByMerchant = "by_merchant"
	DisabledGone       = "gone"    // it answered 410
	DisabledFailing    = "failing" // nothing got through for five days
)

// Endpoint is where an app's merchant listens. Its secret is asked for apart.
type Endpoint struct {
	ID            string `gorm:"primaryKey"` // whe_…
	App           string `gorm:"column:app_id"`
	URL           string
	Events        []string `gorm:"serializer:list"` // types of events; none: all
	OfApp         bool     // stands for the app's one address of earlier releases
	State         EndpointState
	Reason        string    // why it is disabled
	FailingSince  time.Time `gorm:"serializer:moment"` // the first failure since the last success
	PreviousUntil time.Time `gorm:"serializer:moment"` // so long the secret before signs too
	CreatedAt     time.Time `gorm:"->"`
}

// TableName is GORM's.
func (Endpoint) TableName() string { return "webhook_endpoints" }

// EventTypes are what an endpoint may be told.
var EventTypes = []string{
	"request.opened", "request.paying", "request.slot_freed", "request.settled", "request.price_risen",
	"request.paused", "request.resumed", "request.ended", "request.money_returning", "request.refunding",
	"request.refunded", "request.refund_stuck", "request.reminder", "request.shipment_hold", TestEvent,
}

// maxEndpoints is how many an app may have.
const maxEndpoints = 10

// Endpoints lists an app's, the oldest first.
func (s *Store) Endpoints(ctx context.Context, app string) ([]Endpoint, error) {
	list, err := gorm.G[Endpoint](s.db).Where("app_id = ? AND deleted_at IS NULL", app).
		Order("created_at, id").Find(ctx)
	return list, failed("list endpoints", err)
}

// Endpoint reads one; unknown or deleted is not_found "unknown_endpoint".
func (s *Store) Endpoint(ctx context.Context, id string) (Endpoint, error) {
	endpoint, err := gorm.G[Endpoint](s.db).Where("id = ? AND deleted_at IS NULL", id).Take(ctx)
	return endpoint, missing("read endpoint", "unknown_endpoint", err)
}

// CreateEndpoint keeps a new one with its secret. More than 10 of an app are conflict
// "too_many_endpoints", an unknown app is not_found "unknown_app".
func (s *Store) CreateEndpoint(ctx context.Context, endpoint Endpoint, secret string) (Endpoint, error) {
	if endpoint.ID == "" {
		endpoint.ID = mint.ID(mint.Endpoint)
	}
	endpoint.State, endpoint.CreatedAt = EndpointEnabled, time.Now().UTC()
	row := endpointRecord{endpoint, s.vault.Seal([]byte(secret), endpointPlace(endpoint.ID))}
	err := s.WithTx(ctx, func(tx *Store) error {
		if err := tx.roomForEndpoint(ctx, endpoint.App); err != nil {
			return err
		}
		return failed("create endpoint", tx.db.WithContext(ctx).Create(&row).Error)
	})
	return endpoint, err
}

// roomForEndpoint holds the app until the transaction ends: two at once must not make eleven.
func (s *Store) roomForEndpoint(ctx context.Context, app string) error {
	const hold = "UPDATE apps SET name = name WHERE id = ?"
	if rows, err := s.write(ctx, hold, app); err != nil {
		return failed("hold app", err)
	} else if rows == 0 {
		return unknown("unknown_app")
	}
	there, err := s.Endpoints(ctx, app)
	if err != nil {
		return err
	}
	if len(there) >= maxEndpoints {
		refused := models.Refuse(models.Conflict, "too_many_endpoints", "The app has ten endpoints already.")
		refused.Fix = "Delete one that nobody listens at."
		return refused
	}
	return nil
}

type endpointRecord struct {
	Endpoint     `gorm:"embedded"`
	SecretSealed []byte
}

func (endpointRecord) TableName() string { return "webhook_endpoints" }

// ChangeEndpoint gives one another address and other events. The address of the one that
// stands for its app is the app's, too: the release before reads it there.
func (s *Store) ChangeEndpoint(ctx context.Context, id, url string, events []string) (Endpoint, error) {
	err := s.WithTx(ctx, func(tx *Store) error {
		before, err := tx.Endpoint(ctx, id)
		if err != nil {
			return err
		}
		changed := gorm.G[Endpoint](tx.db).Where("id = ?", id).Select("url", "events")
		if _, err := changed.Updates(ctx, Endpoint{URL: url, Events: events}); err != nil {
			return failed("change endpoint", err)
		}
		if !before.OfApp || before.URL == url {
			return nil
		}
		_, err = tx.write(ctx, "UPDATE apps SET webhook_url = ? WHERE id = ?", url, before.App)
		return failed("change the app's address", err)
	})
	if err != nil {
		return Endpoint{}, err
	}
	return s.Endpoint(ctx, id)
}

// EnableEndpoint tells it things again, beginning with what waited for it.
func (s *Store) EnableEndpoint(ctx context.Context, id string) (Endpoint, error) {
	const enable = `UPDATE webhook_endpoints SET state = 'enabled', reason = '', failing_since = NULL
		WHERE id = ? AND deleted_at IS NULL`
	const release = `UPDATE deliveries SET state = 'queued', next_try_at = NULL, tries = 0, round = round + 1
		WHERE endpoint_id = ? AND state = 'held'`
	err := s.WithTx(ctx, func(tx *Store) error {
		if rows, err := tx.write(ctx, enable, id); err != nil || rows == 0 {
			return nothing(rows, failed("enable endpoint", err))
		}
		_, err := tx.write(ctx, release, id)
		return failed("release what waited", err)
	})
	if err != nil {
		return Endpoint{}, err
	}
	return s.Endpoint(ctx, id)
}

// DisableEndpoint tells it nothing any more, and says why; what is for it waits.
func (s *Store) DisableEndpoint(ctx context.Context, id, reason string) (Endpoint, error) {
	const disable = `UPDATE webhook_endpoints SET state = 'disabled', reason = ?
		WHERE id = ? AND deleted_at IS NULL AND state = 'enabled'`
	const hold = "UPDATE deliveries SET state = 'held' WHERE endpoint_id = ? AND state = 'queued'"
	err := s.WithTx(ctx, func(tx *Store) error {
		if _, err := tx.write(ctx, disable, reason, id); err != nil {
			return failed("disable endpoint", err)
		}
		_, err := tx.write(ctx, hold, id)
		return failed("hold what is for it", err)
	})
	if err != nil {
		return Endpoint{}, err
	}
	return s.Endpoint(ctx, id)
}

// DeleteEndpoint forgets one; what was for it is given up, and stays in the log.
func (s *Store) DeleteEndpoint(ctx context.Context, id string) error {
	const remove = `UPDATE webhook_endpoints SET deleted_at = coalesce(deleted_at, clock_timestamp()),
		state = 'disabled', reason = 'deleted' WHERE id = ?`
	const bury = `UPDATE deliveries SET state = 'dead', next_try_at = NULL, done_at = clock_timestamp(),
		last_error = 'the endpoint was deleted'
		WHERE endpoint_id = ? AND state IN ('queued', 'trying', 'held')`
	const silence = `UPDATE apps SET webhook_url = '' WHERE id IN
		(SELECT app_id FROM webhook_endpoints WHERE id = ? AND of_app AND deleted_at IS NULL)`
	return s.WithTx(ctx, func(tx *Store) error {
		for _, statement := range []string{silence, remove, bury} {
			if _, err := tx.write(ctx, statement, id); err != nil {
				return failed("delete endpoint", err)
			}
		}
		return nil
	})
}

func nothing(rows int64, err error) error {
	if err == nil && rows == 0 {
		return unknown("unknown_endpoint")
	}
	return err
}
