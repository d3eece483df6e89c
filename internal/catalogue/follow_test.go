package catalogue_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/catalogue"
	"github.com/friendpay/friendpay/internal/testkit"
	"github.com/friendpay/friendpay/internal/vault"
	"github.com/friendpay/friendpay/store"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// budget is within what time a change is everywhere.
const budget = 2 * time.Second

// process is one process's holder with a database connection of its own.
type process struct {
	*catalogue.Holder
	heard *atomic.Int64
}

// ear counts what is heard; deaf, it hears nothing at all.
type ear struct {
	catalogue.Listener
	heard atomic.Int64
	deaf  bool
}

func (e *ear) Listen(ctx context.Context, channel string, tell func()) error {
	if e.deaf {
		return errors.New("deaf")
	}
	return e.Listener.Listen(ctx, channel, func() {
		e.heard.Add(1)
		tell()
	})
}

func follow(t *testing.T, dsn string, deaf bool) process {
	t.Helper()
	return followEvery(t, dsn, deaf, 0)
}

// followEvery asks at another pace than each second.
func followEvery(t *testing.T, dsn string, deaf bool, poll time.Duration) process {
	t.Helper()
	rows := connect(t, dsn)
	holder, ear := catalogue.New(rows), &ear{Listener: rows, deaf: deaf}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	follower := &catalogue.Follower{
		Holder: holder, Listener: ear, Log: slog.New(slog.DiscardHandler), Poll: poll,
	}
	go func() { done <- follower.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		require.ErrorIs(t, <-done, context.Canceled)
	})
	return process{holder, &ear.heard}
}

func connect(t *testing.T, dsn string) *store.Store {
	t.Helper()
	key := func(b byte) []byte { return bytes.Repeat([]byte{b}, vault.KeySize) }
	sealed, err := vault.New(key(1), vault.Key{ID: "k1", Secret: key(2)})
	require.NoError(t, err)
	rows, err := store.Open(t.Context(), dsn, store.Options{Vault: sealed})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, rows.Close()) })
	return rows
}

// change writes a kind by hand and returns the version that came of it.
func change(t *testing.T, conn *pgx.Conn, kind string) (version int64) {
	t.Helper()
	_, err := conn.Exec(t.Context(), "INSERT INTO kinds (kind, friend_pay) VALUES ($1, true)", kind)
	require.NoError(t, err)
	require.NoError(t, conn.QueryRow(t.Context(), "SELECT max(version) FROM catalogue_history").Scan(&version))
	return version
}

func byHand(t *testing.T, dsn string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, conn.Close(context.Background())) })
	return conn
}

// reaches waits for a version without asking the database: only what Run does counts.
func (p process) reaches(t *testing.T, version int64) {
	t.Helper()
	began := time.Now()
	there := func() bool { return p.Current().Version >= version }
	require.Eventually(t, there, 10*time.Second, 5*time.Millisecond)
	require.Less(t, time.Since(began), budget)
}

func TestAChangeReachesEveryProcess(t *testing.T) {
	t.Parallel()
	dsn := testkit.Database(t, store.Migrate)
	one, other, conn := follow(t, dsn, false), follow(t, dsn, false), byHand(t, dsn)
	require.Eventually(t, func() bool { return one.heard.Load() > 0 && other.heard.Load() > 0 },
		10*time.Second, 5*time.Millisecond)
	for _, kind := range []string{"one", "two", "three"} {
		before, version := one.heard.Load(), change(t, conn, kind)
		one.reaches(t, version)
		other.reaches(t, version)
		require.Eventually(t, func() bool { return one.heard.Load() > before }, time.Second, time.Millisecond,
			"it was told, and not found by asking")
	}
}

// What is heard is read at once: this process would ask in an hour.
func TestWhatIsHeardIsRead(t *testing.T) {
	t.Parallel()
	dsn := testkit.Database(t, store.Migrate)
	p, conn := followEvery(t, dsn, false, time.Hour), byHand(t, dsn)
	require.Eventually(t, func() bool { return p.heard.Load() > 0 }, 10*time.Second, 5*time.Millisecond)
	p.reaches(t, change(t, conn, "first"))
	p.reaches(t, change(t, conn, "second"))
}

func TestAProcessThatHearsNothingAsks(t *testing.T) {
	t.Parallel()
	dsn := testkit.Database(t, store.Migrate)
	deaf, conn := follow(t, dsn, true), byHand(t, dsn)
	deaf.reaches(t, change(t, conn, "first"))
	deaf.reaches(t, change(t, conn, "second"))
	require.Zero(t, deaf.heard.Load())
}

func TestALostConnectionIsTakenUpAgain(t *testing.T) {
	t.Parallel()
	dsn := testkit.Database(t, store.Migrate)
	p, conn := follow(t, dsn, false), byHand(t, dsn)
	const listener = `SELECT pid FROM pg_stat_activity
		WHERE datname = current_database() AND query LIKE 'LISTEN%' AND pid <> $1`
	pid := func(not int32) (found int32) {
		require.Eventually(t, func() bool {
			return conn.QueryRow(t.Context(), listener, not).Scan(&found) == nil
		}, 10*time.Second, 10*time.Millisecond)
		return found
	}
	first := pid(0)
	_, err := conn.Exec(t.Context(), "SELECT pg_terminate_backend($1)", first)
	require.NoError(t, err)
	require.NotEqual(t, first, pid(first))
	before, version := p.heard.Load(), change(t, conn, "after")
	p.reaches(t, version)
	require.Eventually(t, func() bool { return p.heard.Load() > before }, time.Second, time.Millisecond)
}
