package worker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/store"
)

// The pace of the relay. A lease outlives one knock at the door, so that no event
// is posted by two relays at once; if one dies, the other takes over after it.
const (
	relayTick    = 100 * time.Millisecond
	relayBatch   = 64
	relayAtOnce  = 16
	relayLease   = 30 * time.Second
	longestRetry = time.Minute
	poisonAfter  = 30 // tries that failed for reasons of our own
)

// Inbox is what the relay needs of the store.
type Inbox interface {
	TakeEvents(ctx context.Context, limit int, lease time.Duration) ([]store.ProviderEvent, error)
	MarkEvent(ctx context.Context, id string, mark store.Mark) error
	Locate(ctx context.Context, number string) (store.Located, error)
	Request(ctx context.Context, id string) (models.Request, error)
	OpenCase(ctx context.Context, opened store.Case) (store.Case, error)
}

// Poster brings a hint to its request's workflow.
type Poster interface {
	Post(ctx context.Context, stored models.Request, updateID string, event models.Event) (models.Request, error)
}

// Relay posts what providers reported, until the workflow has judged it. The
// inbox is the durable queue: an event stays pending until its row says otherwise.
type Relay struct {
	Inbox Inbox
	Door  Poster
	Clock func() time.Time
	Log   *slog.Logger
}

// Run posts until ctx ends.
func (r *Relay) Run(ctx context.Context) error {
	return every(ctx, relayTick, func() bool {
		events, err := r.Inbox.TakeEvents(ctx, relayBatch, relayLease)
		if err != nil {
			r.Log.WarnContext(ctx, "inbox not readable", "error", err)
			return false
		}
		var group errgroup.Group
		group.SetLimit(relayAtOnce)
		for _, event := range events {
			group.Go(func() error { r.carry(ctx, event); return nil })
		}
		_ = group.Wait() // carry reports in the event's row
		return len(events) == relayBatch
	})
}

// carry posts one event and writes what became of it into its row.
func (r *Relay) carry(ctx context.Context, event store.ProviderEvent) {
	mark := r.fate(ctx, event, r.post(ctx, event))
	if err := r.Inbox.MarkEvent(ctx, event.ID, mark); err != nil {
		r.Log.WarnContext(ctx, "event not marked; it will be posted again", "event", event.ID, "error", err)
	}
}

func (r *Relay) post(ctx context.Context, event store.ProviderEvent) error {
	number := event.Number
	if event.Kind == providers.RefundNotice {
		number = event.Refund
	}
	found, err := r.Inbox.Locate(ctx, number)
	if err != nil {
		return r.orphan(ctx, event, err)
	}
	if found.Provider != event.Provider || found.Account != event.Account {
		return models.Refuse(models.Conflict, "foreign_account", "The event came through another account.")
	}
	stored, err := r.Inbox.Request(ctx, found.Request)
	if err != nil {
		return err
	}
	hint := models.Event{Kind: models.PaymentReported, Attempt: event.Number, Actor: "provider"}
	if event.Kind == providers.RefundNotice {
		hint = models.Event{Kind: models.RefundReported, Refund: event.Refund, Actor: "provider"}
	}
	_, err = r.Door.Post(ctx, stored, event.ID, hint)
	return err
}

// orphan opens a case for a genuine event about a number that nobody here minted.
func (r *Relay) orphan(ctx context.Context, event store.ProviderEvent, err error) error {
	if models.CodeOf(err) != models.NotFound {
		return err
	}
	_, caseErr := r.Inbox.OpenCase(ctx, store.Case{
		Kind: models.CaseOrphan, Attempt: event.Number, Refund: event.Refund,
		Provider: event.Provider, Account: event.Account,
		Detail:   "A verified callback names a number that is not ours.",
		OpenedAt: r.Clock(), DueAt: r.Clock().Add(24 * time.Hour),
	})
	return errors.Join(err, caseErr)
}

// fate turns the outcome of a post into the row's next status.
func (r *Relay) fate(ctx context.Context, event store.ProviderEvent, err error) store.Mark {
	switch code := models.CodeOf(err); {
	case err == nil:
		return store.Mark{Status: store.EventApplied}
	case code == models.NotFound:
		return store.Mark{Status: store.EventDead, Reason: reason(err)}
	case code == models.Conflict || code == models.Gone || code == models.Invalid:
		return store.Mark{Status: store.EventIgnored, Reason: reason(err)}
	case code == models.Internal && event.Tries >= poisonAfter:
		return store.Mark{Status: store.EventDead, Reason: "poison"}
	default:
		r.Log.WarnContext(ctx, "event not posted yet", "event", event.ID, "tries", event.Tries, "error", err)
		return store.Mark{Status: store.EventPending, Reason: reason(err), NextTry: r.Clock().Add(backoff(event.Tries))}
	}
}

func reason(err error) string {
	var known *models.Error
	if errors.As(err, &known) {
		return known.Reason
	}
	return fmt.Sprintf("%T", err)
}

// backoff doubles from a quarter of a second up to a minute.
func backoff(tries int) time.Duration {
	return min(250*time.Millisecond<<min(max(tries-1, 0), 10), longestRetry)
}

// every calls do at once and then each tick, again without waiting when do asks
// for it, until ctx ends.
func every(ctx context.Context, tick time.Duration, do func() (again bool)) error {
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for {
		for do() && ctx.Err() == nil {
			continue
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
}
