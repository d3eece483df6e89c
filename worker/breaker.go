package worker

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/friendpay/friendpay/internal/facts"
	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/store"
)

// The pace of the breakers, before Speed divides it, and what one round may do: the clocks
// of a million requests are stopped over some time, not at once.
const (
	breakerTick   = time.Second
	breakerPage   = 50
	breakerWidth  = 8
	probePatience = 5 * time.Second
	probeLease    = 15 * time.Second // outlives a probe; if its process dies, another takes over
	fastestTick   = 100 * time.Millisecond
)

// Fuses is what the breakers' loop needs of the store.
type Fuses interface {
	TakeProbe(ctx context.Context, now time.Time, lease time.Duration) (store.Probe, bool, error)
	NoteProbe(ctx context.Context, probe store.Probe, probed store.Probed) ([]store.Turn, error)
	TakeSweep(ctx context.Context, now time.Time, pause time.Duration, limit int) (store.Sweep, bool, error)
	HeldBy(ctx context.Context, reason, after string, limit int) ([]store.Waiter, string, error)
	Breakers(ctx context.Context, app string) ([]policy.Breaker, error)
}

// Deliverer brings an event to a running request's workflow.
type Deliverer interface {
	Deliver(ctx context.Context, request, updateID string, event models.Event) (models.Request, error)
}

// Accounts opens the adapter of a merchant's account at a provider.
type Accounts interface {
	Open(ctx context.Context, provider, account string) (providers.Adapter, error)
}

// Catalogue is what operators decide.
type Catalogue interface {
	Fresh(ctx context.Context) (*policy.Catalogue, error)
}

// Breakers asks providers whose breaker is open whether they are alive, and stops the clock
// of requests that cannot be paid meanwhile. Several at once take turns.
type Breakers struct {
	Fuses     Fuses
	Accounts  Accounts
	Catalogue Catalogue
	Door      Deliverer
	Clock     func() time.Time
	Log       *slog.Logger
	Speed     int64
	Turned    func(store.Turn) // told of each breaker that opens or closes; nil: nobody

	lifted string // where the next round of lifting goes on
}

// Run watches until ctx ends.
func (b *Breakers) Run(ctx context.Context) error {
	ticker := time.NewTicker(max(b.scaled(breakerTick), fastestTick))
	defer ticker.Stop()
	for {
		for what, do := range map[string]func(context.Context) error{
			"probe": b.probe, "stop clocks": b.stopClocks, "start clocks": b.startClocks,
		} {
			if err := do(ctx); err != nil && ctx.Err() == nil {
				b.Log.WarnContext(ctx, "breakers not looked after", "what", what, "error", err)
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
}

func (b *Breakers) scaled(wait time.Duration) time.Duration {
	return wait / time.Duration(max(b.Speed, 1))
}

// probe asks one provider about an order that it cannot know. That it says so shows that it
// is alive, and does nothing.
func (b *Breakers) probe(ctx context.Context) error {
	probe, found, err := b.Fuses.TakeProbe(ctx, b.Clock(), probeLease)
	if err != nil || !found {
		return err
	}
	alive := b.alive(ctx, probe)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	probed := store.Probed{Alive: alive, At: b.Clock(), Speed: b.Speed}
	turns, err := b.Fuses.NoteProbe(ctx, probe, probed)
	b.Log.InfoContext(ctx, "a provider was probed", "app", probe.App, "channel", probe.Channel,
		"alive", alive)
	for _, turn := range turns {
		b.Log.WarnContext(ctx, "a breaker turned", "app", turn.App, "channel", turn.Channel,
			"surface", turn.Surface, "to", turn.To, "reason", turn.Reason)
		if b.Turned != nil {
			b.Turned(turn)
		}
	}
	return err
}

func (b *Breakers) alive(ctx context.Context, probe store.Probe) bool {
	ctx, cancel := context.WithTimeout(ctx, probePatience)
	defer cancel()
	adapter, err := b.Accounts.Open(ctx, probe.Provider, probe.Account)
	if err != nil {
		b.Log.WarnContext(ctx, "account of a breaker not opened", "channel", probe.Channel, "error", err)
		return false
	}
	status, err := adapter.Query(ctx, providers.Ref{Number: mint.Number(), CreatedAt: b.Clock()})
	return err == nil && status.State == providers.NotCreated
}

// stopClocks looks through a part of the open requests that a breaker may cut off. Each is
// held once an outage: whom staff let go meanwhile stays so.
func (b *Breakers) stopClocks(ctx context.Context) error {
	sweep, found, err := b.Fuses.TakeSweep(ctx, b.Clock(), b.scaled(breakerTick), breakerPage)
	if err != nil || !found {
		return err
	}
	update := fmt.Sprintf("outage_%s_%s_%d", sweep.Channel, sweep.Surface, sweep.OpenedAt.UnixMilli())
	hold := models.Event{Kind: models.HoldPlaced, Actor: "breaker", Reason: models.Outage}
	return b.deliver(ctx, sweep.Waiters, update, hold, true)
}

// startClocks lets go what an outage holds and can be paid again.
func (b *Breakers) startClocks(ctx context.Context) error {
	waiters, next, err := b.Fuses.HeldBy(ctx, models.Outage, b.lifted, breakerPage)
	if err != nil {
		return err
	}
	b.lifted = next
	lift := models.Event{Kind: models.HoldLifted, Actor: "breaker", Reason: models.Outage}
	return b.deliver(ctx, waiters, "", lift, false)
}

// deliver brings an event to those that are cut off, or to those that are not. An update
// without a name of its own is named after the state that it found.
func (b *Breakers) deliver(
	ctx context.Context, waiters []store.Waiter, update string, event models.Event, cutOff bool,
) error {
	if len(waiters) == 0 {
		return nil
	}
	catalogue, err := b.Catalogue.Fresh(ctx)
	if err != nil {
		return err
	}
	breakers := map[string][]policy.Breaker{}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(breakerWidth)
	for _, w := range waiters {
		app := w.Request.App
		if _, read := breakers[app]; !read {
			if breakers[app], err = b.Fuses.Breakers(ctx, app); err != nil {
				return err
			}
		}
		if policy.CutOff(b.factsOf(w, catalogue), breakers[app]) != cutOff {
			continue
		}
		name := update
		if name == "" {
			name = fmt.Sprintf("lift_%d", w.Request.Seq)
		}
		group.Go(func() error {
			_, err := b.Door.Deliver(ctx, w.Request.ID, name, event)
			if code := models.CodeOf(err); err != nil && code != models.Conflict && code != models.Gone {
				b.Log.WarnContext(ctx, "clock not turned yet", "request", w.Request.ID, "error", err)
			}
			return nil
		})
	}
	return group.Wait()
}

// factsOf are those that were looked at when the request was placed.
func (b *Breakers) factsOf(w store.Waiter, catalogue *policy.Catalogue) policy.Facts {
	return facts.Made(facts.Of(w.Order, catalogue, b.Clock(), w.Request.Speed), w.Released)
}
