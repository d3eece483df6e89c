// Package view draws a merchant's page for his buyer from what the public API says of a request, and from
// nothing else. The demo shop shows it; the time machine draws it as it was at a moment.
package view

import (
	"fmt"
	"slices"
	"time"

	"github.com/friendpay/friendpay/client"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/web"
)

// refresh is how often the page loads itself again where there is no JavaScript.
const refresh = 3 * time.Second

// Known is what a merchant's server knows when it draws the page.
type Known struct {
	Request client.RequestView
	Invites []client.InviteView  // the links that he made, oldest first
	Own     *client.Presentation // where a buyer who pays himself goes on; nil: not known any more
	Preview *client.CardPreview  // what friends see; nil: not asked
	Shown   string               // the invite whose link the buyer wants to send; empty: none in particular
	Version int64                // of the invites
	Problem *web.Problem         // why what he asked for was not done
	Typed   string               // the words that were not taken
	Now     time.Time
}

// Request is the buyer's page of a request. It keeps itself up to date while something moves.
func Request(k Known) (web.Page, error) {
	r := k.Request
	view := web.ShopRequest{
		ID: r.ID, Number: r.Order.Number, Title: r.Order.Title, Amount: Money(r.Payable),
		State: models.State(r.State), Live: r.EndedAt == nil || slices.ContainsFunc(r.Refunds, outstanding),
		SlotLeft: k.left(r.SlotUntil), MayEnd: k.Unpaid(), MayPay: r.State == client.RequestViewStateOpen,
		Own: k.paysHimself(), Receipt: hasReceipt(r), Saved: saved(r), Problem: k.Problem,
	}
	if k.Unpaid() {
		view.Left = k.left(&r.ExpiresAt)
		view.Privacy = k.privacy()
	}
	k.afterwards(&view)
	page := web.Page{Template: web.RequestPage, Shop: true, Buyer: true}
	if err := k.showWayBack(&view); err != nil {
		return page, err
	}
	if err := k.showFriends(&view); err != nil {
		return page, err
	}
	if page.View = view; view.Live {
		page.Refresh = refresh
		page.Stream = fmt.Sprintf("/shop/requests/%s/stream?after=%d-%d", r.ID, r.Seq, k.Version)
	}
	return page, nil
}

// Unpaid says that the request may still be paid, or ended.
func (k Known) Unpaid() bool { return models.State(k.Request.State).Unpaid() }

// left is the time until a moment, 0 for none or one that has passed.
func (k Known) left(until *time.Time) time.Duration {
	if until == nil {
		return 0
	}
	return max(until.Sub(k.Now), 0)
}

// holder is the attempt that the slot is held for: the newest that may still become a payment.
func (k Known) holder() (holder client.AttemptView) {
	for _, a := range k.Request.Attempts {
		if (models.Attempt{State: models.AttemptState(a.State)}).Pending() {
			holder = a
		}
	}
	return holder
}

// paysHimself says that it is the buyer who is paying.
func (k Known) paysHimself() bool {
	return models.State(k.Request.State) == models.Paying && k.holder().ByBuyer
}

// showWayBack leads a buyer who pays himself back to the provider. What cannot be told as an address or a
// picture is had by pressing the button again: the attempt is one.
func (k Known) showWayBack(view *web.ShopRequest) (err error) {
	if !k.paysHimself() || models.AttemptState(k.holder().State) != models.LiveAttempt {
		return nil
	}
	switch {
	case k.Own == nil:
		view.MayPay = true
	case Over(*k.Own, k.Now):
	case k.Own.Kind == "qr":
		view.PayQR, err = web.DrawQR(*k.Own.URL)
	default:
		view.PayAt = Redirect(*k.Own)
		view.MayPay = view.PayAt == ""
	}
	return err
}

// Over says that where to pay leads nowhere any more.
func Over(at client.Presentation, now time.Time) bool {
	return at.GoodUntil != nil && !now.Before(*at.GoodUntil)
}

// Redirect is the address that a browser is sent to in order to pay; empty where it takes more than that.
func Redirect(at client.Presentation) string {
	if at.Kind != "redirect" || at.URL == nil || at.Referer != nil && *at.Referer {
		return ""
	}
	return *at.URL
}

// Money is an amount as pages write it.
func Money(m client.Money) models.Money { return models.Money{Minor: m.Minor, Currency: m.Currency} }
