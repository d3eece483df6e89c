package worker

import (
	"context"
	"log/slog"
	"time"

	"github.com/friendpay/friendpay/internal/notify"
	"github.com/friendpay/friendpay/store"
)

// The pace of reminders: nobody notices a second, and a worker that dies is over in a minute.
const (
	reminderTick  = time.Second
	reminderLease = time.Minute
	reminderWidth = 8
)

// Dues is what reminders need of the store.
type Dues interface {
	TakeReminders(ctx context.Context, limit int, lease time.Duration) ([]store.ReminderDue, error)
	Remind(
		ctx context.Context, due store.ReminderDue, judge func(notify.Standing) notify.Verdict,
	) (notify.Verdict, error)
}

// Reminders judges what is due from the rows of that moment, and leaves what is to be said to the outbox.
type Reminders struct {
	Dues  Dues
	Quiet notify.Hours
	Clock func() time.Time
	Log   *slog.Logger
}

// Run judges until ctx ends.
func (r *Reminders) Run(ctx context.Context) error {
	return pump[store.ReminderDue]{
		tick: reminderTick, width: reminderWidth, take: r.take, carry: r.judge,
	}.run(ctx)
}

func (r *Reminders) take(ctx context.Context, limit int) []store.ReminderDue {
	dues, err := r.Dues.TakeReminders(ctx, limit, reminderLease)
	if err != nil && ctx.Err() == nil {
		r.Log.WarnContext(ctx, "reminders not readable", "error", err)
	}
	return dues
}

// judge lets one be judged; what fails comes again when its lease is over.
func (r *Reminders) judge(ctx context.Context, due store.ReminderDue) {
	verdict, err := r.Dues.Remind(ctx, due, func(s notify.Standing) notify.Verdict {
		return notify.Judge(s, r.Quiet, r.Clock())
	})
	if err != nil && ctx.Err() == nil {
		r.Log.WarnContext(ctx, "reminder not judged", "request", due.Request, "kind", due.Kind, "error", err)
		return
	}
	r.Log.DebugContext(ctx, "reminder judged", "request", due.Request, "kind", due.Kind,
		"friends", len(verdict.People), "buyer", verdict.Buyer, "why", verdict.Why)
}
