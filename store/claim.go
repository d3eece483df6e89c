package store

import (
	"context"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/friendpay/friendpay/models"
)

// Claim is the wish of a request to pay an order with an attempt's money.
type Claim struct {
	Order, Request, Attempt string
	Price                   models.Money // what was quoted
	PriceVersion            int64
	Reopen                  bool // late money: the order was released, and may be taken up again
}

// Why ClaimOrder refuses; these are the reasons of models.OrderRefused.
const (
	ClaimOrderGone  = "order_gone"
	ClaimStalePrice = "stale_price"
	ClaimDuplicate  = "duplicate"
)

// ClaimOrder gives the order to an attempt's money, once: "" means taken, by
// this very attempt, now or before. Else the reason why not, which is an answer
// and no error.
func (s *Store) ClaimOrder(ctx context.Context, claim Claim) (refused string, err error) {
	err = s.WithTx(ctx, func(tx *Store) error {
		order, err := tx.lockOrder(ctx, claim.Order)
		if err != nil {
			return err
		}
		if refused, err = tx.refusal(ctx, order, claim); err != nil || refused != "" {
			return err
		}
		_, err = tx.write(ctx, "UPDATE orders SET applied_request = ?, applied_attempt = ? WHERE id = ?",
			claim.Request, claim.Attempt, claim.Order)
		return err
	})
	return refused, failed("claim order", err)
}

// lockOrder makes all that concerns an order happen one after the other. Whoever
// locks more rows locks the order first.
func (s *Store) lockOrder(ctx context.Context, id string) (Order, error) {
	lock := clause.Locking{Strength: "NO KEY UPDATE"}
	order, err := gorm.G[Order](s.db, lock).Where("id = ?", id).Take(ctx)
	return order, missing("lock order", "unknown_order", err)
}

func (s *Store) refusal(ctx context.Context, order Order, claim Claim) (string, error) {
	switch {
	case order.AppliedRequest == claim.Request && order.AppliedAttempt == claim.Attempt:
		return "", nil
	case order.State == OrderPaid, order.AppliedRequest != "" && order.AppliedRequest != claim.Request:
		return ClaimDuplicate, nil
	case order.State == OrderCancelled, order.State == OrderReleased && !claim.Reopen:
		return ClaimOrderGone, nil
	case claim.Price.Currency != order.Payable.Currency,
		claim.PriceVersion < order.PriceVersion && claim.Price.Less(order.Payable):
		return ClaimStalePrice, nil
	case !claim.Reopen:
		return "", nil
	}
	// Late money gives way to another friend who has been asked meanwhile.
	var taken bool
	err := s.read(ctx, &taken, `SELECT EXISTS (SELECT FROM requests
		WHERE order_id = ? AND id <> ? AND state IN ? AND NOT reopened)`, order.ID, claim.Request, openStates)
	if taken {
		return ClaimOrderGone, err
	}
	return "", err
}
