package api

import (
	"context"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/store"
	"github.com/friendpay/friendpay/web"
)

// QuoteView is what an order costs through one channel: send payer_pays and price_version
// back to pay it.
type QuoteView struct {
	OrderAmount  models.Money   `json:"order_amount"`
	Discounts    []DiscountView `json:"discounts" nullable:"false" doc:"In the order in which they come off."`
	PayerPays    models.Money   `json:"payer_pays" doc:"What the quote of an attempt names."`
	PriceVersion int64          `json:"price_version"`
}

// DiscountView is what one offer takes off.
type DiscountView struct {
	Promotion string       `json:"promotion"`
	Sponsor   string       `json:"sponsor" enum:"merchant,channel,platform" doc:"Who pays for it."`
	NameZH    string       `json:"name_zh,omitempty"`
	NameEN    string       `json:"name_en,omitempty"`
	Amount    models.Money `json:"amount"`
}

// quoteView asks what the order of these facts costs through a channel.
func quoteView(asked policy.Facts, channel string, version int64) *QuoteView {
	quote := policy.QuoteOf(asked, channel)
	view := QuoteView{
		OrderAmount: quote.OrderAmount, Discounts: []DiscountView{}, PayerPays: quote.PayerPays,
		PriceVersion: version,
	}
	for _, part := range quote.Parts {
		view.Discounts = append(view.Discounts, DiscountView{
			Promotion: part.Promotion.ID, Sponsor: part.Sponsor, Amount: part.Off,
			NameZH: part.Promotion.NameZH, NameEN: part.Promotion.NameEN,
		})
	}
	return &view
}

// discountViews are the discounts that an attempt is pinned to.
func discountViews(a models.Attempt) []DiscountView {
	var list []DiscountView
	for _, d := range a.Discounts {
		amount := models.Money{Minor: d.Minor, Currency: a.Quoted.Currency}
		list = append(list, DiscountView{Promotion: d.Promotion, Sponsor: d.Sponsor, Amount: amount})
	}
	return list
}

// quoting are the facts of a link to quote from: at the price that the engine knows, since
// that is the one it holds a quote against.
func quoting(asked policy.Facts, link store.Link) policy.Facts {
	asked.Order.Payable = link.Request.Payable
	return asked
}

// pinned is the wish with what offers take off. A wish at another price than the one that
// they leave is refused, unless the law has a better word for it; one that is repeated is
// about the quote that it was taken with.
func (s *Server) pinned(ctx context.Context, link store.Link, wish models.Event) (models.Event, error) {
	quote := policy.QuoteOf(quoting(s.factsOn(ctx, link), link), wish.Pay.Channel)
	if wish.Pay.Quoted == quote.PayerPays {
		wish.Pay.Discounts = quote.Discounts()
		return wish, nil
	}
	if err := link.Request.Accepts(wish); err != nil || repeated(link.Request, *wish.Pay) {
		return wish, err
	}
	return wish, errRepriced
}

var errRepriced = &models.Error{
	Code: models.Conflict, Reason: "price_changed",
	Message: "The price has changed.", Fix: "Load the page again.",
}

// repeated says that the payer is at it already, through this channel.
func repeated(r models.Request, pay models.Pay) bool {
	_, made := r.Attempt(pay.Number)
	own, held := r.Attempt(r.Slot)
	return made || held && own.Actor() == pay.Actor() && own.Channel == pay.Channel
}

// savings are the discounts as a page shows them.
func savings(currency string, discounts []models.Discount) []web.Saving {
	var list []web.Saving
	for _, d := range discounts {
		amount := models.Money{Minor: d.Minor, Currency: currency}
		list = append(list, web.Saving{Sponsor: d.Sponsor, Amount: amount})
	}
	return list
}
