package workflows_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"

	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/workflows"
)

const (
	first  = "AAAAAAAAAAAAAAAAAAAAAAAAA1"
	second = "AAAAAAAAAAAAAAAAAAAAAAAAA2"
)

// house is a world for the workflow without servers: activities that note what
// they were asked, and a provider that says what a test lets it say.
type house struct {
	t      *testing.T
	env    *testsuite.TestWorkflowEnvironment
	mu     sync.Mutex
	did    []string
	paid   map[string]bool // attempts the provider captured
	hook   models.EventKind
	saved  []models.Step
	refund error // what asking about a refund always fails with
	silent int   // how often a broken refund is asked about in vain
	dead   bool  // the merchant's system never answers
	early  int   // how often an order is too young to be closed
	mints  int
	taken  bool // another request of the order is open when this one is to be opened again
}

func newHouse(t *testing.T) *house {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	h := &house{t: t, env: suite.NewTestWorkflowEnvironment(), hook: models.OrderAccepted}
	h.paid = map[string]bool{}
	h.env.SetTestTimeout(10 * time.Second)
	h.env.RegisterWorkflow(workflows.FriendPay)
	h.env.RegisterWorkflowWithOptions(workflows.RefundMoney, refundName)
	for _, kind := range models.Effects {
		h.register(string(kind), func(call models.Call) (models.Event, error) { return h.answer(kind, call) })
	}
	h.register(workflows.SubmitRefund, func(call models.Call) (models.Event, error) {
		return models.Event{Kind: models.RefundUnfinished, Refund: call.Ref}, nil
	})
	h.register(workflows.PollRefund, func(call models.Call) (models.Event, error) {
		return models.Event{Kind: models.RefundDone, Refund: call.Ref}, h.refund
	})
	h.env.RegisterActivityWithOptions(func(_ context.Context, step models.Step) error {
		h.note("save " + string(step.Request.State))
		h.mu.Lock()
		defer h.mu.Unlock()
		if h.taken && step.Transitions[0].On == models.Reopened {
			refused := models.Refuse(models.Conflict, models.RequestOpen, "The order has an open request already.")
			return temporal.NewNonRetryableApplicationError(refused.Message, refused.Reason, nil, *refused)
		}
		h.saved = append(h.saved, step)
		return nil
	}, activity.RegisterOptions{Name: workflows.SaveStep})
	return h
}

func (h *house) register(name string, do func(models.Call) (models.Event, error)) {
	h.env.RegisterActivityWithOptions(func(_ context.Context, call models.Call) (models.Event, error) {
		h.note(name)
		return do(call)
	}, activity.RegisterOptions{Name: name})
}

func (h *house) note(what string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.did = append(h.did, what)
}

func (h *house) answer(kind models.EffectKind, call models.Call) (models.Event, error) {
	event := models.Event{Attempt: call.Ref}
	switch kind {
	case models.CheckOrder:
		event.Kind = models.OrderEligible
	case models.CheckLogin:
		event.Kind = models.LoginPassed
	case models.OpenPayment:
		event.Kind = models.PaymentOpened
	case models.FollowRefund:
		return h.follow(call)
	case models.ApplyOrder, models.AskOrderHook:
		if h.dead && kind == models.AskOrderHook {
			return event, later("hook_silent")
		}
		event.Kind, event.Spare = h.hook, h.mint()
	case models.ClosePayment:
		if h.early--; h.early >= 0 {
			return event, later("refused")
		}
		event = h.ask(call, models.PaymentClosed)
	case models.PollPayment:
		event = h.ask(call, models.PaymentUnpaid)
		if event.Kind == models.PaymentUnpaid {
			return event, temporal.NewApplicationError("no outcome yet", "waiting")
		}
	default:
		event = h.ask(call, models.PaymentUnpaid)
	}
	return event, nil
}

// follow is the slow question about a refund that broke: the money arrives at last.
func (h *house) follow(call models.Call) (models.Event, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.silent--; h.silent >= 0 {
		return models.Event{}, later("waiting")
	}
	return models.Event{Kind: models.RefundDone, Refund: call.Ref}, nil
}

// later asks to be called again in an hour.
func later(reason string) error {
	return temporal.NewApplicationErrorWithOptions("no outcome yet", reason,
		temporal.ApplicationErrorOptions{NextRetryDelay: time.Hour})
}

// ask is a query: paid if the provider captured, else what the asker makes of it.
func (h *house) ask(call models.Call, otherwise models.EventKind) models.Event {
	h.mu.Lock()
	captured := h.paid[call.Ref]
	h.mu.Unlock()
	if !captured {
		return models.Event{Kind: otherwise, Attempt: call.Ref}
	}
	attempt, _ := call.Request.Attempt(call.Ref)
	capture := &models.Capture{Money: attempt.Quoted, Transaction: "T" + call.Ref}
	return models.Event{Kind: models.PaymentSucceeded, Attempt: call.Ref, Spare: h.mint(), Capture: capture}
}

func (h *house) mint() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.mints++
	return fmt.Sprintf("R%025d", h.mints)
}

func (h *house) capture(number string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.paid[number] = true
}

// reply is what the sender of an update hears.
type reply struct {
	rejected error
	err      error
	request  models.Request
	done     bool
}

func (r *reply) Accept()          {}
func (r *reply) Reject(err error) { r.rejected = err }
func (r *reply) Complete(result any, err error) {
	r.done, r.err = true, err
	if request, ok := result.(models.Request); ok {
		r.request = request
	}
}

// at delivers an event when that much time has passed.
func (h *house) at(after time.Duration, event models.Event) *reply {
	heard := new(reply)
	id := fmt.Sprintf("%s-%d", event.Kind, after)
	h.env.RegisterDelayedCallback(func() { h.env.UpdateWorkflow(workflows.Deliver, id, heard, event) }, after)
	return heard
}

// run plays the request to the end of its run and returns it as last saved.
func (h *house) run(request models.Request) models.Request {
	h.t.Helper()
	h.env.ExecuteWorkflow(workflows.FriendPay, request)
	require.True(h.t, h.env.IsWorkflowCompleted())
	require.NoError(h.t, h.env.GetWorkflowError())
	require.NotEmpty(h.t, h.saved)
	return h.saved[len(h.saved)-1].Request
}

func (h *house) fresh() models.Request {
	now := h.env.Now()
	return models.Request{
		ID: "fpr_1", Order: "ord_1", Payable: models.CNY(12900), Agreed: models.CNY(12900), PriceVersion: 1,
		Rules: models.CurrentRules, Speed: 1, State: models.Checking, EnteredAt: now,
		ExpiresAt: now.Add(time.Hour), HardEnd: now.Add(2 * time.Hour),
	}
}

func pay(number, payer string) models.Event {
	return models.Event{Kind: models.PayAsked, Actor: "payer:" + payer, Attempt: number, Pay: &models.Pay{
		Number: number, Payer: payer, Channel: "mockpay", Provider: "mockpay", Account: "acc_1", Product: "wap",
		Quoted: models.CNY(12900), PriceVersion: 1,
	}}
}

func reported(number string) models.Event {
	return models.Event{Kind: models.PaymentReported, Attempt: number, Actor: "provider"}
}
