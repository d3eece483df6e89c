package faults

import (
	"context"
	"fmt"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/internal/support"
	"github.com/friendpay/friendpay/store"
)

// office is two colleagues at the desk.
type office struct{ desk *support.Desk }

func (o office) Take(ctx context.Context, offered store.StuckRow) error {
	role, ok := support.Least(offered.Step)
	if !ok {
		return fmt.Errorf("nobody can %s", offered.Step)
	}
	wish := support.Wish{
		Key: mint.Number(), Command: offered.Step, Subject: offered.StepSubject, Reason: "a fault is rehearsed",
		By: support.Person{Name: "staff:anna", Role: role}, Args: map[string]string{},
	}
	for _, arg := range support.Wants(offered.Step) {
		if arg.Needed {
			wish.Args[arg.Name] = "looked into"
		}
	}
	if _, err := o.desk.Preview(ctx, wish); err != nil {
		return fmt.Errorf("preview %s: %w", offered.Step, err)
	}
	given, err := o.desk.Submit(ctx, wish)
	if err == nil && given.State == store.CommandWaiting {
		second := support.Person{Name: "staff:bo", Role: support.Supervisor}
		given, err = o.desk.Approve(ctx, given.ID, second, "agreed")
	}
	if err == nil && (given.State == store.CommandRefused || given.State == store.CommandFailed) {
		err = fmt.Errorf("it was %s: %s", given.State, given.Outcome)
	}
	if err != nil {
		return fmt.Errorf("%s %s: %w", offered.Step, offered.StepSubject, err)
	}
	return nil
}
