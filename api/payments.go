package api

import (
	"context"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
	"github.com/friendpay/friendpay/web"
)

type paymentsIn struct {
	Cursor string `query:"cursor" maxLength:"200" doc:"The next of the page before."`
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"20"`
}

type paymentsOut struct{ Body OwnPaymentsView }

// OwnPaymentsView is a page of what the friend paid, newest first.
type OwnPaymentsView struct {
	Payments []OwnPaymentView `json:"payments" nullable:"false"`
	Next     string           `json:"next,omitempty" doc:"The cursor of the next page; missing on the last."`
}

// OwnPaymentView is a payment of the friend's own, whichever link he came by: an allow-list. What was bought is
// not in it: that is the asker's to tell, by the link that he sent.
type OwnPaymentView struct {
	Number   string          `json:"number" doc:"Our number for it; tell it to support."`
	Merchant string          `json:"merchant"`
	AskedBy  string          `json:"asked_by,omitempty" doc:"Masked."`
	Paid     models.Money    `json:"paid" doc:"What you paid yourself."`
	Coupon   *models.Money   `json:"coupon,omitempty" doc:"What a coupon paid besides."`
	PaidAt   time.Time       `json:"paid_at"`
	Outcome  web.Outcome     `json:"outcome" doc:"paid, confirming, held, returning, returned or return_stuck."`
	Refunds  []OwnRefundView `json:"refunds" nullable:"false"`
	Here     bool            `json:"here" doc:"It is of the link that this session is for."`
}

// OwnRefundView is money of such a payment on its way back.
type OwnRefundView struct {
	Number     string             `json:"number"`
	Amount     models.Money       `json:"amount"`
	State      models.RefundState `json:"state"`
	AskedAt    time.Time          `json:"asked_at"`
	ExpectedBy *time.Time         `json:"expected_by,omitempty"`
	DoneAt     *time.Time         `json:"done_at,omitempty"`
}

// listPayments lists what the friend who is logged in paid, over all requests. He is known by his session,
// which opens no other request: all that there is to know of a payment stands in its line.
func (s *Server) listPayments(ctx context.Context, in *paymentsIn) (*paymentsOut, error) {
	if _, err := s.ownLink(ctx); err != nil {
		return nil, err
	}
	page, err := s.paidBy(ctx, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	out := &paymentsOut{Body: OwnPaymentsView{Payments: []OwnPaymentView{}, Next: page.Next}}
	for _, line := range page.Items {
		if a, known := line.Request.Attempt(line.Number); known {
			out.Body.Payments = append(out.Body.Payments, viewPayment(line, a, caller(ctx).Request))
		}
	}
	return out, nil
}

func (s *Server) paidBy(ctx context.Context, cursor string, limit int) (store.Page[store.Paid], error) {
	payer := caller(ctx).Payer
	if payer == "" {
		return store.Page[store.Paid]{}, models.Refuse(models.Forbidden, "login_first", "Log in before you look.")
	}
	return s.Store.PaidBy(ctx, payer, cursor, limit)
}

func viewPayment(line store.Paid, a models.Attempt, here string) OwnPaymentView {
	r := line.Request
	view := OwnPaymentView{
		Number: a.Number, Merchant: line.Merchant, AskedBy: line.Asker, Paid: a.ByPayer(),
		Coupon: moneyIfAny(a.Coupon), PaidAt: line.At.UTC(), Outcome: outcome(r, a), Refunds: []OwnRefundView{},
		Here: r.ID == here,
	}
	for _, f := range r.Refunds {
		if f.Attempt == a.Number && f.State != models.RefundReplaced {
			view.Refunds = append(view.Refunds, OwnRefundView{
				Number: f.Number, Amount: r.ToPayer(f), State: f.State, AskedAt: f.CreatedAt.UTC(),
				ExpectedBy: timeIfAny(f.ExpectedBy), DoneAt: timeIfAny(f.DoneAt),
			})
		}
	}
	return view
}

// paidPath is the page of all that a friend paid.
const paidPath = "/pay/mine"

// showPaid is the same as a page. Whoever is not logged in does so first.
func (s *Server) showPaid(c echo.Context) error {
	ctx := c.Request().Context()
	p := caller(ctx)
	if p.Payer == "" {
		return s.payPage(c, web.Pay{Look: true}, nil)
	}
	page, err := s.paidBy(ctx, c.QueryParam("cursor"), 0)
	if err != nil {
		return err
	}
	view := web.Payments{Next: page.Next, Later: c.QueryParam("cursor") != ""}
	for _, line := range page.Items {
		a, known := line.Request.Attempt(line.Number)
		if !known {
			continue
		}
		shown := web.PaymentLine{
			Merchant: line.Merchant, Asker: line.Asker, Amount: a.ByPayer(), At: line.At, Number: a.Number,
			Outcome: outcome(line.Request, a), Here: line.Request.ID == p.Request,
		}
		for _, f := range line.Request.Refunds {
			if f.Attempt == a.Number && f.State != models.RefundReplaced {
				shown.Refunds = append(shown.Refunds, refundOnPage(line.Request, f))
			}
		}
		view.Lines = append(view.Lines, shown)
	}
	return s.draw(c, http.StatusOK, web.Page{Template: web.PaidPage, View: view})
}
