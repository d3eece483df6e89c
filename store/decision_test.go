package store_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/store"
)

func told(order string, at time.Time, b byte) store.Decision {
	return store.Decision{
		ID: mint.ID(mint.Decision), Side: store.FriendSide, Order: order, Request: "fpr_1", Invite: "inv_1",
		Payer: "pay_1", At: at, Catalogue: 3, Rules: "abc", Facts: json.RawMessage(`{"app": "app_1"}`),
		Outcome: json.RawMessage(`{"state": "enabled"}`), Digest: hash(b),
	}
}

func TestADecisionIsKeptWhenItIsAnother(t *testing.T) {
	w := open(t)
	order, at := w.order().ID, time.Now().UTC().Truncate(time.Microsecond)
	keep := func(d store.Decision) { require.NoError(t, w.KeepDecision(t.Context(), d)) }
	first := told(order, at, 1)
	keep(first)
	keep(told(order, at.Add(time.Second), 1))
	other := told(order, at.Add(2*time.Second), 2)
	keep(other)
	back := told(order, at.Add(3*time.Second), 1)
	keep(back)
	engine := told(order, at.Add(4*time.Second), 1)
	engine.Side = store.EngineSide
	keep(engine)

	list, err := w.Decisions(t.Context(), store.DecisionFilter{Order: order, Request: "fpr_1"})
	require.NoError(t, err)
	require.Equal(t, []store.Decision{engine, back, other, first}, list)
	list, err = w.Decisions(t.Context(), store.DecisionFilter{
		Order: order, Side: store.FriendSide, Until: other.At.Add(time.Millisecond), Limit: 1,
	})
	require.NoError(t, err)
	require.Equal(t, []store.Decision{other}, list)
	list, err = w.Decisions(t.Context(), store.DecisionFilter{Order: order, Request: "fpr_2"})
	require.NoError(t, err)
	require.Empty(t, list)
}

func TestOldDecisionsAreForgotten(t *testing.T) {
	w := open(t)
	order := w.order().ID
	require.NoError(t, w.KeepDecision(t.Context(), told(order, time.Now().AddDate(0, 0, -401), 1)))
	require.NoError(t, w.KeepDecision(t.Context(), told(order, time.Now().AddDate(0, 0, -399), 2)))
	gone, err := w.PruneDecisions(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 1, gone)
	require.EqualValues(t, 1, value[int64](w, "SELECT count(*) FROM decisions"))
}

func TestPeopleAreTakenOutOfDecisions(t *testing.T) {
	w := open(t)
	keep := func(order, payer, facts string) {
		d := told(order, time.Now(), 1)
		d.Payer, d.Facts = payer, json.RawMessage(facts)
		require.NoError(t, w.KeepDecision(t.Context(), d))
	}
	payer, err := w.PayerByPhone(t.Context(), phone)
	require.NoError(t, err)
	keep(w.order().ID, payer.ID, `{"payer": {"id": "`+payer.ID+`"}}`)
	keep(w.order().ID, "", `{"buyer": "buyer-1"}`)
	_, err = w.ForgetPayer(t.Context(), payer.ID, anna)
	require.NoError(t, err)
	require.EqualValues(t, 1, value[int64](w, "SELECT count(*) FROM decisions"))
	_, err = w.ForgetBuyer(t.Context(), "app_1", "buyer-1", anna)
	require.NoError(t, err)
	require.Zero(t, value[int64](w, "SELECT count(*) FROM decisions"))
}

func TestTheSampleIsOpenRequestsWithWhatWasToldLast(t *testing.T) {
	w := open(t)
	w.settled()
	open, _ := w.paying()
	d := told(open.request.Order, time.Now(), 1)
	d.Request = open.request.ID
	require.NoError(t, w.KeepDecision(t.Context(), d))
	for app, want := range map[string]int{"": 1, "app_1": 1, "app_2": 0} {
		sample, err := w.SampleLive(t.Context(), app, 10)
		require.NoError(t, err)
		require.Len(t, sample, want)
		if want == 1 {
			require.Equal(t, open.request.ID, sample[0].Request)
			require.Equal(t, open.request.Order, sample[0].Order.ID)
			require.JSONEq(t, `{"app": "app_1"}`, string(sample[0].Facts))
			require.Equal(t, open.request.Speed, sample[0].Speed)
		}
	}
}
