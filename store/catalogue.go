package store

import (
	"context"
	"time"

	"github.com/friendpay/friendpay/models"
)

// CatalogueEntry is one line of the catalogue's history: a row as it was from then on.
type CatalogueEntry struct {
	Version int64     `json:"version"`
	Family  string    `json:"family"` // the table
	Key     string    `json:"key"`    // the row's primary key, its parts joined by slashes
	Body    []byte    `json:"body"`   // the row in JSON; nil: taken away
	Author  string    `json:"author"` // "staff:anna"
	Reason  string    `json:"reason"`
	At      time.Time `json:"at"`
}

// CatalogueSince lists what changed after a version up to another, oldest first. Of a row
// that changed more than once only the last is listed, so that 0 gives the whole catalogue
// as it stood at that version.
func (s *Store) CatalogueSince(ctx context.Context, after, upTo int64) ([]CatalogueEntry, error) {
	const query = `SELECT * FROM (SELECT DISTINCT ON (family, key) version, family, key, body, author, reason, at
			FROM catalogue_history WHERE version > ? AND version <= ? ORDER BY family, key, version DESC) newest
		ORDER BY version`
	var entries []CatalogueEntry
	return entries, failed("read the catalogue", s.read(ctx, &entries, query, after, upTo))
}

// CatalogueVersion is the newest version; 0 when nothing was ever written.
func (s *Store) CatalogueVersion(ctx context.Context) (version int64, err error) {
	const query = "SELECT coalesce(max(version), 0) FROM catalogue_history"
	return version, failed("read the catalogue's version", s.read(ctx, &version, query))
}

// Signed runs changes of the catalogue in one transaction, in the name of who answers for
// them; the history keeps name and reason.
func (s *Store) Signed(ctx context.Context, by By, change func(tx *Store) error) error {
	if by.Actor == "" {
		return models.Refuse(models.Invalid, "nobody", "A change of the catalogue names who made it.")
	}
	const sign = "SELECT set_config('friendpay.author', ?, true), set_config('friendpay.reason', ?, true)"
	return s.WithTx(ctx, func(tx *Store) error {
		if _, err := tx.write(ctx, sign, by.Actor, by.Reason); err != nil {
			return failed("sign", err)
		}
		return change(tx)
	})
}
