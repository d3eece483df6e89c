package api

import (
	"context"
	"time"

	"github.com/friendpay/friendpay/internal/support"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// CommandedView is a command as it stands, or what it would do.
type CommandedView struct {
	Preview *PreviewView `json:"preview,omitempty" doc:"Of a trial."`
	Command *CommandView `json:"command,omitempty"`
}

// PreviewView is what a command would do.
type PreviewView struct {
	Summary string       `json:"summary"`
	Effects []string     `json:"effects" nullable:"false" doc:"What happens then, in order."`
	Second  bool         `json:"second_person" doc:"A second person must approve it."`
	Refused *RefusedView `json:"refused,omitempty" doc:"Why it may not be done now."`
}

// RefusedView is why something is not done.
type RefusedView struct {
	Reason string `json:"reason"`
	Detail string `json:"detail"`
	Field  string `json:"field,omitempty"`
	Fix    string `json:"fix,omitempty"`
}

// CommandView is what a colleague did by hand.
type CommandView struct {
	ID         string             `json:"id"`
	Command    string             `json:"command"`
	Subject    string             `json:"subject"`
	Request    string             `json:"request_id,omitempty"`
	Args       map[string]string  `json:"args"`
	Reason     string             `json:"reason"`
	By         string             `json:"by"`
	ApprovedBy string             `json:"approved_by,omitempty" doc:"The second person, whatever he said."`
	State      store.CommandState `json:"state"`
	Outcome    string             `json:"outcome,omitempty" doc:"In words."`
	At         time.Time          `json:"at"`
	DoneAt     *time.Time         `json:"done_at,omitempty"`
	Shown      string             `json:"shown,omitempty" doc:"Of reveal, in its first answer only."`
}

// BulkLineView is what became of one of many, or would.
type BulkLineView struct {
	Subject string `json:"subject"`
	CommandedView
	Refused *RefusedView `json:"refused,omitempty"`
}

func viewRefused(refused *models.Error) *RefusedView {
	if refused == nil {
		return nil
	}
	return &RefusedView{refused.Reason, refused.Message, refused.Field, refused.Fix}
}

func viewPreview(plan support.Preview) *PreviewView {
	effects := plan.Effects
	if effects == nil {
		effects = []string{}
	}
	return &PreviewView{plan.Summary, effects, plan.Second, viewRefused(plan.Refused)}
}

func viewCommand(c store.Command) *CommandView {
	view := &CommandView{
		ID: c.ID, Command: c.Name, Subject: c.Subject, Request: c.Request, Args: c.Args, Reason: c.Reason, By: c.By,
		ApprovedBy: c.ApprovedBy, State: c.State, Outcome: c.Outcome, At: c.At.UTC(), Shown: c.Shown,
	}
	if !c.DoneAt.IsZero() {
		at := c.DoneAt.UTC()
		view.DoneAt = &at
	}
	return view
}

func viewBulk(line support.BulkLine, trial bool) BulkLineView {
	view := BulkLineView{Subject: line.Wish.Subject, Refused: viewRefused(line.Refused)}
	switch {
	case trial && line.Preview.Summary != "":
		view.Preview = viewPreview(line.Preview)
	case line.Command.ID != "":
		view.Command = viewCommand(line.Command)
	}
	return view
}

type commandsIn struct {
	Request string   `query:"request" maxLength:"64"`
	By      string   `query:"by" maxLength:"80" doc:"A colleague, like staff:anna."`
	State   []string `query:"state" maxItems:"7" doc:"waiting_approval, queued, running, done, failed …"`
	Cursor  string   `query:"cursor" maxLength:"64"`
	Limit   int      `query:"limit" minimum:"1" maximum:"100" default:"20"`
}

type commandsOut struct {
	Body struct {
		Commands []*CommandView `json:"commands" nullable:"false"`
		Next     string         `json:"next,omitempty" doc:"There are more; send it as cursor."`
	}
}

func (s *Server) listCommands(ctx context.Context, in *commandsIn) (*commandsOut, error) {
	filter := store.CommandFilter{Request: in.Request, By: in.By, Cursor: in.Cursor, Limit: in.Limit}
	for _, state := range in.State {
		filter.States = append(filter.States, store.CommandState(state))
	}
	page, err := s.Store.Commands(ctx, filter)
	out := &commandsOut{}
	out.Body.Commands, out.Body.Next = []*CommandView{}, page.Next
	for _, c := range page.Items {
		out.Body.Commands = append(out.Body.Commands, viewCommand(c))
	}
	return out, err
}

type showCommandIn struct {
	ID string `path:"id" maxLength:"64"`
}

func (s *Server) showCommand(ctx context.Context, in *showCommandIn) (*commandOut, error) {
	c, err := s.Store.Command(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &commandOut{Status: 200, Body: CommandedView{Command: viewCommand(c)}}, nil
}
