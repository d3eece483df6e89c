// Package faults makes twenty things go wrong on a whole house, one after the other and side by
// side, and holds what colleagues see and do against it: each fault shows in the Stuck queue within
// thirty seconds under its reason, and the step that is offered beside it ends it.
package faults

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"go.temporal.io/sdk/interceptor"

	"github.com/friendpay/friendpay/internal/local"
	"github.com/friendpay/friendpay/internal/paysim/faults"
	"github.com/friendpay/friendpay/internal/testkit"
	"github.com/friendpay/friendpay/store"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// speed makes a minute of the law a second.
const speed = 60

// town is the house that everything goes wrong in.
type town struct {
	house   *local.House
	rows    *store.Store
	desk    desk
	bug     *bug // in the workflows
	friends atomic.Int64
}

// build starts the house in a folder, so that a server that is stopped finds its state again.
func build(ctx context.Context, dir string) (*town, error) {
	house, err := local.Start(ctx, local.Options{
		Dir: dir, Speed: speed, Guard: 20 * time.Second, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return nil, fmt.Errorf("start the house: %w", err)
	}
	t := &town{house: house, rows: house.Parts.Store, bug: newBug()}
	t.desk = office{house.Parts.Desk()}
	return t, t.work(ctx)
}

// work lets the worker work, with a bug in it that can be switched on.
func (t *town) work(ctx context.Context) error {
	return t.house.StartWorker(context.WithoutCancel(ctx), []interceptor.WorkerInterceptor{t.bug}...)
}

// spoil puts a fault on the simulator's board and returns what takes it away again.
func (t *town) spoil(rule faults.Rule) (mend func(), err error) {
	rule.Count = -1
	kept, err := t.house.Sim.Faults().Add(rule)
	return func() { t.house.Sim.Faults().Remove(kept.ID) }, err
}

// until asks again and again until it is so, or the context's time is up.
func until(ctx context.Context, what string, so func() (bool, error)) error {
	ticker := time.NewTicker(100 * time.Millisecond)
	defer ticker.Stop()
	for {
		ok, err := so()
		if ok && err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waited in vain for %s (last error: %w)", what, errorOr(err, ctx.Err()))
		case <-ticker.C:
		}
	}
}

func errorOr(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}
