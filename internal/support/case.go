package support

import (
	"context"
	"time"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// caseCommands are about work for a human.
func caseCommands() []command {
	words := func(name, label string) []Arg {
		return []Arg{{Name: name, Label: label, Kind: "text",
			Needed: true}}
	}
	return []command{
		onCase(command{name: "case_take", label: "Take the case", least: Agent, args: []Arg{{
			Name: "owner", Label: "The colleague who takes it; empty: you", Kind: "text",
		}}}, "Say who has case ", takeCase),
		onCase(command{name: "case_note", label: "Note", least: Agent,
			args: words("words", "What is to be noted, without names")}, "Note something on case ", noteCase),
		onCase(command{name: "case_due", label: "Another date", least: Agent, args: []Arg{{
			Name: "due", Label: "By when it must be looked at", Kind: "time", Needed: true,
		}}}, "Set another date for case ", dueCase),
		onCase(command{name: "case_close", label: "Close the case", least: Supervisor,
			args: words("resolution", "What it came to, without names")}, "Close case ", closeCase),
	}
}

// onCase completes a command that changes the row of an open case.
func onCase(c command, sentence string, do func(context.Context, *Desk, *errand) (string, error)) command {
	c.about, c.here, c.already = []kind{aCase}, true, []string{"unknown_case", "case_closed"}
	c.plan = func(_ context.Context, _ *Desk, e *errand) (Preview, error) {
		if !e.opened.ClosedAt.IsZero() {
			return Preview{Summary: sentence + e.Subject + "."},
				models.Refuse(models.Conflict, "case_closed", "This case is closed.")
		}
		owner := e.Args["owner"]
		if c.name == "case_take" && owner != "" && !colleague.MatchString("staff:"+owner) {
			return Preview{}, wrong("bad_argument", "args.owner", "This is no colleague's name.",
				"Send 1 to 64 of A-Z, a-z, 0-9, '.', '_', '@' and '-'.")
		}
		return Preview{Summary: sentence + e.Subject + "."}, nil
	}
	c.do = do
	return c
}

func takeCase(ctx context.Context, d *Desk, e *errand) (string, error) {
	owner := e.By
	if e.Args["owner"] != "" {
		owner = "staff:" + e.Args["owner"]
	}
	return owner + " has the case.", d.Rows.TakeCase(ctx, e.Subject, owner)
}

func noteCase(ctx context.Context, d *Desk, e *errand) (string, error) {
	note := store.CaseNote{ID: e.ID, Case: e.Subject, Author: e.By, Words: e.Args["words"]}
	return "Noted.", d.Rows.NoteCase(ctx, note)
}

func dueCase(ctx context.Context, d *Desk, e *errand) (string, error) {
	due, err := time.Parse(time.RFC3339, e.Args["due"])
	if err != nil {
		return "", err
	}
	return "It is due " + due.UTC().Format(time.RFC3339) + ".", d.Rows.PostponeCase(ctx, e.Subject, due)
}

func closeCase(ctx context.Context, d *Desk, e *errand) (string, error) {
	return "The case is closed.", d.Rows.CloseCase(ctx, e.Subject, e.By, e.Args["resolution"])
}
