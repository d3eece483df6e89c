package store

import (
	"context"
	"time"

	"github.com/friendpay/friendpay/models"
)

// Card is what the buyer lets his friends see of a request, and his words for them. It is no
// part of the law: steps neither carry nor write it.
type Card struct {
	Shows   models.Shows
	Message string // at most 60 characters; empty: none
}

// openCard is that of a request of which nothing was said.
var openCard = Card{Shows: models.ShowsFull}

// BeginCard keeps what a request is placed with; again, or after a change, it changes nothing.
func (s *Store) BeginCard(ctx context.Context, request string, card Card) error {
	const begin = `INSERT INTO request_cards (request_id, shows, message) SELECT @request, @shows, @message
		WHERE NOT EXISTS (SELECT FROM request_cards WHERE request_id = @request)`
	_, err := s.write(ctx, begin, card.about(request))
	return failed("begin card", err)
}

// ChangeCard says it anew from now on; what holds already leaves no line.
func (s *Store) ChangeCard(ctx context.Context, request string, card Card) error {
	const change = `INSERT INTO request_cards (request_id, shows, message) SELECT @request, @shows, @message
		WHERE NOT EXISTS (SELECT FROM (SELECT shows, message FROM request_cards WHERE request_id = @request
			ORDER BY id DESC LIMIT 1) now WHERE shows = @shows AND message = @message)`
	_, err := s.write(ctx, change, card.about(request))
	return failed("change card", err)
}

func (c Card) about(request string) map[string]any {
	return map[string]any{"request": request, "shows": string(c.Shows), "message": c.Message}
}

// Card reads what holds now; a request of which nothing was said shows all.
func (s *Store) Card(ctx context.Context, request string) (Card, error) {
	return s.card(ctx, request, "infinity")
}

// CardAt reads what held at a moment, by the database's clock.
func (s *Store) CardAt(ctx context.Context, request string, at time.Time) (Card, error) {
	return s.card(ctx, request, at.UTC())
}

func (s *Store) card(ctx context.Context, request string, until any) (Card, error) {
	const query = `SELECT shows, message FROM request_cards
		WHERE request_id = ? AND at <= CAST(? AS timestamptz) ORDER BY id DESC LIMIT 1`
	var found []Card
	if err := s.read(ctx, &found, query, request, until); err != nil || len(found) == 0 {
		return openCard, failed("read card", err)
	}
	return found[0], nil
}
