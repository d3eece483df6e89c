package api

import (
	"context"
	"strings"
	"time"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/store"
)

// What the buyer lets a friend see of his order, and says to him. Address, phone, order number
// and full name are shown in no setting: nothing here could name them.

const (
	maxMessage  = 60
	maxCategory = 20

	// A request waits for three days at most unless staff give it more; more changes of mind than these
	// are a machine's.
	maxCardChanges   = 50
	cardChangeWindow = 72 * time.Hour
)

// CardIn says what a friend may see; what is left out stays as it is.
type CardIn struct {
	Shows   models.Shows `json:"shows,omitempty" enum:"full,category,surprise" doc:"What of the order."`
	Message *string      `json:"message,omitempty" maxLength:"60" doc:"The buyer's words; empty: none."`
}

// CardView is what a friend may see.
type CardView struct {
	Shows   models.Shows `json:"shows" enum:"full,category,surprise"`
	Message string       `json:"message,omitempty"`
}

type cardIn struct {
	RequestPath
	Body CardIn
}

type cardOut struct{ Body CardView }

// exposed is what the setting lets a friend see of an order, and the buyer's words. All that
// pages and answers say of it comes from here.
type exposed struct {
	shows           models.Shows
	title, category string
	items           []store.Item
	message         string
}

// exposedOn opens what the setting names and nothing else: a setting that is not known shows
// nothing. The words may say who asks, so they wait for the name check.
func exposedOn(link store.Link) exposed {
	shown := exposed{shows: link.Card.Shows}
	switch link.Card.Shows {
	case models.ShowsFull:
		shown.title, shown.items = link.Order.Title, link.Order.Items
	case models.ShowsCategory:
		shown.category = link.Order.Category
	default:
		shown.shows = models.ShowsSurprise
	}
	if !mustSay(link) {
		shown.message = link.Card.Message
	}
	return shown
}

// on is a card as the caller wants it.
func (in CardIn) on(card store.Card) store.Card {
	card.Shows = orDefault(in.Shows, card.Shows)
	if in.Message != nil {
		card.Message = strings.TrimSpace(*in.Message)
	}
	return card
}

// showable refuses a card that says nothing, or what strangers should not read.
func showable(card store.Card, order store.Order) error {
	if card.Shows == models.ShowsCategory && order.Category == "" {
		return &models.Error{
			Code: models.Invalid, Reason: "no_category", Field: "shows",
			Message: "The order has no category that could be shown.",
			Fix:     "Tell order.category with the order, or choose full or surprise.",
		}
	}
	return fitForStrangers("bad_words", "message", card.Message, maxMessage)
}

// fitForStrangers refuses words that lead elsewhere, or look other than they are.
func fitForStrangers(reason, field, words string, most int) error {
	fault := policy.FaultOf(words, most)
	if fault == policy.NoFault {
		return nil
	}
	fix := map[policy.Fault]string{
		policy.TooLong:   "Say it in fewer words.",
		policy.Invisible: "Leave out line breaks, control characters and marks that turn the text.",
		policy.Address:   "Leave out addresses of pages, mailboxes and houses; put a space behind a full stop.",
		policy.Digits:    "Leave out phone and account numbers: at most seven digits in a row.",
	}
	return &models.Error{
		Code: models.Invalid, Reason: reason, Field: field,
		Message: "Strangers read these words: " + string(fault) + ".", Fix: fix[fault],
	}
}

// changeCard sets the dial and the words anew, while the request can still be paid. Said again
// it changes nothing.
func (s *Server) changeCard(ctx context.Context, in *cardIn) (*cardOut, error) {
	request, err := s.owned(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	order, err := s.Store.Order(ctx, request.Order)
	if err != nil {
		return nil, err
	}
	card, err := s.saidAnew(ctx, request, order, in.Body)
	if err != nil {
		return nil, err
	}
	return &cardOut{Body: CardView{Shows: card.Shows, Message: card.Message}}, nil
}

func (s *Server) saidAnew(
	ctx context.Context, request models.Request, order store.Order, in CardIn,
) (store.Card, error) {
	now, err := s.Store.Card(ctx, request.ID)
	if err != nil {
		return now, err
	}
	card := in.on(now)
	if err := showable(card, order); err != nil || card == now {
		return card, err
	}
	if !request.State.Unpaid() {
		return now, &models.Error{
			Code: models.Conflict, Reason: "not_now", Message: "This request can no longer be paid.",
			Fix: "What friends see stays as it was; say it with the next request.",
		}
	}
	if err := s.within(ctx, "card:"+request.ID, maxCardChanges, cardChangeWindow); err != nil {
		return now, err
	}
	said := store.CardChange{Shows: in.Shows}
	if in.Message != nil {
		said.Message = &card.Message
	}
	return s.Store.ChangeCard(ctx, request.ID, said)
}

// saidAgain takes what a call says that asks again for an open request. Where that can no longer be paid,
// nobody reads it, and the call is answered as it was at first.
func (s *Server) saidAgain(ctx context.Context, request models.Request, order store.Order, in CardIn) error {
	if !request.State.Unpaid() {
		return nil
	}
	_, err := s.saidAnew(ctx, request, order, in)
	return err
}

// beginCard keeps what a new request is placed with: what is not said is as it was in the order's last.
func (s *Server) beginCard(ctx context.Context, request models.Request, in CardIn) error {
	last, err := s.Store.CardOfOrder(ctx, request.Order)
	if err != nil {
		return err
	}
	return s.Store.BeginCard(ctx, request.ID, in.on(last))
}
