package support

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/store"
)

// Door brings an event to a request, whether its run is under way or over; see package door.
type Door interface {
	Post(ctx context.Context, stored models.Request, updateID string, event models.Event) (models.Request, error)
}

// Accounts opens the adapter of a merchant's account at a provider.
type Accounts interface {
	Open(ctx context.Context, provider, account string) (providers.Adapter, error)
}

// Engine mends the run of a request.
type Engine interface {
	Restart(ctx context.Context, request string) error // from the stored request, when its run is gone
	Reset(ctx context.Context, request string) error   // to before the workflow task that fails
}

// Deliveries is what may be done about a merchant's webhooks; see package store.
type Deliveries interface {
	ResendDelivery(ctx context.Context, delivery, command string) error // once per command
	SendTestEvent(ctx context.Context, endpoint, command string) error  // once per command
	EnableEndpoint(ctx context.Context, endpoint, command string) error // once per command
}

// Desk is where colleagues act. Engine and Deliveries may be nil: their commands are then
// refused as not available.
type Desk struct {
	Rows       *store.Store
	Door       Door
	Accounts   Accounts
	Engine     Engine
	Deliveries Deliveries
	Clock      func() time.Time
	Log        *slog.Logger
	// SecondPerson is the amount in fen above which a refund waits for a second person.
	SecondPerson int64
	Wait         time.Duration // how long Submit waits for the end; 0: it does not
}

// Wait is how long Submit waits where nobody says otherwise.
const Wait = 3 * time.Second

// ahead is how often Submit looks whether the command is over.
const ahead = 50 * time.Millisecond

// Preview says what a wish would do and does nothing. A wish that is badly formed, or beyond
// the role, is an error; one that is not possible now is a Preview with Refused.
func (d *Desk) Preview(ctx context.Context, w Wish) (Preview, error) {
	c, e, err := d.read(ctx, w)
	if err != nil {
		return Preview{}, err
	}
	plan, err := c.plan(ctx, d, e)
	var refused *models.Error
	if errors.As(err, &refused) && refused.Code != models.Unavailable && refused.Code != models.Internal {
		plan.Refused = refused
		return plan, nil
	}
	return plan, err
}

// Submit stores a command and waits a little for its end: the answer's State says how far it
// came. The same key again is the same command. It is refused, and nothing is stored, when
// Preview would refuse it.
func (d *Desk) Submit(ctx context.Context, w Wish) (store.Command, error) {
	if w.Command == "approve" || w.Command == "reject" {
		return d.decide(ctx, w)
	}
	if known, err := d.known(ctx, w); err != nil || known.ID != "" {
		return known, err
	}
	c, e, err := d.read(ctx, w)
	if err != nil {
		return store.Command{}, err
	}
	if c.shows != nil {
		return d.show(ctx, c, e)
	}
	kept, err := d.keep(ctx, c, e)
	if err != nil || kept.State == store.CommandWaiting {
		return kept, err
	}
	return d.follow(ctx, c, kept)
}

// keep stores a command, if its plan allows it. Where plans of one request add up, each is made
// when the one before is stored: two that come at once are not both the first.
func (d *Desk) keep(ctx context.Context, c command, e *errand) (kept store.Command, err error) {
	if !c.addsUp {
		return d.planned(ctx, c, e)
	}
	err = d.Rows.Alone(ctx, c.name+" "+e.Request, func(tx *store.Store) (err error) {
		inside := *d
		inside.Rows = tx
		kept, err = inside.planned(ctx, c, e)
		return err
	})
	return kept, err
}

func (d *Desk) planned(ctx context.Context, c command, e *errand) (store.Command, error) {
	plan, err := c.plan(ctx, d, e)
	if err != nil {
		return store.Command{}, err
	}
	e.ID, e.State = mint.ID(mint.Command), store.CommandQueued
	if plan.Second {
		e.State = store.CommandWaiting
	}
	kept, _, err := d.Rows.KeepCommand(ctx, e.Command)
	return kept, err
}

// known is the command that was given under this key before; one that wants something else
// is refused.
func (d *Desk) known(ctx context.Context, w Wish) (store.Command, error) {
	if w.Key == "" {
		return store.Command{}, nil // read says what is wrong with it
	}
	known, err := d.Rows.CommandByKey(ctx, w.By.Name, w.Key)
	switch {
	case models.CodeOf(err) == models.NotFound:
		return store.Command{}, nil
	case err != nil:
		return known, err
	case known.Name != w.Command || known.Subject != w.Subject || !sameArgs(known.Args, w.Args):
		return known, &models.Error{
			Code: models.Invalid, Reason: "key_reused", Field: "key", Message: "This key named another command.",
			Fix: "Use a fresh key for each command.",
		}
	}
	return known, nil
}

// show carries out what only the answer may hold. The row is stored first, with the audit; who
// calls again under the same key is told that it was shown.
func (d *Desk) show(ctx context.Context, c command, e *errand) (store.Command, error) {
	shown, outcome, err := c.shows(ctx, d, e)
	if err != nil {
		return store.Command{}, err
	}
	e.ID, e.State, e.Outcome = mint.ID(mint.Command), store.CommandDone, outcome
	kept, fresh, err := d.Rows.KeepCommand(ctx, e.Command)
	if err == nil && fresh {
		kept.Shown = shown
	}
	return kept, err
}

// follow carries out at once what needs nothing but rows, and waits for what the worker does.
func (d *Desk) follow(ctx context.Context, c command, kept store.Command) (store.Command, error) {
	if c.here {
		taken, ok, err := d.Rows.TakeCommand(ctx, kept.ID, Lease)
		if err != nil {
			return kept, err
		}
		if ok {
			d.Carry(ctx, taken)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, d.Wait+ahead/2)
	defer cancel()
	ticker := time.NewTicker(ahead)
	defer ticker.Stop()
	for {
		now, err := d.Rows.Command(context.WithoutCancel(ctx), kept.ID)
		if err != nil || !now.DoneAt.IsZero() {
			return now, err
		}
		select {
		case <-ctx.Done():
			return now, nil
		case <-ticker.C:
		}
	}
}
