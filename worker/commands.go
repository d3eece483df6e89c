package worker

import (
	"context"
	"log/slog"
	"time"

	"github.com/friendpay/friendpay/internal/support"
	"github.com/friendpay/friendpay/store"
)

// The pace of commands: a person waits for each, and there are few.
const (
	commandTick  = 200 * time.Millisecond
	commandWidth = 8
	lapseTick    = time.Minute // a day's patience need not end to the second
)

// Queue is what the loop needs of the rows.
type Queue interface {
	TakeCommands(ctx context.Context, limit int, lease time.Duration) ([]store.Command, error)
	LapseCommands(ctx context.Context) (int64, error)
}

// Carrier carries out one taken command and writes what became of it into its row.
type Carrier interface {
	Carry(ctx context.Context, taken store.Command)
}

// Commands carries out what colleagues have asked for. What cannot be done while the engine or
// a provider is down stays queued and is done when it is back; what waits for a second person
// for too long ends.
type Commands struct {
	Queue Queue
	Desk  Carrier
	Log   *slog.Logger

	lapsed time.Time // when those that waited too long were last looked for
}

// Run carries out until ctx ends.
func (c *Commands) Run(ctx context.Context) error {
	return pump[store.Command]{tick: commandTick, width: commandWidth, take: c.take,
		carry: c.Desk.Carry}.run(ctx)
}

func (c *Commands) take(ctx context.Context, limit int) []store.Command {
	if time.Since(c.lapsed) > lapseTick {
		c.lapsed = time.Now()
		if n, err := c.Queue.LapseCommands(ctx); err == nil && n > 0 {
			c.Log.InfoContext(ctx, "commands lapsed for which no second person came", "count", n)
		}
	}
	taken, err := c.Queue.TakeCommands(ctx, limit, support.Lease)
	if err != nil && ctx.Err() == nil {
		c.Log.WarnContext(ctx, "commands not readable", "error", err)
	}
	return taken
}
