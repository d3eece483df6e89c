package store

import (
	"context"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
)

// Identity is who somebody is at a provider. A subject is worth something within
// one app of that provider only: the same person has another one in each.
type Identity struct {
	Provider string
	App      string // the provider's id of the merchant's app, as in providers.Seller
	Subject  string // his id there, as an openid; sealed in the database
}

// PayerByIdentity finds the payer behind an identity, who exists from the first
// use on. He has no phone with us until he logs in with one.
func (s *Store) PayerByIdentity(ctx context.Context, identity Identity) (Payer, error) {
	if found, err := s.payerOf(ctx, identity); err != nil || found.ID != "" {
		return found, err
	}
	const link = `INSERT INTO payer_identities (provider, app, subject_index, subject_sealed, payer_id)
		VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`
	var payer Payer
	err := s.WithTx(ctx, func(tx *Store) error {
		id := mint.ID(mint.Payer)
		if _, err := tx.write(ctx, "INSERT INTO payers (id, masked_phone) VALUES (?, '')", id); err != nil {
			return err
		}
		sealed := s.vault.Seal([]byte(identity.Subject), subjectPlace(id))
		rows, err := tx.write(ctx, link, identity.Provider, identity.App, s.subjectIndex(identity), sealed, id)
		if err != nil {
			return err
		}
		if rows == 0 { // another tab was faster: its payer it is, and ours never was
			return errFaster
		}
		payer = Payer{ID: id, New: true}
		return nil
	})
	if models.CodeOf(err) == models.Conflict {
		return s.payerOf(ctx, identity)
	}
	return payer, failed("create payer", err)
}

// errFaster takes a transaction back that somebody else has done already.
var errFaster = models.Refuse(models.Conflict, "identity_known", "Somebody logged in as this one meanwhile.")

func (s *Store) payerOf(ctx context.Context, identity Identity) (Payer, error) {
	const query = `SELECT p.id, p.masked_phone, p.blocked
		FROM payer_identities i JOIN payers p ON p.id = i.payer_id
		WHERE i.provider = ? AND i.app = ? AND i.subject_index = ?`
	var found []payerRecord
	err := s.read(ctx, &found, query, identity.Provider, identity.App, s.subjectIndex(identity))
	if err != nil || len(found) == 0 {
		return Payer{}, failed("find payer", err)
	}
	return found[0].payer(), nil
}

// PayerSubject is who the payer is at the provider; "" where he never logged in.
func (s *Store) PayerSubject(ctx context.Context, payer, provider, app string) (string, error) {
	const query = "SELECT subject_sealed FROM payer_identities WHERE payer_id = ? AND provider = ? AND app = ?"
	var row struct{ SubjectSealed []byte }
	if err := s.read(ctx, &row, query, payer, provider, app); err != nil {
		return "", failed("read identity", err)
	}
	subject, err := s.unsealed(row.SubjectSealed, subjectPlace(payer))
	return subject, failed("unseal identity", err)
}

func (s *Store) subjectIndex(identity Identity) []byte {
	return s.vault.Index("subject", identity.Provider, identity.App, identity.Subject)
}

func subjectPlace(payer string) string { return "payer_identities.subject:" + payer }
