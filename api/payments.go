package api

import (
	"context"
	"time"

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

// OwnPaymentView is a payment of the friend's own, whichever link he came by: an allow-list. What was bought
// is not in it: that is the asker's to tell, by the link that he sent.
type OwnPaymentView struct {
	Number   string          `json:"number" doc:"Our number for it; tell it to support."`
	Merchant string          `json:"merchant"`
	AskedBy  string          `json:"asked_by,omitempty" doc:"Masked."`
	Paid     models.Money    `json:"paid" doc:"What you paid yourself."`
	Coupon   *models.Money   `json:"coupon,omitempty" doc:"What a coupon paid besides."`
	PaidAt   time.Time       `json:"paid_at"`
	Outcome  web.Outcome     `json:"outcome" doc:"paid, confirming, held, returning, returned, return_stuck."`
	Refunds  []OwnRefundView `json:"refunds" nullable:"false"`
	Here     bool            `json:"here" doc:"It is of the link that this session is for."`
}

// OwnRefundView is money of such a payment on its way back.
type OwnRefundView struct {
	Number     string             `json:"number"`
	Amount     models.Money       `json:"amount"`
	State      models.RefundState `json:"state"`
	TakenAt    *time.Time         `json:"taken_at,omitempty" doc:"When the provider took it on."`
	AskedAt    time.Time          `json:"asked_at"`
	ExpectedBy *time.Time         `json:"expected_by,omitempty"`
	DoneAt     *time.Time         `json:"done_at,omitempty"`
}

// listPayments lists what the friend who is logged in paid, over all requests. He is known by his session,
// which opens no other request: all that there is to know of a payment stands in its line.
func (s *Server) listPayments(ctx context.Context, in *paymentsIn) (*paymentsOut, error) {
	page, taken, err := s.paidBy(ctx, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	out := &paymentsOut{Body: OwnPaymentsView{Payments: []OwnPaymentView{}, Next: page.Next}}
	for _, line := range page.Items {
		if a, known := line.Request.Attempt(line.Number); known {
			out.Body.Payments = append(out.Body.Payments, viewPayment(line, a, taken, caller(ctx).Request))
		}
	}
	return out, nil
}

// paidBy is a page of them, and when providers took on which of their refunds; for a session whose link
// still opens its request.
func (s *Server) paidBy(ctx context.Context, cursor string, limit int) (
	page store.Page[store.Paid], taken map[string]time.Time, err error,
) {
	if _, err := s.ownLink(ctx); err != nil {
		return page, nil, err
	}
	payer := caller(ctx).Payer
	if payer == "" {
		return page, nil, models.Refuse(models.Forbidden, "login_first", "Log in before you look.")
	}
	if page, err = s.Store.PaidBy(ctx, payer, cursor, limit); err != nil {
		return page, nil, err
	}
	var requests []string
	for _, line := range page.Items {
		if len(line.Request.Refunds) > 0 {
			requests = append(requests, line.Request.ID)
		}
	}
	if len(requests) > 0 {
		taken, err = s.Store.RefundsTaken(ctx, requests...)
	}
	return page, taken, err
}

func viewPayment(
	line store.Paid, a models.Attempt, taken map[string]time.Time, here string,
) OwnPaymentView {
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
				ExpectedBy: timeIfAny(f.ExpectedBy), DoneAt: timeIfAny(f.DoneAt), TakenAt: timeIfAny(taken[f.Number]),
			})
		}
	}
	return view
}
