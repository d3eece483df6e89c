package worker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"go.opentelemetry.io/otel/trace"

	"github.com/friendpay/friendpay/internal/failpoint"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/store"
)

// The pace of the relay. A lease outlives one knock at the door, so that no event
// is posted by two relays at once; if one dies, the other takes over after it.
const (
	relayTick   = 100 * time.Millisecond
	relayWidth  = 32
	relayLease  = 30 * time.Second
	poisonAfter = 30 // tries that failed for reasons of our own

	shortestRetry = 250 * time.Millisecond
	longestRetry  = time.Minute
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

	Tracer trace.Tracer // nil: no spans
}

// Run posts until ctx ends.
func (r *Relay) Run(ctx context.Context) error {
	return pump[store.ProviderEvent]{tick: relayTick, width: relayWidth, take: r.take, carry: r.carry}.run(ctx)
}

func (r *Relay) take(ctx context.Context, limit int) []store.ProviderEvent {
	events, err := r.Inbox.TakeEvents(ctx, limit, relayLease)
	if err != nil && ctx.Err() == nil {
		r.Log.WarnContext(ctx, "inbox not readable", "error", err)
	}
	return events
}

// carry posts one event and writes what became of it into its row, also when the
// worker is being stopped meanwhile.
func (r *Relay) carry(ctx context.Context, event store.ProviderEvent) {
	ctx, end := spanned(ctx, r.Tracer, "relay event")
	defer end()
	mark := r.fate(ctx, event, r.post(ctx, event))
	failpoint.Hit(failpoint.AfterPost)
	if err := r.Inbox.MarkEvent(context.WithoutCancel(ctx), event.ID, mark); err != nil {
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
	_, err = r.Door.Post(ctx, stored, update(event), hint)
	return err
}

// update is the event's id, so that it is judged once however often it is posted; taken in again
// by hand it is another, since the workflow would answer the same one from memory.
func update(event store.ProviderEvent) string {
	if event.Replays == 0 {
		return event.ID
	}
	return event.ID + "." + strconv.Itoa(event.Replays)
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
	if caseErr != nil {
		return fmt.Errorf("open a case: %w", caseErr)
	}
	return err
}

// fate turns the outcome of a post into the row's next status. Only what is wrong
// with us wears an event out; while something is down it waits, however long.
func (r *Relay) fate(ctx context.Context, event store.ProviderEvent, err error) store.Mark {
	if err == nil {
		return store.Mark{Status: store.EventApplied}
	}
	mark := store.Mark{Status: store.EventPending, Reason: reason(err)}
	switch code := models.CodeOf(err); {
	case code == models.NotFound:
		mark.Status = store.EventDead
	case code == models.Conflict || code == models.Gone || code == models.Invalid:
		mark.Status = store.EventIgnored
	case code == models.Internal && ctx.Err() == nil && event.Tries >= poisonAfter:
		mark.Status, mark.Reason = store.EventDead, "poison"
	case code == models.Internal && ctx.Err() == nil:
		mark.NextTry = r.Clock().Add(backoff(event.Tries))
	default:
		mark.Untried, mark.NextTry = true, r.Clock().Add(patience(r.Clock().Sub(event.ReceivedAt)))
	}
	if mark.Status == store.EventPending {
		r.Log.WarnContext(ctx, "event not posted yet", "event", event.ID, "tries", event.Tries, "error", err)
	}
	return mark
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
	return patience(shortestRetry << min(max(tries-1, 0), 10))
}

// patience is how long to wait for something of ours that is down: as long again as
// it has been waited already, within bounds.
func patience(waited time.Duration) time.Duration {
	return min(max(waited, shortestRetry), longestRetry)
}
