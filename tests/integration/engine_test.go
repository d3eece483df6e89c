// Package integration holds the suites that need real servers: Postgres,
// Temporal and the provider simulator, over real HTTP.
package integration

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"github.com/friendpay/friendpay/activities"
	"github.com/friendpay/friendpay/internal/accounts"
	"github.com/friendpay/friendpay/internal/catalogue"
	"github.com/friendpay/friendpay/internal/door"
	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/internal/paysim"
	"github.com/friendpay/friendpay/internal/reconcile"
	"github.com/friendpay/friendpay/internal/support"
	"github.com/friendpay/friendpay/internal/testkit"
	"github.com/friendpay/friendpay/internal/tracing"
	"github.com/friendpay/friendpay/internal/vault"
	"github.com/friendpay/friendpay/internal/webhook"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/providers/mockpay"
	"github.com/friendpay/friendpay/store"
	"github.com/friendpay/friendpay/worker"
	"github.com/friendpay/friendpay/workflows"
)

func TestMain(m *testing.M) {
	testkit.Main(m, testkit.SearchAttributes(workflows.SearchAttributes()))
}

// engine is store, door and worker on real servers, without the API: a test is
// the API here, and keeps callbacks in the inbox itself.
type engine struct {
	t        *testing.T
	store    *store.Store
	door     *door.Door
	temporal client.Client
	sim      *paysim.Sim
	simURL   string
	hookURL  string
	dsn      string
	space    string // the Temporal namespace
	worker   *worker.Worker
	books    *reconcile.Books
	friends  atomic.Int64

	factories map[string]providers.Factory // the registry's lines
	way       models.Pay                   // how friends pay: channel, provider, account, product
}

func newEngine(t *testing.T) *engine {
	t.Helper()
	return newEngineWith(t, "", func(rows *store.Store) activities.Store { return rows })
}

// newEngineWith lets the merchant's system at hookURL decide about orders, and the
// activities see the rows through a test's eyes.
func newEngineWith(t *testing.T, hookURL string, seen func(*store.Store) activities.Store) *engine {
	t.Helper()
	e := newHouse(t, hookURL)
	e.work(seen(e.store))
	return e
}

// newHouse is an engine that nobody works in yet.
func newHouse(t *testing.T, hookURL string) *engine {
	t.Helper()
	return newHouseTraced(t, hookURL, nil)
}

// newHouseTraced is one whose calls to Temporal are traced.
func newHouseTraced(t *testing.T, hookURL string, traces *tracing.Traces) *engine {
	t.Helper()
	e := &engine{
		t: t, hookURL: hookURL, space: testkit.Namespace(t), dsn: testkit.Database(t, store.Migrate),
		factories: map[string]providers.Factory{"mockpay": mockpay.Open},
		way:       models.Pay{Channel: "mockpay", Provider: "mockpay", Account: "acc_1", Product: "wap"},
	}
	e.temporal = testkit.TemporalClient(t, e.space, traces.Temporal)
	e.store = e.open(e.dsn)
	e.simulate()
	e.seed()
	e.door = door.New(e.temporal)
	return e
}

// open opens a database with the keys of the house.
func (e *engine) open(dsn string) *store.Store {
	e.t.Helper()
	key := make([]byte, vault.KeySize)
	keys, err := vault.New(key, vault.Key{ID: "k1", Secret: key})
	require.NoError(e.t, err)
	rows, err := store.Open(e.t.Context(), dsn, store.Options{Vault: keys})
	require.NoError(e.t, err)
	e.t.Cleanup(func() { require.NoError(e.t, rows.Close()) })
	return rows
}

func (e *engine) simulate() {
	sim, err := paysim.New(paysim.Options{Speed: 60})
	require.NoError(e.t, err)
	server := httptest.NewServer(sim.Handler())
	e.t.Cleanup(func() { server.Close(); require.NoError(e.t, sim.Close()) })
	e.sim, e.simURL = sim, server.URL
}

func (e *engine) seed() {
	account := e.sim.Accounts()[0]
	settings, err := json.Marshal(mockpay.Settings{
		BaseURL: e.simURL, AppID: account.AppID, Merchant: account.Merchant, KeyID: account.KeyID,
		Secret: account.Secret, CallbackSecret: account.CallbackSecret,
	})
	require.NoError(e.t, err)
	require.NoError(e.t, e.store.Seed(e.t.Context(), store.SeedData{
		Merchants: []store.Merchant{{ID: "mer_1", Name: "Shop"}},
		Apps: []store.App{{
			ID: "app_1", Merchant: "mer_1", Name: "Shop", BuyerMayPayOwn: true, DefaultExpirySeconds: 1800,
			HookURL: e.hookURL, WebhookSecret: []byte(hookSecret),
		}},
		Accounts: []store.Account{{
			ID: "acc_1", Provider: "mockpay", App: "app_1", Settings: settings, State: store.AccountActive,
		}},
		Channels: []store.Channel{{
			ID: "mockpay", App: "app_1", Provider: "mockpay", Account: "acc_1", Product: "wap", Kind: "wallet",
			NameZH: "模拟支付", NameEN: "Mockpay", Enabled: true, Min: models.CNY(1), Max: models.CNY(100_000_000),
		}},
	}))
}

func (e *engine) work(rows activities.Store) {
	registry := providers.NewRegistry(e.factories, http.DefaultClient)
	log := slog.Default()
	acts := &activities.Activities{
		Store: rows, Catalogue: catalogue.New(e.store), Providers: accounts.New(e.store, registry, time.Now),
		Hook: webhook.New(nil, time.Now), Clock: time.Now, Log: log,
		Addresses: activities.Addresses{Callbacks: "http://127.0.0.1:1", Return: "http://127.0.0.1:1"},
	}
	relay := &worker.Relay{Inbox: e.store, Door: e.door, Clock: time.Now, Log: log}
	e.books = &reconcile.Books{Store: e.store, Accounts: acts.Providers, Clock: time.Now}
	w, err := worker.New(e.temporal, acts, worker.Options{
		Providers: registry.Names(),
		Books:     &activities.Books{Statements: e.store, Compare: e.books.Day, Clock: time.Now},
	}, relay, &worker.Commands{Queue: e.store, Log: log, Desk: &support.Desk{
		Rows: e.store, Door: e.door, Accounts: acts.Providers, Clock: time.Now, Log: log,
	}})
	require.NoError(e.t, err)
	require.NoError(e.t, w.Start(context.WithoutCancel(e.t.Context())))
	e.worker = w
	e.t.Cleanup(e.rest)
}

// rest stops the worker of this process, if it works.
func (e *engine) rest() {
	e.t.Helper()
	if e.worker != nil {
		require.NoError(e.t, e.worker.Stop())
		e.worker = nil
	}
}

// wish is how a test's request differs from the usual one.
type wish struct {
	guard   time.Duration // 0: one second
	speed   int64         // 0: real time
	expires time.Duration // 0: half an hour
}

// place places a request of 129 yuan.
func (e *engine) place(w wish) models.Request {
	e.t.Helper()
	ctx, now := e.t.Context(), time.Now().UTC()
	order, err := e.store.CreateOrder(ctx, store.Order{
		ID: mint.ID("ord"), App: "app_1", Merchant: "mer_1", Buyer: "b1", BuyerName: "王*",
		Number: mint.Number(), Title: "Kettle", Kind: "physical",
		Payable: models.CNY(12900), PriceVersion: 1, CreatedAt: now,
	})
	require.NoError(e.t, err)
	request, err := e.door.Place(ctx, models.Request{
		ID: mint.ID("fpr"), Order: order.ID, Merchant: "mer_1", App: "app_1", Buyer: "b1",
		Payable: order.Payable, Agreed: order.Payable, PriceVersion: 1, Rules: models.CurrentRules,
		Hooked: e.hookURL != "",
		Speed:  max(w.speed, 1), Guard: cmp.Or(w.guard, time.Second), State: models.Checking, EnteredAt: now,
		ExpiresAt: now.Add(cmp.Or(w.expires, 30*time.Minute)), HardEnd: now.Add(time.Hour),
	})
	require.NoError(e.t, err)
	require.Equal(e.t, models.Open, request.State)
	return request
}

// pay asks to pay as one more friend with an invite of his own, and returns the number.
func (e *engine) pay(request models.Request) string {
	e.t.Helper()
	number, after, err := e.ask(request)
	require.NoError(e.t, err)
	require.Equal(e.t, models.Paying, after.State, "%+v", after.Attempts)
	return number
}

func (e *engine) ask(request models.Request) (number string, after models.Request, err error) {
	ctx := e.t.Context()
	number = mint.Number()
	payer, err := e.store.PayerByPhone(ctx, fmt.Sprintf("1380013%04d", e.friends.Add(1)))
	if err != nil {
		return number, after, err
	}
	invite := store.Invite{
		ID: mint.ID("inv"), Request: request.ID, Generation: 1, TokenHash: []byte(number + "000000")[:32],
		ExpiresAt: request.ExpiresAt, CreatedAt: time.Now().UTC(),
	}
	if _, err := e.store.CreateInvite(ctx, invite); err != nil {
		return number, after, err
	}
	pay := e.way
	pay.Number, pay.Invite, pay.Payer = number, invite.ID, payer.ID
	pay.Quoted, pay.PriceVersion = request.Payable, request.PriceVersion
	after, err = e.door.Deliver(ctx, request.ID, number, models.Event{
		Kind: models.PayAsked, Actor: "payer:" + payer.ID, Attempt: number, Pay: &pay,
	})
	return number, after, err
}

// report keeps a callback about an attempt in the inbox, as the API would.
func (e *engine) report(number string) {
	e.t.Helper()
	_, err := e.store.KeepEvent(e.t.Context(), store.ProviderEvent{
		Provider: e.way.Provider, Account: e.way.Account, Key: mint.Number(), Kind: providers.PaymentNotice,
		Number: number, Raw: []byte("{}"),
	})
	require.NoError(e.t, err)
}

// await waits until the row shows the state.
func (e *engine) await(id string, state models.State) models.Request {
	e.t.Helper()
	var row models.Request
	require.Eventually(e.t, func() bool {
		var err error
		row, err = e.store.Request(e.t.Context(), id)
		return err == nil && row.State == state
	}, 20*time.Second, 20*time.Millisecond)
	return row
}
