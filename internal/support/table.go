package support

import (
	"context"
	"slices"
	"strings"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// errand is a command on its way, with what its subject is, read from the rows anew each time.
type errand struct {
	store.Command
	request models.Request
	attempt models.Attempt
	refund  models.Refund
	event   store.ProviderEvent
	opened  store.Case
}

// command is one line of the table.
type command struct {
	name  string
	label string // for a button
	least Role
	about []kind
	args  []Arg
	here  bool // it needs rows only: it is carried out at once
	spare bool // a number is minted with it, for the refund that it may owe
	// addsUp says that its plan counts what others of its name are about to do to the request.
	addsUp bool
	// already are the refusals that a later try meets when an earlier one did it.
	already []string
	// plan says what it would do, or refuses; it only reads.
	plan func(context.Context, *Desk, *errand) (Preview, error)
	// do does it and says in words what came of it. Done twice, it leaves what once leaves.
	do func(context.Context, *Desk, *errand) (outcome string, err error)
	// shows is in the place of do where only the answer may hold what comes of it.
	shows func(context.Context, *Desk, *errand) (shown, outcome string, err error)
}

// but is a command whose plan has one more word to say, after the law's.
func (c command) but(word func(*Desk, *errand, *Preview) error) command {
	plan := c.plan
	c.plan = func(ctx context.Context, d *Desk, e *errand) (Preview, error) {
		planned, err := plan(ctx, d, e)
		if err == nil {
			err = word(d, e, &planned)
		}
		return planned, err
	}
	return c
}

// table lists all that may be done by hand.
func table() []command {
	return slices.Concat(paymentCommands(), lifeCommands(), refundCommands(), callbackCommands(),
		deliveryCommands(), inviteCommands(), caseCommands(), engineCommands(), approvalCommands())
}

// Commands lists the names of all commands.
func Commands() []string {
	var names []string
	for _, c := range table() {
		names = append(names, c.name)
	}
	return names
}

// Least is the least role that may give a command; false when there is no such command.
func Least(name string) (Role, bool) {
	c, ok := find(name)
	return c.least, ok
}

// Label is what a button for a command says; empty when there is no such command.
func Label(name string) string {
	c, _ := find(name)
	return c.label
}

// Wants lists what a command wants to know.
func Wants(name string) []Arg {
	c, _ := find(name)
	return slices.Clone(c.args)
}

func find(name string) (command, bool) {
	all := table()
	i := slices.IndexFunc(all, func(c command) bool { return c.name == name })
	if i < 0 {
		return command{}, false
	}
	return all[i], true
}

// May says whether a role may do what asks for another at least.
func (r Role) May(least Role) bool {
	return slices.Contains(Roles, r) && slices.Index(Roles, r) >= slices.Index(Roles, least)
}

// mightiest is the highest of a colleague's roles; empty: none of ours.
func mightiest(roles []string) Role {
	var best Role
	for _, r := range Roles {
		if slices.Contains(roles, string(r)) {
			best = r
		}
	}
	return best
}

// PersonOf is a colleague with the highest of his roles.
func PersonOf(name string, roles []string) Person {
	return Person{Name: "staff:" + strings.TrimPrefix(name, "staff:"), Role: mightiest(roles)}
}
