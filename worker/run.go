package worker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"
)

// stopPatience is how long a stopping worker lets its activities finish; it must
// stay below the grace period of whatever stops the process.
const stopPatience = 10 * time.Second

// Start begins to work and returns at once.
func (w *Worker) Start(ctx context.Context) error {
	for i, queue := range w.queues {
		if err := queue.Start(); err != nil {
			for _, started := range w.queues[:i] {
				started.Stop()
			}
			return fmt.Errorf("start worker: %w", err)
		}
	}
	ctx, w.stopped = context.WithCancel(ctx)
	w.running, ctx = errgroup.WithContext(ctx)
	for _, l := range w.loops {
		w.running.Go(func() error {
			err := l.Run(ctx)
			if ctx.Err() == nil {
				w.fail(err)
			}
			return err
		})
	}
	return nil
}

// Failed is why a part of a started worker has ended by itself, which only a new process mends; nil when all
// of it runs.
func (w *Worker) Failed() error {
	if failed := w.failed.Load(); failed != nil {
		return *failed
	}
	return nil
}

func (w *Worker) fail(err error) { w.failed.CompareAndSwap(nil, &err) }

// Stop lets what is under way finish, and returns the first error of a loop.
func (w *Worker) Stop() error {
	w.stopped()
	for _, queue := range w.queues {
		queue.Stop()
	}
	if err := w.running.Wait(); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}
