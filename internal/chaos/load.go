package chaos

import (
	"context"
	"sync"
	"time"
)

// load begins lives at a steady pace until the context ends, and waits for those under way.
func (t *town) load(ctx, until context.Context, every time.Duration, atOnce int) {
	var group sync.WaitGroup
	defer group.Wait()
	free := make(chan struct{}, atOnce)
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for n := 0; ; n++ {
		select {
		case <-until.Done():
			return
		case <-ticker.C:
		}
		select {
		case <-until.Done():
			return
		case free <- struct{}{}:
		}
		group.Go(func() {
			defer func() { <-free }()
			kind, err := t.newLife(n).live(ctx)
			t.history.did(kind)
			if err != nil {
				t.history.did(kind + " not finished")
			}
		})
	}
}
