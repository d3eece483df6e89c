package console

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/store"
	"github.com/friendpay/friendpay/web/console"
)

// rowsOnPage is how many rows of the catalogue a page lists, and lines of a history.
const rowsOnPage, linesOfHistory = 50, 10

func (k *Console) showFamilies(c echo.Context, who Session) error {
	view := console.Families{}
	for _, family := range policy.Families {
		view.Names = append(view.Names, named(family))
	}
	slices.Sort(view.Names)
	return k.draw(c, who, http.StatusOK, console.Page{
		Template: console.FamiliesPage, View: view, At: "catalogue",
	})
}

// named is a family as people say it: its table's name, but limits.
func named(family string) string { return strings.TrimPrefix(family, "pay_") }

// tableOf is where the rows of the family of the address are kept.
func tableOf(c echo.Context) (string, error) {
	for _, family := range policy.Families {
		if named(family) == c.Param("family") {
			return family, nil
		}
	}
	return "", models.Refuse(models.NotFound, "unknown_family", "There is no such part of the catalogue.")
}

func (k *Console) showFamily(c echo.Context, who Session) error {
	table, err := tableOf(c)
	if err != nil {
		return err
	}
	view := console.Family{Name: named(table), App: short(c.QueryParam("app"))}
	entries, err := k.Store.CatalogueRows(c.Request().Context(), store.CatalogueFilter{
		Family: table, App: view.App, After: c.QueryParam("after"), Limit: rowsOnPage + 1,
	})
	if err != nil {
		return err
	}
	if len(entries) > rowsOnPage {
		entries = entries[:rowsOnPage]
		query := url.Values{"after": {entries[rowsOnPage-1].Key}, "app": {view.App}}
		view.Next = "/staff/catalogue/" + view.Name + "?" + query.Encode()
	}
	for _, entry := range entries {
		view.Rows = append(view.Rows, catalogueRow(entry))
	}
	return k.draw(c, who, http.StatusOK, console.Page{Template: console.FamilyPage, View: view, At: "catalogue"})
}

func catalogueRow(entry store.CatalogueEntry) console.CatalogueRow {
	address := withQuery("/staff/catalogue/"+named(entry.Family)+"/row", "key", entry.Key)
	return console.CatalogueRow{
		Key: entry.Key, Author: entry.Author, Reason: entry.Reason, Version: entry.Version, At: entry.At,
		Text: telling(entry.Body), Address: address, Gone: len(entry.Body) == 0,
	}
}

// telling is a row in a line: its fields that say anything.
func telling(body []byte) string {
	fields := map[string]json.RawMessage{}
	if json.Unmarshal(body, &fields) != nil {
		return ""
	}
	var parts []string
	for _, name := range fieldNames(fields) {
		switch value := string(fields[name]); value {
		case "null", `""`, "0", "[]", "{}":
		default:
			parts = append(parts, name+"="+strings.Trim(value, `"`))
		}
	}
	return strings.Join(parts, " · ")
}

// fieldNames are in one order, ids and names before the rest.
func fieldNames(fields map[string]json.RawMessage) []string {
	var names []string
	for name := range fields {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		if first := rank(a) - rank(b); first != 0 {
			return first
		}
		return strings.Compare(a, b)
	})
	return names
}

// leading are the fields that tell most, in their order.
var leading = []string{"app_id", "id", "name_zh", "name_en", "enabled", "provider", "account_id", "product"}

func rank(name string) int {
	if at := slices.Index(leading, name); at >= 0 {
		return at
	}
	return len(leading)
}

func (k *Console) showEditor(c echo.Context, who Session) error {
	row, err := k.row(c, c.QueryParam("key"))
	if err != nil {
		return err
	}
	return k.editorPage(c, who, http.StatusOK, k.editor(who, row), nil)
}

// row is the row of the family and key as it stands.
func (k *Console) row(c echo.Context, key string) (store.CatalogueEntry, error) {
	table, err := tableOf(c)
	if err != nil {
		return store.CatalogueEntry{}, err
	}
	none := models.Refuse(models.NotFound, "unknown_row", "There is no such row.")
	if key == "" || len(key) > 300 {
		return store.CatalogueEntry{}, none
	}
	rows, err := k.Store.CatalogueRows(c.Request().Context(), store.CatalogueFilter{Family: table, Key: key})
	if err != nil {
		return store.CatalogueEntry{}, err
	}
	if len(rows) == 0 {
		return store.CatalogueEntry{}, none
	}
	return rows[0], nil
}
