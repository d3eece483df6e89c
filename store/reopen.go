package store

import (
	"context"
	"slices"

	"github.com/friendpay/friendpay/models"
)

// Why a request is not opened again.
const (
	ReopenPaid      = "order_paid"
	ReopenCancelled = "order_cancelled" // by another request than this one
	ReopenPrice     = "price_changed"
)

// WhyNotReopen says why the order of an ended request stands in the way of opening it again:
// "" if it does not. The order is asked as it is now; the save is what decides in a race.
func (s *Store) WhyNotReopen(ctx context.Context, r models.Request) (refused string, err error) {
	const query = `SELECT o.state = 'paid' OR o.applied_request <> '' AS paid, o.price_version AS price,
		EXISTS (SELECT FROM requests WHERE order_id = o.id AND id <> @request AND state IN @open
			AND NOT reopened) AS other,
		EXISTS (SELECT FROM requests WHERE order_id = o.id AND id <> @request AND state = 'cancelled_merchant')
			AS cancelled
		FROM orders o WHERE o.id = @order`
	var rows []struct {
		Paid, Other, Cancelled bool
		Price                  int64
	}
	args := map[string]any{"order": r.Order, "request": r.ID, "open": openStates}
	if err := s.read(ctx, &rows, query, args); err != nil {
		return "", failed("ask the order", err)
	}
	switch {
	case len(rows) == 0:
		return "", unknown("unknown_order")
	case rows[0].Paid:
		return ReopenPaid, nil
	case rows[0].Other:
		return models.RequestOpen, nil
	case rows[0].Cancelled:
		return ReopenCancelled, nil
	case rows[0].Price != r.PriceVersion:
		return ReopenPrice, nil
	}
	return "", nil
}

// lengthenInvites lets the live links of a request live as long as it may now.
func (s *Store) lengthenInvites(ctx context.Context, step models.Step) error {
	moved := slices.ContainsFunc(step.Transitions, func(t models.Transition) bool {
		return t.On == models.Extended || t.On == models.Reopened
	})
	if !moved {
		return nil
	}
	const lengthen = `UPDATE invites SET expires_at = ?
		WHERE request_id = ? AND state = 'live' AND expires_at < ?`
	_, err := s.write(ctx, lengthen, step.Request.HardEnd, step.Request.ID, step.Request.HardEnd)
	return err
}
