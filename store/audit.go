package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/friendpay/friendpay/models"
)

// Deed is one line of the audit: who of us did what by hand. It names ids, never people
// other than who did it, and is kept for ever.
type Deed struct {
	At      time.Time
	Actor   string // "staff:anna"
	Act     string // "forget_payer", "retry_refund"
	Subject string // the id of what it was done to
	Reason  string // why, or the ticket
	Detail  map[string]string
}

// Audit adds a line.
func (s *Store) Audit(ctx context.Context, deed Deed) error {
	const add = "INSERT INTO audit (actor, act, subject, reason, detail) VALUES (?, ?, ?, ?, ?::jsonb)"
	if deed.Actor == "" {
		return models.Refuse(models.Invalid, "nobody", "The audit names who did it.")
	}
	if deed.Detail == nil {
		deed.Detail = map[string]string{}
	}
	detail, err := json.Marshal(deed.Detail)
	if err != nil {
		return failed("audit", err)
	}
	_, err = s.write(ctx, add, deed.Actor, deed.Act, deed.Subject, deed.Reason, string(detail))
	return failed("audit", err)
}

// Deeds lists what was done to a subject, oldest first.
func (s *Store) Deeds(ctx context.Context, subject string) ([]Deed, error) {
	const query = "SELECT id, at, actor, act, subject, reason, detail FROM audit WHERE subject = ? ORDER BY id"
	var rows []deedRecord
	if err := s.read(ctx, &rows, query, subject); err != nil {
		return nil, failed("read audit", err)
	}
	deeds := make([]Deed, len(rows))
	for i, row := range rows {
		deed, err := row.deed()
		if err != nil {
			return nil, failed("read audit", err)
		}
		deeds[i] = deed
	}
	return deeds, nil
}
