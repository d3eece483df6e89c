package api

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/store"
	"github.com/friendpay/friendpay/web"
)

// shopScene is what the buyer's page is drawn from, live or as it was at a moment.
type shopScene struct {
	request models.Request
	order   store.Order
	now     time.Time
}

func (s *Server) shopView(ctx context.Context, r models.Request) (web.ShopRequest, error) {
	order, err := s.Store.Order(ctx, r.Order)
	if err != nil {
		return web.ShopRequest{}, err
	}
	shown := shopScene{r, order, s.Clock()}
	view := shown.view()
	if number, may := shown.wayBack(); may {
		way, err := s.Store.Presentation(ctx, number)
		if err == nil {
			err = showWayBack(&view, way, shown.now)
		}
		if err != nil {
			return view, err
		}
	}
	if !shown.unpaid() {
		return view, nil
	}
	invites, err := s.Store.Invites(ctx, r.ID)
	if err != nil || len(invites) == 0 {
		return view, err
	}
	return view, share(&view, invites[0], s.linkOf(s.sharing(ctx), invites[0], ""))
}

// unpaid says that the request may still be paid, or ended.
func (v shopScene) unpaid() bool {
	r := v.request
	return slices.Contains(openStates, r.State) && r.State != models.Applying && r.State != models.Closing
}

// view is the page, but for the link to share and the buyer's own way to pay.
func (v shopScene) view() web.ShopRequest {
	r := v.request
	view := web.ShopRequest{
		ID: r.ID, Number: v.order.Number, Title: v.order.Title, Amount: r.Payable, State: r.State,
		Live:     r.EndedAt.IsZero() || slices.ContainsFunc(r.Refunds, models.Refund.Outstanding),
		SlotLeft: leftAt(v.now, r.SlotUntil), MayEnd: v.unpaid(),
		MayPay: r.State == models.Open, Receipt: r.Winner != "" || len(r.Refunds) > 0,
		Saved: saved(r),
	}
	if v.unpaid() {
		view.Left = leftAt(v.now, r.ExpiresAt)
	}
	own, _ := r.Attempt(r.Slot)
	view.Own = own.ByBuyer && r.State == models.Paying
	return view
}

// page keeps itself up to date while something moves.
func (v shopScene) page(view web.ShopRequest) web.Page {
	page := web.Page{Template: web.RequestPage, View: view}
	if view.Live {
		page.Refresh = refresh
		page.Stream = fmt.Sprintf("/shop/requests/%s/stream?after=%s", v.request.ID,
			strconv.FormatInt(v.request.Seq, 10))
	}
	return page
}

// wayBack is the attempt by which a buyer who pays himself may go back to the provider.
func (v shopScene) wayBack() (number string, may bool) {
	own, _ := v.request.Attempt(v.request.Slot)
	return own.Number, own.ByBuyer && v.request.State == models.Paying && own.State == models.LiveAttempt
}

// showWayBack leads him there. What cannot be told as an address or a picture is had by
// pressing the button again: the attempt is one.
func showWayBack(view *web.ShopRequest, shown providers.Presentation, now time.Time) error {
	var way web.Result
	if err := showWay(&way, shown, now); err != nil {
		return err
	}
	view.PayAt, view.PayQR = way.PayAt, way.QR
	view.MayPay = way.PayAt == "" && way.QR == "" && !way.Over
	return nil
}

// share adds the link of the first invite, as long as it may be paid; nil: it is not live.
func share(view *web.ShopRequest, first store.Invite, link *LinkView) (err error) {
	view.Opened, view.Declined = int(first.OpenedCount), first.State == store.InviteDeclined
	view.Pledged = first.PledgedFor
	if link == nil {
		return nil
	}
	view.Link, view.Code = link.URL, link.Code
	_, view.Share, _ = strings.Cut(link.ShareText, "\n")
	if link.QR != "" {
		view.QR, err = web.DrawQR(link.URL)
	}
	return err
}
