package api

import (
	"context"
	"time"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
)

type buyerPayIn struct {
	RequestPath
	Body struct {
		Channel string `json:"channel" minLength:"1" maxLength:"64"`
	}
}

// buyerPays lets the buyer pay his own request. He takes the same slot as a
// friend would, so that the two never both pay.
func (s *Server) buyerPays(ctx context.Context, in *buyerPayIn) (*attemptOut, error) {
	leave, err := s.turns.take(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	defer leave()
	request, err := s.owned(ctx, in.ID)
	if err == nil {
		err = s.within(ctx, "attempts:"+request.ID, attemptsPerMinute, time.Minute)
	}
	if err != nil {
		return nil, err
	}
	event, err := s.buyersWish(ctx, request, in.Body.Channel)
	if err != nil {
		return nil, err
	}
	after, number, err := s.bring(ctx, request, event)
	if err != nil {
		return nil, err
	}
	answer, err := s.attemptAnswer(ctx, after, number)
	if err != nil {
		return nil, err
	}
	return answer.out(), nil
}

// buyersWish is the event of a buyer who wants to pay himself.
func (s *Server) buyersWish(ctx context.Context, r models.Request, channel string) (models.Event, error) {
	order, err := s.Store.Order(ctx, r.Order)
	if err != nil {
		return models.Event{}, err
	}
	answer, err := s.decide(ctx, order, "")
	if err != nil {
		return models.Event{}, err
	}
	answer.facts.Payer = &policy.Payer{ID: r.Buyer, IsBuyer: true}
	answer.Decision = policy.Decide(answer.facts)
	if err := s.toBuyer(ctx, answer, order, r.ID); err != nil {
		return models.Event{}, err
	}
	c, err := offered(answer.channels, answer.Decision, channel)
	if err != nil {
		return models.Event{}, err
	}
	return s.asking(ctx, c, models.Pay{
		Payer: "buyer:" + r.Buyer, ByBuyer: true, Quoted: r.Payable, PriceVersion: r.PriceVersion,
	}), nil
}
