package api

import (
	"context"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
	"github.com/friendpay/friendpay/web"
)

// asStands is a request with what only other rows and the present moment say of it.
func (s *Server) asStands(ctx context.Context, r models.Request, o store.Order) (RequestView, error) {
	view := viewRequest(r, o)
	view.ExtendableUntil = timeIfAny(extendableUntil(r, o, s.Clock()))
	if _, paid := paidByFriend(r); paid {
		kept, err := s.rows(ctx).Thanks(ctx, r.ID)
		if err != nil {
			return view, err
		}
		view.ThankedAt = timeIfAny(kept.At)
	}
	if len(r.Refunds) == 0 {
		return view, nil
	}
	taken, err := s.rows(ctx).RefundsTaken(ctx, r.ID)
	for i, f := range view.Refunds {
		view.Refunds[i].TakenAt = timeIfAny(taken[f.Number])
	}
	return view, err
}

// sinceThen adds the same to the page of who paid.
func (s *Server) sinceThen(
	ctx context.Context, view *web.Result, r models.Request, a models.Attempt,
) (err error) {
	if view.Thanks, err = s.thanksFor(ctx, r, a); err != nil || len(view.Refunds) == 0 {
		return err
	}
	taken, err := s.Store.RefundsTaken(ctx, r.ID)
	for i, f := range view.Refunds {
		view.Refunds[i].Taken = taken[f.Number]
	}
	return err
}
