package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/store"
)

func TestCasesHaveAnOwnerAndAnEnd(t *testing.T) {
	w := open(t)
	orphan := store.Case{Kind: models.CaseOrphan, Attempt: mint.Number(), Provider: "mockpay", Account: "acc_1"}
	opened, err := w.OpenCase(t.Context(), orphan)
	require.NoError(t, err)
	require.WithinDuration(t, time.Now().Add(24*time.Hour), opened.DueAt, time.Minute)
	again, err := w.OpenCase(t.Context(), orphan)
	require.NoError(t, err)
	require.Equal(t, opened, again, "one open case for one matter")

	page, err := w.Cases(t.Context(), store.CaseFilter{Kind: models.CaseOrphan})
	require.NoError(t, err)
	require.Equal(t, []store.Case{opened}, page.Items)
	require.NoError(t, w.CloseCase(t.Context(), opened.ID, "staff:1", "not ours"))
	refused(t, w.CloseCase(t.Context(), opened.ID, "staff:1", "again"), models.NotFound, "unknown_case")
	page, err = w.Cases(t.Context(), store.CaseFilter{})
	require.NoError(t, err)
	require.Empty(t, page.Items)
	anew, err := w.OpenCase(t.Context(), orphan)
	require.NoError(t, err)
	require.NotEqual(t, opened.ID, anew.ID)
	page, err = w.Cases(t.Context(), store.CaseFilter{Closed: true, Limit: 1})
	require.NoError(t, err)
	require.Equal(t, anew.ID, page.Next)
}

func TestTheTimelineMergesAllThatIsKnown(t *testing.T) {
	w := open(t)
	l, number := w.settled()
	sent := event("a")
	sent.Number = number
	_, err := w.KeepEvent(t.Context(), sent)
	require.NoError(t, err)
	require.NoError(t, w.RecordCall(t.Context(), store.Call{
		Request: l.request.ID, Attempt: number, Provider: "mockpay", Op: "create", Class: providers.Ambiguous,
		Code: "504", Latency: time.Second, At: l.at,
	}))
	require.NoError(t, w.RecordCall(t.Context(), store.Call{
		Request: l.request.ID, Attempt: number, Provider: "wechatpay", Op: "close", Class: providers.Refused,
		Code: "TOO_EARLY", At: l.at,
	}))
	require.NoError(t, w.RecordCall(t.Context(), store.Call{
		Request: l.request.ID, Attempt: number, Provider: "wechatpay", Op: "query", At: l.at,
	}))
	_, err = w.OpenCase(t.Context(), store.Case{Request: l.request.ID, Kind: models.CaseRiskHold})
	require.NoError(t, err)
	moments, err := w.Timeline(t.Context(), l.request.ID)
	require.NoError(t, err)
	kinds, texts := map[string]int{}, []string{}
	for i, m := range moments {
		texts = append(texts, m.Text)
		kinds[m.Kind]++
		require.NotEmpty(t, m.Text)
		require.NotEmpty(t, m.Detail)
		require.False(t, i > 0 && m.At.Before(moments[i-1].At))
	}
	require.Equal(t, map[string]int{"transition": 6, "callback": 1, "call": 3, "message": 4, "case": 1}, kinds)
	require.Contains(t, texts, "create at mockpay failed (ambiguous 504)")
	require.Contains(t, texts, "close at wechatpay put off (TOO_EARLY)", "a wait that was planned is no failure")
	require.Contains(t, texts, "query at wechatpay")
}

func TestRequestsAreListedInPages(t *testing.T) {
	w := open(t)
	var ids []string
	for range 5 {
		ids = append(ids, w.opened().request.ID)
	}
	var seen []string
	filter := store.RequestFilter{Merchant: "mer_1", States: []models.State{models.Open}, Limit: 2}
	for pages := 1; ; pages++ {
		page, err := w.Requests(t.Context(), filter)
		require.NoError(t, err)
		for _, line := range page.Items {
			require.Equal(t, "Tea", line.OrderTitle)
			require.NotEmpty(t, line.OrderNumber)
			require.Equal(t, models.RequestLapsed, line.NextKind)
			seen = append([]string{line.ID}, seen...)
		}
		if filter.Cursor = page.Next; page.Next == "" {
			require.Equal(t, 3, pages)
			break
		}
	}
	require.Equal(t, ids, seen)
	for _, foreign := range []store.RequestFilter{
		{Merchant: "mer_2"}, {App: "app_1", Buyer: "buyer-2"},
		{Merchant: "mer_1", States: []models.State{models.Paying}},
	} {
		page, err := w.Requests(t.Context(), foreign)
		require.NoError(t, err)
		require.Empty(t, page.Items)
	}
	heads, err := w.Heads(t.Context(), append(ids[:2:2], "fpr_nobody"))
	require.NoError(t, err)
	require.Equal(t, map[string]int64{ids[0]: 1, ids[1]: 1}, heads)
}

// What payments under way know their account and app by must not become somebody else's.
func TestSeedTakesNothingFromOthers(t *testing.T) {
	w := open(t)
	apps := store.SeedData{
		Merchants: []store.Merchant{{ID: "mer_9", Name: "Other"}},
		Apps:      []store.App{{ID: "app_1", Merchant: "mer_9", Name: "Shop", DefaultExpirySeconds: 60}},
	}
	refused(t, w.Seed(t.Context(), apps), models.Conflict, "foreign_app")
	apps.Apps[0].ID = "app_9"
	apps.Accounts = []store.Account{{
		ID: "acc_1", Provider: "mockpay", App: "app_9", Settings: []byte("{}"), State: store.AccountActive,
	}}
	refused(t, w.Seed(t.Context(), apps), models.Conflict, "foreign_account")

	before, err := w.Account(t.Context(), "mockpay", "acc_1")
	require.NoError(t, err)
	require.Equal(t, "app_1", before.App)
	require.NoError(t, w.exec("UPDATE provider_accounts SET state = 'disabled'"))
	before.Settings = []byte(`{"new":1}`)
	require.NoError(t, w.Seed(t.Context(), store.SeedData{Accounts: []store.Account{before}}))
	after, err := w.Account(t.Context(), "mockpay", "acc_1")
	require.NoError(t, err)
	require.Equal(t, store.AccountDisabled, after.State, "writing settings switches nothing on")
	require.JSONEq(t, `{"new":1}`, string(after.Settings))
}
