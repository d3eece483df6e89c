package api

import (
	"context"

	"github.com/friendpay/friendpay/internal/facts"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/store"
)

// ownLink reads the link of the caller's session.
func (s *Server) ownLink(ctx context.Context) (store.Link, error) {
	link, err := s.sessionLink(ctx, caller(ctx).Payer)
	if err == nil && link.Request.ID != caller(ctx).Request {
		err = models.Refuse(models.NotFound, "unknown_link", "We know nothing of that link.")
	}
	return link, err
}

// sessionLink reads the link of the caller's session as this payer sees it.
func (s *Server) sessionLink(ctx context.Context, payer string) (store.Link, error) {
	link, err := s.Store.Link(ctx, caller(ctx).Invite, payer)
	link.Told = caller(ctx).Checked
	return link, err
}

// factsOn are what the rules look at of a link. A catalogue that cannot be
// read anew is used as it is: the engine asks again before money moves.
func (s *Server) factsOn(ctx context.Context, link store.Link) policy.Facts {
	known, err := s.Catalogue.AtLeast(ctx, link.Catalogue)
	if err != nil {
		s.Log.WarnContext(ctx, "the catalogue could not be read anew", "error", err)
		known = s.Catalogue.Current()
	}
	asked := facts.Of(link.Order, known, s.Clock(), s.Config.Speed)
	asked.Surface, asked.Version = surface(ctx), surfaceVersion(ctx)
	asked.Used = link.Used
	asked.Spent, asked.Broken = link.Spent, policy.BrokenOn(link.Breakers, asked.Surface, asked.Now)
	return facts.Made(asked, link.Released)
}
