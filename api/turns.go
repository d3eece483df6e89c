package api

import (
	"context"
	"sync"

	"github.com/friendpay/friendpay/models"
)

// atOnce is how many calls about one thing this process brings to the engine at a time:
// wishes to pay a request, refunds of it, requests for an order. Temporal takes ten
// updates in flight a run, over all processes, and answers a greater crowd by dropping
// the task that is being worked on.
const atOnce = 3

// turns lets a crowd at one thing pass in small numbers. Whoever waited looks at the
// row again, where the first to pass stands by then.
type turns struct {
	mu    sync.Mutex
	gates map[string]*gate
}

type gate struct {
	free  chan struct{} // holds a token for each place taken
	users int
}

// take waits for a place at the gate, until ctx ends; leave gives it back.
func (t *turns) take(ctx context.Context, about string) (leave func(), err error) {
	g := t.enter(about)
	select {
	case g.free <- struct{}{}:
		return func() { <-g.free; t.exit(about, g) }, nil
	case <-ctx.Done():
		t.exit(about, g)
		return nil, models.Refuse(models.Unavailable, "crowded", "Many want this right now. Try again.")
	}
}

func (t *turns) enter(request string) *gate {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.gates == nil {
		t.gates = map[string]*gate{}
	}
	g := t.gates[request]
	if g == nil {
		g = &gate{free: make(chan struct{}, atOnce)}
		t.gates[request] = g
	}
	g.users++
	return g
}

func (t *turns) exit(request string, g *gate) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if g.users--; g.users == 0 {
		delete(t.gates, request)
	}
}
