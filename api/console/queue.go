package console

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/sync/errgroup"

	"github.com/friendpay/friendpay/internal/reasons"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
	"github.com/friendpay/friendpay/web/console"
)

// errMissing is for a part of the house that this process does not have.
var errMissing = models.Refuse(models.Unavailable, "unavailable", "This part is not available here.")

func (k *Console) showQueue(c echo.Context, who Session) error {
	page, err := k.queue(c, who)
	if err != nil {
		return err
	}
	return k.draw(c, who, http.StatusOK, page)
}

// showLive is what an open queue asks for again: its rows.
func (k *Console) showLive(c echo.Context, who Session) error {
	page, err := k.queue(c, who)
	if err != nil {
		return err
	}
	return k.part(c, who, "rows", page)
}

func (k *Console) queue(c echo.Context, who Session) (console.Page, error) {
	query := readQuery(c.QueryParams())
	ctx, language, filter := c.Request().Context(), string(locale(c)), query.filter(k.Clock(), k.Speed)
	stuck, counts, saved, err := k.stuck(ctx, filter, who)
	if err != nil {
		return console.Page{}, err
	}
	view := console.Queue{
		App: query.App, Severity: query.Severity, Reasons: strings.Join(query.Reasons, ","),
		Saved: savedFilters(saved), Chips: query.chips(counts, filter.Now, language),
	}
	for _, count := range counts {
		view.All += count.Count
	}
	for _, row := range stuck.Items {
		view.Rows = append(view.Rows, k.stuckRow(row, who, filter.Now, language))
	}
	if stuck.Next != "" {
		next := query
		next.Cursor = stuck.Next
		view.Next = next.address("/staff")
	}
	live := query.address("/staff/live")
	return console.Page{Template: console.QueuePage, View: view, At: "queue", Live: live}, nil
}

// stuck reads the rows, the counts of all reasons and the reader's filters, all at once: the rows and
// the counts take long.
func (k *Console) stuck(ctx context.Context, filter store.StuckFilter, who Session) (
	rows store.Page[store.StuckRow], counts []store.StuckCount, saved []store.SavedFilter, err error,
) {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		rows, err = k.Store.Stuck(ctx, filter)
		return err
	})
	group.Go(func() (err error) {
		whole := filter
		whole.Reasons = nil // the chips say how many there would be
		counts, err = k.Store.StuckCounts(ctx, whole)
		return err
	})
	group.Go(func() (err error) {
		saved, err = k.Store.SavedFilters(ctx, who.Person().Name)
		return err
	})
	err = group.Wait()
	return rows, counts, saved, err
}

func (k *Console) stuckRow(row store.StuckRow, who Session, now time.Time, language string) console.StuckRow {
	shown := console.StuckRow{
		Request: row.Request, App: row.App, State: string(row.State), Reason: string(row.Reason),
		Severity: string(row.Severity), Words: row.Say(language), Subject: row.Subject,
		Age: now.Sub(row.Since), Step: row.Step, StepSubject: row.StepSubject, May: k.may(who, row.Step),
		Detail: reasons.Next(row.Reason, row.Detail, language),
	}
	if row.NextAt.After(now) {
		shown.NextIn = row.NextAt.Sub(now)
	}
	return shown
}

// may says that the role is enough for a command; one that nobody knows is nobody's.
func (k *Console) may(who Session, command string) bool {
	if k.Desk == nil {
		return false
	}
	least, known := k.Desk.Least(command)
	return known && who.May(least)
}

// search is a POST, so that no address or log holds what was typed.
func (k *Console) search(c echo.Context, who Session) error {
	words := strings.TrimSpace(c.FormValue("words"))
	const most = 100
	if words == "" || len(words) > 4*most {
		return k.draw(c, who, http.StatusOK, console.Page{Template: console.HitsPage, View: console.Hits{}})
	}
	found, err := k.Find(c.Request().Context(), words, hitsOnPage)
	if err != nil && models.CodeOf(err) != models.Invalid { // too few letters find nothing
		return err
	}
	view := console.Hits{}
	for _, hit := range found {
		view.Rows = append(view.Rows, console.Hit(hit))
	}
	return k.draw(c, who, http.StatusOK, console.Page{Template: console.HitsPage, View: view})
}

// hitsOnPage is how much a search shows.
const hitsOnPage = 50
