package devstack_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/devstack"
)

func startPostgres(t *testing.T, options devstack.PostgresOptions) *devstack.Postgres {
	t.Helper()
	server, err := devstack.StartPostgres(t.Context(), options)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Stop()) })
	return server
}

func connect(t *testing.T, dsn string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

func count(t *testing.T, dsn string) (rows int) {
	t.Helper()
	require.NoError(t, connect(t, dsn).QueryRow(t.Context(), "SELECT count(*) FROM money").Scan(&rows))
	return rows
}

func TestPostgresKeepsWhatItCommitted(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "postgres")
	server := startPostgres(t, devstack.PostgresOptions{Dir: dir})
	require.NoError(t, server.CreateDatabase(t.Context(), "pay"))
	require.NoError(t, server.CreateDatabase(t.Context(), "pay"), "creating twice is fine")
	dsn := server.DSN("pay")
	conn := connect(t, dsn)
	_, err := conn.Exec(t.Context(), "CREATE TABLE money AS SELECT 1 AS fen")
	require.NoError(t, err)

	t.Log("kill -9 under an open connection, start on the same port")
	require.NoError(t, server.Kill())
	require.Error(t, conn.Ping(t.Context()))
	require.NoError(t, server.Restart(t.Context()))
	require.Equal(t, dsn, server.DSN("pay"), "the address survives a restart")
	require.Equal(t, 1, count(t, dsn))

	t.Log("stop in order, start a new server on the folder")
	require.NoError(t, server.Stop())
	require.NoError(t, server.Stop(), "stopping twice is fine")
	next := startPostgres(t, devstack.PostgresOptions{Dir: dir})
	require.Equal(t, 1, count(t, next.DSN("pay")))
}

func TestPostgresForgetsALockOfAnotherProcess(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	server := startPostgres(t, devstack.PostgresOptions{Dir: dir})
	require.NoError(t, server.Stop())
	lock := filepath.Join(dir, "data", "postmaster.pid")
	require.NoError(t, os.WriteFile(lock, []byte("1\n"), 0o644)) // init lives always, and is no PostgreSQL
	startPostgres(t, devstack.PostgresOptions{Dir: dir})
}

func TestPostgresServesAFolderOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	startPostgres(t, devstack.PostgresOptions{Dir: dir})
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	_, err := devstack.StartPostgres(ctx, devstack.PostgresOptions{Dir: dir})
	require.ErrorContains(t, err, "stop it first")
}

func TestPostgresRunsBelowAClosedFolder(t *testing.T) {
	t.Parallel()
	closed := filepath.Join(t.TempDir(), "closed") // as the home of root is to the user postgres
	require.NoError(t, os.Mkdir(closed, 0o700))
	options := devstack.PostgresOptions{Dir: filepath.Join(closed, "deep", "postgres")}
	require.NoError(t, startPostgres(t, options).Stop())
	again := startPostgres(t, options)
	require.NoError(t, connect(t, again.DSN("postgres")).Ping(t.Context()))
}

func TestPostgresTemporaryFolderVanishes(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	server := startPostgres(t, devstack.PostgresOptions{Volatile: true})
	require.NoError(t, connect(t, server.DSN("postgres")).Ping(t.Context()))
	require.NoError(t, server.Stop())
	left, err := filepath.Glob(filepath.Join(os.TempDir(), "friendpay-*"))
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestPostgresSaysWhyItCannotStart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	server := startPostgres(t, devstack.PostgresOptions{Dir: dir})
	require.NoError(t, server.Stop())
	config := filepath.Join(dir, "data", "postgresql.conf")
	require.NoError(t, os.WriteFile(config, []byte("no_such_setting = on\n"), 0o644))
	_, err := devstack.StartPostgres(t.Context(), devstack.PostgresOptions{Dir: dir})
	require.ErrorContains(t, err, "no_such_setting", "the server's own words")
}
