package store

import (
	"context"
	"errors"

	"github.com/friendpay/friendpay/internal/vault"
)

var errUnwritten = errors.New("store: not written yet")

// Options are the settings of a store.
type Options struct {
	Vault    *vault.Vault // seals phones, secrets, callbacks and stored answers
	MaxConns int          // of the pool; 10 when 0
}

// Store is the database. It is safe for concurrent use.
type Store struct{ vault *vault.Vault }

// Open connects to a database that Migrate has prepared.
func Open(ctx context.Context, dsn string, options Options) (*Store, error) { return nil, errUnwritten }

// Migrate brings the database to the newest schema; several may try at once.
func Migrate(ctx context.Context, dsn string) error { return errUnwritten }

// Close gives the connections back.
func (s *Store) Close() error { return errUnwritten }

// Ping says whether the database answers.
func (s *Store) Ping(ctx context.Context) error { return errUnwritten }

// WithTx runs what do does in one transaction: all of it or nothing.
func (s *Store) WithTx(ctx context.Context, do func(tx *Store) error) error { return errUnwritten }
