package console

import (
	"context"
	"maps"
	"slices"

	"github.com/friendpay/friendpay/internal/support"
	"github.com/friendpay/friendpay/store"
	"github.com/friendpay/friendpay/web/console"
)

// commandsOnPage is how many commands a page lists.
const commandsOnPage = 50

// desk shows package support's desk as pages want it.
type desk struct{ *support.Desk }

// NewDesk is the console's side of the desk.
func NewDesk(d *support.Desk) Desk { return desk{d} }

// Least is the least role that may give a command.
func (desk) Least(command string) (support.Role, bool) { return support.Least(command) }

// Wants lists what a command wants to know.
func (desk) Wants(command string) []support.Arg { return support.Wants(command) }

// Case reads one case; unknown is not_found "unknown_case".
func (d desk) Case(ctx context.Context, id string) (store.Case, error) { return d.Rows.Case(ctx, id) }

// Notes lists what was written about a case, oldest first.
func (d desk) Notes(ctx context.Context, id string) ([]console.Note, error) {
	notes, err := d.Rows.CaseNotes(ctx, id)
	shown := make([]console.Note, len(notes))
	for i, note := range notes {
		shown[i] = console.Note{At: note.At, By: note.Author, Why: note.Words}
	}
	return shown, err
}

// Submit gives a command.
func (d desk) Submit(ctx context.Context, wish support.Wish) (console.CommandRow, string, error) {
	given, err := d.Desk.Submit(ctx, wish)
	return commandRow(given), given.Shown, err
}

// Give gives a command and does not wait for its end: one of many.
func (d desk) Give(ctx context.Context, wish support.Wish) (console.CommandRow, error) {
	hurried := *d.Desk
	hurried.Wait = 0
	given, err := hurried.Submit(ctx, wish)
	return commandRow(given), err
}

// Approve lets a command go that waits for a second person.
func (d desk) Approve(
	ctx context.Context, id string, by support.Person, reason string,
) (console.CommandRow, error) {
	given, err := d.Desk.Approve(ctx, id, by, reason)
	return commandRow(given), err
}

// Reject ends one that waits for a second person.
func (d desk) Reject(
	ctx context.Context, id string, by support.Person, reason string,
) (console.CommandRow, error) {
	given, err := d.Desk.Reject(ctx, id, by, reason)
	return commandRow(given), err
}

// Command reads one.
func (d desk) Command(ctx context.Context, id string) (console.CommandRow, error) {
	found, err := d.Rows.Command(ctx, id)
	return commandRow(found), err
}

// Commands lists the newest first.
func (d desk) Commands(ctx context.Context, state, cursor string) ([]console.CommandRow, string, error) {
	filter := store.CommandFilter{Cursor: cursor, Limit: commandsOnPage}
	if state != "" {
		filter.States = []store.CommandState{store.CommandState(state)}
	}
	page, err := d.Rows.Commands(ctx, filter)
	rows := make([]console.CommandRow, len(page.Items))
	for i, one := range page.Items {
		rows[i] = commandRow(one)
	}
	return rows, page.Next, err
}

func commandRow(c store.Command) console.CommandRow {
	row := console.CommandRow{
		ID: c.ID, Name: c.Name, Subject: c.Subject, Request: c.Request, Reason: c.Reason, By: c.By,
		ApprovedBy: c.ApprovedBy, State: string(c.State), Outcome: c.Outcome, At: c.At, DoneAt: c.DoneAt,
	}
	kinds := map[string]string{}
	for _, arg := range support.Wants(c.Name) {
		kinds[arg.Name] = arg.Kind
	}
	for _, name := range slices.Sorted(maps.Keys(c.Args)) {
		row.Args = append(row.Args, console.Pair{Name: name, Value: typed(kinds[name], c.Args[name])})
	}
	return row
}
