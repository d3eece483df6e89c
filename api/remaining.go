package api

import (
	"context"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/store"
)

// payersView is the friend's view of a link, with what offers take off and limits leave him today.
func (s *Server) payersView(ctx context.Context, link store.Link) PayerView {
	return viewAsked(link, s.factsOn(ctx, link))
}

// viewAsked is the same from what the rules look at.
func viewAsked(link store.Link, asked policy.Facts) PayerView {
	view, priced := viewPayer(link, policy.Decide(asked)), quoting(asked, link)
	for i, c := range view.Channels {
		view.Channels[i].Quote = quoteView(priced, c.ID, link.Request.PriceVersion)
		view.Channels[i].Remaining = remaining(asked, c.ID)
	}
	return view
}

// remaining is nil where no limit of the day applies.
func remaining(asked policy.Facts, channel string) *models.Money {
	left, limited := policy.Remaining(asked, channel)
	if !limited {
		return nil
	}
	return &left
}
