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

// CatalogueFilter narrows what is read of the catalogue; empty fields do not.
type CatalogueFilter struct {
	Family string
	Key    string // one row
	App    string // its rows, and those that are about all apps
	After  string // keys after this one: the next page of a family's rows
	Before int64  // versions before this one: the next page of a history
	Limit  int    // 1 to 1001, 200 when 0
}

// CatalogueRows lists the rows of a family as they stand, by key, each with its newest line
// of the history.
func (s *Store) CatalogueRows(ctx context.Context, filter CatalogueFilter) ([]CatalogueEntry, error) {
	const query = `SELECT * FROM (SELECT DISTINCT ON (family, key)
			version, family, key, body, author, reason, at FROM catalogue_history
			WHERE (@family = '' OR family = @family) AND (@key = '' OR key = @key)
				AND (@after = '' OR key > @after)
			ORDER BY family, key, version DESC) newest
		WHERE body IS NOT NULL AND (@app = '' OR coalesce(body ->> 'app_id', '') IN (@app, ''))
		ORDER BY family, key LIMIT @limit`
	return s.entries(ctx, query, filter)
}

// CatalogueHistory lists what a family, or a row of it, has been, newest first.
func (s *Store) CatalogueHistory(ctx context.Context, filter CatalogueFilter) ([]CatalogueEntry, error) {
	const query = `SELECT version, family, key, body, author, reason, at FROM catalogue_history
		WHERE (@family = '' OR family = @family) AND (@key = '' OR key = @key)
			AND (@before = 0 OR version < @before)
		ORDER BY version DESC LIMIT @limit`
	return s.entries(ctx, query, filter)
}

// allSince lists every line after a version, oldest first.
func (s *Store) allSince(ctx context.Context, after int64) (entries []CatalogueEntry, err error) {
	const query = `SELECT version, family, key, body, author, reason, at FROM catalogue_history
		WHERE version > ? ORDER BY version`
	return entries, failed("read the catalogue", s.read(ctx, &entries, query, after))
}

func (s *Store) entries(
	ctx context.Context, query string, filter CatalogueFilter,
) (entries []CatalogueEntry, err error) {
	limit := filter.Limit
	if limit <= 0 {
		limit = 200
	}
	err = s.read(ctx, &entries, query, map[string]any{
		"family": filter.Family, "key": filter.Key, "app": filter.App, "before": filter.Before,
		"after": filter.After,
		"limit": min(limit, 1001),
	})
	return entries, failed("read the catalogue", err)
}

// CatalogueAsOf is the version that stood at a time; 0 before there was any.
func (s *Store) CatalogueAsOf(ctx context.Context, at time.Time) (version int64, err error) {
	const query = "SELECT coalesce(max(version), 0) FROM catalogue_history WHERE at <= ?"
	return version, failed("read the catalogue's version", s.read(ctx, &version, query, at))
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
