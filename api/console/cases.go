package console

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
	"github.com/friendpay/friendpay/web/console"
)

// caseSteps are what may be done about a case, the usual first.
var caseSteps = []string{"case_take", "case_note", "case_due", "case_close"}

// caseKinds are what the list may be narrowed to.
var caseKinds = []models.CaseKind{
	models.CaseMismatch, models.CaseRiskHold, models.CaseSilence, models.CaseRefund, models.CaseOrphan,
	models.CaseReported, models.CaseShipment, models.CaseUnbilled, models.CaseStatement, models.CaseNoStatement,
	models.CaseSurface,
}

func (k *Console) showCases(c echo.Context, who Session) error {
	filter := store.CaseFilter{
		Kind: models.CaseKind(short(c.QueryParam("kind"))), Closed: c.QueryParam("closed") != "",
		Cursor: c.QueryParam("cursor"), Limit: 50,
	}
	page, err := k.Store.Cases(c.Request().Context(), filter)
	if err != nil {
		return err
	}
	view := console.Cases{Kind: string(filter.Kind), Closed: filter.Closed}
	for _, kind := range caseKinds {
		view.Kinds = append(view.Kinds, string(kind))
	}
	for _, one := range page.Items {
		view.Rows = append(view.Rows, caseRow(one, k.Clock()))
	}
	if page.Next != "" {
		query := url.Values{"cursor": {page.Next}, "kind": {view.Kind}}
		if view.Closed {
			query.Set("closed", "1")
		}
		view.Next = "/staff/cases?" + query.Encode()
	}
	return k.draw(c, who, http.StatusOK, console.Page{Template: console.CasesPage, View: view, At: "cases"})
}

func caseRow(c store.Case, now time.Time) console.CaseRow {
	return console.CaseRow{
		ID: c.ID, Kind: string(c.Kind), Request: c.Request, Provider: c.Provider, Owner: c.Owner, Detail: c.Detail,
		Age: now.Sub(c.OpenedAt), DueIn: c.DueAt.Sub(now), Closed: !c.ClosedAt.IsZero(),
	}
}

func (k *Console) showCase(c echo.Context, who Session) error {
	if k.Desk == nil {
		return errMissing
	}
	ctx := c.Request().Context()
	found, err := k.Desk.Case(ctx, c.Param("id"))
	if err != nil {
		return err
	}
	deeds, err := k.Store.Deeds(ctx, found.ID)
	if err != nil {
		return err
	}
	view := console.Case{
		CaseRow: caseRow(found, k.Clock()), Opened: found.OpenedAt, Due: found.DueAt, ClosedAt: found.ClosedAt,
		ClosedBy: found.ClosedBy, Resolution: found.Resolution,
	}
	for _, subject := range []string{found.Attempt, found.Refund, found.Account, found.Day, found.Invite} {
		if subject != "" {
			view.Subjects = append(view.Subjects, subject)
		}
	}
	if view.Notes, err = k.Desk.Notes(ctx, found.ID); err != nil {
		return err
	}
	for _, deed := range deeds {
		view.Notes = append(view.Notes, console.Note{At: deed.At, By: deed.Actor, Act: deed.Act, Why: deed.Reason})
	}
	slices.SortStableFunc(view.Notes, func(a, b console.Note) int { return a.At.Compare(b.At) })
	for _, command := range caseSteps {
		if found.ClosedAt.IsZero() && k.may(who, command) {
			view.Steps = append(view.Steps, console.Step{
				Command: command, Subject: found.ID, Request: found.Request,
				Primary: command == "case_take" && found.Owner == "" || command == "case_close" && found.Owner != "",
			})
		}
	}
	return k.draw(c, who, http.StatusOK, console.Page{Template: console.CasePage, View: view, At: "cases"})
}
