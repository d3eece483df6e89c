package worker

import (
	"context"
	"log/slog"
	"time"
)

// pruneTick is how often rows that nobody needs any more are taken away.
const pruneTick = time.Hour

// Attic is what the pruner needs of the store.
type Attic interface {
	PruneKeys(ctx context.Context) (int64, error)
	PruneLimits(ctx context.Context) (int64, error)
	PruneCheckouts(ctx context.Context) (int64, error)
	PruneStatements(ctx context.Context) (int64, error)
	PruneDecisions(ctx context.Context) (int64, error)
	PruneSnapshots(ctx context.Context) (int64, error)
	PruneDeliveries(ctx context.Context) (int64, error)
}

// Pruner forgets idempotency keys, limits, addresses, logins, lines of statements, decisions,
// snapshots and deliveries that are over. Several at once do no harm.
type Pruner struct {
	Attic Attic
	Log   *slog.Logger
}

// Run prunes until ctx ends.
func (p *Pruner) Run(ctx context.Context) error {
	ticker := time.NewTicker(pruneTick)
	defer ticker.Stop()
	for {
		for what, prune := range map[string]func(context.Context) (int64, error){
			"idempotency keys": p.Attic.PruneKeys, "limits": p.Attic.PruneLimits,
			"addresses and logins": p.Attic.PruneCheckouts, "lines of statements": p.Attic.PruneStatements,
			"decisions": p.Attic.PruneDecisions, "snapshots": p.Attic.PruneSnapshots,
			"deliveries": p.Attic.PruneDeliveries,
		} {
			if gone, err := prune(ctx); err != nil && ctx.Err() == nil {
				p.Log.WarnContext(ctx, "not pruned", "what", what, "error", err)
			} else if gone > 0 {
				p.Log.InfoContext(ctx, "pruned", "what", what, "rows", gone)
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
}
