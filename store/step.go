package store

import (
	"context"

	"github.com/friendpay/friendpay/models"
)

// SaveStep writes what one step made of a request, in one transaction; the
// package comment says by which rule. Saving the same step again changes
// nothing. Refused with conflict "stale_step" when a later judgement is stored,
// and with conflict "request_open" when another request of the order is open.
func (s *Store) SaveStep(ctx context.Context, step models.Step) error { return errUnwritten }
