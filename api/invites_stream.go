package api

import (
	"context"
	"fmt"

	"github.com/labstack/echo/v4"

	"github.com/friendpay/friendpay/store"
)

// streamInvites tells of a request's links whenever one of them or the request has changed: all of them
// as they stand, without what opens them.
func (s *Server) streamInvites(c echo.Context) error {
	ctx := c.Request().Context()
	request, err := s.owned(ctx, c.Param("id"))
	if err != nil {
		return err
	}
	f := feed{topic: request.ID, subject: caller(ctx).id(), watch: s.invWatch}
	f.read = func(ctx context.Context, after int64) ([]told, error) {
		now, err := s.Store.Request(ctx, request.ID)
		if err != nil {
			return nil, fmt.Errorf("read a request: %w", err)
		}
		view, err := s.invitesOf(ctx, now, func(store.Invite) *LinkView { return nil })
		if err != nil || view.Version <= after {
			return nil, err
		}
		return []told{{id: view.Version, kind: "invites", data: view}}, nil
	}
	return s.follow(c, f)
}
