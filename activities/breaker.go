package activities

import (
	"cmp"
	"context"
	"errors"

	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/store"
)

// noteMade tells the channel's breakers how making an order went. A definite refusal is
// about this payment and says nothing of others; a worker that stops has given nobody time
// to answer. What cannot be noted must not stop money.
func (t talk) noteMade(ctx context.Context, err error) {
	if err != nil && (providers.ClassOf(err) == providers.Definite || errors.Is(ctx.Err(), context.Canceled)) {
		return
	}
	class, code := outcome(err)
	made := store.Made{
		App: t.request.App, Channel: t.attempt.Channel, Attempt: t.attempt.Number, Failed: err != nil,
		Reason: cmp.Or(code, string(class)), Speed: t.request.Speed, At: t.Clock(),
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteTime)
	defer cancel()
	turns, err := t.Store.NoteMade(ctx, made)
	if err != nil {
		t.Log.WarnContext(ctx, "breaker not told of a payment", "request", t.request.ID, "error", err)
	}
	for _, turn := range turns {
		t.Log.WarnContext(ctx, "a breaker turned", "app", turn.App, "channel", turn.Channel,
			"surface", turn.Surface, "to", turn.To, "reason", turn.Reason)
		if t.Turned != nil {
			t.Turned(turn)
		}
	}
}
