package support

import (
	"context"
	"strings"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// approvalCommands are what the second person says. They are rows of the audit, and of the
// command that they are about; they make no row of their own.
func approvalCommands() []command {
	plan := func(sentence string) func(context.Context, *Desk, *errand) (Preview, error) {
		return func(ctx context.Context, d *Desk, e *errand) (Preview, error) {
			_, err := d.waiting(ctx, e.Subject, Person{e.By, Role(e.Role)})
			return Preview{Summary: sentence + " " + e.Subject + "."}, err
		}
	}
	return []command{
		{name: "approve", label: "Approve", least: Supervisor, about: []kind{aCommand}, plan: plan("Approve")},
		{name: "reject", label: "Reject", least: Supervisor, about: []kind{aCommand}, plan: plan("Reject")},
	}
}

// Approve lets a command that waits for a second person be carried out. The person is of role
// supervisor or up, may give the command himself, and is not the one who gave it. Approved by
// the same person again it is as it is. What waited for more than a day is refused as lapsed.
func (d *Desk) Approve(ctx context.Context, id string, by Person, reason string) (store.Command, error) {
	return d.decide(ctx, Wish{Key: id, Command: "approve", Subject: id, By: by, Reason: reason})
}

// Reject ends a command that waits for a second person; see Approve for who may.
func (d *Desk) Reject(ctx context.Context, id string, by Person, reason string) (store.Command, error) {
	return d.decide(ctx, Wish{Key: id, Command: "reject", Subject: id, By: by, Reason: reason})
}

func (d *Desk) decide(ctx context.Context, w Wish) (store.Command, error) {
	_, e, err := d.read(ctx, w)
	if err != nil {
		return store.Command{}, err
	}
	agrees := w.Command == "approve"
	was, err := d.waiting(ctx, e.Subject, w.By)
	if err != nil {
		if was.ApprovedBy == w.By.Name && (was.State == store.CommandRejected) != agrees {
			return was, nil // he has said so already
		}
		return store.Command{}, err
	}
	second := store.SecondPerson{Command: was.ID, By: w.By.Name, Reason: w.Reason, Agrees: agrees}
	if err := d.Rows.DecideCommand(ctx, second); err != nil {
		return store.Command{}, err
	}
	was, err = d.Rows.Command(ctx, was.ID)
	if err != nil || !agrees {
		return was, err
	}
	c, _ := find(was.Name)
	return d.follow(ctx, c, was)
}

// waiting is the command, if that person may be the second one of it now.
func (d *Desk) waiting(ctx context.Context, id string, by Person) (store.Command, error) {
	was, err := d.Rows.Command(ctx, id)
	if err != nil {
		return was, err
	}
	least, _ := Least(was.Name)
	switch {
	case samePerson(was.By, by.Name):
		return was, &models.Error{
			Code: models.Forbidden, Reason: "same_person", Field: "by",
			Message: "Whoever gave the command is not its second person.", Fix: "Ask another supervisor.",
		}
	case !by.Role.May(least):
		return was, Wish{By: by}.allowed(least)
	case was.State != store.CommandWaiting:
		return was, models.Refuse(models.Conflict, "not_waiting", "This command waits for nobody's word.")
	case d.Clock().Sub(was.At) > store.CommandPatience:
		return was, &models.Error{
			Code: models.Conflict, Reason: "lapsed", Message: "Nobody agreed within a day.",
			Fix: "Give the command again, if it is still wanted.",
		}
	}
	return was, nil
}

// samePerson says that two names are one colleague's: directories do not tell Anna from anna.
func samePerson(one, other string) bool {
	return strings.EqualFold(strings.TrimSpace(one), strings.TrimSpace(other))
}
