package api

import (
	"context"

	"github.com/friendpay/friendpay/internal/decisions"
	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/store"
)

// toBuyer keeps what a buyer is told about an order, before he is told. An order that is
// only asked about and not registered leaves nothing. request is empty before there is one.
func (s *Server) toBuyer(ctx context.Context, v judged, order store.Order, request string) error {
	if order.State == "" {
		return nil
	}
	about := decisions.About{Side: store.BuyerSide, Order: order.ID, Request: request}
	return decisions.Keep(ctx, s.rows(ctx), about, v.facts, v.Decision)
}

// toFriend decides about a link and keeps what the friend is told, before he is told. What a
// GET shows is decided the same way and not kept: a GET changes nothing.
func (s *Server) toFriend(ctx context.Context, link store.Link) (policy.Decision, error) {
	asked := s.factsOn(ctx, link)
	decision := policy.Decide(asked)
	return decision, decisions.Keep(ctx, s.rows(ctx), decisions.About{
		Side: store.FriendSide, Order: link.Order.ID, Request: link.Request.ID, Invite: link.Invite.ID,
		Payer: caller(ctx).Payer,
	}, asked, decision)
}
