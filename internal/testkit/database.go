package testkit

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/devstack"
)

// Migrate brings an empty database to the schema that the tests of a package want.
type Migrate func(ctx context.Context, dsn string) error

// Database returns the address of a database of this test's own, with the schema that migrate makes; nil
// leaves it empty. Migrations run once per test binary, into a template that is then copied in a tenth of a
// second. The server is TEST_DATABASE_URL's, whose user must be allowed to create databases, else a private
// one without durability.
func Database(t testing.TB, migrate Migrate) string {
	t.Helper()
	server, err := server()
	require.NoError(t, err)
	template, err := server.template(migrate)
	require.NoError(t, err)
	name := newName("test")
	require.NoError(t, server.execute("CREATE DATABASE "+quote(name)+" TEMPLATE "+quote(template)))
	t.Cleanup(func() { require.NoError(t, server.drop(name)) })
	return server.dsn(name)
}

// databases is the server that the databases of this test binary live on.
type databases struct {
	address   *url.URL
	mu        sync.Mutex
	templates map[uintptr]func() (string, error)
}

var server = sync.OnceValues(func() (*databases, error) {
	address := os.Getenv("TEST_DATABASE_URL")
	if address == "" {
		private, err := devstack.StartPostgres(context.Background(), devstack.PostgresOptions{Volatile: true})
		if err != nil {
			return nil, err
		}
		atEnd(private.Stop)
		address = private.DSN("postgres")
	}
	parsed, err := url.Parse(address)
	if err != nil || parsed.Host == "" {
		return nil, fmt.Errorf("TEST_DATABASE_URL must be like postgres://user@host/postgres: %w", err)
	}
	return &databases{address: parsed, templates: map[uintptr]func() (string, error){}}, nil
})

// template returns the name of the migrated template. Functions are told apart by their code, so two closures
// over different values are one.
func (d *databases) template(migrate Migrate) (string, error) {
	key := reflect.ValueOf(migrate).Pointer()
	d.mu.Lock()
	build, known := d.templates[key]
	if !known {
		build = sync.OnceValues(func() (string, error) { return d.build(migrate) })
		d.templates[key] = build
	}
	d.mu.Unlock()
	return build()
}

func (d *databases) build(migrate Migrate) (string, error) {
	name := newName("template")
	if err := d.execute("CREATE DATABASE " + quote(name) + " TEMPLATE template0"); err != nil {
		return "", err
	}
	atEnd(func() error { return d.drop(name) })
	if migrate == nil {
		return name, nil
	}
	if err := migrate(context.Background(), d.dsn(name)); err != nil {
		return "", fmt.Errorf("migrate the template: %w", err)
	}
	return name, nil
}

// drop forces out connections that a test left open: the leak check of Main reports those.
func (d *databases) drop(name string) error {
	return d.execute("DROP DATABASE IF EXISTS " + quote(name) + " WITH (FORCE)")
}

// execute runs one statement on a connection of its own; a test's own context would be over at its cleanup.
func (d *databases) execute(statement string) error {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, d.address.String())
	if err != nil {
		return fmt.Errorf("reach the test server: %w", err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, statement); err != nil {
		return fmt.Errorf("%s: %w", statement, err)
	}
	return nil
}

func (d *databases) dsn(name string) string {
	address := *d.address
	address.Path = "/" + name
	return address.String()
}

// newName is unlike any other, also on a server that several test binaries share.
func newName(kind string) string {
	return "friendpay_" + kind + "_" + strings.ToLower(rand.Text()[:12])
}

func quote(name string) string { return pgx.Identifier{name}.Sanitize() }
