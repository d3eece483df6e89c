package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/friendpay/friendpay/internal/webhook"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

const (
	outboxTick  = 200 * time.Millisecond
	outboxLease = time.Minute
)

// webhookAfter is when a webhook is tried again after each failure, jitter
// apart. Source: Standard Webhooks 1.0. After the last it is dead, and shown to support.
var webhookAfter = []time.Duration{
	5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour,
	10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour,
}

// Letters is what the outbox needs of the store.
type Letters interface {
	TakeMessages(ctx context.Context, limit int, lease time.Duration) ([]store.Message, error)
	Message(ctx context.Context, id string) (store.Message, error)
	SentMessage(ctx context.Context, id string, status int) error
	RetryMessage(ctx context.Context, id string, next time.Time, why string) error
	DeadMessage(ctx context.Context, id, why string) error
	App(ctx context.Context, id string) (store.App, error)
	PayerPhone(ctx context.Context, id string) (string, error)
}

// Durability knows up to which version a request may be spoken of.
type Durability interface {
	Durable(ctx context.Context, requestID string) (int64, error)
}

// Sender delivers one webhook.
type Sender interface {
	Send(ctx context.Context, to webhook.Endpoint, message webhook.Message) (status int, err error)
}

// Texter sends one text message.
type Texter interface {
	Send(ctx context.Context, phone, template string, params map[string]string) error
}

// Outbox tells merchants and friends what transitions owe them, each message at
// least once under one id, and only when its step is durable in Temporal: what a
// lost step had to say is never said.
type Outbox struct {
	Letters  Letters
	Durable  Durability
	Webhooks Sender
	SMS      Texter
	Clock    func() time.Time
	Log      *slog.Logger
}

// Run sends until ctx ends.
func (o *Outbox) Run(ctx context.Context) error {
	return every(ctx, outboxTick, func() bool {
		letters, err := o.Letters.TakeMessages(ctx, relayBatch, outboxLease)
		if err != nil {
			o.Log.WarnContext(ctx, "outbox not readable", "error", err)
			return false
		}
		var group errgroup.Group
		group.SetLimit(relayAtOnce)
		for _, letter := range letters {
			group.Go(func() error { o.carry(ctx, letter); return nil })
		}
		_ = group.Wait() // carry reports in the message's row
		return len(letters) == relayBatch
	})
}

func (o *Outbox) carry(ctx context.Context, letter store.Message) {
	if !o.sayable(ctx, letter) {
		return
	}
	status, err := o.send(ctx, letter)
	switch {
	case err == nil:
		err = o.Letters.SentMessage(ctx, letter.ID, status)
	case errors.Is(err, webhook.ErrGone) || letter.Tries > len(webhookAfter):
		err = o.Letters.DeadMessage(ctx, letter.ID, err.Error())
	default:
		wait := webhookAfter[min(max(letter.Tries, 1), len(webhookAfter))-1]
		err = o.Letters.RetryMessage(ctx, letter.ID, o.Clock().Add(wait), err.Error())
	}
	if err != nil {
		o.Log.WarnContext(ctx, "message not marked; it will be sent again", "message", letter.ID, "error", err)
	}
}

// sayable waits until the step that owes the message is durable; a message that
// was replaced since is not sent at all.
func (o *Outbox) sayable(ctx context.Context, letter store.Message) bool {
	durable, err := o.Durable.Durable(ctx, letter.Request)
	if err == nil && durable < letter.Version {
		err = errors.New("its step is not durable yet")
	}
	if err != nil && models.CodeOf(err) != models.Gone {
		o.later(ctx, letter, err)
		return false
	}
	if _, err = o.Letters.Message(ctx, letter.ID); models.CodeOf(err) == models.NotFound && err != nil {
		return false
	}
	if err != nil {
		o.later(ctx, letter, err)
	}
	return err == nil
}

func (o *Outbox) later(ctx context.Context, letter store.Message, why error) {
	next := o.Clock().Add(backoff(letter.Tries))
	if err := o.Letters.RetryMessage(ctx, letter.ID, next, reason(why)); err != nil {
		o.Log.WarnContext(ctx, "message not put off", "message", letter.ID, "error", err)
	}
}

func (o *Outbox) send(ctx context.Context, letter store.Message) (status int, err error) {
	if letter.Kind == store.SMS {
		return 0, o.text(ctx, letter)
	}
	app, err := o.Letters.App(ctx, letter.App)
	if err != nil {
		return 0, fmt.Errorf("find the receiver: %w", err)
	}
	to := webhook.Endpoint{URL: app.WebhookURL, Secret: string(app.WebhookSecret)}
	return o.Webhooks.Send(ctx, to, webhook.Message{ID: letter.ID, Body: letter.Payload})
}

func (o *Outbox) text(ctx context.Context, letter store.Message) error {
	phone, err := o.Letters.PayerPhone(ctx, letter.Payer)
	if err != nil {
		return fmt.Errorf("find the payer's phone: %w", err)
	}
	var params map[string]string
	if err := json.Unmarshal(letter.Payload, &params); err != nil {
		return fmt.Errorf("read the message: %w", err)
	}
	return o.SMS.Send(ctx, phone, letter.Type, params)
}
