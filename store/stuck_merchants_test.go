package store_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/internal/reasons"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/store"
)

func TestMessagesAreStuck(t *testing.T) {
	w := open(t)
	w.settled()
	for range 2 {
		require.Empty(t, w.reasons(time.Now()))
		messages, err := w.TakeMessages(t.Context(), 1, time.Minute)
		require.NoError(t, err)
		require.NoError(t, w.RetryMessage(t.Context(), messages[0].ID, time.Unix(1, 0), "timeout"))
	}
	rows := w.listed(time.Now())
	require.Len(t, rows, 1)
	require.Contains(t, []reasons.Reason{reasons.WebhookFailing, reasons.SMSFailing}, rows[0].Reason)
	require.NoError(t, w.DeadMessage(t.Context(), rows[0].Subject, "gone"))
	require.Equal(t, "gone", w.listed(time.Now())[0].Detail)

	require.NoError(t, w.ResendMessage(t.Context(), rows[0].StepSubject))
	require.Empty(t, w.reasons(time.Now()), "it has its chance")
	messages, err := w.TakeMessages(t.Context(), 9, time.Minute)
	require.NoError(t, err)
	again := slices.IndexFunc(messages, func(m store.Message) bool { return m.ID == rows[0].Subject })
	require.GreaterOrEqual(t, again, 0, "at once")
	require.Equal(t, 1, messages[again].Tries, "with all its tries")
	require.NoError(t, w.SentMessage(t.Context(), rows[0].Subject, 0))
	refused(t, w.ResendMessage(t.Context(), rows[0].Subject), models.Conflict, "already_sent")
	refused(t, w.ResendMessage(t.Context(), mint.ID(mint.Message)), models.NotFound, "unknown_message")
}

// steps lists why things are stuck and what would end them.
func (w *world) steps() (list []string) {
	w.t.Helper()
	for _, row := range w.listed(time.Now()) {
		list = append(list, string(row.Reason)+" "+row.Detail+": "+row.Step+" "+row.StepSubject)
	}
	return list
}

func TestWebhooksAreStuck(t *testing.T) {
	w := open(t)
	l := w.opened()
	end := w.ofApp()
	require.NoError(t, w.FanOut(t.Context(), w.message(l, "request.settled")))
	taken, err := w.TakeDeliveries(t.Context(), 10, 10)
	require.NoError(t, err)
	require.Len(t, taken, 1)
	one := taken[0]
	try := func(state store.DeliveryState, disable string) { w.tried(one, state, disable) }
	try(store.DeliveryTrying, "")
	require.Empty(t, w.steps(), "once is no trouble")
	try(store.DeliveryTrying, "")
	require.Equal(t, []string{"webhook_failing http_500: resend_webhook " + one.ID}, w.steps())
	require.Equal(t, l.request.ID, w.listed(time.Now())[0].Request)
	require.EqualValues(t, 1, w.many("deliveries trying"))

	try(store.DeliveryDead, store.DisabledGone)
	require.ElementsMatch(t, []string{
		"webhook_dead endpoint_disabled: enable_endpoint " + end.ID,
		"endpoint_disabled gone: enable_endpoint " + end.ID,
	}, w.steps(), "what is sent to a disabled one is refused")
	require.EqualValues(t, 1, w.many("deliveries dead"))
	require.EqualValues(t, 1, w.many("endpoints disabled"))
	require.Equal(t, []string{"delivery " + l.request.ID}, w.found(one.ID))
	require.Equal(t, []string{"endpoint "}, w.found(end.ID))

	_, err = w.EnableEndpoint(t.Context(), end.ID)
	require.NoError(t, err)
	require.Equal(t, []string{"webhook_dead http_500: resend_webhook " + one.ID}, w.steps())
	_, err = w.ReplayDelivery(t.Context(), one.ID)
	require.NoError(t, err)
	require.Empty(t, w.steps())
	require.EqualValues(t, 1, w.many("deliveries queued"))

	_, err = w.DisableEndpoint(t.Context(), end.ID, store.DisabledByMerchant)
	require.NoError(t, err)
	require.Empty(t, w.steps(), "the merchant knows")
	require.NoError(t, w.DeleteEndpoint(t.Context(), end.ID))
	require.Empty(t, w.steps(), "nobody listens any more")
}

// many is how much of something waits.
func (w *world) many(what string) int64 {
	w.t.Helper()
	rows, err := w.Waiting(w.t.Context(), time.Now())
	require.NoError(w.t, err)
	for _, row := range rows {
		if row.Queue+" "+row.Kind == what {
			return row.Count
		}
	}
	return 0
}

// A request's life and what it still waits for tell of its webhooks.
func TestWebhooksAreTold(t *testing.T) {
	w := open(t)
	l := w.opened()
	w.ofApp()
	require.NoError(t, w.FanOut(t.Context(), w.message(l, "request.settled")))
	one := w.deliveries(store.DeliveryFilter{Request: l.request.ID})[0]
	moments, err := w.Timeline(t.Context(), l.request.ID)
	require.NoError(t, err)
	var told []string
	for _, m := range moments {
		if m.Ref == one.ID {
			told = append(told, m.Kind+" "+m.Text)
		}
	}
	require.Equal(t, []string{"message webhook request.settled to " + one.Endpoint + ": queued"}, told)
	errands, err := w.Errands(t.Context(), l.request.ID)
	require.NoError(t, err)
	require.Contains(t, errands, store.Errand{
		Kind: "message", ID: one.ID, What: "webhook request.settled", At: one.CreatedAt,
	})
}

// Who vouches for a way to pay lets somebody try it: it is not stuck, and not trusted either.
func TestAnOpenBreakerIsStuck(t *testing.T) {
	w := open(t)
	key := store.BreakerKey{App: "app_1", Channel: "ch_1"}
	now := time.Now()
	note := func(failed bool) {
		_, err := w.NoteMade(t.Context(), store.Made{
			App: key.App, Channel: key.Channel, Failed: failed, Reason: "500", At: now,
		})
		require.NoError(t, err)
	}
	for range 5 {
		note(true)
	}
	require.Equal(t, []string{"breaker_open 500: close_breaker app_1/ch_1"}, w.steps())
	require.NoError(t, w.Vouch(t.Context(), key, now))
	require.Empty(t, w.steps())
	refused(t, w.Vouch(t.Context(), key, now), models.Conflict, "not_open")
	breakers, err := w.Breakers(t.Context(), key.App)
	require.NoError(t, err)
	require.Equal(t, policy.BreakerHalfOpen, breakers[0].State)
	note(true)
	require.NotEmpty(t, w.steps(), "he was wrong")
	require.NoError(t, w.Vouch(t.Context(), key, now))
	note(false)
	breakers, err = w.Breakers(t.Context(), key.App)
	require.NoError(t, err)
	require.Empty(t, breakers, "he was right")
	refused(t, w.Trustworthy(t.Context(), key), models.Conflict, "not_open")
	key.Surface = "wechat"
	refused(t, w.Trustworthy(t.Context(), key), models.NotFound, "unknown_breaker")
}
