package store

import (
	"context"
	"crypto/subtle"
	"time"

	"github.com/friendpay/friendpay/models"
)

// Thanks is what the asker of a request said to the friend who paid it.
type Thanks struct {
	Request string
	Attempt string // by which that friend paid
	Message string
	At      time.Time // zero: nothing was said
}

type thanksRecord struct {
	Attempt   string
	Sealed    []byte
	CreatedAt time.Time
}

// SayThanks keeps what is said, once. The same words again are what is kept; others are refused with
// conflict "thanked_already", and a payer who was forgotten since is not_found "unknown_payer".
func (s *Store) SayThanks(ctx context.Context, thanks Thanks) (Thanks, error) {
	const say = `INSERT INTO thanks (request_id, attempt, sealed) VALUES (?, ?, ?)
		ON CONFLICT (request_id) DO NOTHING`
	sealed := s.vault.Seal([]byte(thanks.Message), thanksPlace(thanks.Request))
	err := s.WithTx(ctx, func(tx *Store) error {
		// Held so that nobody is forgotten between the look and the words.
		const payer = `SELECT p.forgotten_at IS NOT NULL FROM payers p JOIN attempts a ON a.payer_id = p.id
			WHERE a.number = ? FOR SHARE OF p`
		var forgotten bool
		if err := tx.read(ctx, &forgotten, payer, thanks.Attempt); err != nil {
			return err
		}
		if forgotten {
			return unknown("unknown_payer")
		}
		_, err := tx.write(ctx, say, thanks.Request, thanks.Attempt, sealed)
		return err
	})
	if err != nil {
		return Thanks{}, failed("say thanks", err)
	}
	kept, err := s.Thanks(ctx, thanks.Request)
	if err == nil && subtle.ConstantTimeCompare([]byte(kept.Message), []byte(thanks.Message)) != 1 {
		err = models.Refuse(models.Conflict, "thanked_already", "The friend has been thanked.")
	}
	return kept, err
}

// Thanks reads what was said about a request; nothing is no error, and At is zero then.
func (s *Store) Thanks(ctx context.Context, request string) (Thanks, error) {
	var found []thanksRecord
	err := s.read(ctx, &found, "SELECT attempt, sealed, created_at FROM thanks WHERE request_id = ?", request)
	if err != nil || len(found) == 0 {
		return Thanks{}, failed("read thanks", err)
	}
	message, err := s.vault.Open(found[0].Sealed, thanksPlace(request))
	return Thanks{
		Request: request, Attempt: found[0].Attempt, Message: string(message), At: found[0].CreatedAt,
	}, failed("read thanks", err)
}

func thanksPlace(request string) string { return "thanks:" + request }
