package api

import (
	"context"
	"time"

	"github.com/friendpay/friendpay/internal/support"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// CaseView is work for a human.
type CaseView struct {
	ID         string     `json:"id"`
	Request    string     `json:"request_id,omitempty"`
	Kind       string     `json:"kind"`
	Attempt    string     `json:"attempt,omitempty"`
	Refund     string     `json:"refund,omitempty"`
	Provider   string     `json:"provider,omitempty"`
	Account    string     `json:"account,omitempty"`
	Day        string     `json:"day,omitempty" doc:"Of the statement that it is about."`
	Detail     string     `json:"detail,omitempty"`
	Owner      string     `json:"owner,omitempty"`
	OpenedAt   time.Time  `json:"opened_at"`
	DueAt      time.Time  `json:"due_at"`
	ClosedAt   *time.Time `json:"closed_at,omitempty"`
	ClosedBy   string     `json:"closed_by,omitempty"`
	Resolution string     `json:"resolution,omitempty"`
}

// NoteView is what a colleague wrote about a case.
type NoteView struct {
	At     time.Time `json:"at"`
	Author string    `json:"author"`
	Words  string    `json:"words"`
}

func viewCase(c store.Case) CaseView {
	view := CaseView{
		ID: c.ID, Request: c.Request, Kind: string(c.Kind), Attempt: c.Attempt, Refund: c.Refund,
		Provider: c.Provider, Account: c.Account, Day: c.Day, Detail: c.Detail, Owner: c.Owner,
		OpenedAt: c.OpenedAt.UTC(), DueAt: c.DueAt.UTC(), ClosedBy: c.ClosedBy, Resolution: c.Resolution,
	}
	if !c.ClosedAt.IsZero() {
		at := c.ClosedAt.UTC()
		view.ClosedAt = &at
	}
	return view
}

type casesIn struct {
	Request string `query:"request" maxLength:"64"`
	Kind    string `query:"kind" maxLength:"40"`
	Owner   string `query:"owner" maxLength:"80" doc:"A colleague, like staff:anna."`
	Closed  bool   `query:"closed" doc:"Closed ones too."`
	Cursor  string `query:"cursor" maxLength:"64"`
	Limit   int    `query:"limit" minimum:"1" maximum:"100" default:"20"`
}

type casesOut struct {
	Body struct {
		Cases []CaseView `json:"cases" nullable:"false"`
		Next  string     `json:"next,omitempty" doc:"There are more; send it as cursor."`
	}
}

func (s *Server) listCases(ctx context.Context, in *casesIn) (*casesOut, error) {
	page, err := s.Store.Cases(ctx, store.CaseFilter{
		Request: in.Request, Kind: models.CaseKind(in.Kind), Owner: in.Owner, Closed: in.Closed, Cursor: in.Cursor,
		Limit: in.Limit,
	})
	out := &casesOut{}
	out.Body.Cases, out.Body.Next = []CaseView{}, page.Next
	for _, c := range page.Items {
		out.Body.Cases = append(out.Body.Cases, viewCase(c))
	}
	return out, err
}

type caseIn struct {
	ID string `path:"id" maxLength:"64"`
}

type caseOut struct {
	Body struct {
		Case  CaseView   `json:"case"`
		Notes []NoteView `json:"notes" nullable:"false" doc:"Oldest first."`
	}
}

func (s *Server) showCase(ctx context.Context, in *caseIn) (*caseOut, error) {
	found, err := s.Store.Case(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	notes, err := s.Store.CaseNotes(ctx, in.ID)
	out := &caseOut{}
	out.Body.Case, out.Body.Notes = viewCase(found), []NoteView{}
	for _, n := range notes {
		out.Body.Notes = append(out.Body.Notes, NoteView{n.At.UTC(), n.Author, n.Words})
	}
	return out, err
}

type offersOut struct {
	Body struct {
		Offers []OfferView `json:"offers" nullable:"false"`
	}
}

// OfferView is a command that is possible right now.
type OfferView struct {
	Command string    `json:"command"`
	Subject string    `json:"subject"`
	Label   string    `json:"label"`
	Role    string    `json:"role" doc:"The least that may."`
	Primary bool      `json:"primary,omitempty" doc:"The next step for what is wrong."`
	Args    []ArgView `json:"args" nullable:"false"`
}

// ArgView is something that a command wants to know.
type ArgView struct {
	Name    string   `json:"name"`
	Label   string   `json:"label"`
	Kind    string   `json:"kind" enum:"fen,time,text,choice"`
	Choices []string `json:"choices,omitempty"`
	Default string   `json:"default,omitempty"`
	Needed  bool     `json:"needed,omitempty"`
}

func (s *Server) listOffers(ctx context.Context, in *RequestPath) (*offersOut, error) {
	offers, err := s.Desk.Offers(ctx, in.ID, acting(ctx))
	if err != nil {
		return nil, err
	}
	out := &offersOut{}
	out.Body.Offers = []OfferView{}
	for _, o := range offers {
		out.Body.Offers = append(out.Body.Offers, OfferView{
			Command: o.Command, Subject: o.Subject, Label: o.Label, Role: string(o.Role), Primary: o.Primary,
			Args: viewArgs(o.Args),
		})
	}
	return out, nil
}

func viewArgs(args []support.Arg) []ArgView {
	views := []ArgView{}
	for _, a := range args {
		views = append(views, ArgView{a.Name, a.Label, a.Kind, a.Choices, a.Default, a.Needed})
	}
	return views
}
