package api

import (
	"context"
	"errors"
	"time"

	"github.com/friendpay/friendpay/internal/facts"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/store"
)

type extendIn struct {
	RequestPath
	Body struct {
		Until   time.Time `json:"until,omitempty" required:"false" doc:"The new deadline."`
		Minutes int64     `json:"minutes,omitempty" minimum:"1" maximum:"4320" doc:"Instead: so much later."`
	}
}

// extendRequest gives a request more time: up to a moment, or so many minutes past its deadline. It gets no
// more than it would get if it were placed now. Refused with one_deadline when both or neither are told,
// beyond_order past what the order allows, and as the law refuses: not_later, too_long, ended, already_paid,
// already_ending, not_ready.
func (s *Server) extendRequest(ctx context.Context, in *extendIn) (*requestOut, error) {
	request, err := s.owned(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	order, err := s.rows(ctx).Order(ctx, request.Order)
	if err != nil {
		return nil, err
	}
	until, field, err := in.deadline(request)
	if err != nil {
		return nil, err
	}
	event := extended(request, order, until, s.Clock())
	if err := request.Accepts(event); err != nil {
		return nil, fieldIs(err, field)
	}
	if latest := lifeNow(request, order, s.Clock()).ExpiresAt; until.After(latest) {
		return nil, &models.Error{
			Code: models.Invalid, Reason: "beyond_order", Field: field, Message: "The order cannot wait that long.",
			Fix: "Name a moment up to " + latest.UTC().Format(time.RFC3339) + ".",
		}
	}
	out, err := s.deliver(ctx, request, minted(ctx), event)
	return out, fieldIs(err, field)
}

// deadline is the moment that is asked for, and by which field.
func (in *extendIn) deadline(r models.Request) (until time.Time, field string, err error) {
	switch {
	case in.Body.Until.IsZero() == (in.Body.Minutes == 0):
		return until, "", &models.Error{
			Code: models.Invalid, Reason: "one_deadline", Field: "until", Message: "Send either until or minutes.",
			Fix: "Name the new deadline, or how many minutes it is later.",
		}
	case in.Body.Minutes > 0:
		more := time.Duration(in.Body.Minutes) * time.Minute / time.Duration(max(r.Speed, 1))
		return r.ExpiresAt.Add(more).UTC(), "minutes", nil
	default:
		return in.Body.Until.UTC(), "until", nil
	}
}

// fieldIs names the field that a caller filled where the law names its own.
func fieldIs(err error, field string) error {
	var known *models.Error
	if !errors.As(err, &known) || known.Field != "until" {
		return err
	}
	said := *known
	said.Field = field
	return &said
}

// extended is the event that gives a request time until a moment.
func extended(r models.Request, o store.Order, until, now time.Time) models.Event {
	event := models.Event{Kind: models.Extended, At: now.UTC(), Until: until, HardEnd: until}
	if hard := lifeNow(r, o, now).HardEnd; hard.After(until) {
		event.HardEnd = hard.UTC()
	}
	return event
}

// lifeNow is the longest life that the request would get if it were placed now.
func lifeNow(r models.Request, o store.Order, now time.Time) policy.Life {
	speed := max(r.Speed, 1)
	return policy.LifeOf(facts.Of(o, nil, now, speed).Order, 0, now, speed)
}

// extendableUntil is the latest deadline that the request could be given now; zero: none.
func extendableUntil(r models.Request, o store.Order, now time.Time) time.Time {
	latest := lifeNow(r, o, now).ExpiresAt
	if !latest.After(r.ExpiresAt) || r.Accepts(extended(r, o, latest, now)) != nil {
		return time.Time{}
	}
	return latest
}
