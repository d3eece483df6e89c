package api

import (
	"context"

	"github.com/friendpay/friendpay/internal/machine"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
	"github.com/friendpay/friendpay/web"
)

// asStands is a request with what only other rows and the present moment say of it.
func (s *Server) asStands(ctx context.Context, r models.Request, o store.Order) (RequestView, error) {
	view := viewRequest(r, o)
	view.ExtendableUntil = timeIfAny(extendableUntil(r, o, s.Clock()))
	since, err := s.since(ctx, r)
	if err == nil {
		tellSince(&view, r, since)
	}
	return view, err
}

// since reads what other rows say of a request: the thanks for the friend who paid, and when refunds were
// taken on. There is nothing to read of most.
func (s *Server) since(ctx context.Context, r models.Request) (since machine.Since, err error) {
	if _, paid := paidByFriend(r); paid {
		if since.Thanks, err = s.rows(ctx).Thanks(ctx, r.ID); err != nil {
			return since, err
		}
	}
	if len(r.Refunds) > 0 {
		since.Taken, err = s.rows(ctx).RefundsTaken(ctx, r.ID)
	}
	return since, err
}

// tellSince adds what other rows say of a request.
func tellSince(view *RequestView, r models.Request, since machine.Since) {
	if _, paid := paidByFriend(r); paid {
		view.ThankedAt = timeIfAny(since.Thanks.At)
	}
	for i, f := range view.Refunds {
		view.Refunds[i].TakenAt = timeIfAny(since.Taken[f.Number])
	}
}

// showSince adds to a friend's page what is for him: the words, if he is the one who was thanked.
func showSince(view *web.Result, r models.Request, a models.Attempt, since machine.Since) {
	if winner, paid := paidByFriend(r); paid && winner.Number == a.Number && since.Thanks.Attempt == a.Number {
		view.Thanks = since.Thanks.Message
	}
	for i, f := range view.Refunds {
		view.Refunds[i].Taken = since.Taken[f.Number]
	}
}
