package console

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/friendpay/friendpay/internal/support"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/web/console"
)

const waitsForSecond = "waiting_approval"

// showCommands lists what waits for a second person, and all that was asked for.
func (k *Console) showCommands(c echo.Context, who Session) error {
	if k.Desk == nil {
		return errMissing
	}
	ctx, view := c.Request().Context(), console.Commands{}
	var err error
	if view.Waiting, _, err = k.Desk.Commands(ctx, waitsForSecond, ""); err != nil {
		return err
	}
	var next string
	if view.Rows, next, err = k.Desk.Commands(ctx, "", c.QueryParam("cursor")); err != nil {
		return err
	}
	if next != "" {
		view.Next = withQuery("/staff/commands", "cursor", next)
	}
	return k.draw(c, who, http.StatusOK, console.Page{
		Template: console.CommandsPage, View: view, At: "commands",
	})
}

func (k *Console) showCommand(c echo.Context, who Session) error {
	if k.Desk == nil {
		return errMissing
	}
	row, err := k.Desk.Command(c.Request().Context(), c.Param("id"))
	if err != nil {
		return err
	}
	return k.commandPage(c, who, console.Command{CommandRow: row})
}

// showOutcome is what the page of a command asks for again until it is over.
func (k *Console) showOutcome(c echo.Context, who Session) error {
	if k.Desk == nil {
		return errMissing
	}
	row, err := k.Desk.Command(c.Request().Context(), c.Param("id"))
	if err != nil {
		return err
	}
	return k.part(c, who, "outcome", commandView(who, console.Command{CommandRow: row}))
}

func (k *Console) commandPage(c echo.Context, who Session, view console.Command) error {
	return k.draw(c, who, http.StatusOK, commandView(who, view))
}

func commandView(who Session, view console.Command) console.Page {
	view.Mine = view.By == who.Person().Name
	view.MayDecide = view.State == waitsForSecond && !view.Mine && who.May(support.Supervisor)
	page := console.Page{Template: console.CommandPage, At: "commands", View: view}
	if view.State == "queued" || view.State == "running" {
		page.Live = "/staff/commands/" + view.ID + "/live"
	}
	return page
}

func (k *Console) approve(c echo.Context, who Session) error { return k.decide(c, who, Desk.Approve) }

func (k *Console) reject(c echo.Context, who Session) error { return k.decide(c, who, Desk.Reject) }

type decision func(Desk, context.Context, string, support.Person, string) (console.CommandRow, error)

func (k *Console) decide(c echo.Context, who Session, decide decision) error {
	if k.Desk == nil {
		return errMissing
	}
	ctx, id := c.Request().Context(), c.Param("id")
	_, err := decide(k.Desk, ctx, id, who.Person(), strings.TrimSpace(c.FormValue("reason")))
	var refused *models.Error
	if errors.As(err, &refused) && refused.Code != models.NotFound && refused.Code != models.Internal {
		row, err := k.Desk.Command(ctx, id)
		if err != nil {
			return err
		}
		page := commandView(who, console.Command{CommandRow: row})
		page.Problem = problem(refused)
		return k.draw(c, who, http.StatusConflict, page)
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/staff/commands/"+id)
}
