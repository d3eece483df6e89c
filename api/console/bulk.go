package console

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/friendpay/friendpay/internal/support"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/web/console"
)

// maxBulk is how many rows one form may name: about two pages of the queue.
const maxBulk = 100

// bulk shows what the ticked steps would do and, once that was confirmed, gives them, each as a command
// of its own. A second press gives none twice: each row's key follows from the form's.
func (k *Console) bulk(c echo.Context, who Session) error {
	if k.Desk == nil {
		return errMissing
	}
	request := c.Request()
	if err := request.ParseForm(); err != nil {
		return models.Refuse(models.Invalid, "bad_form", "The form cannot be read.")
	}
	ticked := request.PostForm["row"]
	if len(ticked) == 0 || len(ticked) > maxBulk {
		return models.Refuse(models.Invalid, "nothing_ticked", "Tick one row at least, and 100 at most.")
	}
	view := console.Bulk{Key: c.FormValue("key"), Reason: strings.TrimSpace(c.FormValue("reason"))}
	if !formKey.MatchString(view.Key) {
		view.Key = rand.Text()
	}
	args, fields, missing, err := k.bulkArgs(c, ticked)
	if err != nil {
		return err
	}
	view.Fields = fields
	view.Done = c.FormValue("confirm") != "" && view.Reason != "" && !missing
	for i, row := range ticked {
		step, err := stepOf(row)
		if err != nil {
			return err
		}
		wish := support.Wish{
			Key: fmt.Sprintf("%s.%d", view.Key, i), Command: step.Command, Subject: step.Subject,
			Reason: view.Reason, By: who.Person(), Args: args[step.Command],
		}
		line, err := k.bulkLine(c, wish, view.Done)
		if err != nil {
			return err
		}
		line.Step, line.Value = step, row
		if line.Refused == "" {
			view.Ready++
		}
		view.Lines = append(view.Lines, line)
	}
	return k.draw(c, who, http.StatusOK, console.Page{Template: console.BulkPage, View: view, At: "queue"})
}

// bulkArgs are what the ticked commands want to know, asked once for all of them; by command.
func (k *Console) bulkArgs(c echo.Context, ticked []string) (
	args map[string]map[string]string, fields []console.Field, missing bool, err error,
) {
	args = map[string]map[string]string{}
	for _, row := range ticked {
		step, err := stepOf(row)
		if err != nil {
			return nil, nil, false, err
		}
		if args[step.Command] != nil {
			continue
		}
		args[step.Command] = map[string]string{}
		for _, arg := range k.Desk.Wants(step.Command) {
			value, err := read(arg, strings.TrimSpace(c.FormValue("arg_"+arg.Name)))
			if err != nil {
				return nil, nil, false, err
			}
			if value != "" {
				args[step.Command][arg.Name] = value
			}
			if arg.Needed && !slices.ContainsFunc(fields, func(f console.Field) bool { return f.Name == arg.Name }) {
				fields = append(fields, field(arg, value))
				missing = missing || value == ""
			}
		}
	}
	return args, fields, missing, nil
}

// bulkLine tries one of them, or gives it; a refusal is the line's own.
func (k *Console) bulkLine(c echo.Context, wish support.Wish, give bool) (console.BulkLine, error) {
	if !give {
		seen, err := k.preview(c, wish)
		return console.BulkLine{Summary: seen.Summary, Refused: seen.Refused}, err
	}
	given, err := k.Desk.Give(c.Request().Context(), wish)
	var refused *models.Error
	if errors.As(err, &refused) && refused.Code != models.Internal {
		return console.BulkLine{Refused: refused.Message}, nil
	}
	return console.BulkLine{Summary: given.Outcome, ID: given.ID, State: given.State}, err
}

func stepOf(row string) (console.Step, error) {
	parts := strings.Split(row, " ")
	if len(parts) != 3 || len(row) > 4*maxFilter || parts[0] == "" {
		return console.Step{}, models.Refuse(models.Invalid, "bad_row", "A row of this form cannot be read.")
	}
	return console.Step{Command: parts[0], Subject: parts[1], Request: parts[2]}, nil
}
