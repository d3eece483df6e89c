package console

import (
	"maps"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/friendpay/friendpay/web/console"
)

// showAudit lists what was done to a subject by hand, the newest first.
func (k *Console) showAudit(c echo.Context, who Session) error {
	view := console.Audit{Subject: c.QueryParam("subject")}
	if view.Subject != "" && len(view.Subject) <= 300 {
		deeds, err := k.Store.Deeds(c.Request().Context(), view.Subject)
		if err != nil {
			return err
		}
		for _, deed := range slices.Backward(deeds) {
			line := console.Deed{
				At: deed.At, Actor: deed.Actor, Act: deed.Act, Subject: deed.Subject, Reason: deed.Reason,
			}
			for _, name := range slices.Sorted(maps.Keys(deed.Detail)) {
				line.Detail = append(line.Detail, console.Pair{Name: name, Value: deed.Detail[name]})
			}
			view.Rows = append(view.Rows, line)
		}
	}
	return k.draw(c, who, http.StatusOK, console.Page{Template: console.AuditPage, View: view, At: "audit"})
}
