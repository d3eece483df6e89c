package api

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
	"github.com/friendpay/friendpay/web"
)

// paidPath is the page of all that a friend paid.
const paidPath = "/pay/mine"

// showPaid is the list of payments as a page. Whoever is not logged in does so first.
func (s *Server) showPaid(c echo.Context) error {
	ctx := c.Request().Context()
	p := caller(ctx)
	if p.Payer == "" {
		return s.payPage(c, web.Pay{Look: true}, nil)
	}
	page, taken, err := s.paidBy(ctx, c.QueryParam("cursor"), 0)
	if err != nil {
		return err
	}
	view := web.Payments{Next: page.Next, Later: c.QueryParam("cursor") != ""}
	for _, line := range page.Items {
		if a, known := line.Request.Attempt(line.Number); known {
			view.Lines = append(view.Lines, paidLine(line, a, taken, p.Request))
		}
	}
	return s.draw(c, http.StatusOK, web.Page{Template: web.PaidPage, View: view})
}

func paidLine(line store.Paid, a models.Attempt, taken map[string]time.Time, here string) web.PaymentLine {
	shown := web.PaymentLine{
		Merchant: line.Merchant, Asker: line.Asker, Amount: a.ByPayer(), At: line.At, Number: a.Number,
		Outcome: outcome(line.Request, a), Here: line.Request.ID == here,
	}
	for _, f := range line.Request.Refunds {
		if f.Attempt == a.Number && f.State != models.RefundReplaced {
			back := refundOnPage(line.Request, f)
			back.Taken = taken[f.Number]
			shown.Refunds = append(shown.Refunds, back)
		}
	}
	return shown
}
