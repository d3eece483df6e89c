package store

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/friendpay/friendpay/models"
)

// Change is one row of the catalogue as somebody wants it.
type Change struct {
	Family string                     // the table
	Row    map[string]json.RawMessage // by column; it names its key
	// Whole lets a column that Row does not name fall back to its default; else it stays.
	Whole bool
	// Expected is the version at which the row was seen, 0 where there was none; nil: whatever it is.
	Expected *int64
	Away     bool // the row is taken away; of Row only the key counts
}

// ChangeRows makes changes of the catalogue in the name of who answers for them: all of
// them or none. It returns the history's new lines; a row that stands as wanted already
// leaves none. A row that breaks a rule of its shape is invalid, with its field and a fix;
// one that was changed since Expected is the conflict "row_changed"; one to be taken away
// that is not there is not_found "unknown_row".
func (s *Store) ChangeRows(ctx context.Context, by By, changes []Change) (done []CatalogueEntry, err error) {
	if strings.TrimSpace(by.Reason) == "" {
		return nil, wrongField("reason", "missing_reason", "A change says why it is made.",
			"A sentence, or the ticket's number.")
	}
	err = s.Signed(ctx, by, func(tx *Store) error {
		// Nobody else changes anything from here on, so that what is judged is what is saved.
		const lock = "SELECT pg_advisory_xact_lock(hashtext('friendpay.catalogue'))"
		if _, err := tx.write(ctx, lock); err != nil {
			return err
		}
		before, err := tx.CatalogueVersion(ctx)
		if err != nil {
			return err
		}
		for _, change := range changes {
			if err := tx.change(ctx, change); err != nil {
				return ofMany(changes, change, err)
			}
		}
		if done, err = tx.allSince(ctx, before); err != nil {
			return err
		}
		return tx.auditChanges(ctx, by, done)
	})
	return done, failed("change the catalogue", err)
}

// ofMany says which row of several is meant: its key, as the list names it.
func ofMany(changes []Change, change Change, err error) error {
	if len(changes) == 1 {
		return err
	}
	parts := make([]string, len(keys[change.Family]))
	for i, column := range keys[change.Family] {
		_ = json.Unmarshal(change.Row[column], &parts[i]) // what is no text is named by the refusal itself
	}
	return fmt.Errorf("%s %s: %w", change.Family, strings.Join(parts, "/"), err)
}

// Unsaved makes changes, lets do look at them, and takes them back.
func (s *Store) Unsaved(ctx context.Context, do func(tx *Store) error) error {
	err := s.WithTx(ctx, func(tx *Store) error {
		if err := do(tx); err != nil {
			return err
		}
		return errUnsaved
	})
	if err == errUnsaved { //nolint:errorlint // it is ours and comes back as it is
		return nil
	}
	return err
}

var errUnsaved = models.Refuse(models.Internal, "unsaved", "This was a trial.")

func (s *Store) change(ctx context.Context, c Change) error {
	shape, err := s.shapeOf(ctx, c.Family)
	if err != nil {
		return err
	}
	row, err := shape.checked(c)
	if err != nil {
		return err
	}
	known, err := s.rowAt(ctx, shape, row)
	if err != nil {
		return err
	}
	if c.Expected != nil && *c.Expected != known.Version {
		return rowChanged(known)
	}
	if err := s.referred(ctx, c, row); err != nil {
		return err
	}
	if c.Away {
		err = s.takeRow(ctx, shape, row, known)
	} else {
		err = s.writeRow(ctx, shape, row, known, c.Whole)
	}
	return shape.explained(err)
}

func (s *Store) auditChanges(ctx context.Context, by By, done []CatalogueEntry) error {
	for _, entry := range done {
		act := "change_row"
		if len(entry.Body) == 0 {
			act = "take_row"
		}
		err := s.Audit(ctx, Deed{
			Actor: by.Actor, Act: act, Subject: entry.Family + "/" + entry.Key, Reason: by.Reason,
			Detail: map[string]string{"version": strconv.FormatInt(entry.Version, 10)},
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func rowChanged(known CatalogueEntry) error {
	refused := models.Refuse(models.Conflict, "row_changed", "Somebody changed this row meanwhile.")
	refused.Field = "expected_version"
	refused.Fix = "Read the row again, look at what changed, and name its version."
	if known.Version == 0 {
		refused.Message = "There is no such row."
	}
	return refused
}

// rowAt is the row that is there under the key, with its newest version; version 0 when none is.
func (s *Store) rowAt(ctx context.Context, of shape, row map[string]json.RawMessage) (CatalogueEntry, error) {
	parts := make([]string, len(of.key))
	for i, column := range of.key {
		parts[i] = "to_jsonb(k) ->> '" + column + "'"
	}
	query := `SELECT k.key, coalesce(h.version, 0) AS version, h.family, h.body, h.author, h.reason, h.at FROM
		(SELECT concat_ws('/', ` + strings.Join(parts, ", ") + `) AS key
			FROM jsonb_populate_record(NULL::` + of.table + `, ?::jsonb) k) k
		LEFT JOIN LATERAL (SELECT * FROM catalogue_history WHERE family = ? AND key = k.key
			ORDER BY version DESC LIMIT 1) h ON true`
	encoded, err := json.Marshal(of.keyOf(row))
	if err != nil {
		return CatalogueEntry{}, err
	}
	var found []CatalogueEntry
	if err := s.read(ctx, &found, query, string(encoded), of.table); err != nil {
		return CatalogueEntry{}, of.explained(err)
	}
	if len(found[0].Body) == 0 { // taken away, or never there
		return CatalogueEntry{Key: found[0].Key}, nil
	}
	return found[0], nil
}

func (s *Store) writeRow(
	ctx context.Context, of shape, row map[string]json.RawMessage, known CatalogueEntry, whole bool,
) error {
	if known.Version > 0 && !whole {
		stays := map[string]json.RawMessage{}
		if err := json.Unmarshal(known.Body, &stays); err != nil {
			return err
		}
		maps.DeleteFunc(stays, func(name string, _ json.RawMessage) bool { return !of.has(name) })
		maps.Copy(stays, row)
		row = stays
	}
	columns := slices.Sorted(maps.Keys(row))
	var sets []string
	for _, column := range of.columns {
		switch {
		case slices.Contains(of.key, column.Name):
		case row[column.Name] != nil:
			sets = append(sets, column.Name+" = excluded."+column.Name)
		default:
			sets = append(sets, column.Name+" = DEFAULT")
		}
	}
	list := strings.Join(columns, ", ")
	statement := "INSERT INTO " + of.table + " (" + list + ") SELECT " + list +
		" FROM jsonb_populate_record(NULL::" + of.table + ", ?::jsonb)" +
		" ON CONFLICT (" + strings.Join(of.key, ", ") + ") DO UPDATE SET " + strings.Join(sets, ", ") +
		" RETURNING to_jsonb(" + of.table + ") AS body"
	encoded, err := json.Marshal(row)
	if err != nil {
		return err
	}
	var written struct{ Body []byte }
	if err := s.read(ctx, &written, statement, string(encoded)); err != nil {
		return err
	}
	return s.sound(ctx, of, known.Body, written.Body)
}

func (s *Store) takeRow(
	ctx context.Context, of shape, row map[string]json.RawMessage, known CatalogueEntry,
) error {
	if known.Version == 0 {
		return unknown("unknown_row")
	}
	same := make([]string, len(of.key))
	for i, column := range of.key {
		same[i] = "t." + column + " = k." + column
	}
	encoded, err := json.Marshal(of.keyOf(row))
	if err != nil {
		return err
	}
	statement := "DELETE FROM " + of.table + " t USING jsonb_populate_record(NULL::" + of.table +
		", ?::jsonb) k WHERE " + strings.Join(same, " AND ")
	_, err = s.write(ctx, statement, string(encoded))
	return err
}
