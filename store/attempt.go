package store

import (
	"context"
	"time"

	"github.com/friendpay/friendpay/providers"
)

// Call is one call to a provider, for support and metrics.
type Call struct {
	Request, Attempt, Refund string
	Provider                 string
	Op                       string          // as in providers.Error.Op
	Class                    providers.Class // empty: it went well
	Code                     string          // the provider's own
	Latency                  time.Duration
	At                       time.Time
}

// SavePresentation keeps, sealed, what the payer's browser needs to pay.
func (s *Store) SavePresentation(ctx context.Context, attempt string, shown providers.Presentation) error {
	return errUnwritten
}

// Presentation reads it back; not_found "unknown_presentation" while there is none.
func (s *Store) Presentation(ctx context.Context, attempt string) (providers.Presentation, error) {
	return providers.Presentation{}, errUnwritten
}

// RecordCall keeps a line about a call to a provider.
func (s *Store) RecordCall(ctx context.Context, call Call) error { return errUnwritten }
