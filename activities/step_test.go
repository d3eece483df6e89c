package activities_test

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/internal/testkit"
	"github.com/friendpay/friendpay/internal/vault"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// shop is the activities on real rows, with an order to be paid.
type shop struct {
	*world
	dsn   string
	order store.Order
}

func newShop(t *testing.T) *shop {
	t.Helper()
	s := &shop{world: newWorld(t), dsn: testkit.Database(t, store.Migrate)}
	key := bytes.Repeat([]byte{1}, vault.KeySize)
	keys, err := vault.New(key, vault.Key{ID: "k1", Secret: key})
	require.NoError(t, err)
	rows, err := store.Open(t.Context(), s.dsn, store.Options{Vault: keys})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, rows.Close()) })
	s.Store = rows
	require.NoError(t, rows.Seed(t.Context(), store.SeedData{
		Merchants: []store.Merchant{{ID: "mer_1", Name: "Shop"}},
		Apps: []store.App{{ID: "app_1", Merchant: "mer_1", Name: "Shop", DefaultExpirySeconds: 60,
			WebhookURL: "https://shop.example", WebhookSecret: []byte(secret)}},
	}))
	s.order, err = rows.CreateOrder(t.Context(), store.Order{
		ID: mint.ID(mint.Order), App: "app_1", Merchant: "mer_1", Buyer: "b1", Number: "A1", Title: "Tea",
		Payable: models.CNY(12900), PriceVersion: 1,
	})
	require.NoError(t, err)
	return s
}

// save runs the activity SaveStep.
func (s *shop) save(step models.Step) error {
	var suite testsuite.WorkflowTestSuite
	env := suite.NewTestActivityEnvironment()
	env.RegisterActivityWithOptions(s.SaveStep, activity.RegisterOptions{Name: "SaveStep"})
	_, err := env.ExecuteActivity("SaveStep", step)
	return err
}

func (s *shop) fresh() models.Request {
	return models.Request{
		ID: mint.ID(mint.Request), Order: s.order.ID, Merchant: "mer_1", App: "app_1", Buyer: "b1",
		Payable: models.CNY(12900), Agreed: models.CNY(12900), PriceVersion: 1, Rules: models.CurrentRules,
		Speed: 1, State: models.Checking, EnteredAt: noon,
		ExpiresAt: noon.Add(time.Hour), HardEnd: noon.Add(time.Hour),
	}
}

// judge makes a step of events, as the workflow does, and saves nothing.
func (s *shop) judge(r models.Request, events ...models.Event) models.Step {
	s.t.Helper()
	step := models.Step{Request: r}
	step.Request.Version++
	for _, e := range events {
		s.now = s.now.Add(time.Second)
		e.At = s.now
		after, verdict, err := step.Request.Apply(e)
		require.NoError(s.t, err, "%s in %s", e.Kind, step.Request.State)
		step.Request = after
		if verdict.Transition != nil {
			step.Transitions = append(step.Transitions, *verdict.Transition)
		}
	}
	return step
}

func (s *shop) step(r models.Request, events ...models.Event) models.Request {
	s.t.Helper()
	step := s.judge(r, events...)
	require.NoError(s.t, s.save(step))
	return step.Request
}

// paying is a request of the order with a live attempt.
func (s *shop) paying() (r models.Request, number string) {
	s.t.Helper()
	number = mint.Number()
	r = s.step(s.fresh(), models.Event{Kind: models.Placed}, models.Event{Kind: models.OrderEligible})
	r = s.step(r, models.Event{Kind: models.PayAsked, Pay: &models.Pay{
		Number: number, Invite: "inv_1", Payer: "pay_1", Channel: "mock", Provider: "mockpay", Account: "acc_1",
		Product: "wap", Quoted: models.CNY(12900), PriceVersion: 1,
	}}, models.Event{Kind: models.LoginPassed, Attempt: number})
	return s.step(r, models.Event{Kind: models.PaymentOpened, Attempt: number}), number
}

// settle judges that the attempt was paid; ApplyOrder claims the order on the way.
func (s *shop) settle(r models.Request, number string) models.Step {
	s.t.Helper()
	captured := models.Event{Kind: models.PaymentSucceeded, Attempt: number, Spare: mint.Number(),
		Capture: &models.Capture{Money: models.CNY(12900), Transaction: "tx" + number, PaidAt: noon}}
	return s.judge(r, captured, s.apply(s.judge(r, captured).Request, number))
}

func (s *shop) apply(r models.Request, number string) models.Event {
	s.t.Helper()
	verdict, err := s.run("ApplyOrder", models.Call{Request: r, Ref: number})
	require.NoError(s.t, err)
	return verdict
}

// dump is all rows of a request, but for what a row says of its own writing.
func (s *shop) dump(request string) (dump []string) {
	s.t.Helper()
	conn, err := pgx.Connect(s.t.Context(), s.dsn)
	require.NoError(s.t, err)
	defer conn.Close(s.t.Context())
	const rows = `SELECT coalesce(jsonb_agg(line ORDER BY line::text), '[]')::text FROM (SELECT to_jsonb(t)
		- '{id,created_at,updated_at,posted_at,opened_at,next_try_at,judged_at}'::text[] AS line
		FROM %s t WHERE %s = $1) lines`
	for _, table := range []string{
		"requests", "transitions", "attempts", "refunds", "ledger_entries", "messages", "cases",
	} {
		column := "request_id"
		if table == "requests" {
			column = "id"
		}
		var text string
		require.NoError(s.t, conn.QueryRow(s.t.Context(), fmt.Sprintf(rows, table, column), request).Scan(&text))
		dump = append(dump, table+" "+text)
	}
	return dump
}

func (s *shop) stored() store.Order {
	s.t.Helper()
	order, err := s.Store.Order(s.t.Context(), s.order.ID)
	require.NoError(s.t, err)
	return order
}

func TestAStepSavedTwiceIsSavedOnce(t *testing.T) {
	s := newShop(t)
	r, number := s.paying()
	step := s.settle(r, number)
	require.NoError(t, s.save(step))
	once := s.dump(r.ID)
	require.NoError(t, s.save(step))
	require.Equal(t, once, s.dump(r.ID))
	require.Equal(t, store.OrderPaid, s.stored().State)
	require.Equal(t, models.OrderAccepted, s.apply(step.Request, number).Kind, "its own claim stands")
}

// A task is lost with its server after the step was saved, and the event is judged
// again, otherwise: not a trace of the first judgement may stay.
func TestAStepJudgedOtherwiseReplacesTheFirst(t *testing.T) {
	s := newShop(t)
	r, number := s.paying()
	before := s.dump(r.ID)
	require.NoError(t, s.save(s.settle(r, number)))
	require.NotEqual(t, before, s.dump(r.ID))
	require.Equal(t, store.OrderPaid, s.stored().State)

	r = s.step(r, models.Event{Kind: models.PaymentClosed, Attempt: number})
	after := s.dump(r.ID)
	require.Contains(t, after[4], "[]", "no ledger")
	require.NotContains(t, after[5], "request.settled", "nobody is told what never was")
	require.NotContains(t, after[1], "order_accepted")
	require.Contains(t, after[1], "payment_closed")
	require.Equal(t, store.OrderUnpaid, s.stored().State)
	require.Empty(t, s.stored().AppliedRequest, "the claim is released")
}

// The claim was made and its step never saved. Another request wins the order after.
func TestAForgottenClaimStandsInNobodysWay(t *testing.T) {
	s := newShop(t)
	r, number := s.paying()
	forgotten := s.settle(r, number)
	require.Equal(t, r.ID, s.stored().AppliedRequest)
	r = s.step(r, models.Event{Kind: models.PaymentClosed, Attempt: number})
	r = s.step(r, models.Event{Kind: models.BuyerCancelled})

	other, its := s.paying()
	step := s.settle(other, its)
	require.Equal(t, models.Settled, step.Request.State)
	require.NoError(t, s.save(step))
	require.Equal(t, other.ID, s.stored().AppliedRequest)

	require.Equal(t, models.OrderRefused, s.apply(forgotten.Request, number).Kind)
	require.Equal(t, "duplicate", s.apply(forgotten.Request, number).Reason)
	s.step(r, models.Event{Kind: models.GuardLapsed})
	require.Equal(t, other.ID, s.stored().AppliedRequest, "and the loser's later steps change nothing")
}

// Two requests of an order begin at once: the slower one ends, it does not stand still.
func TestTheSlowerOfTwoRequestsFails(t *testing.T) {
	s := newShop(t)
	s.paying()
	slower := s.judge(s.fresh(), models.Event{Kind: models.Placed}, models.Event{Kind: models.OrderEligible})
	var failed *temporal.ApplicationError
	require.ErrorAs(t, s.save(slower), &failed)
	require.True(t, failed.NonRetryable())
	require.Equal(t, "request_open", failed.Type())
	var why models.Error
	require.NoError(t, failed.Details(&why))
	require.Equal(t, models.Conflict, why.Code)

	slower.Request.Version = 2
	require.Equal(t, "request_open", again(t, s.save(slower)).Type(), "one that has begun must be written")
}
