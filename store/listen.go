package store

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
)

// CatalogueChannel is where PostgreSQL says that the catalogue has changed.
const CatalogueChannel = "friendpay_catalogue"

// Listen hears what PostgreSQL says on a channel, on a connection of its own. It tells once
// when it begins to listen, since something may have been said before, and then each time.
// It returns only when ctx ends or the connection is lost.
func (s *Store) Listen(ctx context.Context, channel string, tell func()) error {
	if s.config == nil {
		return errors.New("listen: not within a transaction")
	}
	conn, err := pgx.ConnectConfig(ctx, s.config.Copy())
	if err != nil {
		return failed("listen", err)
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = conn.Close(ctx) // it is over either way
	}()
	if _, err := conn.Exec(ctx, "LISTEN "+pgx.Identifier{channel}.Sanitize()); err != nil {
		return failed("listen", err)
	}
	for {
		tell()
		if _, err := conn.WaitForNotification(ctx); err != nil {
			return failed("listen", err)
		}
	}
}
