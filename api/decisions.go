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
	asked, payer := s.factsOn(ctx, link), caller(ctx).Payer
	if link.Payer != nil {
		payer = link.Payer.ID // who has only just logged in
	}
	decision := policy.Decide(asked)
	err := decisions.Keep(ctx, s.rows(ctx), decisions.About{
		Side: store.FriendSide, Order: link.Order.ID, Request: link.Request.ID, Invite: link.Invite.ID,
		Payer: payer,
	}, asked, decision)
	if reasonOf(err) == "decisions_full" {
		s.Log.InfoContext(ctx, "a decision was not kept", "invite", link.Invite.ID, "error", err)
		err = nil
	}
	return decision, err
}

// toPayer is the link as somebody sees it who has just logged in; what it tells him is kept.
func (s *Server) toPayer(ctx context.Context, payer string) (store.Link, error) {
	link, err := s.sessionLink(ctx, payer)
	if err == nil {
		_, err = s.toFriend(ctx, link)
	}
	return link, err
}
