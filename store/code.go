package store

import (
	"context"
	"crypto/subtle"
	"encoding/hex"
	"time"

	"github.com/friendpay/friendpay/models"
)

const (
	codeLife    = 5 * time.Minute
	codePause   = time.Minute
	codesPerDay = 10
	codeTries   = 5
)

// LoginCode is a one-time code sent to a phone for one purpose. The store keeps
// a keyed hash of the three together, never the code or the phone.
type LoginCode struct {
	Phone, Purpose, Code string
}

// IssueCode makes the code the only valid one of its phone and purpose, for 5
// minutes. Limited "code_too_soon" within a minute of the last one to the phone,
// limited "code_daily_limit" beyond 10 in 24 hours; Until says when again.
func (s *Store) IssueCode(ctx context.Context, code LoginCode) error {
	const end = `UPDATE login_codes SET expires_at = clock_timestamp()
		WHERE phone_index = ? AND purpose = ? AND used_at IS NULL AND expires_at > clock_timestamp()`
	const issue = `INSERT INTO login_codes (purpose, phone_index, code_hash, expires_at)
		VALUES (?, ?, ?, clock_timestamp() + make_interval(secs => ?))`
	phone := s.phoneIndex(code.Phone)
	err := s.WithTx(ctx, func(tx *Store) error {
		if err := tx.mayIssue(ctx, phone); err != nil {
			return err
		}
		if _, err := tx.write(ctx, end, phone, code.Purpose); err != nil {
			return err
		}
		_, err := tx.write(ctx, issue, code.Purpose, phone, s.codeHash(code), codeLife.Seconds())
		return err
	})
	return failed("issue code", err)
}

// mayIssue counts under a lock of the phone, so that a hundred who ask at once
// are counted one after the other.
func (s *Store) mayIssue(ctx context.Context, phone []byte) error {
	const lock = "SELECT pg_advisory_xact_lock(hashtextextended(?, 0))"
	const count = `SELECT count(*) AS issued, coalesce(max(issued_at), now()) AS last,
			coalesce(min(issued_at), now()) AS first, clock_timestamp() AS now
		FROM (SELECT issued_at FROM login_codes
			WHERE phone_index = ? AND issued_at > clock_timestamp() - interval '24 hours'
			ORDER BY issued_at DESC LIMIT ?) newest`
	if _, err := s.write(ctx, lock, hex.EncodeToString(phone)); err != nil {
		return err
	}
	var seen struct {
		Issued           int
		Last, First, Now time.Time
	}
	if err := s.read(ctx, &seen, count, phone, codesPerDay); err != nil || seen.Issued == 0 {
		return err
	}
	if until := seen.Last.Add(codePause); until.After(seen.Now) {
		return limitedUntil("code_too_soon", "A code was sent a moment ago.", until)
	}
	if seen.Issued >= codesPerDay {
		return limitedUntil("code_daily_limit", "No more codes for this phone today.", seen.First.Add(24*time.Hour))
	}
	return nil
}

// TakeCode uses the code up. Invalid "code_wrong", gone "code_expired" when
// there is none to take, limited "code_tries" after 5 wrong ones. Call it
// outside WithTx: a wrong try must be counted although it is an error.
func (s *Store) TakeCode(ctx context.Context, code LoginCode) error {
	var refused *models.Error
	err := s.WithTx(ctx, func(tx *Store) (err error) {
		refused, err = tx.tryCode(ctx, code)
		return err
	})
	if err == nil && refused != nil {
		return refused
	}
	return failed("take code", err)
}

// tryCode returns the refusal beside the error, so that the try is committed.
func (s *Store) tryCode(ctx context.Context, code LoginCode) (*models.Error, error) {
	const query = `SELECT id, code_hash, tries FROM login_codes
		WHERE phone_index = ? AND purpose = ? AND used_at IS NULL AND expires_at > clock_timestamp()
		ORDER BY issued_at DESC LIMIT 1 FOR UPDATE`
	var found []struct {
		ID       int64
		CodeHash []byte
		Tries    int
	}
	if err := s.read(ctx, &found, query, s.phoneIndex(code.Phone), code.Purpose); err != nil {
		return nil, err
	}
	switch {
	case len(found) == 0:
		return models.Refuse(models.Gone, "code_expired", "This code is no longer valid."), nil
	case found[0].Tries >= codeTries:
		return models.Refuse(models.Limited, "code_tries", "Too many wrong codes."), nil
	case subtle.ConstantTimeCompare(found[0].CodeHash, s.codeHash(code)) == 0:
		_, err := s.write(ctx, "UPDATE login_codes SET tries = tries + 1 WHERE id = ?", found[0].ID)
		return models.Refuse(models.Invalid, "code_wrong", "This is not the code we sent."), err
	}
	_, err := s.write(ctx, "UPDATE login_codes SET used_at = clock_timestamp() WHERE id = ?", found[0].ID)
	return nil, err
}

func (s *Store) codeHash(code LoginCode) []byte {
	return s.vault.Index("login_code", code.Code, code.Phone, code.Purpose)
}

func limitedUntil(reason, message string, until time.Time) error {
	refused := models.Refuse(models.Limited, reason, message)
	refused.Until = until
	return refused
}
