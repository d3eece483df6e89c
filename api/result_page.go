package api

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/store"
	"github.com/friendpay/friendpay/web"
)

// resultPath is the page that a payer comes back to.
const resultPath = "/pay/result"

// sentBack takes payers from providers that send them back by a form, as UnionPay does, and leads them on to
// a page. It reads nothing of the form: what it says would prove nothing.
func sentBack(to, then string) route {
	r := page(post, to, func(_ *Server, c echo.Context) error { return c.Redirect(http.StatusSeeOther, then) })
	r.foreign = true
	return r
}

// ownPath is where a buyer who paid himself comes back to. What became of it is on the merchant's page of his
// order: he has no link, and what his browser has of another is not for here.
const ownPath = "/pay/own"

// showOwn sends him on to the shop. It asks for no session and tells nothing of any payment.
func (s *Server) showOwn(c echo.Context) error {
	return s.notice(c, http.StatusOK, web.Notice{Name: "own"})
}

// showResult is where the friend comes back to. What the provider's redirect
// says proves nothing: the page shows what the engine knows, until that is final.
func (s *Server) showResult(c echo.Context) error {
	ctx := c.Request().Context()
	p := caller(ctx)
	link, err := s.sessionLink(ctx, p.Payer)
	if err != nil {
		return err
	}
	if p.Payer == "" {
		return s.payPage(c, web.Pay{Look: true}, nil)
	}
	attempt, found := newestOf(link)
	if !found {
		return c.Redirect(http.StatusSeeOther, "/pay")
	}
	if c.QueryParam("back") != "" {
		return s.cameBack(c, attempt)
	}
	view := s.scene(ctx, link).result(attempt)
	if view.Outcome == web.Waiting {
		if err := s.wayToPay(ctx, &view, attempt.Number); err != nil {
			return err
		}
		if view.QR == "" && s.justBack(c, attempt.Number) {
			view.Outcome, view.SlotLeft = web.Asking, 0 // he is not asked to pay again at once
		}
	}
	since, err := s.since(ctx, link.Request)
	if err != nil {
		return err
	}
	showSince(&view, link.Request, attempt, since)
	return s.draw(c, http.StatusOK, resultPage(view, link.Request))
}

// resultPage keeps itself up to date as long as something about the attempt may change.
func resultPage(view web.Result, r models.Request) web.Page {
	page := web.Page{Template: web.ResultPage, View: view}
	underWay := func(f models.Refund) bool { return f.Attempt == view.Attempt && f.Outstanding() }
	if view.Outcome.Changing() || slices.ContainsFunc(r.Refunds, underWay) {
		page.Refresh = refresh
		page.Stream = "/v1/link/stream?after=" + strconv.FormatInt(r.Seq, 10)
	}
	if _, paid := paidByFriend(r); paid && view.Thanks == "" && view.Outcome == web.Paid {
		page.Stream = "/v1/link/stream?thanks=wait&after=" + strconv.FormatInt(r.Seq, 10)
	}
	return page
}

// newestOf is the visitor's own newest attempt.
func newestOf(link store.Link) (newest models.Attempt, found bool) {
	for _, a := range link.Request.Attempts {
		if link.Payer != nil && a.Payer == link.Payer.ID && !a.ByBuyer {
			newest, found = a, true
		}
	}
	return newest, found
}

// refundOnPage is what the friend reads of his refund: his own part, and the dates.
func refundOnPage(r models.Request, f models.Refund) web.Refund {
	view := web.Refund{
		Number: f.Number, Amount: r.ToPayer(f), Coupon: r.ToCoupon(f), Why: f.Why(), Asked: f.CreatedAt,
		Done: f.State == models.RefundSucceeded, Stuck: f.State == models.RefundFailed,
		DoneAt: f.DoneAt, Stranded: f.Stranded(), Wish: f.Wish,
	}
	if f.Outstanding() {
		view.ExpectedBy = f.ExpectedBy
	}
	return view
}

// wayToPay shows how to go on paying at the provider.
func (s *Server) wayToPay(ctx context.Context, view *web.Result, number string) error {
	shown, err := s.Store.Presentation(ctx, number)
	if err != nil {
		return err
	}
	return showWay(view, shown, s.Clock())
}

// over says whether what was shown leads nowhere any more.
func (s *Server) over(shown providers.Presentation) bool { return overAt(shown, s.Clock()) }

// outcome puts an attempt into words for its payer.
func outcome(r models.Request, a models.Attempt) web.Outcome {
	switch {
	case a.Pending() && a.Reason == models.GivenUp:
		return web.GivingUp
	case a.State == models.ClosingAttempt && r.Next != nil && r.Next.Payer == a.Payer:
		return web.Switching
	}
	switch a.State {
	case models.NewAttempt:
		return web.Opening
	case models.LiveAttempt:
		return web.Waiting
	case models.ClosedAttempt, models.FailedAttempt:
		return web.NotPaid
	case models.SucceededAttempt:
		return captured(r, a)
	default:
		return web.Confirming
	}
}

func captured(r models.Request, a models.Attempt) web.Outcome {
	switch {
	case a.Disposition == models.Deciding:
		return web.Confirming
	case a.Disposition == models.RiskHold && len(r.Refunds) == 0:
		return web.HeldBack
	case a.Disposition == models.Applied && !r.Returned(a.Number).Less(a.Captured):
		return returning(r, a)
	case a.Disposition == models.Applied:
		return web.Paid
	default:
		return returning(r, a)
	}
}

func returning(r models.Request, a models.Attempt) web.Outcome {
	as := web.Returned
	for _, f := range r.Refunds {
		switch {
		case f.Attempt != a.Number:
		case f.State == models.RefundFailed:
			return web.ReturnStuck
		case f.Outstanding():
			as = web.Returning
		}
	}
	return as
}
