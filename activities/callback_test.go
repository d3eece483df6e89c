package activities_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	sdklog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"github.com/friendpay/friendpay/activities"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/providers"
	"github.com/friendpay/friendpay/store"
)

func TestAHintIsCheckedByAQuery(t *testing.T) {
	for state, want := range map[providers.State]models.EventKind{
		providers.Paid: models.PaymentSucceeded, providers.Unpaid: models.PaymentUnpaid,
		providers.NotCreated: models.PaymentUnpaid, providers.Paying: models.PaymentBusy,
		providers.Closed: models.PaymentClosed, providers.Failed: models.PaymentFailed,
		providers.Unknown: models.PaymentUnknown,
	} {
		w := newWorld(t)
		w.desk.answer(says(state))
		event, err := w.effect(models.QueryPayment, models.LiveAttempt)
		require.NoError(t, err)
		require.Equal(t, want, event.Kind, state)
		require.Equal(t, number, event.Attempt)
		require.Equal(t, state == providers.Paid, event.Capture != nil)
	}
}

func TestASuccessCarriesWhatTheProviderTook(t *testing.T) {
	w := newWorld(t)
	w.desk.answer(paid)
	first, err := w.effect(models.QueryPayment, models.LiveAttempt)
	require.NoError(t, err)
	second, err := w.effect(models.QueryPayment, models.LiveAttempt)
	require.NoError(t, err)
	require.Equal(t, &models.Capture{Money: models.CNY(12900), Transaction: "tx1", PaidAt: noon}, first.Capture)
	require.Equal(t, first.Capture, second.Capture)
	require.Regexp(t, `^[0-9A-Z]{26}$`, first.Spare)
	require.NotEqual(t, first.Spare, second.Spare, "a number is minted for each answer")
	require.Len(t, w.rows.calls, 2, "support sees each call")
	require.Equal(t, "query", w.rows.calls[0].Op)
}

func TestWhatIsNotOursIsSaid(t *testing.T) {
	ours := providers.Status{
		State: providers.Paid, Number: number, Account: seller.Account, App: seller.App,
		Captured: models.CNY(12900),
	}
	for want, change := range map[string]func(*providers.Status){
		"":        func(*providers.Status) {},
		"number":  func(s *providers.Status) { s.Number = refund },
		"account": func(s *providers.Status) { s.Account = "1900000002" },
		"app":     func(s *providers.Status) { s.App = "" },
	} {
		w := newWorld(t)
		status := ours
		change(&status)
		w.desk.answer(func(context.Context) (providers.Status, error) { return status, nil })
		event, err := w.effect(models.QueryPayment, models.LiveAttempt)
		require.NoError(t, err)
		require.Equal(t, want, event.Capture.Mismatch)
		require.NotEmpty(t, event.Spare, "money that is not ours goes back too")
	}
}

// binder is a desk that takes a bound order's money from anybody.
type binder struct {
	*desk
	bound bool
}

func (b binder) Binds(string) bool              { return b.bound }
func (b binder) CodeName() string               { return "code" }
func (b binder) LoginURL(string, string) string { return "" }

func (b binder) Login(context.Context, string) (providers.Identity, error) {
	return providers.Identity{}, nil
}

func (b binder) Open(context.Context, string, string) (providers.Adapter, error) { return b, nil }

func TestMoneyOfAStrangerIsAMismatchWhereOnlyOnePersonCouldPay(t *testing.T) {
	for name, c := range map[string]struct {
		bound  bool
		paidBy string
		want   string
	}{
		"himself":           {true, "o-1", ""},
		"somebody else":     {true, "o-2", "payer"},
		"not said by whom":  {true, "", ""},
		"open to everybody": {false, "o-2", ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.Providers = binder{w.desk, c.bound}
			w.rows.paying = func() (store.Paying, error) { return store.Paying{Subject: "o-1"}, nil }
			w.desk.answer(func(context.Context) (providers.Status, error) {
				return providers.Status{
					State: providers.Paid, Number: number, Account: seller.Account, App: seller.App,
					Captured: models.CNY(12900), Transaction: "tx1", PaidAt: noon, Payer: c.paidBy,
				}, nil
			})
			event, err := w.effect(models.QueryPayment, models.LiveAttempt)
			require.NoError(t, err)
			require.Equal(t, c.want, event.Capture.Mismatch)
		})
	}
}

func TestAHintThatCannotBeCheckedIsAnAnswer(t *testing.T) {
	w := newWorld(t)
	for _, class := range []providers.Class{providers.Definite, providers.Ambiguous, providers.Refused} {
		w.desk.answer(fails(class))
		event, err := w.effect(models.QueryPayment, models.LiveAttempt)
		require.NoError(t, err)
		require.Equal(t, models.Event{Kind: models.PaymentUnknown, Attempt: number, Actor: "provider"}, event)
	}
}

func TestAHangingProviderHoldsNobodyUp(t *testing.T) {
	w := newWorld(t)
	w.desk.answer(func(ctx context.Context) (providers.Status, error) {
		<-ctx.Done()
		return providers.Status{}, ctx.Err()
	})
	began := time.Now()
	event, err := w.effect(models.QueryPayment, models.LiveAttempt)
	require.NoError(t, err)
	require.Equal(t, models.PaymentUnknown, event.Kind)
	require.InDelta(t, 2.5, time.Since(began).Seconds(), 1)
	require.Equal(t, providers.Ambiguous, w.rows.calls[0].Class, "and the call is still noted")
}

// server runs an activity as the server does, retries and all. Its clock jumps.
func (w *world) server(
	handler activities.Func,
) (env *testsuite.TestWorkflowEnvironment, clock func() time.Duration) {
	w.t.Helper()
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(sdklog.NewStructuredLogger(w.Log))
	env = suite.NewTestWorkflowEnvironment()
	env.SetTestTimeout(time.Minute)
	env.RegisterActivityWithOptions(handler, activity.RegisterOptions{Name: "poll"})
	start := env.Now()
	return env, func() time.Duration { return env.Now().Sub(start).Round(time.Millisecond) }
}

func (w *world) executed(env *testsuite.TestWorkflowEnvironment, call models.Call) (event models.Event) {
	w.t.Helper()
	env.ExecuteWorkflow(func(ctx workflow.Context) (models.Event, error) {
		ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
			StartToCloseTimeout: time.Minute,
			RetryPolicy:         &temporal.RetryPolicy{InitialInterval: time.Nanosecond, MaximumAttempts: 99},
		})
		var event models.Event
		err := workflow.ExecuteActivity(ctx, "poll", call).Get(ctx, &event)
		return event, err
	})
	require.NoError(w.t, env.GetWorkflowError())
	require.NoError(w.t, env.GetWorkflowResult(&event))
	return event
}

// poll runs PollPayment and returns when the provider was asked and what came of it.
func (w *world) poll(call models.Call) (asked []time.Duration, event models.Event) {
	w.t.Helper()
	env, clock := w.server(w.PollPayment)
	w.Clock = env.Now
	answers := slices.Clone(w.desk.answers)
	for i, answer := range answers {
		w.desk.answers[i] = func(ctx context.Context) (providers.Status, error) {
			asked = append(asked, clock())
			return answer(ctx)
		}
	}
	event = w.executed(env, call)
	return asked, event
}

// unpaidFor is an attempt that n questions find unpaid and the next one paid.
func (d *desk) unpaidFor(n int) {
	d.answers = nil
	for range n {
		d.answers = append(d.answers, says(providers.Unpaid))
	}
	d.answers = append(d.answers, says(providers.Paid))
}

func TestThePollKeepsItsSchedule(t *testing.T) {
	w := newWorld(t)
	w.desk.unpaidFor(10)
	asked, event := w.poll(models.Call{Request: request(models.LiveAttempt), Ref: number})
	require.Equal(t, models.PaymentSucceeded, event.Kind)
	require.Equal(t, after(5, 10, 20, 30, 60, 120, 300, 600, 600, 600), asked)
}

// after is the times of a first question and of those so many seconds after each.
func after(seconds ...int) []time.Duration {
	times := []time.Duration{0}
	for i, wait := range seconds {
		times = append(times, times[i]+time.Duration(wait)*time.Second)
	}
	return times
}

func TestThePollIsScaled(t *testing.T) {
	w := newWorld(t)
	w.desk.unpaidFor(3)
	fast := request(models.LiveAttempt)
	fast.Speed = 10
	asked, _ := w.poll(models.Call{Request: fast, Ref: number})
	ms := time.Millisecond
	require.Equal(t, []time.Duration{0, 500 * ms, 1500 * ms, 3500 * ms}, asked)
}

// What a callback spoke of is doubted only when a quarter of an hour has not borne it
// out: until then the answers may come from a copy that lags behind.
func TestThePollOfWhatIsOverWaitsForLaggingAnswers(t *testing.T) {
	w := newWorld(t)
	w.desk.unpaidFor(10)
	asked, event := w.poll(models.Call{Request: request(models.ClosedAttempt), Ref: number})
	require.Equal(t, models.PaymentUnpaid, event.Kind)
	require.Equal(t, after(5, 10, 20, 30, 60, 120, 300, 600), asked)
}

func TestThePollEndsWithAnAnswer(t *testing.T) {
	live, over := request(models.LiveAttempt), request(models.ClosedAttempt)
	extended := request(models.LiveAttempt)
	extended.SlotExtended = true
	elsewhere := request(models.LiveAttempt)
	elsewhere.Slot = ""
	for name, c := range map[string]struct {
		request models.Request
		answer  func(context.Context) (providers.Status, error)
		want    models.EventKind // "": it goes on
	}{
		"paid":                            {live, paid, models.PaymentSucceeded},
		"closed":                          {live, gone, models.PaymentClosed},
		"failed":                          {live, says(providers.Failed), models.PaymentFailed},
		"unpaid":                          {live, unpaid, ""},
		"unpaid, and it was over":         {over, unpaid, ""},
		"closed, and it was over":         {over, gone, ""},
		"paid, and it was over":           {over, paid, models.PaymentSucceeded},
		"busy for the first time":         {live, says(providers.Paying), models.PaymentBusy},
		"busy again":                      {extended, says(providers.Paying), ""},
		"busy without the slot":           {elsewhere, says(providers.Paying), ""},
		"unknown":                         {live, says(providers.Unknown), ""},
		"unreachable":                     {live, fails(providers.Ambiguous), ""},
		"a definite error is no end":      {live, fails(providers.Definite), ""},
		"not made, as far as anyone sees": {live, says(providers.NotCreated), ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.desk.answers = []func(context.Context) (providers.Status, error){c.answer}
			event, err := w.run("PollPayment", models.Call{Request: c.request, Ref: number})
			if c.want == "" {
				require.Equal(t, "waiting", again(t, err).Type())
				require.Equal(t, temporal.ApplicationErrorCategoryBenign, again(t, err).Category())
				require.Equal(t, 5*time.Second, again(t, err).NextRetryDelay())
				return
			}
			require.NoError(t, err)
			require.Equal(t, c.want, event.Kind)
			require.Equal(t, []string{"query"}, w.desk.did, "one try is one question")
		})
	}
}
