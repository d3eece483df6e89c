package worker

import (
	"context"
	"errors"
	"hash/fnv"
	"log/slog"
	"time"

	"go.opentelemetry.io/otel/trace"

	"github.com/friendpay/friendpay/activities"
	"github.com/friendpay/friendpay/internal/notify"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// The pace of the outbox. What waits in its lane for half its lease goes back.
const (
	outboxTick  = 200 * time.Millisecond
	outboxLease = time.Minute
	outboxWidth = 128
)

// letterAfter is when a message is tried again after each failure, and up to a tenth later.
// After the last it is dead, and shown to support.
var letterAfter = activities.WebhookAfter

// Letters is what the outbox needs of the store.
type Letters interface {
	TakeMessages(ctx context.Context, limit int, lease time.Duration, skip ...string) ([]store.Message, error)
	Message(ctx context.Context, id string) (store.Message, error)
	TellMessage(ctx context.Context, id string) error
	SentMessage(ctx context.Context, id string, status int) error
	RetryMessage(ctx context.Context, id string, next time.Time, why string) error
	PutOffMessage(ctx context.Context, id string, next time.Time, why string) error
	DeadMessage(ctx context.Context, id, why string) error
	FanOut(ctx context.Context, message store.Message) error
	DropMessage(ctx context.Context, id string) error
	Reach(ctx context.Context, payer, app string) (store.Reach, error)
	ReminderTrue(ctx context.Context, message store.Message) (bool, error)
}

// Durability knows up to which version a request may be spoken of.
type Durability interface {
	Durable(ctx context.Context, requestID string) (int64, error)
}

// Outbox tells merchants and friends what transitions owe them, each message at
// least once under one id, and only when its step is durable in Temporal: what a
// lost step had to say is never said. A merchant's is turned into a delivery for each
// of his endpoints, see Postman; a friend's leaves from here.
type Outbox struct {
	Letters Letters
	Durable Durability
	Ways    map[notify.Channel]Notifier
	Quiet   notify.Hours
	Clock   func() time.Time
	Log     *slog.Logger
	Tracer  trace.Tracer // nil: no spans

	lanes lanes
}

// Run sends until ctx ends.
func (o *Outbox) Run(ctx context.Context) error {
	return pump[store.Message]{tick: outboxTick, width: outboxWidth, take: o.take, carry: o.carry}.run(ctx)
}

func (o *Outbox) take(ctx context.Context, limit int) []store.Message {
	letters, err := o.Letters.TakeMessages(ctx, limit, outboxLease, o.lanes.full()...)
	if err != nil && ctx.Err() == nil {
		o.Log.WarnContext(ctx, "outbox not readable", "error", err)
	}
	return letters
}

// carry sends a message, and then what waits in the same lane.
func (o *Outbox) carry(ctx context.Context, letter store.Message) {
	p := parked{letter, o.Clock()}
	for more := o.lanes.enter(p); more; p, more = o.lanes.next(letter.App) {
		o.settle(ctx, p)
	}
}

// settle sends one message if it may be said now, and writes what became of it into
// its row, also when the worker is being stopped meanwhile.
func (o *Outbox) settle(ctx context.Context, letter parked) {
	ctx, end := spanned(ctx, o.Tracer, "outbox message")
	defer end()
	var waits error = errBusy
	if o.Clock().Sub(letter.taken) < outboxLease/2 {
		waits = o.sayable(ctx, letter.Message)
	}
	if errors.Is(waits, errReplaced) {
		return
	}
	var failed error
	if waits == nil {
		failed = o.send(ctx, letter.Message)
	}
	if failed != nil && ctx.Err() != nil {
		waits = errStopping
	}
	if err := o.mark(context.WithoutCancel(ctx), letter.Message, fate{waits, failed}); err != nil {
		o.Log.WarnContext(ctx, "message not marked; it will be sent again", "message", letter.ID, "error", err)
	}
}

// What a message may wait for: none of it counts as a try.
var (
	errBusy     = models.Refuse(models.Unavailable, "receiver_busy", "Others wait for this receiver already.")
	errEarly    = models.Refuse(models.Unavailable, "not_durable", "Its step may still be taken back.")
	errStopping = models.Refuse(models.Unavailable, "stopping", "The worker stopped meanwhile.")
	errReplaced = errors.New("its step was judged again")
	errUntrue   = errors.New("what it reminds of is over")
)

// quiet waits for the morning.
func quiet(until time.Time) error {
	waits := models.Refuse(models.Unavailable, "quiet_hours", "It can wait for the morning.")
	waits.Until = until
	return waits
}

// sayable is nil once the step that owes the message is durable; a message that was
// replaced since is not sent at all.
func (o *Outbox) sayable(ctx context.Context, letter store.Message) error {
	durable, err := o.Durable.Durable(ctx, letter.Request)
	switch {
	case err != nil && models.CodeOf(err) != models.Gone:
		return err
	case err == nil && durable < letter.Version:
		return errEarly
	}
	_, err = o.Letters.Message(ctx, letter.ID)
	if models.CodeOf(err) == models.NotFound {
		return errReplaced
	}
	if err == nil {
		err = o.timely(ctx, letter)
	}
	if err == nil && letter.Kind == store.Webhook {
		err = o.Letters.TellMessage(ctx, letter.ID) // whoever reads his events need not wait for his webhooks
	}
	return err
}

// timely is nil for what may be said at this hour and, where it is a reminder, is still true.
func (o *Outbox) timely(ctx context.Context, letter store.Message) error {
	if letter.Reminds() {
		still, err := o.Letters.ReminderTrue(ctx, letter)
		if err != nil {
			return err
		}
		if !still {
			return errUntrue
		}
	}
	if letter.Kind == store.SMS {
		if kind, known := notify.KindOf(letter.Type); known {
			if until, waits := o.Quiet.Wait(kind, o.Clock()); waits {
				return quiet(until)
			}
		}
	}
	return nil
}

// fate is what became of a message: what it waits for, or how sending it went.
type fate struct {
	waits  error
	failed error
}

func (o *Outbox) mark(ctx context.Context, letter store.Message, f fate) error {
	switch now := o.Clock(); {
	case errors.Is(f.waits, errUntrue), errors.Is(f.failed, errNowhere):
		return o.Letters.DropMessage(ctx, letter.ID)
	case f.waits != nil && !until(f.waits).IsZero():
		return o.Letters.PutOffMessage(ctx, letter.ID, until(f.waits), reason(f.waits))
	case f.waits != nil:
		next := now.Add(patience(now.Sub(letter.CreatedAt)))
		return o.Letters.PutOffMessage(ctx, letter.ID, next, reason(f.waits))
	case f.failed == nil && letter.Kind == store.Webhook:
		return nil // told to its endpoints, and marked by that
	case f.failed == nil:
		return o.Letters.SentMessage(ctx, letter.ID, 0)
	case letter.Tries > len(letterAfter):
		return o.Letters.DeadMessage(ctx, letter.ID, f.failed.Error())
	default:
		wait := letterAfter[min(max(letter.Tries, 1), len(letterAfter))-1]
		return o.Letters.RetryMessage(ctx, letter.ID, now.Add(jitter(letter.ID, wait)), f.failed.Error())
	}
}

// until is when a wait is over, where that is known.
func until(err error) time.Time {
	var refused *models.Error
	if errors.As(err, &refused) {
		return refused.Until
	}
	return time.Time{}
}

// jitter makes a wait up to a tenth longer, by the message's id, so that what failed
// together does not come back together.
func jitter(id string, wait time.Duration) time.Duration {
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(id)) // never fails
	return wait + wait/10*time.Duration(hash.Sum32()%1000)/1000
}
