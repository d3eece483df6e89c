package support_test

import (
	"bytes"
	"context"
	"log/slog"
	"maps"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/internal/support"
	"github.com/friendpay/friendpay/internal/testkit"
	"github.com/friendpay/friendpay/internal/vault"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/store"
)

func TestMain(m *testing.M) { testkit.Main(m) }

const phone = "13800138000"

var (
	agent      = support.Person{Name: "staff:anna", Role: support.Agent}
	supervisor = support.Person{Name: "staff:boss", Role: support.Supervisor}
	second     = support.Person{Name: "staff:carl", Role: support.Supervisor}
	operator   = support.Person{Name: "staff:olga", Role: support.Operator}
)

// world is a desk on a database of its own, with a door that knows the law.
type world struct {
	*support.Desk
	t     *testing.T
	raw   *pgxpool.Pool
	door  *lawDoor
	outer *elsewhere
}

func newWorld(t *testing.T) *world {
	t.Helper()
	t.Parallel()
	dsn := testkit.Database(t, store.Migrate)
	key := func(b byte) []byte { return bytes.Repeat([]byte{b}, vault.KeySize) }
	keys, err := vault.New(key(1), vault.Key{ID: "k1", Secret: key(2)})
	require.NoError(t, err)
	rows, err := store.Open(t.Context(), dsn, store.Options{Vault: keys})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, rows.Close()) })
	require.NoError(t, rows.Seed(t.Context(), store.SeedData{
		Merchants: []store.Merchant{{ID: "mer_1", Name: "Tea House"}},
		Apps:      []store.App{{ID: "app_1", Merchant: "mer_1", Name: "Shop", DefaultExpirySeconds: 86400}},
		Accounts: []store.Account{{
			ID: "acc_1", Provider: "mockpay", App: "app_1", Settings: []byte(`{}`), State: "active",
		}},
	}))
	raw, err := pgxpool.New(t.Context(), dsn)
	require.NoError(t, err)
	t.Cleanup(raw.Close)
	door, outer := &lawDoor{rows: rows, seen: map[string]bool{}}, &elsewhere{did: map[string]int{}}
	return &world{t: t, raw: raw, door: door, outer: outer, Desk: &support.Desk{
		Rows: rows, Door: door, Accounts: outer, Engine: outer, Deliveries: outer, Clock: time.Now,
		Log: slog.New(slog.DiscardHandler), SecondPerson: 100_000,
	}}
}

// lawDoor judges as a request's workflow does, each update once.
type lawDoor struct {
	mu   sync.Mutex
	rows *store.Store
	seen map[string]bool
	down error
	hits int
}

func (d *lawDoor) Post(
	ctx context.Context, stored models.Request, update string, event models.Event,
) (models.Request, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.hits++
	if d.down != nil {
		return models.Request{}, d.down
	}
	if err := event.Check(); err != nil {
		return models.Request{}, err
	}
	r, err := d.rows.Request(ctx, stored.ID)
	if err != nil || d.seen[update] {
		return r, err
	}
	d.seen[update] = true
	return d.judge(ctx, r, event)
}

func (d *lawDoor) judge(ctx context.Context, r models.Request, events ...models.Event) (models.Request,
	error) {
	step := models.Step{Request: r}
	step.Request.Version++
	for len(events) > 0 {
		e := events[0]
		events = events[1:]
		e.At = time.Now().UTC()
		after, verdict, err := step.Request.Apply(e)
		if err != nil {
			return r, err
		}
		step.Request = after
		if verdict.Transition != nil {
			step.Transitions = append(step.Transitions, *verdict.Transition)
		}
		for _, effect := range verdict.Effects {
			if effect.Kind == models.CheckOrder {
				events = append(events, models.Event{Kind: models.OrderEligible})
			}
		}
	}
	if len(step.Transitions) == 0 {
		return step.Request, nil
	}
	return step.Request, d.rows.SaveStep(ctx, step)
}

// elsewhere is what other parts of the house do, counted.
type elsewhere struct {
	mu  sync.Mutex
	did map[string]int
}

func (e *elsewhere) note(what string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.did[what]++
	return nil
}

func (e *elsewhere) Restart(_ context.Context, r string) error { return e.note("restart " + r) }
func (e *elsewhere) Reset(_ context.Context, r string) error   { return e.note("reset " + r) }
func (e *elsewhere) ResendDelivery(_ context.Context, d, _ string) error {
	return e.note("resend " + d)
}

func (e *elsewhere) SendTestEvent(_ context.Context, to, _ string) error { return e.note("test " + to) }

func (e *elsewhere) EnableEndpoint(_ context.Context, to, _ string) error {
	return e.note("enable " + to)
}

func (e *elsewhere) Open(context.Context, string, string) (providers.Adapter, error) {
	return diverter{}, nil
}

// diverter is an account with a way to the merchant's own account.
type diverter struct {
	providers.Adapter
	providers.Diverter
}

// life is a request, moved by the law itself.
type life struct {
	w *world
	models.Request
}

func (w *world) open() *life {
	order, err := w.Rows.CreateOrder(w.t.Context(), store.Order{
		ID: mint.ID(mint.Order), App: "app_1", Merchant: "mer_1", Buyer: "buyer-1", Number: mint.Number(),
		Title: "Tea", Payable: models.CNY(200_000), PriceVersion: 1, Kind: "physical",
	})
	require.NoError(w.t, err)
	now := time.Now().UTC()
	l := &life{w: w, Request: models.Request{
		ID: mint.ID(mint.Request), Order: order.ID, Merchant: "mer_1", App: "app_1", Buyer: "buyer-1",
		Payable: order.Payable, Agreed: order.Payable, PriceVersion: 1, Rules: models.CurrentRules, Speed: 1,
		State: models.Checking, EnteredAt: now, ExpiresAt: now.Add(time.Hour), HardEnd: now.Add(2 * time.Hour),
	}}
	return l.do(models.Event{Kind: models.Placed})
}

func (l *life) do(events ...models.Event) *life {
	l.w.t.Helper()
	var err error
	l.Request, err = l.w.door.judge(l.w.t.Context(), l.Request, events...)
	require.NoError(l.w.t, err)
	return l
}

// paying has a friend with a phone in the slot, live at the provider.
func (l *life) paying() *life {
	payer, err := l.w.Rows.PayerByPhone(l.w.t.Context(), phone)
	require.NoError(l.w.t, err)
	number := mint.Number()
	return l.do(models.Event{Kind: models.PayAsked, Attempt: number, Pay: &models.Pay{
		Number: number, Payer: payer.ID, Channel: "mock", Provider: "mockpay", Account: "acc_1", Product: "wap",
		Quoted: l.Payable, PriceVersion: 1,
	}}, models.Event{Kind: models.LoginPassed, Attempt: number},
		models.Event{Kind: models.PaymentOpened, Attempt: number})
}

func (l *life) settled() *life {
	number := l.paying().Slot
	l.do(models.Event{Kind: models.PaymentSucceeded, Attempt: number,
		Capture: &models.Capture{Money: l.Payable}})
	_, err := l.w.Rows.ClaimOrder(l.w.t.Context(), store.Claim{
		Order: l.Order, Request: l.ID, Attempt: number, Price: l.Payable, PriceVersion: 1,
	})
	require.NoError(l.w.t, err)
	return l.do(models.Event{Kind: models.OrderAccepted, Attempt: number, Spare: mint.Number()})
}

// broken has a refund that the payer's account could not take.
func (l *life) broken() *life {
	money := models.CNY(5_000)
	l.settled().do(models.Event{Kind: models.RefundAsked, Refund: mint.Number(), Money: &money})
	return l.do(models.Event{Kind: models.RefundBroke, Refund: l.Refunds[0].Number, Reason: models.Abnormal})
}

// wish is what somebody wants, under a fresh key.
func (w *world) wish(by support.Person, name, subject string, args ...string) support.Wish {
	wish := support.Wish{
		Key: mint.ID("key"), Command: name, Subject: subject, By: by, Reason: "ticket 7", Args: map[string]string{},
	}
	for i := 0; i < len(args); i += 2 {
		wish.Args[args[i]] = args[i+1]
	}
	return wish
}

// give submits and lets the worker's loop do its part.
func (w *world) give(wish support.Wish) (store.Command, error) {
	w.t.Helper()
	given, err := w.Submit(w.t.Context(), wish)
	if err != nil || !given.DoneAt.IsZero() {
		return given, err
	}
	w.carry()
	now, failed := w.Rows.Command(w.t.Context(), given.ID)
	require.NoError(w.t, failed)
	return now, nil
}

func (w *world) carry() {
	w.t.Helper()
	taken, err := w.Rows.TakeCommands(w.t.Context(), 100, support.Lease)
	require.NoError(w.t, err)
	for _, c := range taken {
		w.Carry(w.t.Context(), c)
	}
}

func (w *world) request(id string) models.Request {
	w.t.Helper()
	r, err := w.Rows.Request(w.t.Context(), id)
	require.NoError(w.t, err)
	return r
}

// counts are the rows of every table that a command might write.
func (w *world) counts() map[string]int {
	w.t.Helper()
	counts := map[string]int{}
	for _, table := range []string{
		"commands", "audit", "transitions", "messages", "cases", "case_notes", "refunds", "attempts", "invites",
		"provider_events", "ledger_entries",
	} {
		var n int
		require.NoError(w.t, w.raw.QueryRow(w.t.Context(), "SELECT count(*) FROM "+table).Scan(&n))
		counts[table] = n
	}
	maps.DeleteFunc(counts, func(_ string, n int) bool { return n == 0 })
	return counts
}

func refusedAs(t *testing.T, err error, reason string) models.Error {
	t.Helper()
	var known *models.Error
	require.ErrorAs(t, err, &known)
	require.Equal(t, reason, known.Reason, known.Message)
	return *known
}
