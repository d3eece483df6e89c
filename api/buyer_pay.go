package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/friendpay/friendpay/internal/facts"
	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/store"
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
	request, err := s.owned(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if err := s.within(ctx, "attempts:"+request.ID, attemptsPerMinute, time.Minute); err != nil {
		return nil, err
	}
	event, err := s.buyersWish(ctx, request, in.Body.Channel)
	if err == nil {
		err = request.Accepts(event)
	}
	if err != nil {
		return nil, err
	}
	after, err := s.Door.Deliver(ctx, request.ID, event.Pay.Number, event)
	if stillWorking(err) {
		after, err = request, nil
	}
	if err != nil {
		return nil, err
	}
	_, number, err := outcomeOf(store.Link{Request: after}, event.Pay.Number)
	if err != nil {
		return nil, err
	}
	answer, err := s.attemptAnswer(ctx, after, number)
	if err != nil {
		return nil, err
	}
	if answer.Presentation == nil {
		return &attemptOut{Status: http.StatusAccepted, Body: answer}, nil
	}
	return &attemptOut{Status: http.StatusCreated, Body: answer}, nil
}

// buyersWish is the event of a buyer who wants to pay himself.
func (s *Server) buyersWish(ctx context.Context, r models.Request, channel string) (models.Event, error) {
	order, err := s.Store.Order(ctx, r.Order)
	if err != nil {
		return models.Event{}, err
	}
	catalogue, err := s.Store.Channels(ctx, r.App)
	if err != nil {
		return models.Event{}, err
	}
	i := slices.IndexFunc(catalogue, func(c store.Channel) bool { return c.ID == channel })
	decision := policy.Decide(facts.Of(order, catalogue, s.Clock(), s.Config.Speed))
	if i < 0 || !slices.Contains(decision.Channels, channel) {
		return models.Event{}, channelUnavailable()
	}
	c, number := catalogue[i], orDefault(minted(ctx), mint.Number())
	return models.Event{
		Kind: models.PayAsked, At: s.Clock(), Actor: "buyer", Attempt: number, Pay: &models.Pay{
			Number: number, Payer: "buyer:" + r.Buyer, ByBuyer: true, Channel: c.ID, Provider: c.Provider,
			Account: c.Account, Product: c.Product, Quoted: r.Payable, PriceVersion: r.PriceVersion,
			MinCloseSecs: c.MinCloseSeconds,
		},
	}, nil
}

func channelUnavailable() error {
	return &models.Error{
		Code: models.Conflict, Reason: "channel_unavailable", Field: "channel",
		Message: "This way to pay is not available.", Fix: "Pick another one.",
	}
}
