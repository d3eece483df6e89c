package store_test

import (
	"bytes"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/internal/testkit"
	"github.com/friendpay/friendpay/internal/vault"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// world is a database of its own with one merchant, and a store on it.
type world struct {
	*store.Store
	t   *testing.T
	dsn string
	raw *pgxpool.Pool // past the store
}

const (
	webhookSecret = "canary-webhook-secret"
	settings      = `{"key":"canary-provider-key"}`
)

func secrets(t *testing.T) *vault.Vault {
	t.Helper()
	key := func(b byte) []byte { return bytes.Repeat([]byte{b}, vault.KeySize) }
	v, err := vault.New(key(1), vault.Key{ID: "k1", Secret: key(2)})
	require.NoError(t, err)
	return v
}

// reach is a world without a store yet.
func reach(t *testing.T, dsn string) *world {
	t.Helper()
	raw, err := pgxpool.New(t.Context(), dsn)
	require.NoError(t, err)
	t.Cleanup(raw.Close)
	return &world{t: t, dsn: dsn, raw: raw}
}

func open(t *testing.T) *world {
	t.Helper()
	t.Parallel()
	return openAlone(t)
}

// openAlone is for a test that nothing else may run beside.
func openAlone(t *testing.T) *world {
	t.Helper()
	w := reach(t, testkit.Database(t, store.Migrate))
	w.Store = w.another()
	require.NoError(t, w.Seed(t.Context(), seed()))
	return w
}

// another is a second store on the same database, as another instance has it.
func (w *world) another() *store.Store {
	s, err := store.Open(w.t.Context(), w.dsn, store.Options{Vault: secrets(w.t)})
	require.NoError(w.t, err)
	w.t.Cleanup(func() { require.NoError(w.t, s.Close()) })
	return s
}

func seed() store.SeedData {
	return store.SeedData{
		Merchants: []store.Merchant{{ID: "mer_1", Name: "Tea House"}},
		Apps: []store.App{{
			ID: "app_1", Merchant: "mer_1", Name: "Shop", WebhookURL: "https://shop.example/hook",
			WebhookSecret: []byte(webhookSecret), DefaultExpirySeconds: 86400,
			ReturnOrigins: []string{"https://shop.example"}, DailyLimit: models.CNY(100_000),
		}},
		Keys: []store.APIKey{{Hash: hash(1), Merchant: "mer_1", Apps: []string{"app_1"}, Mode: "test"}},
		Accounts: []store.Account{{
			ID: "acc_1", Provider: "mockpay", App: "app_1", Settings: []byte(settings), State: "active",
		}},
		Channels: []store.Channel{{
			ID: "mock", App: "app_1", Provider: "mockpay", Account: "acc_1", Product: "wap", NameZH: "模拟",
			NameEN: "Mock", Position: 2, Min: models.CNY(1), Max: models.CNY(1_000_000),
			Surfaces: []string{"mobile"}, Enabled: true,
		}, {
			ID: "code", App: "app_1", Provider: "mockpay", Account: "acc_1", Product: "qr", NameZH: "扫码",
			NameEN: "QR", Position: 1, Min: models.CNY(1), Max: models.CNY(2),
		}},
	}
}

func hash(b byte) []byte { return bytes.Repeat([]byte{b}, 32) }

// order stores a fresh order of 129 yuan.
func (w *world) order() store.Order {
	w.t.Helper()
	order, err := w.CreateOrder(w.t.Context(), store.Order{
		ID: mint.ID(mint.Order), App: "app_1", Merchant: "mer_1", Buyer: "buyer-1", BuyerName: "小*",
		Number: mint.Number(), Title: "Tea",
		Items:   []store.Item{{Title: "Tea", Quantity: 1, Price: models.CNY(12900)}},
		Payable: models.CNY(12900), PriceVersion: 1, Kind: "physical",
	})
	require.NoError(w.t, err)
	return order
}

// race runs do in n goroutines that start at one moment.
func (w *world) race(n int, do func(i int)) {
	start := make(chan struct{})
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			<-start
			do(i)
		})
	}
	close(start)
	all.Wait()
}

// exec runs raw SQL past the store.
func (w *world) exec(query string, args ...any) error {
	w.t.Helper()
	_, err := w.raw.Exec(w.t.Context(), query, args...)
	return err
}

// value reads one value by raw SQL.
func value[T any](w *world, query string, args ...any) (v T) {
	w.t.Helper()
	require.NoError(w.t, w.raw.QueryRow(w.t.Context(), query, args...).Scan(&v))
	return v
}

func refused(t *testing.T, err error, code models.Code, reason string) models.Error {
	t.Helper()
	var known *models.Error
	require.ErrorAs(t, err, &known)
	require.Equal(t, code, known.Code)
	require.Equal(t, reason, known.Reason)
	return *known
}

// life drives a request through the law, one saved step after another.
type life struct {
	w       *world
	request models.Request
	at      time.Time
}

func (w *world) live(order store.Order) *life {
	at := time.Now().UTC().Truncate(time.Microsecond)
	return &life{w: w, at: at, request: models.Request{
		ID: mint.ID(mint.Request), Order: order.ID, Merchant: order.Merchant, App: order.App, Buyer: order.Buyer,
		Payable: order.Payable, Agreed: order.Payable, PriceVersion: order.PriceVersion, Rules: models.CurrentRules,
		Speed: 1, State: models.Checking, EnteredAt: at, ExpiresAt: at.Add(24 * time.Hour),
		HardEnd: at.Add(48 * time.Hour),
	}}
}

// judge makes a step of events without keeping it: what a lost workflow task did.
func (l *life) judge(events ...models.Event) models.Step {
	l.w.t.Helper()
	step := models.Step{Request: l.request}
	step.Request.Version++
	for _, e := range events {
		l.at = l.at.Add(time.Second)
		e.At = l.at
		after, verdict, err := step.Request.Apply(e)
		require.NoError(l.w.t, err, "%s in %s", e.Kind, step.Request.State)
		step.Request = after
		if verdict.Transition != nil {
			step.Transitions = append(step.Transitions, *verdict.Transition)
		}
	}
	return step
}

// save judges and saves a step, and goes on from it.
func (l *life) save(events ...models.Event) models.Step {
	l.w.t.Helper()
	step := l.judge(events...)
	require.NoError(l.w.t, l.w.SaveStep(l.w.t.Context(), step))
	l.request = step.Request
	return step
}

func (l *life) ask(number string) models.Event {
	return models.Event{Kind: models.PayAsked, Pay: &models.Pay{
		Number: number, Invite: "inv_1", Payer: "pay_1", Channel: "mock", Provider: "mockpay", Account: "acc_1",
		Product: "wap", Quoted: l.request.Payable, PriceVersion: l.request.PriceVersion,
	}}
}

func capture(number string, fen int64) models.Event {
	return models.Event{Kind: models.PaymentSucceeded, Attempt: number, Spare: mint.Number(),
		Capture: &models.Capture{Money: models.CNY(fen), Transaction: "tx-" + number, PaidAt: time.Now().UTC()}}
}

// opened is a request that is open; paying one with a live attempt; settled one that was paid.
func (w *world) opened() *life {
	l := w.live(w.order())
	l.save(models.Event{Kind: models.Placed}, models.Event{Kind: models.OrderEligible})
	return l
}

func (w *world) paying() (*life, string) {
	l, number := w.opened(), mint.Number()
	l.save(l.ask(number), models.Event{Kind: models.LoginPassed, Attempt: number})
	l.save(models.Event{Kind: models.PaymentOpened, Attempt: number})
	return l, number
}

func (w *world) settled() (*life, string) {
	l, number := w.paying()
	l.save(capture(number, 12900))
	reason, err := w.ClaimOrder(w.t.Context(), l.claim(number))
	require.NoError(w.t, err)
	require.Empty(w.t, reason)
	l.save(models.Event{Kind: models.OrderAccepted, Attempt: number, Spare: mint.Number()})
	require.Equal(w.t, models.Settled, l.request.State)
	return l, number
}

// totals holds the ledger against what it should say, in fen.
func (l *life) totals(captured, refunded, applied int64) {
	l.w.t.Helper()
	l.books(captured, refunded, applied, 0)
}

// books is totals where sponsors of offers owe something.
func (l *life) books(captured, refunded, applied, sponsored int64) {
	l.w.t.Helper()
	totals, err := l.w.Totals(l.w.t.Context(), l.request.ID)
	require.NoError(l.w.t, err)
	require.Equal(l.w.t, store.Totals{
		Captured: models.CNY(captured), Refunded: models.CNY(refunded), Applied: models.CNY(applied),
		Sponsored: models.CNY(sponsored),
	}, totals)
}

func (l *life) claim(number string) store.Claim {
	return store.Claim{Order: l.request.Order, Request: l.request.ID, Attempt: number,
		Price: models.CNY(12900), PriceVersion: 1}
}
