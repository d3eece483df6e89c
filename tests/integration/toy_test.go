package integration

import (
	"encoding/json"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/paysim/journal"
	bank "github.com/friendpay/friendpay/internal/paysim/toy"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers/providertest/toy"
	"github.com/friendpay/friendpay/store"
)

// A new provider is a folder, a line where the house is wired, and rows: nothing of
// models, workflows, activities or store knows its name, and a request is paid.
func TestANewProviderIsALineAndItsRows(t *testing.T) {
	e := newHouse(t, "")
	b, err := bank.New("shop-1", "the secret of the toy's merchant", 60)
	require.NoError(t, err)
	server := httptest.NewServer(b)
	t.Cleanup(func() { server.Close(); require.NoError(t, b.Close()) })

	e.factories["toy"] = toy.Open // the line
	settings, err := json.Marshal(toy.Settings{BaseURL: server.URL, Account: b.Account, Secret: b.Secret})
	require.NoError(t, err)
	require.NoError(t, e.store.Seed(t.Context(), store.SeedData{ // the rows
		Accounts: []store.Account{{
			ID: "acc_toy", Provider: "toy", App: "app_1", Settings: settings, State: store.AccountActive,
		}},
		Channels: []store.Channel{{
			ID: "toy", App: "app_1", Provider: "toy", Account: "acc_toy", Product: "page", Kind: "wallet",
			NameZH: "玩具支付", NameEN: "Toy", Enabled: true, Min: models.CNY(1), Max: models.CNY(100_000_000),
		}},
	}))
	e.way = models.Pay{Channel: "toy", Provider: "toy", Account: "acc_toy", Product: "page"}
	e.work(e.store)

	request := e.place(wish{})
	number := e.pay(request)
	require.NoError(t, b.Pay(number, false))
	e.report(number)
	settled := e.await(request.ID, models.Settled)
	require.Len(t, settled.Attempts, 1)
	require.Equal(t, models.CNY(12900), settled.Attempts[0].Captured)
	captured := b.Journal.Read(journal.Filter{Number: number, Kind: "captured"}).Entries
	require.Len(t, captured, 1)
	require.Equal(t, int64(12900), captured[0].Minor)
	e.owes(settled, 900)
	e.await(request.ID, models.PartlyRefunded)
	require.Len(t, b.Journal.Read(journal.Filter{Number: number, Kind: "refund_done"}).Entries, 1)
	for _, o := range b.Journal.Read(journal.Filter{Kind: "order_created"}).Entries {
		require.Equal(t, number, o.Number)
	}
}
