// Package pace runs what happens later at a provider: retries, refunds under
// way. Durations are divided by a speed, clocks are not touched.
package pace

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Pace owns every goroutine of the simulator, so that stopping leaks none.
type Pace struct {
	now   func() time.Time
	speed float64
	limit int

	mu      sync.Mutex
	ctx     context.Context
	cancel  context.CancelFunc
	group   *sync.WaitGroup
	running int
	closed  bool
}

// New makes a pace. A speed of 60 makes a minute last a second; limit bounds
// how many things may be under way at once.
func New(now func() time.Time, speed float64, limit int) (*Pace, error) {
	if speed <= 0 || now == nil || limit <= 0 {
		return nil, errors.New("a pace needs a clock, a speed and a limit above zero")
	}
	p := &Pace{now: now, speed: speed, limit: limit, group: new(sync.WaitGroup)}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	return p, nil
}

// Now is the simulator's clock, unscaled.
func (p *Pace) Now() time.Time { return p.now() }

// Go runs fn beside the caller until it returns; its context ends on Close and
// Restart. False means that the limit is reached or the pace is closed.
func (p *Pace) Go(fn func(context.Context)) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || p.running >= p.limit {
		return false
	}
	p.running++
	ctx, group := p.ctx, p.group
	group.Add(1)
	go func() {
		defer group.Done()
		defer p.leave()
		fn(ctx)
	}()
	return true
}

func (p *Pace) leave() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.running--
}

// Wait lets a scaled duration pass and says whether it passed undisturbed.
func (p *Pace) Wait(ctx context.Context, d time.Duration) bool {
	return Sleep(ctx, p.Scale(d))
}

// Scale is how long a duration of the provider's rules lasts here.
func (p *Pace) Scale(d time.Duration) time.Duration { return time.Duration(float64(d) / p.speed) }

// Sleep lets an unscaled duration pass and says whether it passed undisturbed.
func Sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// Context ends when the pace is closed or restarted.
func (p *Pace) Context() context.Context {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ctx
}

// Restart ends everything under way, waits for it, and begins anew.
func (p *Pace) Restart() {
	p.mu.Lock()
	cancel, group := p.cancel, p.group
	p.group = new(sync.WaitGroup)
	p.ctx, p.cancel = context.WithCancel(context.Background())
	p.mu.Unlock()
	cancel()
	group.Wait()
}

// Close ends everything under way and waits for it; nothing starts afterwards.
func (p *Pace) Close() {
	p.mu.Lock()
	p.closed = true
	cancel, group := p.cancel, p.group
	p.mu.Unlock()
	cancel()
	group.Wait()
}
