package api

import (
	"context"
	"net/http"
	"time"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/store"
)

// attemptsPerMinute bounds how often one payer may ask to pay.
const attemptsPerMinute = 5

// QuoteIn is the price that the friend saw, to be held against the one in force.
type QuoteIn struct {
	Minor        int64  `json:"minor" minimum:"1" maximum:"10000000000"`
	Currency     string `json:"currency" pattern:"^[A-Z]{3}$"`
	PriceVersion int64  `json:"price_version" minimum:"0"`
}

type attemptIn struct {
	Body struct {
		Channel string  `json:"channel" minLength:"1" maxLength:"64"`
		Quote   QuoteIn `json:"quote"`
	}
}

type attemptOut struct {
	Status int
	Body   AttemptAnswer
}

// AttemptAnswer is an attempt and, while it can be paid, where.
type AttemptAnswer struct {
	Attempt      string                  `json:"attempt"`
	State        models.AttemptState     `json:"state"`
	Disposition  models.Disposition      `json:"disposition,omitempty"`
	SlotUntil    *time.Time              `json:"slot_until,omitempty"`
	Presentation *providers.Presentation `json:"presentation,omitempty" doc:"What the browser needs to pay."`
}

// createAttempt asks for the right to pay, and for the provider's order.
func (s *Server) createAttempt(ctx context.Context, in *attemptIn) (*attemptOut, error) {
	quote := in.Body.Quote
	link, number, err := s.askToPay(ctx, in.Body.Channel, models.Price{
		Payable: models.Money{Minor: quote.Minor, Currency: quote.Currency}, Version: quote.PriceVersion,
	})
	if err != nil {
		return nil, s.withPrice(ctx, err, link, in.Body.Channel)
	}
	answer, err := s.attemptAnswer(ctx, link.Request, number)
	if err != nil {
		return nil, err
	}
	return answer.out(), nil
}

// out is 201 once it can be paid, and 202 while the provider's order is being made.
func (a AttemptAnswer) out() *attemptOut {
	if a.Presentation == nil {
		return &attemptOut{Status: http.StatusAccepted, Body: a}
	}
	return &attemptOut{Status: http.StatusCreated, Body: a}
}

// withPrice adds the price in force, and what the channel costs now, to the refusal of an
// outdated quote.
func (s *Server) withPrice(ctx context.Context, err error, link store.Link, channel string) error {
	if reasonOf(err) != "price_changed" {
		return err
	}
	problem := problemOf(err)
	r := link.Request
	problem.Price = &PriceView{Payable: r.Payable, PriceVersion: r.PriceVersion}
	problem.Quote = quoteView(quoting(s.factsOn(ctx, link), link), channel, r.PriceVersion)
	return problem
}

// askToPay brings the wish to the engine. What the row refuses plainly never
// gets there: a crowd at one link must not queue up as updates.
func (s *Server) askToPay(
	ctx context.Context, channel string, quote models.Price,
) (store.Link, string, error) {
	p := caller(ctx)
	if p.Payer == "" {
		return store.Link{}, "", models.Refuse(models.Forbidden, "login_first", "Log in before you pay.")
	}
	if err := s.within(ctx, "attempts:"+p.Payer, attemptsPerMinute, time.Minute); err != nil {
		return store.Link{}, "", err
	}
	leave, err := s.turns.take(ctx, p.Request)
	if err != nil {
		return store.Link{}, "", err
	}
	defer leave()
	link, err := s.sessionLink(ctx, p.Payer)
	if err != nil {
		return link, "", err
	}
	event, err := s.wish(ctx, link, channel, quote)
	if err != nil {
		return link, "", err
	}
	after, number, err := s.bring(ctx, link.Request, event)
	if reasonOf(err) == "price_changed" { // perhaps since the row was read
		return s.repriced(ctx, link, err)
	}
	link.Request = after
	return link, number, err
}

// repriced reads the price that the quote lost to, and what is left of the offers.
func (s *Server) repriced(ctx context.Context, link store.Link, cause error) (store.Link, string, error) {
	p := caller(ctx)
	fresh, err := s.Store.Link(ctx, p.Invite, p.Payer)
	if err != nil {
		return link, "", err
	}
	return fresh, "", cause
}

type attemptPath struct {
	Number string `path:"number" pattern:"^[0-9A-Z]{26}$" patternDescription:"26 characters 0-9A-Z"`
}

// showAttempt shows one of the friend's own attempts.
func (s *Server) showAttempt(ctx context.Context, in *attemptPath) (*attemptOut, error) {
	link, err := s.ownLink(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := ownAttempt(link, caller(ctx), in.Number); err != nil {
		return nil, err
	}
	answer, err := s.attemptAnswer(ctx, link.Request, in.Number)
	return &attemptOut{Status: http.StatusOK, Body: answer}, err
}

func (s *Server) attemptAnswer(ctx context.Context, r models.Request, number string) (AttemptAnswer, error) {
	attempt, ok := r.Attempt(number)
	if !ok { // the engine has it, the row not yet
		return AttemptAnswer{Attempt: number, State: models.NewAttempt}, nil
	}
	answer := AttemptAnswer{Attempt: number, State: attempt.State, Disposition: attempt.Disposition}
	if attempt.State != models.LiveAttempt {
		return answer, nil
	}
	answer.SlotUntil = timeIfAny(r.SlotUntil)
	shown, err := s.Store.Presentation(ctx, number)
	if err != nil {
		return answer, err
	}
	answer.Presentation = &shown
	return answer, nil
}
