package worker

import (
	"context"
	"crypto/rand"
	"log/slog"
	"time"

	"github.com/friendpay/friendpay/store"
	"github.com/friendpay/friendpay/workflows"
)

// beatTick is how often a worker says that it waits for tasks. Three beats missed, and nobody works.
const beatTick = 5 * time.Second

// Heart is what the beat needs of the store.
type Heart interface {
	Beat(ctx context.Context, beat store.Heartbeat) error
}

// Beats says in a row that this process waits for tasks, as long as it does.
type Beats struct {
	Heart     Heart
	Working   func() error // nil while the process waits for workflow tasks, see Pulse
	Build     string
	Providers []string // whose queues it serves
	Log       *slog.Logger
}

// Run beats until ctx ends.
func (b *Beats) Run(ctx context.Context) error {
	beat := store.Heartbeat{Process: rand.Text(), Build: b.Build, Queues: []string{
		workflows.Queue, workflows.HookQueue,
	}}
	for _, provider := range b.Providers {
		beat.Queues = append(beat.Queues, workflows.ProviderQueue(provider))
	}
	wait := time.NewTimer(0)
	defer wait.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-wait.C:
		}
		next := beatTick
		if b.Working() != nil {
			next = time.Second // it begins to, a moment after it was started
		} else if err := b.Heart.Beat(ctx, beat); err != nil && ctx.Err() == nil {
			b.Log.WarnContext(ctx, "no heartbeat written", "error", err)
		}
		wait.Reset(next)
	}
}
