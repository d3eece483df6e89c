//go:build faults

package faults

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/friendpay/friendpay/internal/local"
	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/internal/support"
	"github.com/friendpay/friendpay/store"
)

// rows is the queue as the store lists it.
type rows struct{ house *local.House }

func stuckQueue(house *local.House) queue { return rows{house} }

func (r rows) Stuck(ctx context.Context) (list []row, err error) {
	filter := store.StuckFilter{Now: time.Now(), Speed: speed, Limit: 500}
	page, err := r.house.Parts.Store.Stuck(ctx, filter)
	for _, s := range page.Items {
		list = append(list, row{
			Request: s.Request, App: s.App, Reason: string(s.Reason), Subject: s.Subject, Detail: s.Detail,
			Words: s.Say("en"), Step: s.Step, StepSubject: s.StepSubject,
		})
	}
	return list, err
}

// office is two colleagues at the desk.
type office struct{ desk *support.Desk }

func supportDesk(house *local.House) desk {
	parts := house.Parts
	return office{&support.Desk{
		Rows: parts.Store, Door: parts.Door, Accounts: parts.Accounts, Engine: parts.Door,
		Clock: time.Now, Log: slog.New(slog.DiscardHandler), SecondPerson: 100000, Wait: support.Wait,
	}}
}

func (o office) Take(ctx context.Context, offered row) error {
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
