package console

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/friendpay/friendpay/internal/reasons"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
	"github.com/friendpay/friendpay/web/console"
)

// maxFilter bounds what an address may name.
const maxFilter = 64

// stuckQuery is how an address narrows the queue; empty fields do not.
type stuckQuery struct {
	Reasons       []string
	App, Severity string
	Cursor        string // of the page before
}

func readQuery(query url.Values) stuckQuery {
	read := stuckQuery{
		App: short(query.Get("app")), Severity: short(query.Get("severity")), Cursor: query.Get("cursor"),
	}
	for reason := range strings.SplitSeq(query.Get("reason"), ",") {
		if reason = short(reason); reason != "" && len(read.Reasons) < maxFilter {
			read.Reasons = append(read.Reasons, reason)
		}
	}
	return read
}

// short is the word, or nothing when it is longer than any of ours.
func short(word string) string {
	if len(word) > maxFilter {
		return ""
	}
	return word
}

func (q stuckQuery) filter(now time.Time, speed int64) store.StuckFilter {
	filter := store.StuckFilter{
		Now: now, Speed: speed, App: q.App, Severity: reasons.Severity(q.Severity), Cursor: q.Cursor,
	}
	for _, reason := range q.Reasons {
		filter.Reasons = append(filter.Reasons, reasons.Reason(reason))
	}
	return filter
}

// chips are the reasons that have rows; each leads to the list with it, or without it when it is on.
func (q stuckQuery) chips(counts []store.StuckCount, now time.Time, language string) (chips []console.Chip) {
	for _, count := range counts {
		about, _ := reasons.Of(count.Reason)
		reason := string(count.Reason)
		chips = append(chips, console.Chip{
			Reason: reason, Words: about.Name.In(language), Count: count.Count, Oldest: now.Sub(count.Oldest),
			On: slices.Contains(q.Reasons, reason), Address: q.toggled(reason).address("/staff"),
		})
	}
	return chips
}

func (q stuckQuery) toggled(reason string) stuckQuery {
	q.Cursor = ""
	if slices.Contains(q.Reasons, reason) {
		q.Reasons = slices.DeleteFunc(slices.Clone(q.Reasons), func(r string) bool { return r == reason })
		return q
	}
	q.Reasons = append(slices.Clone(q.Reasons), reason)
	return q
}

// words are what a filter is saved as; nothing stands for each.
func (q stuckQuery) words() map[string]string {
	words := map[string]string{}
	for name, value := range map[string]string{
		"reason": strings.Join(q.Reasons, ","), "app": q.App, "severity": q.Severity,
	} {
		if value != "" {
			words[name] = value
		}
	}
	return words
}

func (q stuckQuery) address(path string) string {
	query := url.Values{}
	for name, value := range q.words() {
		query.Set(name, value)
	}
	if q.Cursor != "" {
		query.Set("cursor", q.Cursor)
	}
	if len(query) == 0 {
		return path
	}
	return path + "?" + query.Encode()
}

func savedFilters(list []store.SavedFilter) (saved []console.Saved) {
	for _, one := range list {
		query := url.Values{}
		for name, value := range one.Filter {
			query.Set(name, value)
		}
		saved = append(saved, console.Saved{Name: one.Name, Address: readQuery(query).address("/staff")})
	}
	return saved
}

// saveFilter keeps the filter of the page under a name.
func (k *Console) saveFilter(c echo.Context, who Session) error {
	name := strings.TrimSpace(c.FormValue("name"))
	if name == "" || len([]rune(name)) > 60 {
		return models.Refuse(models.Invalid, "bad_name", "A filter has a name of 1 to 60 characters.")
	}
	form, err := c.FormParams()
	if err != nil {
		return models.Refuse(models.Invalid, "bad_form", "The form cannot be read.")
	}
	query := readQuery(form)
	err = k.Store.SaveFilter(c.Request().Context(), store.SavedFilter{
		Owner: who.Person().Name, Name: name, Filter: query.words(),
	})
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, query.address("/staff"))
}

// dropFilter takes one away again.
func (k *Console) dropFilter(c echo.Context, who Session) error {
	err := k.Store.DeleteFilter(c.Request().Context(), who.Person().Name, c.FormValue("name"))
	if err != nil && models.CodeOf(err) != models.NotFound { // gone is what was wanted
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/staff")
}
