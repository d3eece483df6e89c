package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/friendpay/friendpay/internal/facts"
	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/store"
)

const (
	// More time than this is a machine's asking, and each costs the request's run a step of its history.
	maxExtensions    = 20
	extensionsWindow = 72 * time.Hour

	longestLife   = 72 * time.Hour // from when it was placed; only staff give more
	leastExtended = time.Minute
)

type extendIn struct {
	RequestPath
	Body struct {
		Until   time.Time `json:"until,omitempty" required:"false" doc:"The new deadline."`
		Minutes int64     `json:"minutes,omitempty" minimum:"1" maximum:"4320" doc:"Instead: so much later."`
	}
}

// extendRequest gives a request more time: up to a moment, or so many minutes past its deadline. It gets no
// more than it would get if it were placed now, and waits three days over all at most. Refused with
// one_deadline when both or neither are told, beyond_order past what the order allows, too_often, and as the
// law refuses: not_later (also by less than a minute), too_long, ended, already_paid, already_ending,
// not_ready. The deadline that holds may be said again.
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
	if until.Equal(request.ExpiresAt) {
		return s.answer(ctx, request, http.StatusOK)
	}
	if err := mayWait(request, order, until, s.Clock()); err != nil {
		return nil, fieldIs(err, field)
	}
	if err := s.within(ctx, "extend:"+request.ID, maxExtensions, extensionsWindow); err != nil {
		return nil, err
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
		whole := in.Body.Until.UTC().Truncate(time.Second / time.Duration(max(r.Speed, 1)))
		if in.Body.Until.Equal(r.ExpiresAt) { // said again as it was read
			whole = r.ExpiresAt
		}
		return whole, "until", nil
	}
}

// mayWait refuses less than a minute more, and what is past the end of the order or of the longest wait.
func mayWait(r models.Request, o store.Order, until, now time.Time) error {
	latest, least := latestEnd(r, o, now), r.ExpiresAt.Add(leastExtended/time.Duration(max(r.Speed, 1)))
	upTo := "Name a moment up to " + latest.Format(time.RFC3339) + "."
	switch {
	case until.Before(least):
		return &models.Error{
			Code: models.Invalid, Reason: "not_later", Field: "until", Message: "That is less than a minute more.",
			Fix: "Name a moment from " + least.Add(time.Second).UTC().Format(time.RFC3339) + " on.",
		}
	case until.After(lifeNow(r, o, now).ExpiresAt):
		return &models.Error{
			Code: models.Invalid, Reason: "beyond_order", Field: "until", Fix: upTo,
			Message: "The order cannot wait that long.",
		}
	case until.After(latest):
		return &models.Error{
			Code: models.Invalid, Reason: "too_long", Field: "until", Fix: upTo,
			Message: "A request waits three days over all.",
		}
	}
	return nil
}

// latestEnd is the last deadline that a request may be given, in whole seconds.
func latestEnd(r models.Request, o store.Order, now time.Time) time.Time {
	speed := time.Duration(max(r.Speed, 1))
	latest := lifeNow(r, o, now).ExpiresAt
	if placed := mint.MadeAt(r.ID); !placed.IsZero() && placed.Add(longestLife/speed).Before(latest) {
		latest = placed.Add(longestLife / speed)
	}
	return latest.UTC().Truncate(time.Second / speed)
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
	speed := max(r.Speed, 1)
	wish := until.Sub(now) * time.Duration(speed) // pauses add no more than to a request placed for as long
	if hard := policy.LifeOf(facts.Of(o, nil, now, speed).Order, wish, now, speed).HardEnd; hard.After(until) {
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
	latest := latestEnd(r, o, now)
	if mayWait(r, o, latest, now) != nil || r.Accepts(extended(r, o, latest, now)) != nil {
		return time.Time{}
	}
	return latest
}
