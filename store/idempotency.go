package store

import (
	"context"
	"crypto/subtle"
	"time"

	"github.com/friendpay/friendpay/models"
)

const (
	keyLease = "30 seconds"
	keyLife  = "24 hours"
)

// Key is one use of an Idempotency-Key by one principal.
type Key struct {
	Principal   string // audience and subject: keys of two principals never meet
	Value       string
	Fingerprint []byte // of method, path and body
	Resource    string // the id minted for what is to be created
}

// KeyState is what is stored under a key. While it is not Done, the caller
// holds the lease and creates Resource: the one minted first, not his own.
type KeyState struct {
	Resource    string
	Done        bool
	Status      int
	ContentType string
	Body        []byte
}

// Answer is the response to store under a key, byte for byte.
type Answer struct {
	Status      int
	ContentType string
	Body        []byte
}

type keyRecord struct {
	Fingerprint []byte
	Resource    string
	LeasedUntil time.Time
	Free        bool // the lease is over
	Status      int
	ContentType string
	BodySealed  []byte
}

// BeginKey takes the lease of a key for 30 seconds, or gives the stored answer.
// Conflict "key_in_flight" while another holds the lease (Until says how long),
// invalid "key_reused" for another fingerprint. Call it outside WithTx.
func (s *Store) BeginKey(ctx context.Context, key Key) (KeyState, error) {
	const first = `INSERT INTO idempotency_keys (principal, value, fingerprint, resource, leased_until)
		VALUES (?, ?, ?, ?, clock_timestamp() + ?::interval) ON CONFLICT DO NOTHING`
	rows, err := s.write(ctx, first, key.Principal, key.Value, key.Fingerprint, key.Resource, keyLease)
	if err != nil {
		return KeyState{}, failed("begin key", err)
	}
	if rows == 1 {
		return KeyState{Resource: key.Resource}, nil
	}
	var state KeyState
	err = s.WithTx(ctx, func(tx *Store) error {
		state, err = tx.takeKey(ctx, key)
		return err
	})
	return state, failed("begin key", err)
}

func (s *Store) takeKey(ctx context.Context, key Key) (KeyState, error) {
	record, err := s.lockKey(ctx, key.Principal, key.Value)
	if err != nil {
		return KeyState{}, err
	}
	if subtle.ConstantTimeCompare(record.Fingerprint, key.Fingerprint) == 0 {
		refused := models.Refuse(models.Invalid, "key_reused", "This key was used for another request.")
		refused.Field, refused.Fix = "Idempotency-Key", "Use a new key for a new request."
		return KeyState{}, refused
	}
	if record.Status != 0 {
		return s.keyState(key.Principal, key.Value, record)
	}
	if !record.Free {
		refused := models.Refuse(models.Conflict, "key_in_flight", "The first request with this key still runs.")
		refused.Until = record.LeasedUntil
		return KeyState{}, refused
	}
	const lease = `UPDATE idempotency_keys SET leased_until = clock_timestamp() + ?::interval
		WHERE principal = ? AND value = ?`
	_, err = s.write(ctx, lease, keyLease, key.Principal, key.Value)
	return KeyState{Resource: record.Resource}, err
}

// FinishKey stores the answer and returns what is stored: the first answer
// stays, so the caller must send the returned one. Inside WithTx it is stored
// with the effect or not at all.
func (s *Store) FinishKey(ctx context.Context, principal, value string, answer Answer) (KeyState, error) {
	const store = `UPDATE idempotency_keys SET status = ?, content_type = ?, body_sealed = ?
		WHERE principal = ? AND value = ? AND status = 0`
	sealed := s.vault.Seal(answer.Body, keyPlace(principal, value))
	rows, err := s.write(ctx, store, answer.Status, answer.ContentType, sealed, principal, value)
	if err != nil {
		return KeyState{}, failed("finish key", err)
	}
	record, err := s.lockKey(ctx, principal, value)
	if err != nil {
		return KeyState{}, failed("finish key", err)
	}
	state := KeyState{Resource: record.Resource, Done: true, Status: answer.Status,
		ContentType: answer.ContentType, Body: answer.Body}
	if rows == 0 {
		state, err = s.keyState(principal, value, record)
	}
	return state, failed("finish key", err)
}

// ReleaseKey ends the lease without an answer, after a failure that the client
// may retry at once.
func (s *Store) ReleaseKey(ctx context.Context, principal, value string) error {
	const release = `UPDATE idempotency_keys SET leased_until = clock_timestamp()
		WHERE principal = ? AND value = ? AND status = 0`
	_, err := s.write(ctx, release, principal, value)
	return failed("release key", err)
}

// PruneKeys forgets keys older than 24 hours and says how many.
func (s *Store) PruneKeys(ctx context.Context) (int64, error) {
	const prune = "DELETE FROM idempotency_keys WHERE created_at < clock_timestamp() - ?::interval"
	rows, err := s.write(ctx, prune, keyLife)
	return rows, failed("prune keys", err)
}

func (s *Store) lockKey(ctx context.Context, principal, value string) (keyRecord, error) {
	const query = `SELECT *, leased_until <= clock_timestamp() AS free FROM idempotency_keys
		WHERE principal = ? AND value = ? FOR UPDATE`
	var records []keyRecord
	if err := s.read(ctx, &records, query, principal, value); err != nil {
		return keyRecord{}, err
	}
	if len(records) == 0 {
		return keyRecord{}, unknown("unknown_key")
	}
	return records[0], nil
}

func (s *Store) keyState(principal, value string, record keyRecord) (KeyState, error) {
	body, err := s.vault.Open(record.BodySealed, keyPlace(principal, value))
	return KeyState{
		Resource: record.Resource, Done: true, Status: record.Status, ContentType: record.ContentType, Body: body,
	}, err
}

func keyPlace(principal, value string) string {
	return "idempotency_keys:" + principal + "\x00" + value
}
