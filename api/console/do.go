package console

import (
	"crypto/rand"
	"errors"
	"net/http"
	"regexp"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/friendpay/friendpay/internal/support"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/web/console"
)

// unsaid stands for the reason in a preview: it is asked for only when the command is given.
const unsaid = "preview"

// formKey is what the page names a command by; whoever sends another gets a fresh page.
var formKey = regexp.MustCompile(`^[A-Z2-7]{26}$`)

// showDo shows a command before it is given. It only looks.
func (k *Console) showDo(c echo.Context, who Session) error {
	wish := support.Wish{
		Command: c.QueryParam("command"), Subject: c.QueryParam("subject"), Key: rand.Text(), By: who.Person(),
	}
	return k.doPage(c, who, wish, c.QueryParam("request"), nil)
}

// previewDo shows it again with what was filled in: a whole page, or only the part that changes.
func (k *Console) previewDo(c echo.Context, who Session) error {
	wish, err := k.wish(c, who)
	return k.doPage(c, who, wish, c.FormValue("request"), err)
}

// do gives the command. Sent twice, it is one.
func (k *Console) do(c echo.Context, who Session) error {
	wish, err := k.wish(c, who)
	if k.Desk == nil {
		return errMissing
	}
	if err != nil {
		return k.doPage(c, who, wish, c.FormValue("request"), err)
	}
	given, shown, err := k.Desk.Submit(c.Request().Context(), wish)
	var refused *models.Error
	if errors.As(err, &refused) {
		return k.doPage(c, who, wish, c.FormValue("request"), refused)
	}
	if err != nil {
		return err
	}
	if shown != "" { // it is in this answer and nowhere else
		return k.commandPage(c, who, console.Command{CommandRow: given, Shown: shown})
	}
	return c.Redirect(http.StatusSeeOther, "/staff/commands/"+given.ID)
}

// wish is what the form asks for.
func (k *Console) wish(c echo.Context, who Session) (support.Wish, error) {
	wish := support.Wish{
		Key: c.FormValue("key"), Command: c.FormValue("command"), Subject: c.FormValue("subject"),
		Reason: strings.TrimSpace(c.FormValue("reason")), By: who.Person(), Args: map[string]string{},
	}
	if !formKey.MatchString(wish.Key) {
		wish.Key = rand.Text()
	}
	if k.Desk == nil {
		return wish, errMissing
	}
	for _, arg := range k.Desk.Wants(wish.Command) {
		value, err := read(arg, strings.TrimSpace(c.FormValue("arg_"+arg.Name)))
		if err != nil {
			return wish, err
		}
		if value != "" {
			wish.Args[arg.Name] = value
		}
	}
	return wish, nil
}

// doPage draws the form with what it would do; cause is why it was not done.
func (k *Console) doPage(c echo.Context, who Session, wish support.Wish, request string, cause error) error {
	if k.Desk == nil {
		return errMissing
	}
	if len(wish.Command) > maxFilter || len(wish.Subject) > 4*maxFilter || len(request) > maxFilter {
		return models.Refuse(models.NotFound, "unknown_command", "There is no such command.")
	}
	view := console.Do{
		Command: wish.Command, Subject: wish.Subject, Request: request, Key: wish.Key, Reason: wish.Reason,
	}
	missing := false
	for _, arg := range k.Desk.Wants(wish.Command) {
		view.Fields = append(view.Fields, field(arg, wish.Args[arg.Name]))
		missing = missing || arg.Needed && wish.Args[arg.Name] == "" && arg.Default == ""
	}
	page := console.Page{Template: console.DoPage}
	var refused *models.Error
	if errors.As(cause, &refused) {
		page.Problem = problem(refused)
	}
	if !missing && cause == nil {
		preview, err := k.preview(c, wish)
		if err != nil {
			return err
		}
		view.Preview = &preview
	}
	page.View = view
	if c.Request().Header.Get("HX-Request") != "" && c.Path() == "/staff/do/preview" {
		return k.part(c, who, "preview", page)
	}
	if refused != nil {
		return k.draw(c, who, http.StatusUnprocessableEntity, page)
	}
	return k.draw(c, who, http.StatusOK, page)
}

// preview is what a wish would do, in words; a refusal is words, too.
func (k *Console) preview(c echo.Context, wish support.Wish) (console.Preview, error) {
	if wish.Reason == "" {
		wish.Reason = unsaid
	}
	seen, err := k.Desk.Preview(c.Request().Context(), wish)
	var refused *models.Error
	if errors.As(err, &refused) && refused.Code != models.Internal {
		seen.Refused, err = refused, nil
	}
	if err != nil {
		return console.Preview{}, err
	}
	view := console.Preview{Summary: seen.Summary, Effects: seen.Effects, Second: seen.Second}
	if seen.Refused != nil {
		view.Refused, view.Fix = seen.Refused.Message, seen.Refused.Fix
	}
	return view, nil
}

func problem(refused *models.Error) *console.Problem {
	return &console.Problem{Reason: refused.Reason, Detail: refused.Message, Fix: refused.Fix}
}
