package store

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"time"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/internal/notify"
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

// SayThanks keeps what is said, once, and owes the payer a message that thanks wait for him. The same
// words again are what is kept; others are refused with conflict "thanked_already", and a payer who was
// forgotten since is not_found "unknown_payer".
func (s *Store) SayThanks(ctx context.Context, thanks Thanks) (Thanks, error) {
	const say = `INSERT INTO thanks (request_id, attempt, sealed) VALUES (?, ?, ?)
		ON CONFLICT (request_id) DO NOTHING`
	sealed := s.vault.Seal([]byte(thanks.Message), thanksPlace(thanks.Request))
	err := s.WithTx(ctx, func(tx *Store) error {
		if err := tx.remembered(ctx, thanks.Attempt); err != nil {
			return err
		}
		first, err := tx.write(ctx, say, thanks.Request, thanks.Attempt, sealed)
		if err != nil || first == 0 {
			return err
		}
		return tx.oweThanks(ctx, thanks)
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

// oweThanks writes the message. It says that there are thanks and not which: the words are on the payer's
// page alone. It is of no transition: its seq is 0, which no step takes back and which is no reminder's.
func (s *Store) oweThanks(ctx context.Context, thanks Thanks) error {
	r, err := s.Request(ctx, thanks.Request)
	if err != nil {
		return err
	}
	paid, _ := r.Attempt(thanks.Attempt)
	if paid.Payer == "" || paid.ByBuyer {
		return nil
	}
	owed := Message{
		ID: mint.ID(mint.Message), Request: r.ID, Version: r.Version, App: r.App, Payer: paid.Payer,
		Kind: SMS, Type: notify.Thanks.Type(),
	}
	owed.Payload, err = json.Marshal(Notice{Type: owed.Type, Timestamp: s.db.NowFunc().UTC(), Data: NoticeData{
		Request: r.ID, Order: r.Order, Seq: r.Seq, State: r.State, Payable: r.Payable, ExpiresAt: r.ExpiresAt,
		Attempt: paid.Number, Amount: paid.Captured, Coupon: paid.Coupon,
	}})
	if err != nil {
		return err
	}
	messages, err := s.deliverable(ctx, []Message{owed})
	if err != nil || len(messages) == 0 {
		return err
	}
	return s.db.WithContext(ctx).Create(&messages).Error
}

func thanksPlace(request string) string { return "thanks:" + request }

// remembered refuses who was forgotten as the payer of an attempt. His row is held, so that nobody is
// forgotten between the look and the words.
func (s *Store) remembered(ctx context.Context, attempt string) error {
	const payer = `SELECT p.forgotten_at IS NOT NULL FROM payers p JOIN attempts a ON a.payer_id = p.id
		WHERE a.number = ? FOR SHARE OF p`
	var forgotten bool
	if err := s.read(ctx, &forgotten, payer, attempt); err != nil {
		return err
	}
	if forgotten {
		return unknown("unknown_payer")
	}
	return nil
}
