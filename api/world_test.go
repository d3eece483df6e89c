package api

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/catalogue"
	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/internal/release"
	"github.com/friendpay/friendpay/internal/shop"
	"github.com/friendpay/friendpay/internal/support"
	"github.com/friendpay/friendpay/internal/testkit"
	"github.com/friendpay/friendpay/internal/token"
	"github.com/friendpay/friendpay/internal/vault"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

func TestMain(m *testing.M) { testkit.Main(m) }

const (
	teaKey    = "fpk_test_tea_house"
	coffeeKey = "fpk_test_coffee_house"
)

// world is the API on a database of its own, with two merchants and a door that
// knows the law but no Temporal.
type world struct {
	t      *testing.T
	dsn    string
	store  *store.Store
	door   *lawDoor
	server *Server
	log    *bytes.Buffer
	shop   *shop.Shop // nil: none
}

func newWorld(t *testing.T, changes ...func(*Deps)) *world {
	t.Helper()
	t.Parallel()
	dsn := testkit.Database(t, store.Migrate)
	rows, err := store.Open(t.Context(), dsn, store.Options{Vault: newVault(t)})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, rows.Close()) })
	require.NoError(t, rows.Seed(t.Context(), seed()))
	door := &lawDoor{store: rows, seen: map[string]bool{}}
	w := &world{t: t, dsn: dsn, store: rows, door: door, log: &bytes.Buffer{}}
	known := catalogue.New(rows)
	flags, err := release.Open(t.Context(), release.NewProvider(known.Current), slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, flags.Close()) })
	deps := Deps{
		Store: rows, Door: w.door, Accounts: desks{}, Tokens: newTokens(t), Links: newLinks(t),
		Vault: newVault(t), Clock: time.Now,
		Log:       slog.New(slog.NewJSONHandler(&locked{w: w.log}, nil)),
		Catalogue: known, Flags: flags,
		Config: Config{PublicURL: "https://pay.example.com", Speed: 1, StreamTick: 20 * time.Millisecond,
			Heartbeat: 50 * time.Millisecond, MaxStreams: 2},
	}
	deps.Desk = &support.Desk{
		Rows: rows, Door: w.door, Accounts: desks{}, Clock: time.Now, Log: deps.Log, SecondPerson: 100_000,
	}
	for _, change := range changes {
		change(&deps)
	}
	w.server, err = New(deps)
	require.NoError(t, err)
	return w
}

func newVault(t testing.TB) *vault.Vault {
	key := func(b byte) []byte { return bytes.Repeat([]byte{b}, vault.KeySize) }
	v, err := vault.New(key(1), vault.Key{ID: "k1", Secret: key(2)})
	require.NoError(t, err)
	return v
}

func newTokens(t testing.TB) *token.Tokens { return tokensAt(t, time.Now) }

func tokensAt(t testing.TB, now func() time.Time) *token.Tokens {
	keys := map[token.Audience][]token.Key{}
	for i, name := range []token.Audience{token.Buyer, token.Payer, token.Staff} {
		seed := bytes.Repeat([]byte{byte(i + 1)}, ed25519.SeedSize)
		keys[name] = []token.Key{{ID: string(name), Private: ed25519.NewKeyFromSeed(seed)}}
	}
	tokens, err := token.New(token.Options{Issuer: "https://pay.example.com", Keys: keys, Now: now})
	require.NoError(t, err)
	return tokens
}

func newLinks(t testing.TB) *token.Links {
	links, err := token.NewLinks(bytes.Repeat([]byte{8}, 32), bytes.Repeat([]byte{7}, 32))
	require.NoError(t, err)
	return links
}

func seed() store.SeedData {
	key := func(text, merchant, app string) store.APIKey {
		hash := sha256.Sum256([]byte(text))
		return store.APIKey{Hash: hash[:], Merchant: merchant, Apps: []string{app}, Mode: "test", Scopes: Scopes}
	}
	app := func(id, merchant string) store.App {
		return store.App{ID: id, Merchant: merchant, Name: "Shop", DefaultExpirySeconds: 86400}
	}
	channel := func(id, app string, most int64) store.Channel {
		return store.Channel{ID: id, App: app, Provider: "mockpay", Account: "acc_tea", Product: "wap", NameZH: id,
			NameEN: id, Kind: "wallet", Min: models.CNY(1), Max: models.CNY(most), Enabled: true}
	}
	return store.SeedData{
		Merchants: []store.Merchant{{ID: "mer_tea", Name: "Tea House"}, {ID: "mer_coffee", Name: "Coffee House"}},
		Apps:      []store.App{app("app_tea", "mer_tea"), app("app_coffee", "mer_coffee")},
		Keys:      []store.APIKey{key(teaKey, "mer_tea", "app_tea"), key(coffeeKey, "mer_coffee", "app_coffee")},
		Accounts: []store.Account{
			{ID: "acc_tea", Provider: "mockpay", App: "app_tea", Settings: []byte("{}"), State: "active"},
		},
		Channels: []store.Channel{channel("mock", "app_tea", 1_000_000), channel("small", "app_tea", 100)},
	}
}

// locked lets handlers log at once.
type locked struct {
	mu sync.Mutex
	w  io.Writer
}

func (l *locked) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(b)
}

// answer is what came back from one call.
type answer struct {
	*httptest.ResponseRecorder
	t *testing.T
}

// field digs a value out of the answer's JSON.
func (a answer) field(names ...string) any {
	a.t.Helper()
	var value any
	require.NoError(a.t, json.Unmarshal(a.Body.Bytes(), &value), a.Body.String())
	for _, name := range names {
		value = value.(map[string]any)[name]
	}
	return value
}

func (a answer) text(names ...string) string {
	text, _ := a.field(names...).(string)
	return text
}

// call sends one request; as is a bearer, headers are pairs.
func (w *world) call(method, path, as, body string, headers ...string) answer {
	w.t.Helper()
	request := httptest.NewRequestWithContext(w.t.Context(), method, path, bytes.NewBufferString(body))
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	if as != "" {
		request.Header.Set("Authorization", "Bearer "+as)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	recorder := httptest.NewRecorder()
	w.front().ServeHTTP(recorder, request)
	got := answer{recorder, w.t}
	w.asDescribed(request, got)
	return got
}

func (w *world) create(path, as, body string) answer {
	w.t.Helper()
	return w.call(http.MethodPost, path, as, body, keyHeader, mint.Number())
}

// buyerToken is what the merchant's server hands to a buyer's page.
func (w *world) buyerToken(merchant, app, id string) string {
	w.t.Helper()
	raw, _, err := w.server.Tokens.SignBuyer(token.BuyerClaims{
		Merchant: merchant, App: app, RegisteredClaims: jwt.RegisteredClaims{Subject: id},
	}, 0)
	require.NoError(w.t, err)
	return raw
}

func orderBody(number string) string {
	return `{"app":"app_tea","number":"` + number + `","title":"Tea",` +
		`"payable":{"minor":12900,"currency":"CNY"},"price_version":1,` +
		`"kind":"physical","buyer":{"id":"buyer-1","name":"王小明"}}`
}

// place asks for a friend's help with a fresh order and returns the request's id.
func (w *world) place() string {
	w.t.Helper()
	placed := w.create("/v1/requests", teaKey, `{"order":`+orderBody(mint.Number())+`}`)
	require.Equal(w.t, http.StatusCreated, placed.Code, placed.Body)
	return placed.text("id")
}

// lawDoor judges by the real law and saves to the real rows, without Temporal.
type lawDoor struct {
	mu    sync.Mutex
	store *store.Store
	seen  map[string]bool // update ids
	fail  error           // answered instead, after the work was done
	event models.Event    // the last one delivered
}

func (d *lawDoor) Place(ctx context.Context, r models.Request) (models.Request, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if known, err := d.store.Request(ctx, r.ID); err == nil {
		return known, d.fail
	}
	r, err := d.step(ctx, r, models.Placed, models.OrderEligible)
	if err == nil {
		err = d.fail
	}
	return r, err
}

func (d *lawDoor) Deliver(ctx context.Context, id, update string, e models.Event) (models.Request, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	r, err := d.store.Request(ctx, id)
	if err != nil || d.seen[id+update] {
		return r, err
	}
	d.event = e
	if r, err = d.judge(ctx, r, e); err == nil {
		d.seen[id+update], err = true, d.fail
	}
	return r, err
}

func (d *lawDoor) Post(
	ctx context.Context, r models.Request, update string, e models.Event,
) (models.Request, error) {
	return d.Deliver(ctx, r.ID, update, e)
}

func (d *lawDoor) step(
	ctx context.Context, r models.Request, kinds ...models.EventKind,
) (_ models.Request, err error) {
	for _, kind := range kinds {
		if r, err = d.judge(ctx, r, models.Event{Kind: kind}); err != nil {
			break
		}
	}
	return r, err
}

func (d *lawDoor) judge(ctx context.Context, r models.Request, e models.Event) (models.Request, error) {
	e.At = time.Now().UTC()
	after, verdict, err := r.Apply(e)
	if err != nil {
		return r, err
	}
	after.Version++
	step := models.Step{Request: after}
	if verdict.Transition != nil {
		step.Transitions = append(step.Transitions, *verdict.Transition)
	}
	return after, d.store.SaveStep(ctx, step)
}

// pay lets a friend pay a request at the provider, past the API.
func (w *world) pay(id string) models.Request {
	w.t.Helper()
	r, err := w.store.Request(w.t.Context(), id)
	require.NoError(w.t, err)
	number := mint.Number()
	events := []models.Event{
		{Kind: models.PayAsked, Pay: &models.Pay{
			Number: number, Payer: "pay_1", Channel: "mock", Provider: "mockpay", Account: "acc_tea",
			Product: "wap", Quoted: r.Payable, PriceVersion: r.PriceVersion,
		}},
		{Kind: models.LoginPassed, Attempt: number}, {Kind: models.PaymentOpened, Attempt: number},
		{Kind: models.PaymentSucceeded, Attempt: number, Spare: mint.Number(), Actor: "provider:mockpay",
			Capture: &models.Capture{Money: r.Payable, Transaction: "T1", PaidAt: time.Now().UTC()}},
		{Kind: models.OrderAccepted, Attempt: number, Spare: mint.Number()},
	}
	for _, e := range events {
		if e.Kind == models.OrderAccepted {
			refused, err := w.store.ClaimOrder(w.t.Context(), store.Claim{
				Order: r.Order, Request: r.ID, Attempt: number, Price: r.Payable, PriceVersion: r.PriceVersion,
			})
			require.NoError(w.t, err)
			require.Empty(w.t, refused)
		}
		r, err = w.door.judge(w.t.Context(), r, e)
		require.NoError(w.t, err, e.Kind)
	}
	return r
}
