package activities_test

import (
	"encoding/json"
	"errors"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/activities"
	"github.com/friendpay/friendpay/internal/webhook"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/store"
)

func (w *world) ordered(order store.Order, channels ...policy.Channel) {
	order.Number = "A1"
	rows := policy.NewTables()
	for i, c := range channels {
		rows.Channels[strconv.Itoa(i)] = c
	}
	w.rows.order = func() (store.Order, error) { return order, nil }
	known := policy.NewCatalogue(1, rows) // once: two of these channels have one name
	w.rows.offers = func() (*policy.Catalogue, error) { return known, nil }
}

func TestTheRulesAreAskedOnceMore(t *testing.T) {
	window := policy.Window{Min: models.CNY(1), Max: models.CNY(100_000)}
	open := policy.Channel{ID: "mock", Amount: window, Enabled: true}
	small, off := open, open
	small.Amount.Max, off.Enabled = models.CNY(100), false
	unpaid := store.Order{Payable: models.CNY(12900), State: store.OrderUnpaid}
	settled, soon := unpaid, unpaid
	settled.State, soon.PayDeadline = store.OrderPaid, noon.Add(time.Second)
	for name, c := range map[string]struct {
		order     store.Order
		catalogue []policy.Channel
		eligible  bool
	}{
		"a channel is there": {unpaid, []policy.Channel{open}, true},
		"one of two fits":    {unpaid, []policy.Channel{small, open}, true},
		"none is offered":    {unpaid, nil, false},
		"none fits":          {unpaid, []policy.Channel{small, off}, false},
		"paid already":       {settled, []policy.Channel{open}, false},
		"too late":           {soon, []policy.Channel{open}, false},
	} {
		w := newWorld(t)
		w.ordered(c.order, c.catalogue...)
		first, err := w.effect(models.CheckOrder, models.NewAttempt)
		require.NoError(t, err)
		second, err := w.effect(models.CheckOrder, models.NewAttempt)
		require.NoError(t, err)
		require.Equal(t, first, second)
		require.Equal(t, c.eligible, first.Kind == models.OrderEligible, name)
		require.Equal(t, c.eligible, first.Reason == "", name)
		require.Len(t, w.rows.told, 2, "each is kept; the rows know the second for the first")
		require.Equal(t, w.rows.told[0].Digest, w.rows.told[1].Digest)
		require.Equal(t, store.EngineSide, w.rows.told[0].Side)
	}
	w := newWorld(t)
	w.rows.order = func() (store.Order, error) { return store.Order{}, errors.New(canary) }
	_, err := w.effect(models.CheckOrder, models.NewAttempt)
	require.Equal(t, "internal", again(t, err).Type())
	w.ordered(unpaid)
	w.rows.offers = func() (*policy.Catalogue, error) { return nil, errors.New(canary) }
	_, err = w.effect(models.CheckOrder, models.NewAttempt)
	require.Equal(t, "internal", again(t, err).Type())
}

func TestTheOrderRowTakesTheMoneyOrSaysWhyNot(t *testing.T) {
	for _, reason := range []string{"", "order_gone", "stale_price", "duplicate"} {
		w := newWorld(t)
		var claims []store.Claim
		w.rows.claim = func(c store.Claim) (string, error) { claims = append(claims, c); return reason, nil }
		first, err := w.effect(models.ApplyOrder, models.SucceededAttempt)
		require.NoError(t, err)
		second, err := w.effect(models.ApplyOrder, models.SucceededAttempt)
		require.NoError(t, err)
		require.Equal(t, reason, first.Reason)
		require.Equal(t, reason == "", first.Kind == models.OrderAccepted)
		require.Regexp(t, `^[0-9A-Z]{26}$`, first.Spare, "also when taken: the price may have fallen since")
		require.NotEqual(t, first.Spare, second.Spare)
		second.Spare = first.Spare
		require.Equal(t, first, second)
		require.Equal(t, claims[0], claims[1])
		require.Equal(t, store.Claim{
			Order: "ord_1", Request: "fpr_1", Attempt: number, Price: models.CNY(12900), PriceVersion: 1,
		}, claims[0])
	}
	w := newWorld(t)
	w.rows.claim = func(c store.Claim) (string, error) {
		require.True(t, c.Reopen, "an ended request asks for its order back")
		return "", models.Refuse(models.Unavailable, "database_busy", "Busy.")
	}
	late := request(models.SucceededAttempt)
	late.Target = models.Expired
	_, err := w.run("ApplyOrder", models.Call{Request: late, Ref: number})
	require.Equal(t, "database_busy", again(t, err).Type())
}

// hooked is a merchant whose order hook answers with this JSON.
func hooked(t *testing.T, answer string, asked *[]webhook.Message) *world {
	w := newWorld(t)
	w.ordered(store.Order{})
	w.rows.app = func() (store.App, error) {
		return store.App{HookURL: "https://shop.example/hook", WebhookSecret: []byte(secret)}, nil
	}
	w.Hook = hook(func(to webhook.Endpoint, message webhook.Message, reply any) error {
		require.Equal(t, webhook.Endpoint{URL: "https://shop.example/hook", Secret: secret}, to)
		*asked = append(*asked, message)
		return json.Unmarshal([]byte(answer), reply)
	})
	return w
}

func TestTheMerchantIsAskedAndMayRefuse(t *testing.T) {
	for answer, want := range map[string]models.Event{
		`{"accepted":true}`:                            {Kind: models.OrderAccepted},
		`{"accepted":true,"reason":"duplicate"}`:       {Kind: models.OrderAccepted},
		`{"accepted":false,"reason":"stale_price"}`:    {Kind: models.OrderRefused, Reason: "stale_price"},
		`{"accepted":false,"reason":"duplicate"}`:      {Kind: models.OrderRefused, Reason: "duplicate"},
		`{"accepted":false}`:                           {Kind: models.OrderRefused, Reason: "order_gone"},
		`{"accepted":false,"reason":"` + canary + `"}`: {Kind: models.OrderRefused, Reason: "order_gone"},
	} {
		var asked []webhook.Message
		w := hooked(t, answer, &asked)
		first, err := w.effect(models.AskOrderHook, models.SucceededAttempt)
		require.NoError(t, err)
		_, err = w.effect(models.AskOrderHook, models.SucceededAttempt)
		require.NoError(t, err)
		require.Regexp(t, `^[0-9A-Z]{26}$`, first.Spare)
		require.Equal(t, want.Kind, first.Kind, answer)
		require.Equal(t, want.Reason, first.Reason, answer)
		require.Equal(t, asked[0], asked[1], "the same question under the same id")
		require.Equal(t, "hook_"+number, asked[0].ID)
	}
}

// An order that took another request's money is not offered to the merchant again.
func TestATakenOrderIsNotOffered(t *testing.T) {
	var asked []webhook.Message
	w := hooked(t, `{"accepted":true}`, &asked)
	w.rows.claim = func(store.Claim) (string, error) { return store.ClaimDuplicate, nil }
	answer, err := w.effect(models.AskOrderHook, models.SucceededAttempt)
	require.NoError(t, err)
	require.Equal(t, models.OrderRefused, answer.Kind)
	require.Equal(t, store.ClaimDuplicate, answer.Reason)
	require.Empty(t, asked)
}

func TestTheQuestionToTheMerchant(t *testing.T) {
	var asked []webhook.Message
	w := hooked(t, `{"accepted":true}`, &asked)
	r := request(models.SucceededAttempt)
	r.Attempts[0].Captured = models.CNY(12900)
	_, err := w.run("AskOrderHook", models.Call{Request: r, Ref: number})
	require.NoError(t, err)
	r.Target = models.Expired
	_, err = w.run("AskOrderHook", models.Call{Request: r, Ref: number})
	require.NoError(t, err)
	want := activities.HookQuestion{
		Type: "order.apply", Request: "fpr_1", OrderNumber: "A1", Attempt: number, Amount: models.CNY(12900),
		PriceVersion: 1, OrderAmount: models.CNY(12900),
	}
	for i, kind := range []string{"order.apply", "order.reopen"} {
		var question activities.HookQuestion
		require.NoError(t, json.Unmarshal(asked[i].Body, &question))
		want.Type = kind
		require.Equal(t, want, question)
	}
}

// The money is safe and waits: only a clear answer moves it.
func TestASilentMerchantIsAskedAgain(t *testing.T) {
	var asked []webhook.Message
	for _, answer := range []string{
		`{}`, `null`, `{"status":"ok"}`, `{"accepted":null}`, `[`, `{"accepted":"no"}`,
	} {
		w := hooked(t, answer, &asked)
		_, err := w.effect(models.AskOrderHook, models.SucceededAttempt)
		require.Equal(t, "hook_silent", again(t, err).Type(), answer)
	}
	w := hooked(t, "", &asked)
	w.Hook = hook(func(webhook.Endpoint, webhook.Message, any) error { return errors.New(canary) })
	_, err := w.effect(models.AskOrderHook, models.SucceededAttempt)
	require.Equal(t, "hook_silent", again(t, err).Type())
	_, err = w.run("AskOrderHook", models.Call{Request: request(models.SucceededAttempt), Ref: refund})
	require.Equal(t, "internal", again(t, err).Type(), "the winner is missing")
}

// The same over real HTTP: 500 and redirects are silence, and the signature verifies.
func TestTheHookOverHTTP(t *testing.T) {
	merchant := newMerchant(t)
	w := hooked(t, "", nil)
	w.rows.app = func() (store.App, error) {
		return store.App{HookURL: merchant.URL, WebhookSecret: []byte(secret)}, nil
	}
	w.Hook = webhook.New(merchant.Client().Transport, time.Now)
	for _, status := range []int{500, 301, 307, 204, 404, 410} {
		merchant.status = status
		_, err := w.effect(models.AskOrderHook, models.SucceededAttempt)
		require.Equal(t, "hook_silent", again(t, err).Type(), status)
	}
	merchant.status = 200
	event, err := w.effect(models.AskOrderHook, models.SucceededAttempt)
	require.NoError(t, err)
	require.Equal(t, models.OrderAccepted, event.Kind)
	require.Len(t, merchant.ids, 1, "one id over all tries")
	require.Equal(t, 7, merchant.ids["hook_"+number])
}
