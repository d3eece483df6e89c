package effects

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/store"
)

// maxFile is the largest catalogue that is read from a file, in bytes.
const maxFile = 8 << 20

// maxRows is how many rows of a family are written and compared.
const maxRows = 1000

// Reader is where rows of the catalogue are read.
type Reader interface {
	CatalogueRows(ctx context.Context, filter store.CatalogueFilter) ([]store.CatalogueEntry, error)
}

// Export writes the catalogue, or an app's part of it, as YAML: a list of rows by family,
// always in the same order, so that a difference in git is a difference in the catalogue.
func Export(ctx context.Context, rows Reader, app string, out io.Writer) error {
	whole := map[string][]map[string]any{}
	for _, family := range policy.Families {
		name := FamilyName(family)
		whole[name] = []map[string]any{} // an empty part says that there are no rows
		entries, err := rowsOf(ctx, rows, family, app)
		if err != nil {
			return err
		}
		for _, entry := range entries {
			row, err := fields(entry.Body)
			if err != nil {
				return err
			}
			whole[name] = append(whole[name], row)
		}
	}
	encoder := yaml.NewEncoder(out)
	encoder.SetIndent(2)
	if err := encoder.Encode(whole); err != nil {
		return fmt.Errorf("write the catalogue: %w", err)
	}
	return encoder.Close()
}

// limits is what people call the table of limits.
const limits = "limits"

// FamilyName is a family as people say it.
func FamilyName(table string) string {
	if table == policy.Limits {
		return limits
	}
	return table
}

// FamilyTable is where a family's rows are kept; its table's own name is understood, too.
func FamilyTable(name string) string {
	if name == limits {
		return policy.Limits
	}
	return name
}

// fields reads a row so that its numbers stay whole.
func fields(body []byte) (map[string]any, error) {
	reader := json.NewDecoder(bytes.NewReader(body))
	reader.UseNumber()
	row := map[string]any{}
	if err := reader.Decode(&row); err != nil {
		return nil, fmt.Errorf("read a row: %w", err)
	}
	for name, value := range row {
		if number, ok := value.(json.Number); ok {
			whole, err := number.Int64()
			if err != nil {
				return nil, fmt.Errorf("read a row: %w", err)
			}
			row[name] = whole
		}
	}
	return row, nil
}

// rowsOf are a family's rows, of one app only when one is named.
func rowsOf(ctx context.Context, rows Reader, family, app string) ([]store.CatalogueEntry, error) {
	entries, err := rows.CatalogueRows(ctx, store.CatalogueFilter{Family: family, App: app, Limit: maxRows})
	if err != nil {
		return nil, err
	}
	if len(entries) == maxRows {
		return nil, models.Refuse(models.Invalid, "too_many_rows",
			"There are too many rows of "+FamilyName(family)+".")
	}
	if app == "" {
		return entries, nil
	}
	return slices.DeleteFunc(entries, func(e store.CatalogueEntry) bool {
		var row struct {
			App string `json:"app_id"`
		}
		return json.Unmarshal(e.Body, &row) != nil || row.App != app
	}), nil
}

// Differences reads a catalogue from YAML and says what has to change for it to stand: rows
// that are there and not in the file are taken away, but only of families that the file names,
// and only of the app, if one is named. A row is whole: a field that it leaves out has its default.
func Differences(ctx context.Context, rows Reader, app string, in io.Reader) ([]store.Change, error) {
	wanted, err := parse(in)
	if err != nil {
		return nil, err
	}
	var set, away []store.Change
	for _, family := range policy.Families {
		list, named := wanted[family]
		if !named {
			continue
		}
		known, err := rowsOf(ctx, rows, family, app)
		if err != nil {
			return nil, err
		}
		for _, row := range list {
			if of, has := row["app_id"]; app != "" && (!has || of != app) {
				return nil, wrongFile(family + " has a row of another app than " + app + ".")
			}
			change, err := changeOf(family, row)
			if err != nil {
				return nil, err
			}
			set = append(set, change)
		}
		gone, err := missing(family, known, list)
		if err != nil {
			return nil, err
		}
		away = append(gone, away...) // what speaks of another goes before it
	}
	return append(away, set...), nil
}

func parse(in io.Reader) (map[string][]map[string]any, error) {
	text, err := io.ReadAll(io.LimitReader(in, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("read the catalogue: %w", err)
	}
	if len(text) > maxFile {
		return nil, wrongFile("The file is larger than 8 MiB.")
	}
	wanted := map[string][]map[string]any{}
	if err := yaml.Unmarshal(text, &wanted); err != nil && !errors.Is(err, io.EOF) {
		return nil, wrongFile("The file is no YAML of families, each a list of rows: " + err.Error())
	}
	byTable := map[string][]map[string]any{}
	for _, family := range slices.Sorted(maps.Keys(wanted)) {
		table := FamilyTable(family)
		if !slices.Contains(policy.Families, table) {
			return nil, wrongFile("The catalogue has no part " + family + ".")
		}
		if _, twice := byTable[table]; twice {
			return nil, wrongFile("The file names " + FamilyName(table) + " twice, the second time as " + family + ".")
		}
		byTable[table] = wanted[family]
	}
	return byTable, nil
}

func wrongFile(message string) error {
	return &models.Error{
		Code: models.Invalid, Reason: "bad_file", Message: message, Field: "file",
		Fix: "Export the catalogue and change that.",
	}
}

func changeOf(family string, row map[string]any) (store.Change, error) {
	change := store.Change{Family: family, Whole: true, Row: map[string]json.RawMessage{}}
	for name, value := range row {
		encoded, err := json.Marshal(value)
		if err != nil {
			return change, fmt.Errorf("read the catalogue: %w", err)
		}
		change.Row[name] = encoded
	}
	return change, nil
}

// missing are the known rows that the list does not name.
func missing(family string, known []store.CatalogueEntry, list []map[string]any) ([]store.Change, error) {
	var away []store.Change
	for _, entry := range known {
		there, err := fields(entry.Body)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(list, func(row map[string]any) bool { return store.SameKey(family, row, there) }) {
			continue
		}
		change, err := changeOf(family, there)
		if err != nil {
			return nil, err
		}
		change.Away, change.Expected = true, &entry.Version
		away = append(away, change)
	}
	return away, nil
}
