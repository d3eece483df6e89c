package api

import (
	"context"
	"strings"

	"github.com/friendpay/friendpay/models"
)

type eventsIn struct {
	RequestPath
	After int64 `query:"after" minimum:"0" doc:"The seq of the last event you know."`
	Limit int   `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type eventsOut struct{ Body EventsView }

// EventsView is a part of a request's history, oldest first.
type EventsView struct {
	Events []EventView `json:"events" nullable:"false"`
	Next   int64       `json:"next" doc:"The after of the next call; unchanged when there was nothing new."`
}

// listEvents reads a request's history.
func (s *Server) listEvents(ctx context.Context, in *eventsIn) (*eventsOut, error) {
	request, err := s.owned(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	history, err := s.Store.Transitions(ctx, in.ID, in.After, in.Limit)
	if err != nil {
		return nil, err
	}
	out := &eventsOut{Body: EventsView{Events: []EventView{}, Next: in.After}}
	for _, t := range history {
		out.Body.Events = append(out.Body.Events, viewEvent(request, t))
		out.Body.Next = t.Seq
	}
	return out, nil
}

// viewEvent keeps the kind of actor and drops who it was: a payer's or a
// colleague's id is nobody else's business.
func viewEvent(r models.Request, t models.Transition) EventView {
	actor, _, _ := strings.Cut(t.Actor, ":")
	view := EventView{
		Seq: t.Seq, From: t.From, To: t.To, On: t.On, At: t.At.UTC(), Actor: actor,
		Attempt: t.Attempt, Refund: t.Refund, Reason: t.Reason,
	}
	if f, ok := refundOf(r, t); ok {
		back := viewRefund(r, f)
		view.Back = &back
	}
	return view
}

// refundOf is the refund that a transition is about, or made due.
func refundOf(r models.Request, t models.Transition) (models.Refund, bool) {
	for _, f := range r.Refunds {
		if f.Number == t.Refund || t.Refund == "" && f.CreatedAt.Equal(t.At) {
			return f, true
		}
	}
	return models.Refund{}, false
}

// asItStands reads the request behind a transition that may be about a refund: a stream is
// older than what it tells of. Without it the transition is told alone.
func (s *Server) asItStands(ctx context.Context, request string, t models.Transition) models.Request {
	if len(t.Notices) == 0 && t.Refund == "" {
		return models.Request{}
	}
	r, err := s.Store.Request(ctx, request)
	if err != nil {
		s.Log.WarnContext(ctx, "event told without its refund", "request", request, "error", err)
	}
	return r
}
