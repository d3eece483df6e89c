package catalogue

import (
	"cmp"
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/friendpay/friendpay/store"
)

const (
	// pollEvery is how often the version is asked for even though nothing was heard. With it
	// a change is everywhere within two seconds though every notification were lost.
	pollEvery = time.Second

	// How long to wait before listening again after the connection was lost.
	firstWait, longestWait = 100 * time.Millisecond, 10 * time.Second
)

// Listener hears of changes.
type Listener interface {
	Listen(ctx context.Context, channel string, tell func()) error
}

// Follower keeps a holder as new as the database: it listens, and asks each second as well.
type Follower struct {
	Holder   *Holder
	Listener Listener
	Log      *slog.Logger
	Poll     time.Duration // between two questions for the version; 0: a second
}

// Run follows until ctx ends. Trouble of the database is logged when it begins and when it
// is over; meanwhile the newest catalogue that is known stands.
func (f *Follower) Run(ctx context.Context) error {
	told := make(chan struct{}, 1) // one is enough: reading takes in all that came before
	var listening sync.WaitGroup
	defer listening.Wait()
	listening.Go(func() { f.listen(ctx, told) })
	ticker := time.NewTicker(cmp.Or(f.Poll, pollEvery))
	defer ticker.Stop()
	blind := false
	for {
		_, err := f.Holder.Fresh(ctx)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil && !blind:
			f.Log.WarnContext(ctx, "the catalogue cannot be followed", "error", err)
		case err == nil && blind:
			f.Log.InfoContext(ctx, "the catalogue is followed again")
		}
		blind = err != nil
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-told:
		case <-ticker.C:
		}
	}
}

// listen hears changes, and listens again whenever the connection is lost.
func (f *Follower) listen(ctx context.Context, told chan<- struct{}) {
	wait := firstWait
	for ctx.Err() == nil {
		err := f.Listener.Listen(ctx, store.CatalogueChannel, func() {
			wait = firstWait
			select {
			case told <- struct{}{}:
			default:
			}
		})
		if ctx.Err() != nil {
			return
		}
		f.Log.WarnContext(ctx, "nothing is heard of the catalogue for a while", "again_in", wait, "error", err)
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
		wait = min(2*wait, longestWait)
	}
}
