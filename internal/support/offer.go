package support

import (
	"context"
	"slices"
	"time"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// Offers lists what a colleague may do about a request right now: each command that would not
// be refused, with what it is about. The next step for what is wrong comes with Primary.
func (d *Desk) Offers(ctx context.Context, request string, by Person) ([]Offer, error) {
	subjects, err := d.subjects(ctx, request)
	if err != nil {
		return nil, err
	}
	offers := []Offer{}
	for _, e := range subjects {
		for _, c := range table() {
			if !by.Role.May(c.least) || !c.isAbout(e) {
				continue
			}
			tried := *e
			tried.Name, tried.By, tried.Role = c.name, by.Name, string(by.Role)
			tried.Args = c.likely(e, d.Clock())
			if c.spare {
				tried.Args["number"] = numberForTrial
			}
			if _, err := c.plan(ctx, d, &tried); err != nil {
				if models.CodeOf(err) == models.Internal {
					return nil, err
				}
				continue
			}
			offers = append(offers, Offer{
				Command: c.name, Subject: e.Subject, Label: c.label, Args: c.suggested(tried.Args), Role: c.least,
				Primary: c.mends(e),
			})
		}
	}
	return offers, nil
}

// numberForTrial stands for the number that is minted when a command is given.
const numberForTrial = "00000000000000000000000000"

// subjects are all that a command about the request may be about: itself, its refunds that are
// not over, its live links, its open cases.
func (d *Desk) subjects(ctx context.Context, id string) ([]*errand, error) {
	r, err := d.Rows.Request(ctx, id)
	if err != nil {
		return nil, err
	}
	about := func(subject string) *errand {
		return &errand{Command: store.Command{Subject: subject, Request: id}, request: r}
	}
	list := []*errand{about(id)}
	for _, f := range r.Refunds {
		if f.State == models.RefundFailed || f.Outstanding() {
			e := about(f.Number)
			e.refund = f
			e.attempt, _ = r.Attempt(f.Attempt)
			list = append(list, e)
		}
	}
	invites, err := d.Rows.Invites(ctx, id)
	if err != nil {
		return nil, err
	}
	for _, invite := range invites {
		if invite.State == store.InviteLive {
			list = append(list, about(invite.ID))
		}
	}
	cases, err := d.Rows.Cases(ctx, store.CaseFilter{Request: id, Limit: 100})
	for _, c := range cases.Items {
		e := about(c.ID)
		e.opened = c
		list = append(list, e)
	}
	return list, err
}

func (c command) isAbout(e *errand) bool {
	is := kindOf(e.Subject)
	if is == "" {
		is = aRefund
	}
	return slices.Contains(c.about, is)
}

// likely are arguments with which a command may be tried: what is not said by the request is
// left to whoever gives it.
func (c command) likely(e *errand, now time.Time) map[string]string {
	args := map[string]string{}
	for _, arg := range c.args {
		if arg.Default != "" {
			args[arg.Name] = arg.Default
		}
		if arg.Name != "until" {
			continue
		}
		later := now
		if e.request.EndedAt.IsZero() && e.request.ExpiresAt.After(now) {
			later = e.request.ExpiresAt
		}
		hour := time.Hour / time.Duration(max(e.request.Speed, 1))
		args["until"] = later.Add(hour).UTC().Truncate(time.Second).Add(time.Second).Format(time.RFC3339)
	}
	return args
}

// suggested are the command's arguments with what it was tried with.
func (c command) suggested(with map[string]string) []Arg {
	args := make([]Arg, len(c.args))
	for i, arg := range c.args {
		arg.Default = with[arg.Name]
		args[i] = arg
	}
	return args
}

// mends says that the command is the next step for what is wrong with its subject.
func (c command) mends(e *errand) bool {
	switch c.name {
	case "requery":
		doubted := slices.ContainsFunc(e.request.Attempts, func(a models.Attempt) bool {
			return a.State == models.UnknownAttempt || a.State == models.ClosingAttempt
		})
		return doubted && e.refund.Number == "" || e.refund.Outstanding() ||
			e.refund.State == models.RefundFailed && e.refund.Failure == models.Overdue
	case "retry_refund":
		return !e.refund.Stranded() && e.refund.Failure != models.Overdue
	case "divert_refund", "hand_refund", "lift":
		return true
	case "case_take":
		return e.opened.Owner == ""
	}
	return false
}
