package console

import (
	"cmp"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/friendpay/friendpay/internal/effects"
	"github.com/friendpay/friendpay/internal/support"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
	"github.com/friendpay/friendpay/web/console"
)

func (k *Console) editor(who Session, row store.CatalogueEntry) console.Editor {
	view := console.Editor{
		Family: named(row.Family), Key: row.Key, Version: row.Version, Idempotency: rand.Text(),
		MayChange: who.May(support.Operator),
	}
	fields := map[string]json.RawMessage{}
	_ = json.Unmarshal(row.Body, &fields) // the history wrote it
	for _, name := range fieldNames(fields) {
		view.Fields = append(view.Fields, rowField(row.Family, name, fields[name]))
	}
	return view
}

// rowField is a field of a row by the look of its value. What is no plain word is edited as JSON;
// what names the row is not: another value would be another row.
func rowField(family, name string, value json.RawMessage) console.Field {
	field := console.Field{Name: name, Kind: "text", Value: plain(value)}
	text := strings.TrimSpace(string(value))
	switch {
	case slices.Contains(store.KeyColumns(family), name):
		field.Kind = "fixed"
	case text == "true" || text == "false":
		field.Kind = "bool"
	case strings.HasPrefix(text, "[") || strings.HasPrefix(text, "{"):
		field.Kind = "long"
	}
	return field
}

// plain is a JSON value as it is typed: words without quotes, nothing for null.
func plain(value json.RawMessage) string {
	var word string
	if json.Unmarshal(value, &word) == nil {
		return word
	}
	return strings.TrimSpace(string(value))
}

// typedRow is what a form changes in a row, with the row's key, and the form's fields as typed.
func typedRow(c echo.Context, row store.CatalogueEntry, view *console.Editor) map[string]json.RawMessage {
	stands, changed := map[string]json.RawMessage{}, map[string]json.RawMessage{}
	_ = json.Unmarshal(row.Body, &stands) // the history wrote it
	for i, field := range view.Fields {
		if field.Kind == "fixed" {
			changed[field.Name] = stands[field.Name]
			continue
		}
		typed := strings.TrimSpace(c.FormValue("arg_" + field.Name))
		if field.Kind == "bool" {
			typed = strconv.FormatBool(typed == "true")
		}
		view.Fields[i].Value = typed
		if typed != field.Value {
			changed[field.Name] = encoded(typed, stands[field.Name])
		}
	}
	return changed
}

// encoded is a typed value in JSON: of the kind that stands there, else whatever it looks like.
func encoded(typed string, stands json.RawMessage) json.RawMessage {
	word, err := json.Marshal(typed)
	if err != nil {
		return stands
	}
	isWord := strings.HasPrefix(strings.TrimSpace(string(stands)), `"`)
	switch {
	case isWord:
		return word
	case typed == "":
		return json.RawMessage("null")
	case json.Valid([]byte(typed)):
		return json.RawMessage(typed)
	}
	return word
}

func (k *Console) previewChange(c echo.Context, who Session) error { return k.changing(c, who, true) }

func (k *Console) change(c echo.Context, who Session) error { return k.changing(c, who, false) }

// changing tries a change of one row, or makes it. The row's version makes it happen once: a second
// press meets a row that has changed and stands as wanted already.
func (k *Console) changing(c echo.Context, who Session, dryRun bool) error {
	if !who.May(support.Operator) {
		refused := models.Refuse(models.Forbidden, "operators_only", "Your role may read this, not change it.")
		refused.Fix = "Ask a colleague with the role operator."
		return refused
	}
	row, err := k.row(c, c.FormValue("key"))
	if err != nil {
		return err
	}
	version, err := strconv.ParseInt(c.FormValue("version"), 10, 64)
	if err != nil {
		return wrong("version", "Open the row again.")
	}
	view := k.editor(who, row)
	view.Version, view.Reason = version, strings.TrimSpace(c.FormValue("reason"))
	change := store.Change{Family: row.Family, Row: typedRow(c, row, &view), Expected: &version}
	if !dryRun && (view.Reason == "" || len(view.Reason) > 600) {
		return k.editorPage(c, who, http.StatusUnprocessableEntity, view,
			models.Refuse(models.Invalid, "bad_reason", "A change has a reason of 1 to 200 characters."))
	}
	done, err := k.Catalogue.Change(c.Request().Context(), effects.Order{
		By:      store.By{Actor: who.Person().Name, Reason: cmp.Or(view.Reason, unsaid)},
		Changes: []store.Change{change}, DryRun: dryRun, Force: c.FormValue("force") != "", Now: k.Clock(),
	})
	var refused *models.Error
	if errors.As(err, &refused) {
		return k.editorPage(c, who, http.StatusUnprocessableEntity, view, refused)
	}
	if err != nil {
		return err
	}
	if done.Saved {
		view.Version = done.Lines[0].Version
	}
	view.Effect = effectOf(done)
	return k.editorPage(c, who, http.StatusOK, view, nil)
}

func effectOf(done effects.Outcome) *console.Effect {
	effect := &console.Effect{
		Saved: done.Saved, Looked: done.Effect.Sampled, Changed: done.Effect.Changed,
		Unchanged: len(done.Lines) == 0,
		Gained:    counted(done.Effect.Gained), Lost: counted(done.Effect.Lost), Stranded: done.Effect.Stranded,
	}
	if largest := done.Effect.Largest; largest != nil {
		effect.Larger = models.CNY(largest.After)
	}
	return effect
}

func counted(by map[string]int) (pairs []console.Pair) {
	for _, name := range slices.Sorted(maps.Keys(by)) {
		pairs = append(pairs, console.Pair{Name: name, Value: strconv.Itoa(by[name])})
	}
	return pairs
}

func (k *Console) editorPage(
	c echo.Context, who Session, status int, view console.Editor, refused *models.Error,
) error {
	page := console.Page{Template: console.EditorPage, At: "catalogue"}
	if refused != nil {
		page.Problem = problem(refused)
	}
	if c.Request().Header.Get("HX-Request") != "" {
		page.View = view
		return k.part(c, who, "effect", page)
	}
	history, err := k.Store.CatalogueHistory(c.Request().Context(), store.CatalogueFilter{
		Family: "", Key: view.Key, Limit: linesOfHistory,
	})
	if err != nil {
		return fmt.Errorf("read the row's history: %w", err)
	}
	for _, entry := range history {
		if named(entry.Family) == view.Family {
			view.History = append(view.History, catalogueRow(entry))
		}
	}
	page.View = view
	return k.draw(c, who, status, page)
}
