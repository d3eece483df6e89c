package store

import (
	"context"

	"github.com/friendpay/friendpay/models"
)

// Checkout is where an attempt was asked for. The address is a personal datum: it is
// sealed, and forgotten a week later.
type Checkout struct {
	Address string // IP of the payer's browser
	Surface string // as in policy
	Version string // of the app that the surface is
	Invite  string // that the friend came by; empty: the buyer pays himself
}

// SaveCheckout keeps it, and with the invite that money was asked for by it; the first word
// about each stays.
func (s *Store) SaveCheckout(ctx context.Context, attempt string, checkout Checkout) error {
	const save = `WITH step AS (
			UPDATE invites SET asked_at = clock_timestamp() WHERE id = ? AND asked_at IS NULL)
		INSERT INTO checkouts (attempt, address_sealed, surface, version) VALUES (?, ?, ?, ?)
		ON CONFLICT (attempt) DO NOTHING`
	sealed := s.vault.Seal([]byte(checkout.Address), addressPlace(attempt))
	_, err := s.write(ctx, save, checkout.Invite, attempt, sealed, checkout.Surface, checkout.Version)
	return failed("save checkout", err)
}

// Paying is what a provider may have to be told of the payer of an attempt.
type Paying struct {
	Address string // IP of his browser; "" where it is not known
	Subject string // who he is at the provider; "" where he never logged in there
}

// Paying reads it for the app of a provider, in one round trip.
func (s *Store) Paying(ctx context.Context, attempt models.Attempt, app string) (Paying, error) {
	const query = `SELECT (SELECT address_sealed FROM checkouts WHERE attempt = ?) AS address,
		(SELECT subject_sealed FROM payer_identities WHERE payer_id = ? AND provider = ? AND app = ?) AS subject`
	var sealed struct{ Address, Subject []byte }
	err := s.read(ctx, &sealed, query, attempt.Number, attempt.Payer, attempt.Provider, app)
	if err != nil {
		return Paying{}, failed("read checkout", err)
	}
	var paying Paying
	if paying.Address, err = s.unsealed(sealed.Address, addressPlace(attempt.Number)); err != nil {
		return Paying{}, failed("unseal address", err)
	}
	paying.Subject, err = s.unsealed(sealed.Subject, subjectPlace(attempt.Payer))
	return paying, failed("unseal identity", err)
}

// unsealed opens what is there; nothing stays nothing.
func (s *Store) unsealed(sealed []byte, place string) (string, error) {
	if len(sealed) == 0 {
		return "", nil
	}
	plain, err := s.vault.Open(sealed, place)
	return string(plain), err
}

// PruneCheckouts forgets addresses after a week, logins, vouchers and hand-offs that never
// came back, and who said that an app blocks links, and says how many.
func (s *Store) PruneCheckouts(ctx context.Context) (total int64, err error) {
	const old = "DELETE FROM checkouts WHERE created_at < clock_timestamp() - interval '7 days'"
	if total, err = s.write(ctx, old); err != nil {
		return 0, failed("prune checkouts", err)
	}
	for _, table := range []string{"login_states", "vouchers", "handoffs", "surface_reports"} {
		rows, err := s.write(ctx, "DELETE FROM "+table+" WHERE expires_at <= clock_timestamp()")
		if err != nil {
			return total, failed("prune checkouts", err)
		}
		total += rows
	}
	return total, nil
}

func addressPlace(attempt string) string { return "checkouts.address:" + attempt }
