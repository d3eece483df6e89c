package store

import "context"

// Reach is by which ways a payer may be written to, and in which language. It is unsealed for one message
// and for nothing else.
type Reach struct {
	Language string
	Phone    string // empty: he logged in elsewhere
	Accounts []KnownAt
}

// KnownAt is who somebody is at a provider, and an account of the app there. A subject is worth something
// only where Identity.App is the account's.
type KnownAt struct {
	Identity
	Account string
}

// Reach says how the friend of an app may be written to; unknown or forgotten is not_found "unknown_payer".
func (s *Store) Reach(ctx context.Context, payer, app string) (reach Reach, err error) {
	var rows []struct {
		Locale      string
		PhoneSealed []byte
	}
	const person = "SELECT locale, phone_sealed FROM payers WHERE id = ? AND forgotten_at IS NULL"
	if err := s.read(ctx, &rows, person, payer); err != nil {
		return Reach{}, failed("read payer", err)
	}
	if len(rows) == 0 {
		return Reach{}, unknown("unknown_payer")
	}
	reach.Language = rows[0].Locale
	if reach.Phone, err = s.unsealed(rows[0].PhoneSealed, phonePlace(payer)); err != nil {
		return Reach{}, failed("unseal phone", err)
	}
	reach.Accounts, err = s.knownAt(ctx, payer, app)
	return reach, err
}

func (s *Store) knownAt(ctx context.Context, payer, app string) (known []KnownAt, err error) {
	const query = `SELECT y.provider, y.app, y.subject_sealed AS sealed, a.id AS account
		FROM payer_identities y JOIN provider_accounts a ON a.provider = y.provider
		WHERE y.payer_id = ? AND a.app_id = ? AND a.state <> 'disabled' ORDER BY a.id LIMIT 20`
	var rows []struct {
		Provider, App, Account string
		Sealed                 []byte
	}
	if err := s.read(ctx, &rows, query, payer, app); err != nil {
		return nil, failed("read identities", err)
	}
	for _, row := range rows {
		subject, err := s.unsealed(row.Sealed, subjectPlace(payer))
		if err != nil {
			return nil, failed("unseal identity", err)
		}
		known = append(known, KnownAt{Identity{row.Provider, row.App, subject}, row.Account})
	}
	return known, nil
}

// DropMessage takes a message away that has nothing to say any more, or nobody to say it to. What its
// merchant can read as an event stays.
func (s *Store) DropMessage(ctx context.Context, id string) error {
	_, err := s.write(ctx, "DELETE FROM messages WHERE id = ? AND status = 'pending' AND event_no IS NULL", id)
	return failed("drop message", err)
}
