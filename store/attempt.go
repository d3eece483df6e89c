package store

import (
	"context"
	"encoding/json"
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
	const save = `INSERT INTO presentations (attempt, sealed) VALUES (?, ?)
		ON CONFLICT (attempt) DO UPDATE SET sealed = excluded.sealed, created_at = excluded.created_at`
	plain, err := json.Marshal(shown)
	if err != nil {
		return failed("save presentation", err)
	}
	_, err = s.write(ctx, save, attempt, s.vault.Seal(plain, presentationPlace(attempt)))
	return failed("save presentation", err)
}

// Presentation reads it back; not_found "unknown_presentation" while there is none.
func (s *Store) Presentation(ctx context.Context, attempt string) (providers.Presentation, error) {
	var row struct{ Sealed []byte }
	err := s.read(ctx, &row, "SELECT sealed FROM presentations WHERE attempt = ?", attempt)
	if err != nil {
		return providers.Presentation{}, failed("read presentation", err)
	}
	if len(row.Sealed) == 0 {
		return providers.Presentation{}, unknown("unknown_presentation")
	}
	plain, err := s.vault.Open(row.Sealed, presentationPlace(attempt))
	if err != nil {
		return providers.Presentation{}, failed("read presentation", err)
	}
	var shown providers.Presentation
	err = json.Unmarshal(plain, &shown)
	return shown, failed("read presentation", err)
}

// RecordCall keeps a line about a call to a provider.
func (s *Store) RecordCall(ctx context.Context, call Call) error {
	const record = `INSERT INTO provider_calls
		(request_id, attempt, refund, provider, op, class, code, latency_ms, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`
	_, err := s.write(ctx, record, call.Request, call.Attempt, call.Refund, call.Provider, call.Op,
		string(call.Class), call.Code, call.Latency.Milliseconds(), call.At.UTC())
	return failed("record call", err)
}

func presentationPlace(attempt string) string { return "presentations:" + attempt }
