package store

import (
	"context"

	"gorm.io/gorm"

	"github.com/friendpay/friendpay/models"
)

// maxReplay is how many deliveries one call sends again.
const maxReplay = 10_000

// replay begins a new round with all tries before it. What has its turn still to come needs none.
const replay = `UPDATE deliveries SET state = 'queued', round = round + 1, tries = 0, next_try_at = NULL,
	done_at = NULL WHERE state <> 'queued' AND id `

// ReplayDelivery sends one again, under the webhook-id that it has: one that waits for its
// next try has it now. A disabled or deleted endpoint is conflict "endpoint_disabled".
func (s *Store) ReplayDelivery(ctx context.Context, id string) (Delivery, error) {
	d, _, err := s.Delivery(ctx, id)
	if err != nil {
		return Delivery{}, err
	}
	if d.Receiver != EndpointEnabled {
		return Delivery{}, disabled()
	}
	if _, err := s.write(ctx, replay+"= ?", id); err != nil {
		return Delivery{}, failed("replay delivery", err)
	}
	d, _, err = s.Delivery(ctx, id)
	return d, err
}

// CountDeliveries is how many ReplayDeliveries would send again.
func (s *Store) CountDeliveries(ctx context.Context, filter DeliveryFilter) (int64, error) {
	var count int64
	err := s.replayable(ctx, filter).Count(&count).Error
	return count, failed("count deliveries", err)
}

// ReplayDeliveries sends those of the filter again whose endpoints are enabled, and says how
// many. More than 10,000 are invalid "too_many_deliveries": nothing is sent then.
func (s *Store) ReplayDeliveries(ctx context.Context, filter DeliveryFilter) (sent int64, err error) {
	err = s.WithTx(ctx, func(tx *Store) error {
		count, err := tx.CountDeliveries(ctx, filter)
		if err != nil {
			return err
		}
		if count > maxReplay {
			refused := models.Refuse(models.Invalid, "too_many_deliveries", "These are more than 10,000 deliveries.")
			refused.Fix = "Choose a shorter time."
			return refused
		}
		done := tx.db.WithContext(ctx).Exec(replay+"IN (?)", tx.replayable(ctx, filter).Select("d.id"))
		sent = done.RowsAffected
		return failed("replay deliveries", done.Error)
	})
	return sent, err
}

func (s *Store) replayable(ctx context.Context, filter DeliveryFilter) *gorm.DB {
	return s.db.WithContext(ctx).Table("deliveries d").
		Joins("JOIN webhook_endpoints e ON e.id = d.endpoint_id AND e.state = 'enabled' AND e.deleted_at IS NULL").
		Where("d.state <> 'queued'").Scopes(filter.narrow)
}
