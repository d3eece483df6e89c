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

// CardChange is what is said anew of a card; what is empty stays as it is.
type CardChange struct {
	Shows   models.Shows
	Message *string // nil: it stays
}

// OpenCard is that of a request of which nothing was said.
var OpenCard = Card{Shows: models.ShowsFull}

// BeginCard keeps what a request is placed with; again, or after a change, it changes nothing.
func (s *Store) BeginCard(ctx context.Context, request string, card Card) error {
	const begin = `INSERT INTO request_cards (request_id, shows, message) SELECT @request, @shows, @message
		WHERE NOT EXISTS (SELECT FROM request_cards WHERE request_id = @request)`
	_, err := s.write(ctx, begin, card.about(request))
	return failed("begin card", err)
}

// ChangeCard says it anew from now on and returns what holds then; what holds already leaves no line.
// Changes of one request wait for each other, so that two that speak of different things both hold.
func (s *Store) ChangeCard(ctx context.Context, request string, said CardChange) (Card, error) {
	const lock = "SELECT pg_advisory_xact_lock(hashtextextended(?, 0))"
	const change = `INSERT INTO request_cards (request_id, shows, message)
		SELECT @request, shows, message FROM (
			SELECT coalesce(nullif(@shows, ''), now.shows, @open) AS shows,
				coalesce(CAST(@message AS text), now.message, '') AS message,
				coalesce(now.shows, @open) AS shown, coalesce(now.message, '') AS told
			FROM (SELECT 1) one LEFT JOIN (SELECT shows, message FROM request_cards
				WHERE request_id = @request ORDER BY id DESC LIMIT 1) now ON true) anew
		WHERE (shows, message) <> (shown, told)`
	var card Card
	err := s.WithTx(ctx, func(tx *Store) error {
		if _, err := tx.write(ctx, lock, "card:"+request); err != nil {
			return err
		}
		_, err := tx.write(ctx, change, map[string]any{
			"request": request, "shows": string(said.Shows), "message": said.Message, "open": string(OpenCard.Shows),
		})
		if err == nil {
			card, err = tx.Card(ctx, request)
		}
		return err
	})
	return card, failed("change card", err)
}

func (c Card) about(request string) map[string]any {
	return map[string]any{"request": request, "shows": string(c.Shows), "message": c.Message}
}

// Card reads what holds now; a request of which nothing was said shows all.
func (s *Store) Card(ctx context.Context, request string) (Card, error) {
	return s.card(ctx, request, "infinity")
}

// CardAt reads what held at a moment, by the database's clock. Before the first line, that one held: a
// request never shows more than it was placed with, and the moment may be of a clock that is behind.
func (s *Store) CardAt(ctx context.Context, request string, at time.Time) (Card, error) {
	return s.card(ctx, request, at.UTC())
}

// CardOfOrder reads what holds of the newest request of an order; an order without one shows all.
func (s *Store) CardOfOrder(ctx context.Context, order string) (Card, error) {
	var newest []string
	const query = "SELECT id FROM requests WHERE order_id = ? ORDER BY id DESC LIMIT 1"
	if err := s.read(ctx, &newest, query, order); err != nil || len(newest) == 0 {
		return OpenCard, failed("read card", err)
	}
	return s.Card(ctx, newest[0])
}

func (s *Store) card(ctx context.Context, request string, until any) (Card, error) {
	const query = `SELECT shows, message FROM request_cards, CAST(@until AS timestamptz) AS moment
		WHERE request_id = @request
		ORDER BY at <= moment DESC, CASE WHEN at <= moment THEN id ELSE -id END DESC LIMIT 1`
	var found []Card
	about := map[string]any{"request": request, "until": until}
	if err := s.read(ctx, &found, query, about); err != nil || len(found) == 0 {
		return OpenCard, failed("read card", err)
	}
	return found[0], nil
}
