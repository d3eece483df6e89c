package api

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// withdrawAttempt gives the slot up, so that somebody else may pay. The attempt is
// closed at the provider first: the answer may say closing, or that the money was
// faster. The same attempt twice is once. Refused with not_paying when the friend
// does not hold the slot, and with unknown_attempt when it is not his.
func (s *Server) withdrawAttempt(ctx context.Context, in *attemptPath) (*attemptOut, error) {
	link, err := s.ownLink(ctx)
	if err != nil {
		return nil, err
	}
	attempt, err := ownAttempt(link, caller(ctx), in.Number)
	if err != nil {
		return nil, err
	}
	after, err := s.Door.Deliver(ctx, link.Request.ID, "withdraw_"+in.Number, models.Event{
		Kind: models.PayWithdrawn, Attempt: in.Number, Actor: attempt.Actor(),
	})
	if stillWorking(err) {
		after, err = s.Store.Request(ctx, link.Request.ID)
	}
	if err != nil {
		return nil, err
	}
	answer, err := s.attemptAnswer(ctx, after, in.Number)
	if left, _ := after.Attempt(in.Number); left.Pending() {
		return &attemptOut{Status: http.StatusAccepted, Body: answer}, err
	}
	return &attemptOut{Status: http.StatusOK, Body: answer}, err
}

// ownAttempt is the attempt of that number if the friend himself made it.
func ownAttempt(link store.Link, p Principal, number string) (models.Attempt, error) {
	a, ok := link.Request.Attempt(number)
	if !ok || a.Payer != p.Payer || a.ByBuyer {
		return a, models.Refuse(models.NotFound, "unknown_attempt", "You have no such attempt.")
	}
	return a, nil
}

// withdrawFromPage is the button of the page that waits. Whoever comes too late
// with it sees what became of his payment, which is all there is to say.
func (s *Server) withdrawFromPage(c echo.Context) error {
	_, err := s.withdrawAttempt(c.Request().Context(), &attemptPath{Number: c.FormValue("attempt")})
	if code := models.CodeOf(err); err != nil && code != models.Conflict && code != models.Gone {
		return err
	}
	return c.Redirect(http.StatusSeeOther, resultPath)
}
