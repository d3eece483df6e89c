package api

import (
	"context"
	"time"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/store"
	"github.com/friendpay/friendpay/web"
)

// scene is what a page of the friend is drawn from: the rows, what the rules look at, and
// the moment. A live page makes it of its one look into the database, the time machine of
// what was kept of that moment, and both hand it to the same functions.
type scene struct {
	link  store.Link
	asked policy.Facts
	now   time.Time
}

func (s *Server) scene(ctx context.Context, link store.Link) scene {
	return scene{link: link, asked: s.factsOn(ctx, link), now: s.Clock()}
}

// leftAt is the time from a moment until another, 0 for none or one that has passed.
func leftAt(now, until time.Time) time.Duration {
	if until.IsZero() {
		return 0
	}
	return max(until.Sub(now), 0)
}

func (v scene) left(until time.Time) time.Duration { return leftAt(v.now, until) }

func (v scene) card() web.Card { return cardAt(v.link, v.now) }

// cardAt is what every page says of a request: an allow-list.
func cardAt(link store.Link, now time.Time) web.Card {
	shown := exposedOn(link)
	card := web.Card{
		Asker: shownAsker(link), Merchant: link.App.MerchantName, Amount: link.Request.Payable,
		Invite: link.Invite.ID, Shows: shown.shows, Title: shown.title, Category: shown.category,
		Message: shown.message,
	}
	if link.Request.EndedAt.IsZero() {
		card.Left = leftAt(now, link.Request.ExpiresAt)
	}
	for _, item := range shown.items {
		card.Items = append(card.Items, web.Item{Title: item.Title, Quantity: item.Quantity})
	}
	return card
}

// channels are the ways to pay that the rules leave.
func (v scene) channels() []web.Channel {
	var list []web.Channel
	priced := quoting(v.asked, v.link)
	for _, id := range policy.Decide(v.asked).Channels {
		if c, known := v.link.Channel(id); known {
			shown, quote := onPage(c), policy.QuoteOf(priced, id)
			shown.Pays, shown.Saved = quote.PayerPays, savings(quote.PayerPays.Currency, quote.Discounts())
			shown.Left = remaining(v.asked, id)
			list = append(list, shown)
		}
	}
	return list
}

// linkView is the page behind a link, or why there is nothing to pay.
func (v scene) linkView() (view web.Link, why reason, ok bool) {
	view = web.Link{
		Card: v.card(), Channels: v.channels(), MustSay: mustSay(v.link), ForContact: v.link.Invite.ForContact(),
	}
	why, ok = v.whyNot(len(view.Channels))
	return view, why, ok
}

// linkPage draws it; home is our own address.
func linkPage(view web.Link, home string) web.Page {
	return web.Page{Template: web.LinkPage, View: view, Touched: true, Home: home}
}

// priced is the page to pay on, as far as it is about the order and its price.
func (v scene) priced(view web.Pay) web.Pay {
	view.Card, view.PriceVersion, view.Channels = v.card(), v.link.Request.PriceVersion, v.channels()
	return view
}

// payView is all of the page to pay on, once its channels know whether they want a login.
func (v scene) payView(view web.Pay) web.Pay {
	view.MustSay, view.Chosen = mustSay(v.link), chosen(view)
	if v.link.Payer != nil {
		view.LoggedIn, view.Payer = true, v.link.Payer.MaskedPhone
	}
	view.Pledged = v.link.Invite.PledgedFor
	return view
}

// payPage draws it. A friend who changes the language keeps the way to pay that he picked.
func payPage(view web.Pay) web.Page {
	page := web.Page{Template: web.PayPage, View: view, Here: payAddress(view.Chosen.ID)}
	if view.Look {
		page.Here = resultPath
	}
	return page
}

// showWay shows how to go on paying at the provider.
func showWay(view *web.Result, shown providers.Presentation, now time.Time) (err error) {
	switch {
	case overAt(shown, now):
		view.Over = true
	case shown.Kind == providers.QR:
		view.QR, err = web.DrawQR(shown.URL)
	default:
		view.PayAt = toProvider(shown)
	}
	return err
}

// overAt says whether what was shown leads nowhere any more.
func overAt(shown providers.Presentation, now time.Time) bool {
	return !shown.GoodUntil.IsZero() && !now.Before(shown.GoodUntil)
}

// result is what became of an attempt, for who made it; while it waits, how to go on is
// for the caller to add.
func (v scene) result(a models.Attempt) web.Result {
	r := v.link.Request
	view := web.Result{
		Card: v.card(), Outcome: outcome(r, a), Attempt: a.Number, Captured: a.ByPayer(), Coupon: a.Coupon,
		PaidAt: a.PaidAt, Saved: savings(a.Quoted.Currency, a.Discounts),
		Channel: web.Channel{ID: a.Channel, NameZH: a.Brand},
	}
	if view.Outcome.Changing() && view.Captured.Minor == 0 {
		view.Amount = a.Quoted // what the cashier asks for
	}
	if view.Outcome.Payable() {
		view.Pays = a.Quoted
	}
	if c, known := v.link.Channel(a.Channel); known {
		view.Channel = onPage(c)
	}
	for _, f := range r.Refunds {
		if f.Attempt == a.Number && f.State != models.RefundReplaced {
			view.Refunds = append(view.Refunds, refundOnPage(r, f))
			view.Stranded = view.Stranded || f.Stranded()
		}
	}
	view.MayGiveUp = r.State == models.Paying && r.Slot == a.Number
	view.MayRetry = r.State == models.Open && !a.Pending()
	if view.Outcome == web.Waiting {
		view.SlotLeft = v.left(r.SlotUntil)
	}
	return view
}
