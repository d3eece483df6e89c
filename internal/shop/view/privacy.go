package view

import (
	"time"

	"github.com/friendpay/friendpay/client"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/web"
)

// Privacy is the buyer's page about what his friends see.
func Privacy(k Known) web.Page { return web.Page{Template: web.PrivacyPage, View: *k.privacy()} }

// privacy puts the API's preview into the page's words.
func (k Known) privacy() *web.Privacy {
	if k.Preview == nil {
		return nil
	}
	seen := k.Preview.Friend
	view := &web.Privacy{
		ID: k.Request.ID, Set: models.Shows(k.Preview.Set.Shows), Chosen: models.Shows(seen.Shows),
		Message: said(k.Preview.Set.Message), Seen: Card(seen, k.Now), MayChange: k.Preview.MayChange,
		NameCheck: seen.NameCheck != nil && *seen.NameCheck, Problem: k.Problem,
	}
	for _, choice := range models.AllShows {
		if choice != models.ShowsCategory || k.Preview.Category != nil {
			view.Choices = append(view.Choices, choice)
		}
	}
	return view
}

// Card is the friend's card, framed: what GET /v1/link says of a request, as his page says it.
func Card(f client.PayerView, now time.Time) web.Card {
	card := web.Card{
		Asker: f.AskedBy, Merchant: f.Merchant, Shows: models.Shows(f.Shows), Title: f.Title,
		Category: said(f.Category), Message: said(f.Message), Amount: Money(f.Payable), Framed: true,
		Left: max(f.ExpiresAt.Sub(now), 0),
	}
	for _, item := range f.Items {
		card.Items = append(card.Items, web.Item{Title: item.Title, Quantity: item.Quantity})
	}
	return card
}

func said(words *string) string {
	if words == nil {
		return ""
	}
	return *words
}
