package devstack

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"syscall"

	"github.com/jackc/pgx/v5"
)

// PostgresOptions says where a private PostgreSQL lives. The zero value is a temporary server on a free port.
type PostgresOptions struct {
	Dir  string // data, log and password; empty: a temporary folder, removed by Stop
	Port int    // 0: a free port

	// Volatile trades durability for speed: a crash of the machine may lose the data. For tests.
	Volatile bool
}

// Postgres is a private PostgreSQL server on the loopback address.
type Postgres struct {
	options  PostgresOptions
	cluster  cluster
	password string
	mu       sync.Mutex // guards the two below
	port     int
	server   *process // nil while stopped
}

// StartPostgres starts a server and waits until it answers; a folder that holds no data yet is initialised
// first. The context bounds the start only: the server runs until Stop, Kill or our own end.
func StartPostgres(ctx context.Context, options PostgresOptions) (*Postgres, error) {
	cluster, err := openCluster(options.Dir)
	if err != nil {
		return nil, err
	}
	p := &Postgres{options: options, cluster: cluster, port: options.Port}
	if p.password, err = cluster.initialise(ctx); err == nil {
		err = p.start(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, cluster.discard())
	}
	return p, nil
}

// DSN returns the address of a database on this server, password included.
func (p *Postgres) DSN(database string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.dsn(database)
}

// CreateDatabase creates an empty database if it is not there yet.
func (p *Postgres) CreateDatabase(ctx context.Context, name string) error {
	conn, err := pgx.Connect(ctx, p.DSN("postgres"))
	if err != nil {
		return fmt.Errorf("create database %s: %w", name, err)
	}
	defer conn.Close(ctx)
	var exists bool
	const find = "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)"
	if err := conn.QueryRow(ctx, find, name).Scan(&exists); err != nil || exists {
		return err
	}
	if _, err := conn.Exec(ctx, "CREATE DATABASE "+pgx.Identifier{name}.Sanitize()); err != nil {
		return fmt.Errorf("create database %s: %w", name, err)
	}
	return nil
}

// Restart starts the server again on the same port and data, after Stop or Kill.
func (p *Postgres) Restart(ctx context.Context) error {
	if err := p.halt((*process).kill); err != nil {
		return err
	}
	return p.start(ctx)
}

// Stop ends the server in order: open transactions are rolled back, everything committed is on disk. Stopping
// twice is fine. A temporary folder is removed.
func (p *Postgres) Stop() error {
	end := func(server *process) error { return server.stop(syscall.SIGINT) }
	if p.options.Volatile && p.cluster.temporary {
		// Nobody will read this data again: leave without a checkpoint.
		end = func(server *process) error { return server.stop(syscall.SIGQUIT) }
	}
	return errors.Join(p.halt(end), p.cluster.discard())
}

// Kill ends the server as a crash would. Its folder stays, for Restart.
func (p *Postgres) Kill() error { return p.halt((*process).kill) }

func (p *Postgres) halt(end func(*process) error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.server == nil {
		return nil
	}
	server := p.server
	p.server = nil
	return end(server)
}

func (p *Postgres) start(ctx context.Context) error {
	ctx, cancel := patience(ctx, startPatience)
	defer cancel()
	p.mu.Lock()
	defer p.mu.Unlock()
	pickPort := p.port == 0
	return attempts(ctx, func(ctx context.Context) (err error) {
		if pickPort {
			if p.port, err = FreePort(); err != nil {
				return err
			}
		}
		return p.launch(ctx)
	})
}

// launch runs the server once and waits for its first answer.
func (p *Postgres) launch(ctx context.Context) error {
	if err := p.cluster.claim(ctx); err != nil {
		return err
	}
	server, err := p.cluster.serve(p.settings())
	if err != nil {
		return err
	}
	if err := await(ctx, server, p.answers); err != nil {
		return errors.Join(err, server.kill())
	}
	p.server = server
	return nil
}

func (p *Postgres) answers(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, p.dsn("postgres"))
	if err != nil {
		return err
	}
	return conn.Close(ctx)
}
