package api

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/web"
)

// cancelInShop is the buyer's "never mind".
func (s *Server) cancelInShop(c echo.Context) error {
	ctx := s.asShop(c)
	r, err := s.owned(ctx, c.Param("id"))
	if err != nil {
		return err
	}
	event := models.Event{Kind: models.BuyerCancelled, Actor: "buyer"}
	_, err = s.Door.Deliver(ctx, r.ID, "shop_cancel_"+strconv.FormatInt(r.Seq, 10), event)
	if err != nil && !stillWorking(err) {
		return s.shopRequest(c, err)
	}
	return c.Redirect(http.StatusSeeOther, "/shop/requests/"+r.ID)
}

// payInShop is the buyer's "I'll pay it myself".
func (s *Server) payInShop(c echo.Context) error {
	in := &buyerPayIn{RequestPath: RequestPath{ID: c.Param("id")}}
	in.Body.Channel = s.Config.Shop.Channel
	made, err := s.buyerPays(s.asShop(c), in)
	if err != nil {
		return s.shopRequest(c, err)
	}
	shown := made.Body.Presentation
	if shown == nil || shown.Kind != providers.Redirect || s.over(*shown) {
		return c.Redirect(http.StatusSeeOther, "/shop/requests/"+c.Param("id"))
	}
	return c.Redirect(http.StatusSeeOther, shown.URL)
}

// streamInShop keeps the buyer's page up to date.
func (s *Server) streamInShop(c echo.Context) error {
	r, err := s.owned(s.asShop(c), c.Param("id"))
	if err != nil {
		return err
	}
	view := func(t models.Transition) any { return map[string]any{"seq": t.Seq, "state": t.To} }
	return s.follow(c, s.requestFeed(r.ID, "shop:"+r.ID, view))
}

// showReceipt lists what came in and what went back.
func (s *Server) showReceipt(c echo.Context) error {
	ctx := s.asShop(c)
	r, err := s.owned(ctx, c.Param("id"))
	if err != nil {
		return err
	}
	order, err := s.Store.Order(ctx, r.Order)
	if err != nil {
		return err
	}
	view := web.Receipt{
		ID: r.ID, Number: order.Number, Title: order.Title, State: r.State,
		Applied: models.Money{Currency: r.Payable.Currency}, Saved: saved(r),
	}
	for _, a := range r.Attempts {
		if a.State != models.SucceededAttempt {
			continue
		}
		view.Lines = append(view.Lines, web.ReceiptLine{
			Name: "paid", Reference: a.Number, Amount: a.Captured, At: a.PaidAt,
		})
		if a.Disposition == models.Applied {
			view.Applied = view.Applied.Plus(a.Captured.Minus(r.Returned(a.Number)))
		}
	}
	for _, f := range r.Refunds {
		view.Lines = append(view.Lines, web.ReceiptLine{
			Name: refundWord(f), Reference: f.Number, Amount: f.Amount, At: f.CreatedAt,
		})
	}
	return s.draw(c, http.StatusOK, web.Page{Template: web.ReceiptPage, View: view})
}

// refundWord names a refund's line on the receipt.
func refundWord(f models.Refund) string {
	switch {
	case f.State == models.RefundSucceeded:
		return "refund_done"
	case f.Outstanding():
		return "refund_due"
	default:
		return "refund_stuck"
	}
}
