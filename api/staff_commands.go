package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"

	"github.com/friendpay/friendpay/internal/support"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// Desk is where colleagues act by hand; see package support.
type Desk interface {
	Preview(ctx context.Context, wish support.Wish) (support.Preview, error)
	Submit(ctx context.Context, wish support.Wish) (store.Command, error)
	Approve(ctx context.Context, id string, by support.Person, reason string) (store.Command, error)
	Reject(ctx context.Context, id string, by support.Person, reason string) (store.Command, error)
	Offers(ctx context.Context, request string, by support.Person) ([]support.Offer, error)
	Bulk(ctx context.Context, wishes []support.Wish, dryRun bool) ([]support.BulkLine, error)
}

// commandRoutes are what colleagues do by hand, and the cases that they work on. A command's
// answer is never kept under its key: it may show what no row may hold. The key is the desk's.
func (s *Server) commandRoutes() []route {
	return []route{
		{method: get, path: "/v1/staff/requests/{id}/offers", who: staff, id: "list-offers",
			summary: "What you may do about a request right now.", mount: operation((*Server).listOffers)},
		{method: post, path: "/v1/staff/requests/{id}/commands", who: staff, id: "command-request", also: later,
			summary: "Do something about a request, or see what that would do.",
			mount:   operation((*Server).commandRequest)},
		{method: post, path: "/v1/staff/commands", who: staff, id: "give-command", also: later,
			summary: "Do something about whatever has an id, or see what that would do.",
			mount:   operation((*Server).giveCommand)},
		{method: post, path: "/v1/staff/commands/bulk", who: staff, id: "give-commands",
			summary: "Do the same about many, each for itself, or see what that would do.",
			mount:   operation((*Server).giveCommands)},
		{method: get, path: "/v1/staff/commands", who: staff, id: "list-commands",
			summary: "What was done by hand, newest first.", mount: operation((*Server).listCommands)},
		{method: get, path: "/v1/staff/commands/{id}", who: staff, id: "show-command",
			summary: "One command.", mount: operation((*Server).showCommand)},
		{method: post, path: "/v1/staff/commands/{id}/approve", who: staff, id: "approve-command", also: later,
			summary: "Agree, as the second person.", mount: operation((*Server).approveCommand)},
		{method: post, path: "/v1/staff/commands/{id}/reject", who: staff, id: "reject-command",
			summary: "Do not agree, as the second person.", mount: operation((*Server).rejectCommand)},
		{method: get, path: "/v1/staff/cases", who: staff, id: "list-cases",
			summary: "Work for humans, newest first.", mount: operation((*Server).listCases)},
		{method: get, path: "/v1/staff/cases/{id}", who: staff, id: "show-case",
			summary: "One case with its notes.", mount: operation((*Server).showCase)},
	}
}

// CommandIn is what somebody wants to be done.
type CommandIn struct {
	Command string            `json:"command" maxLength:"40" doc:"requery, release_slot, refund …"`
	Args    map[string]string `json:"args,omitempty" doc:"Amounts in fen and moments as text."`
	Reason  string            `json:"reason" minLength:"1" maxLength:"200" doc:"Why, or the ticket. No names."`
	DryRun  bool              `json:"dry_run,omitempty" doc:"Say what it would do, and do nothing."`
}

type commandRequestIn struct {
	RequestPath
	CommandKey
	Body CommandIn
}

type giveCommandIn struct {
	CommandKey
	Body struct {
		CommandIn
		Subject string `json:"subject" minLength:"1" maxLength:"64" doc:"An id, or a payment's or refund's number."`
	}
}

// CommandKey names a command over all tries. A trial needs none.
type CommandKey struct {
	Key string `header:"Idempotency-Key" maxLength:"255" doc:"A repeated command is done once."`
}

// wish is what the caller wants: who he is comes from his token, never from what he sent.
func (k CommandKey) wish(ctx context.Context, in CommandIn, subject string) (support.Wish, error) {
	key := strings.Trim(k.Key, `"`)
	if key == "" && in.DryRun {
		key = "trial"
	}
	w := support.Wish{
		Key: key, Command: in.Command, Subject: subject, Args: in.Args, Reason: in.Reason, By: acting(ctx),
	}
	if key == "" {
		return w, &models.Error{
			Code: models.Invalid, Reason: "missing_key", Field: keyHeader, Message: "A command has a key.",
			Fix: "Send an " + keyHeader + " that is fresh for each command, and the same for each try of it.",
		}
	}
	return w, nil
}

func acting(ctx context.Context) support.Person {
	who := caller(ctx)
	return support.PersonOf(who.Staff, who.Roles)
}

type commandOut struct {
	Status int
	Body   CommandedView
}

func (s *Server) commandRequest(ctx context.Context, in *commandRequestIn) (*commandOut, error) {
	return s.command(ctx, in.CommandKey, in.Body, in.ID)
}

func (s *Server) giveCommand(ctx context.Context, in *giveCommandIn) (*commandOut, error) {
	return s.command(ctx, in.CommandKey, in.Body.CommandIn, in.Body.Subject)
}

func (s *Server) command(ctx context.Context, key CommandKey, in CommandIn, subject string) (*commandOut,
	error) {
	wish, err := key.wish(ctx, in, subject)
	if err != nil {
		return nil, err
	}
	if in.DryRun {
		plan, err := s.Desk.Preview(ctx, wish)
		if err != nil {
			return nil, err
		}
		return &commandOut{Status: http.StatusOK, Body: CommandedView{Preview: viewPreview(plan)}}, nil
	}
	return commanded(s.Desk.Submit(ctx, wish))
}

// commanded answers 202 while a command is not over.
func commanded(c store.Command, err error) (*commandOut, error) {
	if err != nil {
		return nil, err
	}
	status := http.StatusOK
	if c.DoneAt.IsZero() {
		status = http.StatusAccepted
	}
	return &commandOut{Status: status, Body: CommandedView{Command: viewCommand(c)}}, nil
}

type bulkIn struct {
	CommandKey
	Body struct {
		CommandIn
		Subjects []string `json:"subjects" minItems:"1" maxItems:"200" uniqueItems:"true" doc:"At most 200."`
	}
}

type bulkOut struct {
	Body struct {
		Lines []BulkLineView `json:"lines" nullable:"false" doc:"As the subjects were sent."`
	}
}

// giveCommands does the same about many. Each has a key of its own, made of the call's and its
// subject, so that the same call again does nothing twice.
func (s *Server) giveCommands(ctx context.Context, in *bulkIn) (*bulkOut, error) {
	var wishes []support.Wish
	for _, subject := range in.Body.Subjects {
		wish, err := in.wish(ctx, in.Body.CommandIn, subject)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256([]byte(wish.Key + " " + subject)) // one command each, however long the key
		wish.Key = hex.EncodeToString(sum[:])
		wishes = append(wishes, wish)
	}
	lines, err := s.Desk.Bulk(ctx, wishes, in.Body.DryRun)
	if err != nil {
		return nil, err
	}
	out := &bulkOut{}
	out.Body.Lines = []BulkLineView{}
	for _, line := range lines {
		out.Body.Lines = append(out.Body.Lines, viewBulk(line, in.Body.DryRun))
	}
	return out, nil
}

type decideIn struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"200" doc:"Why, or the ticket. No names."`
	}
}

func (s *Server) approveCommand(ctx context.Context, in *decideIn) (*commandOut, error) {
	return commanded(s.Desk.Approve(ctx, in.ID, acting(ctx), in.Body.Reason))
}

func (s *Server) rejectCommand(ctx context.Context, in *decideIn) (*commandOut, error) {
	return commanded(s.Desk.Reject(ctx, in.ID, acting(ctx), in.Body.Reason))
}
