package store

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/friendpay/friendpay/models"
)

// keys are the families of the catalogue and what names a row of each.
var keys = map[string][]string{
	"channels": {"app_id", "id"}, "onboarding": {"app_id", "channel", "surface"},
	"rollouts": {"feature", "channel", "app_id"}, "surfaces": {"surface", "provider", "product", "since"},
	"pay_limits": {"app_id", "scope", "channel", "per"}, "promotions": {"app_id", "id"},
	"kinds": {"app_id", "kind"}, "breaker_rules": {"app_id", "channel"}, "risk_rules": {"app_id", "kind"},
}

// KeyColumns names the columns that name a row of a family; none for what is no family.
func KeyColumns(family string) []string { return slices.Clone(keys[family]) }

// shape is what a family's rows look like.
type shape struct {
	table   string
	key     []string
	columns []column
}

// column is one of a table's, as PostgreSQL describes it.
type column struct {
	Name     string
	Type     string // "text", "bigint", "timestamp with time zone" …
	Nullable bool
	Fallback string // its default as an expression; "": none
}

// shapeOf reads the shape from the database itself: a column that a migration adds can be
// set from then on.
func (s *Store) shapeOf(ctx context.Context, family string) (shape, error) {
	const query = `SELECT column_name AS name, data_type AS type, is_nullable = 'YES' AS nullable,
			coalesce(column_default, '') AS fallback
		FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = ?
		ORDER BY ordinal_position`
	key, known := keys[family]
	if !known {
		return shape{}, wrongField("family", "unknown_family", "There is no such part of the catalogue.",
			"One of "+strings.Join(slices.Sorted(maps.Keys(keys)), ", ")+".")
	}
	of := shape{table: family, key: key}
	return of, s.read(ctx, &of.columns, query, family)
}

func (of shape) has(name string) bool {
	return slices.ContainsFunc(of.columns, func(c column) bool { return c.Name == name })
}

func (of shape) keyOf(row map[string]json.RawMessage) map[string]json.RawMessage {
	key := map[string]json.RawMessage{}
	for _, name := range of.key {
		key[name] = row[name]
	}
	return key
}

// checked is the row that a change speaks of, with the parts of its key that may be left out.
func (of shape) checked(c Change) (map[string]json.RawMessage, error) {
	row := map[string]json.RawMessage{}
	for name, value := range c.Row {
		i := slices.IndexFunc(of.columns, func(c column) bool { return c.Name == name })
		if i < 0 {
			return nil, wrongField(legible(name), "unknown_field", "Rows of "+of.table+" have no such field.",
				"They have "+of.names()+".")
		}
		if err := of.columns[i].holds(value); err != nil {
			return nil, err
		}
		row[name] = value
	}
	for _, column := range of.columns {
		inKey := slices.Contains(of.key, column.Name)
		switch {
		case row[column.Name] != nil || !inKey:
		case strings.HasPrefix(column.Fallback, "''"):
			row[column.Name] = json.RawMessage(`""`)
		case column.Name == "since" && column.Fallback != "":
			row[column.Name] = json.RawMessage(`"2000-01-01T00:00:00Z"`)
		default:
			return nil, missingField(column.Name)
		}
	}
	return row, nil
}

func (of shape) names() string {
	names := make([]string, len(of.columns))
	for i, column := range of.columns {
		names[i] = column.Name
	}
	return strings.Join(names, ", ")
}

// holds says what a value must look like. PostgreSQL would refuse it, too, and not say which.
func (c column) holds(value json.RawMessage) error {
	var (
		text  string
		truth bool
		whole int64
		list  []string
	)
	if bytes.Equal(bytes.TrimSpace(value), []byte("null")) {
		if c.Nullable {
			return nil
		}
		return wrongField(c.Name, "bad_field", "This field cannot be empty.", "Leave it out for its default.")
	}
	switch c.Type {
	case "text":
		return c.unless(json.Unmarshal(value, &text), "a text")
	case "boolean":
		return c.unless(json.Unmarshal(value, &truth), "true or false")
	case "bigint", "integer":
		err := json.Unmarshal(value, &whole)
		if c.Type == "integer" && (whole > math.MaxInt32 || whole < math.MinInt32) {
			err = errors.New("too large")
		}
		return c.unless(err, "a whole number")
	case "timestamp with time zone":
		err := json.Unmarshal(value, &text)
		if err == nil {
			_, err = time.Parse(time.RFC3339Nano, text)
		}
		return c.unless(err, "a time like 2026-05-01T08:00:00+08:00")
	case "jsonb":
		return c.unless(json.Unmarshal(value, &list), "a list of texts")
	}
	return nil
}

func (c column) unless(err error, what string) error {
	if err == nil {
		return nil
	}
	return wrongField(c.Name, "bad_field", "This field holds something else.", "It is "+what+".")
}

// explained says which field a constraint of the table speaks of, and what to do.
func (of shape) explained(err error) error {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return err
	}
	switch pg.Code {
	case "23502": // not null
		return missingField(pg.ColumnName)
	case "23503":
		field := strings.TrimSuffix(strings.TrimPrefix(pg.ConstraintName, of.table+"_"), "_fkey")
		return wrongField(field, "unknown_reference", "It names what does not exist.", "Name one that exists.")
	case "23514":
		field, fix := of.rule(pg.ConstraintName)
		return wrongField(field, "bad_field", "The row breaks the rule "+pg.ConstraintName+".", fix)
	}
	return err
}

// rule is the field that a check is about and what it wants.
func (of shape) rule(constraint string) (field, fix string) {
	if known, ok := checks[constraint]; ok {
		return known.field, known.fix
	}
	return strings.TrimPrefix(constraint, of.table+"_"), "See the table's description in docs/operating.md."
}

func missingField(name string) error {
	return wrongField(name, "missing_field", "A row of this kind names this field.", "Send "+name+".")
}

func wrongField(field, reason, message, fix string) error {
	return &models.Error{Code: models.Invalid, Reason: reason, Message: message, Field: field, Fix: fix}
}

// legible is a name from outside as it may be repeated.
func legible(name string) string {
	plain := func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '_' }
	if len(name) > 64 || strings.ContainsFunc(name, plain) {
		return "row"
	}
	return name
}

// SameKey says that two rows of a family have the same key, whatever else they say. Parts
// that may be left out are empty, or for a time the beginning of all.
func SameKey(family string, a, b map[string]any) bool {
	return !slices.ContainsFunc(keys[family], func(column string) bool {
		return keyPart(column, a[column]) != keyPart(column, b[column])
	})
}

func keyPart(column string, value any) string {
	switch part := value.(type) {
	case time.Time:
		return part.UTC().Format(time.RFC3339Nano)
	case string:
		if at, err := time.Parse(time.RFC3339Nano, part); column == "since" && err == nil {
			return at.UTC().Format(time.RFC3339Nano)
		}
		return part
	}
	if column == "since" {
		return "2000-01-01T00:00:00Z"
	}
	return ""
}
