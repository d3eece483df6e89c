package api

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// wishesPerMinute bounds how often one payer may have his account tried again.
const wishesPerMinute = 5

type wishIn struct {
	Number string `path:"number" pattern:"^[0-9A-Z]{26}$" patternDescription:"26 characters 0-9A-Z"`
	Body   struct {
		Wish string `json:"wish" enum:"again,contact" doc:"My account is open again, or: please contact me."`
	}
}

type wishOut struct {
	Status int
	Body   PayerRefund
}

// wishRefund is the payer's word about money that his account could not take. There is
// no account to name here, and none is asked for: whatever he says, it goes back to where
// it came from, or staff find another way with him.
func (s *Server) wishRefund(ctx context.Context, in *wishIn) (*wishOut, error) {
	link, err := s.ownLink(ctx)
	if err != nil {
		return nil, err
	}
	f, a, err := ownRefund(link, caller(ctx), in.Number)
	if err != nil {
		return nil, err
	}
	if err := s.within(ctx, "wishes:"+a.Payer, wishesPerMinute, time.Minute); err != nil {
		return nil, err
	}
	event := models.Event{Kind: models.RefundWished, Refund: f.Number, Reason: in.Body.Wish, Actor: a.Actor()}
	if err := link.Request.Accepts(event); err != nil {
		return nil, err
	}
	// The run may be over by now: it starts again from the row.
	update := "wish_" + f.Number + "_" + strconv.FormatInt(link.Request.Seq, 10)
	after, err := s.Door.Post(ctx, link.Request, update, event)
	if stillWorking(err) {
		return &wishOut{Status: http.StatusAccepted, Body: viewPayerRefund(link.Request, f)}, nil
	}
	if err != nil {
		return nil, err
	}
	f, _ = after.Refund(f.Number)
	return &wishOut{Status: http.StatusOK, Body: viewPayerRefund(after, f)}, nil
}

// ownRefund is the refund of that number if it gives back what the friend himself paid.
func ownRefund(link store.Link, p Principal, number string) (models.Refund, models.Attempt, error) {
	f, known := link.Request.Refund(number)
	a, err := ownAttempt(link, p, f.Attempt)
	if !known || p.Payer == "" || err != nil {
		return f, a, models.Refuse(models.NotFound, "unknown_refund", "You have no such refund.")
	}
	return f, a, nil
}

// wishFromPage is one of the two buttons of the result page. Whoever comes too late with
// it sees how the refund stands, which is all there is to say.
func (s *Server) wishFromPage(c echo.Context) error {
	in := &wishIn{Number: c.FormValue("refund")}
	in.Body.Wish = c.FormValue("wish")
	if in.Body.Wish != models.WishAgain && in.Body.Wish != models.WishContact {
		return models.Refuse(models.Invalid, "bad_wish", "Say what to do with the money.")
	}
	_, err := s.wishRefund(c.Request().Context(), in)
	if code := models.CodeOf(err); err != nil && code != models.Conflict && code != models.Gone {
		return err
	}
	return c.Redirect(http.StatusSeeOther, resultPath)
}
