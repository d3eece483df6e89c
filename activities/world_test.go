package activities_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	sdklog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"

	"github.com/friendpay/friendpay/activities"
	"github.com/friendpay/friendpay/internal/testkit"
	"github.com/friendpay/friendpay/internal/webhook"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/store"
)

func TestMain(m *testing.M) { testkit.Main(m) }

const (
	number = "AAAAAAAAAAAAAAAAAAAAAAAAAA"
	refund = "RRRRRRRRRRRRRRRRRRRRRRRRRR"
	canary = "canary-13800138000"
	secret = "whsec_Y2FuYXJ5" // "canary"
)

var (
	noon   = time.Date(2026, 5, 1, 4, 0, 0, 0, time.UTC)
	seller = providers.Seller{Account: "1900000001", App: "wx1"}
)

// rows is a store in which only what a test sets may be asked.
type rows struct {
	activities.Store
	t        *testing.T
	order    func() (store.Order, error)
	card     map[time.Time]store.Card // by the moment asked for; else all is shown
	app      func() (store.App, error)
	offers   func() (*policy.Catalogue, error)
	claim    func(store.Claim) (string, error)
	facts    func() (store.PayerFacts, error)
	take     func(store.LimitShare) (*policy.Limit, error)
	budgets  func(attempt string, shares []store.BudgetShare) (bool, error)
	invite   func() (store.InviteFacts, error)
	disguise func() (bool, error)
	cohort   func() (store.Cohort, error)
	place    func() (surface, version string, err error)
	paying   func() (store.Paying, error)
	keep     func(attempt string, shown providers.Presentation) error
	save     func(models.Step) error
	told     []store.Decision
	silent   time.Time
	cases    []store.Case
	settled  []store.Case
	calls    []store.Call
	broken   []policy.Breaker
	made     []store.Made
	turns    []store.Turn
}

func (r *rows) Order(context.Context, string) (store.Order, error) { return r.order() }
func (r *rows) CardAt(_ context.Context, _ string, at time.Time) (store.Card, error) {
	if card, set := r.card[at]; set {
		return card, nil
	}
	return store.Card{Shows: models.ShowsFull}, nil
}

func (r *rows) App(context.Context, string) (store.App, error)              { return r.app() }
func (r *rows) Fresh(context.Context) (*policy.Catalogue, error)            { return r.offers() }
func (r *rows) ClaimOrder(_ context.Context, c store.Claim) (string, error) { return r.claim(c) }
func (r *rows) SaveStep(_ context.Context, s models.Step) error             { return r.save(s) }

func (r *rows) KeepDecision(_ context.Context, d store.Decision) error {
	r.told = append(r.told, d)
	return nil
}

func (r *rows) PayerFacts(context.Context, string) (store.PayerFacts, error) {
	return r.facts()
}

func (r *rows) TakeLimits(_ context.Context, share store.LimitShare, now time.Time) (*policy.Limit, error) {
	require.Equal(r.t, noon, now)
	return r.take(share)
}

func (r *rows) TakeFromBudgets(
	_ context.Context, _, _, attempt string, shares []store.BudgetShare,
) (bool, error) {
	return r.budgets(attempt, shares)
}

func (r *rows) InviteFacts(context.Context, string) (store.InviteFacts, error) { return r.invite() }

func (r *rows) Cohort(context.Context, string) (store.Cohort, error) { return r.cohort() }

func (r *rows) Place(context.Context, models.Attempt) (string, string, error) { return r.place() }

func (r *rows) PayerIsBuyer(context.Context, string, string) (bool, error) { return r.disguise() }

// Paying is asked about payers of whom most tests know nothing.
func (r *rows) Paying(context.Context, models.Attempt, string) (store.Paying, error) {
	if r.paying == nil {
		return store.Paying{}, nil
	}
	return r.paying()
}

func (r *rows) SavePresentation(_ context.Context, attempt string, shown providers.Presentation) error {
	return r.keep(attempt, shown)
}

// RecordCall is always possible, also after the call has used up its time.
func (r *rows) RecordCall(ctx context.Context, call store.Call) error {
	require.NoError(r.t, ctx.Err())
	r.calls = append(r.calls, call)
	return nil
}

func (r *rows) Breakers(context.Context, string) ([]policy.Breaker, error) { return r.broken, nil }

func (r *rows) NoteMade(ctx context.Context, made store.Made) ([]store.Turn, error) {
	require.NoError(r.t, ctx.Err())
	r.made = append(r.made, made)
	return r.turns, nil
}

func (r *rows) SilentSince(context.Context, string, string) (time.Time, error) { return r.silent, nil }

func (r *rows) OpenCase(_ context.Context, opened store.Case) (store.Case, error) {
	r.cases = append(r.cases, opened)
	return opened, nil
}

func (r *rows) SettleCase(_ context.Context, about store.Case, by, _ string) error {
	require.Equal(r.t, "engine", by)
	r.settled = append(r.settled, about)
	return nil
}

// desk is a provider that answers as a test says, in turn; the last answer stays.
type desk struct {
	providers.Adapter
	create  func(providers.Payment) (providers.Presentation, error)
	refund  func(providers.Refund) (providers.RefundStatus, error)
	answers []func(context.Context) (providers.Status, error)
	diverts func(providers.Refund) (providers.RefundStatus, error)
	closing error
	did     []string
}

func (d *desk) Seller() providers.Seller { return seller }

func (d *desk) Create(_ context.Context, p providers.Payment) (providers.Presentation, error) {
	d.did = append(d.did, "create "+p.Number)
	return d.create(p)
}

func (d *desk) Query(ctx context.Context, ref providers.Ref) (providers.Status, error) {
	d.did = append(d.did, "query")
	answer := d.answers[0]
	if len(d.answers) > 1 {
		d.answers = d.answers[1:]
	}
	status, err := answer(ctx)
	if status.Number == "" {
		status.Number, status.Account, status.App = ref.Number, seller.Account, seller.App
	}
	return status, err
}

func (d *desk) Close(context.Context, providers.Ref) error {
	d.did = append(d.did, "close")
	return d.closing
}

func (d *desk) Refund(_ context.Context, r providers.Refund) (providers.RefundStatus, error) {
	d.did = append(d.did, "refund "+r.Number)
	return d.refund(r)
}

func (d *desk) QueryRefund(_ context.Context, r providers.Refund) (providers.RefundStatus, error) {
	d.did = append(d.did, "query refund "+r.Number)
	return d.refund(r)
}

func (d *desk) DivertRefund(_ context.Context, r providers.Refund) (providers.RefundStatus, error) {
	d.did = append(d.did, "divert "+r.Number)
	return d.diverts(r)
}

// Sources are what this desk can be told to take money from.
func (d *desk) Sources() []string { return []string{"card"} }

// RefundDays makes a card slower than a balance.
func (d *desk) RefundDays(_, funding string) int {
	return map[string]int{"BALANCE": 1, "CARD": 4}[funding]
}

// says is an answer about the order asked for.
func says(state providers.State) func(context.Context) (providers.Status, error) {
	status := providers.Status{State: state}
	if state == providers.Paid {
		status.Captured, status.Transaction, status.PaidAt = models.CNY(12900), "tx1", noon
	}
	return func(context.Context) (providers.Status, error) { return status, nil }
}

// fails is a call that fails with this class; its words are not for histories.
func fails(class providers.Class) func(context.Context) (providers.Status, error) {
	return func(context.Context) (providers.Status, error) { return providers.Status{}, failure(class) }
}

func failure(class providers.Class) error {
	return &providers.Error{Class: class, Op: "op", Code: "E1", Message: canary}
}

func (d *desk) answer(answers ...func(context.Context) (providers.Status, error)) {
	d.answers, d.did = answers, nil
}

// Open makes the desk the only account there is.
func (d *desk) Open(context.Context, string, string) (providers.Adapter, error) { return d, nil }

// hook is a merchant's order hook.
type hook func(to webhook.Endpoint, message webhook.Message, reply any) error

func (h hook) Ask(_ context.Context, to webhook.Endpoint, message webhook.Message, reply any) error {
	return h(to, message, reply)
}

type world struct {
	*activities.Activities
	t    *testing.T
	rows *rows
	desk *desk
	now  time.Time
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, rows: &rows{t: t}, desk: &desk{}, now: noon}
	w.rows.claim = func(store.Claim) (string, error) { return "", nil }
	w.rows.order = func() (store.Order, error) { return store.Order{Title: "咖啡"}, nil }
	w.rows.cohort = func() (store.Cohort, error) { return store.Cohort{}, nil }
	w.decided(func(policy.Tables, *policy.Channel) {})
	w.placed("", "")
	w.Activities = &activities.Activities{
		Store: w.rows, Catalogue: w.rows, Providers: w.desk, Clock: func() time.Time { return w.now },
		Log: slog.New(slog.DiscardHandler),
		Addresses: activities.Addresses{
			Callbacks: "https://pay.example", Return: "https://pay.example/result", Own: "https://pay.example/own",
		},
	}
	return w
}

// request is one whose only attempt is in this state.
func request(state models.AttemptState) models.Request {
	return models.Request{
		ID: "fpr_1", Order: "ord_1", Merchant: "mer_1", App: "app_1", Buyer: "b1",
		Payable: models.CNY(12900), PriceVersion: 1, Speed: 1, State: models.Paying, Slot: number,
		Attempts: []models.Attempt{{
			Pay: models.Pay{
				Number: number, Invite: "inv_1", Payer: "pay_1", Channel: "mock", Provider: "mockpay",
				Account: "acc_1", Product: "wap", Quoted: models.CNY(12900), PriceVersion: 1,
			},
			State: state, CreatedAt: noon.Add(-time.Minute), ExpiresAt: noon.Add(time.Hour),
		}},
	}
}

// run carries out an effect as a worker would, and proves that nothing secret comes out.
func (w *world) run(name string, call models.Call) (event models.Event, err error) {
	w.t.Helper()
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(sdklog.NewStructuredLogger(w.Log))
	env := suite.NewTestActivityEnvironment()
	for kind, handler := range w.Handlers() {
		env.RegisterActivityWithOptions(handler, activity.RegisterOptions{Name: string(kind)})
	}
	for known, handler := range w.RefundHandlers() {
		env.RegisterActivityWithOptions(handler, activity.RegisterOptions{Name: known})
	}
	value, err := env.ExecuteActivity(name, call)
	if err != nil {
		require.NotContains(w.t, err.Error(), canary)
		require.NotContains(w.t, err.Error(), secret)
		return event, err
	}
	require.NoError(w.t, value.Get(&event))
	text, err := json.Marshal(event)
	require.NoError(w.t, err)
	require.NotContains(w.t, string(text), canary)
	return event, nil
}

// effect is run for the usual attempt in this state.
func (w *world) effect(kind models.EffectKind, state models.AttemptState) (models.Event, error) {
	w.t.Helper()
	return w.run(string(kind), models.Call{Request: request(state), Ref: number})
}

// again takes an error apart: its type, and when to try again.
func again(t *testing.T, err error) *temporal.ApplicationError {
	t.Helper()
	var known *temporal.ApplicationError
	require.ErrorAs(t, err, &known)
	require.False(t, known.NonRetryable())
	return known
}
