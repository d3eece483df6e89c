package activities

import (
	"context"
	"errors"
	"hash/fnv"
	"log/slog"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"

	"github.com/friendpay/friendpay/internal/failpoint"
	"github.com/friendpay/friendpay/internal/webhook"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// WebhookAfter is when a webhook is tried again after each failure, and up to a tenth later:
// 75 hours and a half in all. Source: Standard Webhooks 1.0. After the last it is dead.
var WebhookAfter = []time.Duration{
	5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour,
	10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour,
}

// DisabledAfter is how long nothing may get through to an endpoint before it is disabled.
const DisabledAfter = 5 * 24 * time.Hour

// Post is what deliveries need of the database.
type Post interface {
	Trying(ctx context.Context, id string, round int) (store.Delivery, error)
	EndpointSecrets(ctx context.Context, id string) ([]string, error)
	RecordTry(ctx context.Context, endpoint string, tried store.Tried) error
	HoldDelivery(ctx context.Context, id string, round int) error
}

// Receivers are merchants' systems.
type Receivers interface {
	Deliver(ctx context.Context, to webhook.Endpoint, message webhook.Message) webhook.Report
}

// Deliveries carries messages to merchants' endpoints.
type Deliveries struct {
	Post      Post
	Receivers Receivers
	Clock     func() time.Time
	Speed     int64 // waits are divided by it; 0 and 1: as they are
	Log       *slog.Logger

	lanes lanes
}

// The kinds of trouble that a run shows while it waits.
const (
	receiverBusy  = "receiver_busy"  // others are under way to the endpoint; this was no try
	receiverFails = "receiver_fails" // the try failed
	interrupted   = "stopping"       // the worker stopped meanwhile; this was no try
)

// DeliverWebhook tries a delivery once. As an error it says when to try again; it ends when
// the message was taken, was given up, or waits for its endpoint to be enabled, which begins
// another round. A delivery whose endpoint has enough on the way leaves at once and comes
// back: whoever never answers holds up only what is for him.
func (d *Deliveries) DeliverWebhook(ctx context.Context, run models.DeliveryRun) error {
	delivery, err := d.Post.Trying(ctx, run.Delivery, run.Round)
	if models.CodeOf(err) == models.NotFound {
		return nil // over, or another round's by now
	}
	if err != nil {
		return troubled()
	}
	if delivery.Receiver != store.EndpointEnabled {
		return d.ended(d.Post.HoldDelivery(ctx, delivery.ID, run.Round))
	}
	if !d.lanes.enter(delivery.Endpoint) {
		return d.again(receiverBusy, patience(int(activity.GetInfo(ctx).Attempt)-delivery.Tries), delivery.ID)
	}
	defer d.lanes.leave(delivery.Endpoint)
	secrets, err := d.Post.EndpointSecrets(ctx, delivery.Endpoint)
	if err != nil {
		return troubled()
	}
	to := webhook.Endpoint{URL: delivery.URL, Secret: secrets[0], Also: secrets[1:]}
	report := d.Receivers.Deliver(ctx, to, webhook.Message{ID: delivery.Message, Body: delivery.Payload})
	failpoint.Hit(failpoint.MidWebhook)
	if report.Err != nil && stopping(ctx) {
		return d.again(interrupted, time.Second, delivery.ID)
	}
	return d.settle(context.WithoutCancel(ctx), delivery, report)
}

// settle writes what a try came to, and says when the next one is due.
func (d *Deliveries) settle(ctx context.Context, delivery store.Delivery, report webhook.Report) error {
	tried := store.Tried{Round: delivery.Round, Try: store.DeliveryTry{
		Delivery: delivery.ID, At: report.At, Status: report.Status, TookMS: report.Took.Milliseconds(),
		Headers: report.Headers, Answer: report.Answer, Error: webhook.Why(report.Err),
	}}
	var wait time.Duration
	tried.State, wait, tried.Disable = d.judge(delivery, report)
	if wait > 0 {
		tried.Next = d.Clock().Add(wait)
	}
	if err := d.Post.RecordTry(ctx, delivery.Endpoint, tried); err != nil {
		return troubled()
	}
	if tried.Disable != "" {
		d.Log.WarnContext(ctx, "webhook endpoint disabled", "endpoint", delivery.Endpoint, "reason", tried.Disable)
	}
	if wait > 0 {
		return again(receiverFails, wait)
	}
	return nil
}

// judge is the schedule: how it goes on after a try, and whether the endpoint is given up.
func (d *Deliveries) judge(
	delivery store.Delivery, report webhook.Report,
) (state store.DeliveryState, wait time.Duration, disable string) {
	failing := !delivery.FailingSince.IsZero() &&
		report.At.Sub(delivery.FailingSince) >= d.scaled(DisabledAfter)
	switch {
	case report.Err == nil:
		return store.Delivered, 0, ""
	case errors.Is(report.Err, webhook.ErrGone):
		return store.DeliveryDead, 0, store.DisabledGone
	case failing:
		return store.DeliveryHeld, 0, store.DisabledFailing
	case delivery.Tries >= len(WebhookAfter):
		return store.DeliveryDead, 0, ""
	default:
		return store.DeliveryTrying, spread(delivery.ID, d.scaled(WebhookAfter[delivery.Tries])), ""
	}
}

func (d *Deliveries) scaled(wait time.Duration) time.Duration {
	return wait / time.Duration(max(d.Speed, 1))
}

func (d *Deliveries) ended(err error) error {
	if err != nil {
		return troubled()
	}
	return nil
}

func (d *Deliveries) again(why string, wait time.Duration, id string) error {
	return again(why, spread(id, wait))
}

func again(why string, wait time.Duration) error {
	return temporal.NewApplicationErrorWithOptions("the webhook waits", why,
		temporal.ApplicationErrorOptions{NextRetryDelay: wait, Category: temporal.ApplicationErrorCategoryBenign})
}

// troubled is a trouble inside the house: the run's own policy says when it is tried again.
func troubled() error {
	return temporal.NewApplicationError("trouble inside the house", string(models.Internal))
}

// patience is how long a delivery keeps away from a busy endpoint: from a second, twice as long
// each time, to a minute.
func patience(asked int) time.Duration {
	return min(time.Second<<min(max(asked-1, 0), 6), time.Minute)
}

// spread makes a wait up to a tenth longer, by the delivery's id, so that what failed together
// does not come back together.
func spread(id string, wait time.Duration) time.Duration {
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(id)) // never fails
	return wait + wait/10*time.Duration(hash.Sum32()%1000)/1000
}

// stopping says that the worker ends, and no receiver is to blame for what was cut off.
func stopping(ctx context.Context) bool {
	if errors.Is(ctx.Err(), context.Canceled) {
		return true
	}
	select {
	case <-activity.GetWorkerStopChannel(ctx):
		return true
	default:
		return false
	}
}
