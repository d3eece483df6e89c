package store

import (
	"context"
	"time"

	"github.com/friendpay/friendpay/models"
)

// Payer is the friend who pays. The phone itself stays in the store.
type Payer struct {
	ID          string // pay_…
	MaskedPhone string // "138****5678"
	Blocked     bool
}

// PayerFacts is what the login check needs to know of a payer. CapturedToday is
// what was taken from him since midnight in Shanghai and not given back; a
// limit of zero is none.
type PayerFacts struct {
	Blocked         bool
	CapturedToday   models.Money
	DailyLimit      models.Money
	PerPaymentLimit models.Money
}

// PayerByPhone finds the payer of a phone (E.164 or national digits), who
// exists from the first use on.
func (s *Store) PayerByPhone(ctx context.Context, phone string) (Payer, error) {
	return Payer{}, errUnwritten
}

// Payer reads one payer; unknown is not_found "unknown_payer".
func (s *Store) Payer(ctx context.Context, id string) (Payer, error) { return Payer{}, errUnwritten }

// PayerPhone unseals a payer's phone, for sending a message to it and nothing else.
func (s *Store) PayerPhone(ctx context.Context, id string) (string, error) { return "", errUnwritten }

// BlockPayer blocks or unblocks a payer, with the reason.
func (s *Store) BlockPayer(ctx context.Context, id string, blocked bool, reason string) error {
	return errUnwritten
}

// PayerFacts reads what CheckLogin asks about a payer within an app.
func (s *Store) PayerFacts(ctx context.Context, payer, app string, now time.Time) (PayerFacts, error) {
	return PayerFacts{}, errUnwritten
}
