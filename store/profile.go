package store

import (
	"context"

	"github.com/friendpay/friendpay/models"
)

// A payer is one profile over several identities: a phone, and one for each provider and
// app. Who is logged in and shows one more that nobody has yet gets it into his profile.
// One that somebody has leads to that profile: two profiles are never made one.

// LinkPhone is the profile of a phone, which somebody has proved to be his. It goes into
// the profile of payer, who is logged in, if nobody has it and he has none; else it leads
// to its own. An empty payer is nobody.
func (s *Store) LinkPhone(ctx context.Context, payer, phone string) (Payer, error) {
	const link = `UPDATE payers SET phone_index = @index, phone_sealed = @sealed, masked_phone = @masked
		WHERE id = @payer AND phone_index IS NULL AND forgotten_at IS NULL
		AND NOT EXISTS (SELECT FROM payers WHERE phone_index = @index)`
	rows, err := s.write(ctx, link, map[string]any{
		"index": s.phoneIndex(phone), "sealed": s.vault.Seal([]byte(phone), phonePlace(payer)),
		"masked": masked(phone), "payer": payer,
	})
	switch {
	case models.CodeOf(failed("", err)) == models.Conflict: // somebody was faster with this phone
	case err != nil:
		return Payer{}, failed("link phone", err)
	case rows == 1:
		return s.Payer(ctx, payer)
	}
	return s.PayerByPhone(ctx, phone)
}

// LinkIdentity is the same for an identity: a profile has one for each provider and app.
func (s *Store) LinkIdentity(ctx context.Context, payer string, identity Identity) (Payer, error) {
	// The row's lock lets nobody be forgotten in between.
	const link = `INSERT INTO payer_identities (provider, app, subject_index, subject_sealed, payer_id)
		SELECT @provider, @app, @index, @sealed, id FROM payers
		WHERE id = @payer AND forgotten_at IS NULL FOR UPDATE
		ON CONFLICT DO NOTHING`
	if payer == "" {
		return s.PayerByIdentity(ctx, identity)
	}
	rows, err := s.write(ctx, link, map[string]any{
		"provider": identity.Provider, "app": identity.App, "index": s.subjectIndex(identity),
		"sealed": s.vault.Seal([]byte(identity.Subject), subjectPlace(payer)), "payer": payer,
	})
	if err != nil {
		return Payer{}, failed("link identity", err)
	}
	if rows == 1 {
		return s.Payer(ctx, payer)
	}
	return s.PayerByIdentity(ctx, identity)
}
