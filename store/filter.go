package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/friendpay/friendpay/models"
)

// SavedFilter is what a colleague looks for again and again: the words of a page's address, or of a call.
type SavedFilter struct {
	Owner   string // as the audit names him: "staff:anna"
	Name    string // 1 to 60 characters, his own
	Filter  map[string]string
	SavedAt time.Time
}

const (
	filtersEach   = 50 // of one colleague
	filterLetters = 2000
)

// SavedFilters lists a colleague's, by name.
func (s *Store) SavedFilters(ctx context.Context, owner string) ([]SavedFilter, error) {
	const query = "SELECT owner, name, filter, saved_at FROM saved_filters WHERE owner = ? ORDER BY name"
	var rows []struct {
		Owner, Name string
		Filter      []byte
		SavedAt     time.Time
	}
	if err := s.read(ctx, &rows, query, owner); err != nil {
		return nil, failed("list filters", err)
	}
	list := make([]SavedFilter, len(rows))
	for i, row := range rows {
		list[i] = SavedFilter{Owner: row.Owner, Name: row.Name, SavedAt: row.SavedAt}
		if err := json.Unmarshal(row.Filter, &list[i].Filter); err != nil {
			return nil, failed("read a filter", err)
		}
	}
	return list, nil
}

// SaveFilter keeps a filter under its owner's name for it, in the place of the one that had the name.
// Limited "filters_full" beyond 50 of one owner, invalid "filter_long" beyond 2,000 letters.
func (s *Store) SaveFilter(ctx context.Context, f SavedFilter) error {
	const save = `INSERT INTO saved_filters (owner, name, filter)
		SELECT @owner, @name, CAST(@filter AS jsonb) WHERE (SELECT count(*) FROM saved_filters
			WHERE owner = @owner AND name <> @name) < @most
		ON CONFLICT (owner, name) DO UPDATE SET filter = excluded.filter, saved_at = clock_timestamp()`
	words, err := json.Marshal(f.Filter)
	if err != nil {
		return failed("save a filter", err)
	}
	if len(words) > filterLetters {
		return &models.Error{Code: models.Invalid, Reason: "filter_long", Field: "filter",
			Message: "A filter has at most 2,000 letters.", Fix: "Save a shorter one."}
	}
	rows, err := s.write(ctx, save, map[string]any{
		"owner": f.Owner, "name": f.Name, "filter": string(words), "most": filtersEach,
	})
	if err == nil && rows == 0 {
		full := models.Refuse(models.Limited, "filters_full", "You have 50 filters already.")
		full.Fix = "Delete one first."
		return full
	}
	return failed("save a filter", err)
}

// DeleteFilter takes a colleague's filter away; not_found "unknown_filter" when he has none of that name.
func (s *Store) DeleteFilter(ctx context.Context, owner, name string) error {
	rows, err := s.write(ctx, "DELETE FROM saved_filters WHERE owner = ? AND name = ?", owner, name)
	if err == nil && rows == 0 {
		return unknown("unknown_filter")
	}
	return failed("delete a filter", err)
}
