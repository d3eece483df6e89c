package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/stdlib"
	"go.opentelemetry.io/otel/trace"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"github.com/friendpay/friendpay/internal/vault"
)

const (
	defaultConns = 10
	connLife     = time.Hour // so that a fail-over is noticed by idle connections too

	// A statement that takes longer than this is a bug or a fire; the caller
	// retries or says that we are not available.
	statementTimeout = "5s"
	lockTimeout      = "3s"
	idleInTxTimeout  = "10s"
)

// Options are the settings of a store.
type Options struct {
	Vault    *vault.Vault // seals phones, secrets, callbacks and stored answers
	MaxConns int          // of the pool; 10 when 0
	Tracer   trace.Tracer // of the statements that belong to a trace; nil: none
}

// Store is the database. It is safe for concurrent use.
type Store struct {
	db     *gorm.DB
	vault  *vault.Vault
	config *pgx.ConnConfig // for connections outside the pool; nil within a transaction
}

// Open connects to a database that Migrate has prepared. Statements are prepared
// once per connection.
func Open(ctx context.Context, dsn string, options Options) (*Store, error) {
	if options.Vault == nil {
		return nil, errors.New("open store: no vault")
	}
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, errors.New("open store: the address of the database is not one")
	}
	config.RuntimeParams["timezone"] = "UTC"
	config.RuntimeParams["statement_timeout"] = statementTimeout
	config.RuntimeParams["lock_timeout"] = lockTimeout
	config.RuntimeParams["idle_in_transaction_session_timeout"] = idleInTxTimeout
	pool := stdlib.OpenDB(*config, stdlib.OptionAfterConnect(readUTC))
	conns := options.MaxConns
	if conns <= 0 {
		conns = defaultConns
	}
	pool.SetMaxOpenConns(conns)
	pool.SetMaxIdleConns(conns)
	pool.SetConnMaxLifetime(connLife)
	db, err := gorm.Open(postgres.New(postgres.Config{Conn: pool}), &gorm.Config{
		TranslateError:         true,
		SkipDefaultTransaction: true, // WithTx says where one is needed
		Logger:                 logger.Discard,
		NowFunc:                func() time.Time { return time.Now().UTC() },
	})
	if err != nil {
		return nil, errors.Join(failed("open store", err), pool.Close())
	}
	if options.Tracer != nil {
		if err := traced(db, options.Tracer); err != nil {
			return nil, errors.Join(failed("trace statements", err), pool.Close())
		}
	}
	s := &Store{db: db, vault: options.Vault, config: config}
	if err := s.Ping(ctx); err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	return s, nil
}

// readUTC makes every time that is read one in UTC; the driver would use the
// zone of the machine.
func readUTC(_ context.Context, conn *pgx.Conn) error {
	conn.TypeMap().RegisterType(&pgtype.Type{
		Name: "timestamptz", OID: pgtype.TimestamptzOID, Codec: &pgtype.TimestamptzCodec{ScanLocation: time.UTC},
	})
	return nil
}

// Close gives the connections back.
func (s *Store) Close() error {
	pool, err := s.pool()
	if err != nil {
		return err
	}
	return pool.Close()
}

// Ping says whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	pool, err := s.pool()
	if err != nil {
		return err
	}
	return failed("reach the database", pool.PingContext(ctx))
}

// WithTx runs what do does in one transaction: all of it or nothing. An error of
// do comes back as it is. Within another WithTx it is a savepoint.
func (s *Store) WithTx(ctx context.Context, do func(tx *Store) error) error {
	var refused error
	err := s.db.WithContext(ctx).Transaction(func(db *gorm.DB) error {
		refused = do(&Store{db: db, vault: s.vault})
		return refused
	})
	if refused != nil {
		return refused
	}
	return failed("commit", err)
}

func (s *Store) pool() (*sql.DB, error) {
	pool, err := s.db.DB()
	if err != nil {
		return nil, fmt.Errorf("reach the pool: %w", err)
	}
	return pool, nil
}

// read scans what a query in SQL answers into into; no row is no error.
func (s *Store) read(ctx context.Context, into any, query string, args ...any) error {
	return s.db.WithContext(ctx).Raw(query, args...).Scan(into).Error
}

// write runs a statement in SQL and says how many rows it touched.
func (s *Store) write(ctx context.Context, statement string, args ...any) (int64, error) {
	done := s.db.WithContext(ctx).Exec(statement, args...)
	return done.RowsAffected, done.Error
}
