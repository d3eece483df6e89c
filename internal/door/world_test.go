package door_test

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/interceptor"
	sdklog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/friendpay/friendpay/internal/door"
	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/internal/testkit"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/workflows"
)

func TestMain(m *testing.M) {
	testkit.Main(m, testkit.SearchAttributes(workflows.SearchAttributes()))
}

// engine is the workflows on a real server, over effects that answer as a test says.
type engine struct {
	*door.Door
	t        *testing.T
	space    string // the Temporal namespace
	temporal client.Client

	workers []worker.Worker

	mu      sync.Mutex
	answers map[models.EffectKind]func(models.Call) (models.Event, error)
	save    func(models.Step) error
	saved   map[string]models.Request
	broken  bool // the payer's account cannot take a refund
}

func newEngine(t *testing.T) *engine {
	t.Helper()
	t.Parallel()
	return newEngineIn(t, testkit.Namespace(t))
}

func newEngineIn(t *testing.T, space string) *engine {
	t.Helper()
	e := &engine{t: t, space: space, saved: map[string]models.Request{}}
	e.temporal = testkit.TemporalClient(t, space)
	e.Door = door.Open(e.temporal, space, e, slog.New(slog.DiscardHandler))
	e.save = func(models.Step) error { return nil }
	e.answers = map[models.EffectKind]func(models.Call) (models.Event, error){}
	for kind, answer := range map[models.EffectKind]models.EventKind{
		models.CheckOrder: models.OrderEligible, models.CheckLogin: models.LoginPassed,
		models.OpenPayment: models.PaymentOpened, models.ClosePayment: models.PaymentClosed,
		models.QueryPayment: models.PaymentUnpaid, models.PollPayment: models.PaymentUnpaid,
		models.ApplyOrder: models.OrderAccepted, models.QueryRefund: models.RefundDone,
		models.FollowRefund: models.RefundUnfinished,
	} {
		e.answers[kind] = func(call models.Call) (models.Event, error) {
			return models.Event{Kind: answer, Attempt: call.Ref, Spare: mint.Number()}, nil
		}
	}
	return e
}

// Request makes the engine the door's rows.
func (e *engine) Request(_ context.Context, id string) (models.Request, error) {
	if row := e.stored(id); row.ID != "" {
		return row, nil
	}
	return models.Request{}, models.Refuse(models.NotFound, "unknown_request", "There is no such request.")
}

// work starts the workers; without it nobody carries anything out.
func (e *engine) work(watchers ...interceptor.WorkerInterceptor) *engine {
	e.t.Helper()
	named := func(name string) workflow.RegisterOptions { return workflow.RegisterOptions{Name: name} }
	for _, queue := range []string{workflows.Queue, workflows.ProviderQueue("mockpay")} {
		w := worker.New(e.temporal, queue, worker.Options{Interceptors: watchers})
		w.RegisterWorkflowWithOptions(workflows.FriendPay, named(workflows.RequestWorkflow))
		w.RegisterWorkflowWithOptions(workflows.RefundMoney, named(workflows.RefundWorkflow))
		w.RegisterActivityWithOptions(e.keep, activity.RegisterOptions{Name: workflows.SaveStep})
		for _, kind := range models.Effects {
			w.RegisterActivityWithOptions(e.carry(kind), activity.RegisterOptions{Name: string(kind)})
		}
		for _, name := range []string{workflows.SubmitRefund, workflows.PollRefund} {
			w.RegisterActivityWithOptions(e.refunded, activity.RegisterOptions{Name: name})
		}
		require.NoError(e.t, w.Start())
		e.workers = append(e.workers, w)
	}
	e.t.Cleanup(e.rest)
	return e
}

// rest stops the workers.
func (e *engine) rest() {
	for _, w := range e.workers {
		w.Stop()
	}
	e.workers = nil
}

func (e *engine) refunded(_ context.Context, call models.Call) (models.Event, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.broken {
		return models.Event{Kind: models.RefundBroke, Refund: call.Ref, Reason: models.Abnormal}, nil
	}
	return models.Event{Kind: models.RefundDone, Refund: call.Ref}, nil
}

func (e *engine) keep(_ context.Context, step models.Step) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if err := e.save(step); err != nil {
		return err
	}
	e.saved[step.Request.ID] = step.Request
	return nil
}

func (e *engine) carry(kind models.EffectKind) func(context.Context, models.Call) (models.Event, error) {
	return func(_ context.Context, call models.Call) (models.Event, error) {
		e.mu.Lock()
		answer := e.answers[kind]
		e.mu.Unlock()
		return answer(call)
	}
}

func (e *engine) says(kind models.EffectKind, answer func(models.Call) (models.Event, error)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.answers[kind] = answer
}

func (e *engine) stored(id string) models.Request {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.saved[id]
}

// fresh is a request that is watched for a second after its end, and no longer.
func fresh() models.Request {
	now := time.Now().UTC()
	return models.Request{
		ID: mint.ID(mint.Request), Order: "ord_1", Payable: models.CNY(12900), Agreed: models.CNY(12900),
		PriceVersion: 1, Rules: models.CurrentRules, Speed: 1, Guard: time.Second, State: models.Checking,
		EnteredAt: now, ExpiresAt: now.Add(time.Hour), HardEnd: now.Add(time.Hour),
	}
}

func pay(payer string) models.Event {
	number := mint.Number()
	return models.Event{Kind: models.PayAsked, Actor: "payer:" + payer, Attempt: number, Pay: &models.Pay{
		Number: number, Payer: payer, Channel: "mock", Provider: "mockpay", Account: "acc_1", Product: "wap",
		Quoted: models.CNY(12900), PriceVersion: 1,
	}}
}

var cancelled = models.Event{Kind: models.BuyerCancelled, Actor: "buyer"}

// run is the id of the newest run of a request.
func (e *engine) run(id string) (run string, running bool) {
	e.t.Helper()
	found, err := e.temporal.DescribeWorkflowExecution(e.t.Context(), workflows.RequestID(id), "")
	require.NoError(e.t, err)
	info := found.GetWorkflowExecutionInfo()
	return info.GetExecution().GetRunId(), info.GetCloseTime() == nil
}

// ended waits until the newest run of a request is over.
func (e *engine) ended(id string) (run string) {
	e.t.Helper()
	require.Eventually(e.t, func() bool {
		newest, running := e.run(id)
		run = newest
		return !running
	}, 20*time.Second, 50*time.Millisecond)
	return run
}

// refused is an error as a person may be told it.
func refused(t *testing.T, err error, code models.Code, reason string) *models.Error {
	t.Helper()
	var known *models.Error
	require.ErrorAs(t, err, &known)
	require.Equal(t, reason, known.Reason, err)
	require.Equal(t, code, known.Code)
	return known
}

// quiet is a client of a server that is not there.
func quiet(t *testing.T) client.Client {
	t.Helper()
	c, err := client.NewLazyClient(client.Options{
		HostPort: "127.0.0.1:1", Logger: sdklog.NewStructuredLogger(slog.New(slog.DiscardHandler)),
	})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}
