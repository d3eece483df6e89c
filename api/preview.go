package api

import (
	"context"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/store"
)

type previewIn struct {
	RequestPath
	Shows models.Shows `query:"shows" enum:"full,category,surprise" doc:"Tried, and not set."`
}

type previewOut struct{ Body CardPreview }

// CardPreview is what a friend will see.
type CardPreview struct {
	Set       CardView  `json:"set" doc:"What holds now."`
	MayChange bool      `json:"may_change" doc:"The request can still be paid."`
	Category  string    `json:"category,omitempty" doc:"The order's; without one there is no such setting."`
	Friend    PayerView `json:"friend" doc:"As GET /v1/link answers a friend who has just opened the link."`
}

// preview shows the buyer what the friend's page and GET /v1/link show of his request, for the
// setting that holds or for another.
func (s *Server) preview(ctx context.Context, in *previewIn) (*previewOut, error) {
	request, err := s.owned(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	invites, err := s.Store.Invites(ctx, request.ID)
	if err != nil {
		return nil, err
	}
	if len(invites) == 0 { // the call that places it has not come to its end
		return nil, &models.Error{
			Code: models.Conflict, Reason: "not_ready", Message: "The request has no link yet.",
			Fix: "Repeat the call that placed it, under the same Idempotency-Key.",
		}
	}
	link, err := s.Store.Link(ctx, invites[0].ID, "")
	if err != nil {
		return nil, err
	}
	set := link.Card
	link.Card.Shows = orDefault(in.Shows, set.Shows)
	if err := showable(link.Card, link.Order); in.Shows != "" && err != nil {
		return nil, err
	}
	asked := s.factsOn(ctx, link)
	asked.Surface, asked.Version = orDefault(link.Invite.Surface, policy.SurfaceUnknown), ""
	asked.Broken = policy.BrokenOn(link.Breakers, asked.Surface, asked.Now)
	return &previewOut{Body: previewOf(link, set, viewAsked(link, asked))}, nil
}

func previewOf(link store.Link, set store.Card, friend PayerView) CardPreview {
	return CardPreview{
		Set:       CardView{Shows: set.Shows, Message: set.Message},
		MayChange: link.Request.State.Unpaid(), Category: link.Order.Category, Friend: friend,
	}
}
