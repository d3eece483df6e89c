package console

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/friendpay/friendpay/internal/support"
	"github.com/friendpay/friendpay/store"
	"github.com/friendpay/friendpay/web/console"
)

// deedsOnPage is how many lines of the audit a page lists.
const deedsOnPage = 100

// otherActs stand in the audit beside the commands of the desk.
var otherActs = []string{"change_row", "take_row", "export", "forget_payer", "forget_buyer"}

// showAudit lists who did what by hand, the newest first.
func (k *Console) showAudit(c echo.Context, who Session) error {
	view := console.Audit{
		Actor: strings.TrimSpace(short(c.QueryParam("actor"))), Act: short(c.QueryParam("act")),
		Subject: strings.TrimSpace(c.QueryParam("subject")), Acts: append(support.Commands(), otherActs...),
	}
	if len(view.Subject) > 300 {
		view.Subject = ""
	}
	filter := store.DeedFilter{
		Act: view.Act, Subject: view.Subject, Cursor: c.QueryParam("cursor"), Limit: deedsOnPage,
	}
	if view.Actor != "" {
		filter.Actor = view.Actor
		if !strings.Contains(view.Actor, ":") {
			filter.Actor = "staff:" + view.Actor
		}
	}
	page, err := k.Store.Audited(c.Request().Context(), filter)
	if err != nil {
		return err
	}
	for _, deed := range page.Items {
		view.Rows = append(view.Rows, deedRow(deed))
	}
	if page.Next != "" {
		view.Next = "/staff/audit?" + url.Values{
			"cursor": {page.Next}, "actor": {view.Actor}, "act": {view.Act}, "subject": {view.Subject},
		}.Encode()
	}
	return k.draw(c, who, http.StatusOK, console.Page{Template: console.AuditPage, View: view, At: "audit"})
}

func deedRow(deed store.Deed) console.Deed {
	row := console.Deed{
		At: deed.At, Actor: deed.Actor, Act: deed.Act, Subject: deed.Subject, Reason: deed.Reason,
	}
	if strings.HasPrefix(deed.Subject, "fpr_") {
		row.Request = deed.Subject
	}
	for _, name := range slices.Sorted(maps.Keys(deed.Detail)) {
		value := deed.Detail[name]
		for _, arg := range support.Wants(deed.Act) {
			if arg.Name == name {
				value = typed(arg.Kind, value) // amounts in yuan, never in fen
			}
		}
		row.Detail = append(row.Detail, console.Pair{Name: name, Value: value})
	}
	return row
}
