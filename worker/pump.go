package worker

import (
	"context"
	"sync"
	"time"
)

// pump keeps up to width carriers busy with what take gives out. It takes no more
// than there are free carriers, so that nothing waits under its lease, and one that
// is slow holds up nobody but itself.
type pump[T any] struct {
	tick  time.Duration // how often to look when there was nothing more
	width int
	take  func(ctx context.Context, limit int) []T
	carry func(ctx context.Context, item T)
}

// run pumps until ctx ends, and returns when the last carrier is done.
func (p pump[T]) run(ctx context.Context) error {
	ticker := time.NewTicker(p.tick)
	defer ticker.Stop()
	var carriers sync.WaitGroup
	defer carriers.Wait()
	busy := make(chan struct{}, p.width) // filled by this loop only, so what is free stays free
	for {
		free := p.width - len(busy)
		items := p.take(ctx, free)
		for _, item := range items {
			busy <- struct{}{}
			carriers.Go(func() { defer func() { <-busy }(); p.carry(ctx, item) })
		}
		if len(items) < free {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-ticker.C:
			}
			continue
		}
		select { // more may wait: go on as soon as a carrier is free
		case <-ctx.Done():
			return ctx.Err()
		case busy <- struct{}{}:
			<-busy
		}
	}
}
