package door_test

import (
	"log/slog"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/friendpay/friendpay/internal/devstack"
	"github.com/friendpay/friendpay/internal/door"
	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/internal/testkit"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/workflows"
)

// The queries of docs/operating.md, each against a server, with a request that each finds.
func TestDocumentedQueriesFindWhatTheySay(t *testing.T) {
	e := newEngine(t).work()
	waiting := placed(e, "app_waiting")
	paying := placed(e, "app_paying")
	ask := pay("pay_1")
	_, err := e.Deliver(t.Context(), paying.ID, ask.Attempt, ask)
	require.NoError(t, err)
	stuck := placed(e, "app_stuck")
	e.strand(stuck)

	for query, want := range map[string][]string{
		`FriendpayRequest = '` + waiting.ID + `'`: {workflows.RequestID(waiting.ID)},
		`WorkflowType = 'FriendPay' AND ExecutionStatus = 'Running' AND FriendpayState = 'paying'`: {
			workflows.RequestID(paying.ID)},
		`FriendpayState = 'open' AND FriendpayProvider = 'none'`: {workflows.RequestID(waiting.ID)},
		`FriendpayApp = 'app_paying'`:                            {workflows.RequestID(paying.ID)},
		`FriendpayOrder = '` + paying.Order + `' AND FriendpayApp = 'app_paying'`: {
			workflows.RequestID(paying.ID)},
		`FriendpayState = 'refund_stuck'`: {workflows.RequestID(stuck.ID)},
		`WorkflowType = 'RefundMoney' AND FriendpayRequest = '` + stuck.ID + `'`: {
			workflows.RefundID(e.stored(stuck.ID).Refunds[0].Number)},
		`WorkflowType = 'FriendPay' AND ExecutionStatus IN ('Failed', 'Terminated', 'TimedOut')`: nil,
		`WorkflowType = 'FriendPay' AND FriendpayProvider = 'mockpay' AND FriendpayState = 'paying'`: {
			workflows.RequestID(paying.ID)},
	} {
		require.Eventually(t, func() bool { return sameSet(e.list(query), want) }, 10*time.Second,
			50*time.Millisecond, "%s finds %v", query, want)
	}
}

// A namespace that nobody told of the attributes takes payments all the same; once it knows
// them, the next request is found.
func TestANamespaceWithoutAttributesTakesPayments(t *testing.T) {
	t.Parallel()
	e := newEngineIn(t, testkit.BareNamespace(t)).work()
	missing, err := door.Missing(t.Context(), e.temporal, e.space)
	require.NoError(t, err)
	require.Len(t, missing, len(workflows.SearchAttributes()))
	request := fresh()
	_, err = e.Place(t.Context(), request)
	require.NoError(t, err)
	ask := pay("pay_1")
	after, err := e.Deliver(t.Context(), request.ID, ask.Attempt, ask)
	require.NoError(t, err)
	require.Equal(t, models.Paying, after.State)
	require.False(t, after.Indexed)

	added, err := door.Register(t.Context(), e.temporal, e.space)
	require.NoError(t, err)
	require.Equal(t, missing, added)
	require.Eventually(t, func() bool {
		missing, err := door.Missing(t.Context(), e.temporal, e.space)
		return err == nil && len(missing) == 0
	}, 20*time.Second, 100*time.Millisecond)
	again, err := door.Register(t.Context(), e.temporal, e.space)
	require.NoError(t, err)
	require.Empty(t, again)
	require.Eventually(t, func() bool {
		later := fresh()
		answer, err := door.Open(e.temporal, e.space, e, slog.New(slog.DiscardHandler)).Place(t.Context(), later)
		return err == nil && answer.Indexed
	}, 30*time.Second, 500*time.Millisecond)
	_, err = e.Deliver(t.Context(), request.ID, "c1", cancelled)
	require.NoError(t, err, "the old run says nothing that the namespace would not have taken")
}

// The command that doctor prints is one that the CLI takes.
func TestTheRegisteringCommandWorks(t *testing.T) {
	t.Parallel()
	space := testkit.BareNamespace(t)
	e := newEngineIn(t, space)
	missing, err := door.Missing(t.Context(), e.temporal, space)
	require.NoError(t, err)
	words := strings.Fields(door.RegisterCommand(space, missing))
	binary, err := devstack.FindTemporal(".")
	require.NoError(t, err)
	arguments := append(words[1:], "--address", testkit.Temporal(t).Address())
	told, err := exec.CommandContext(t.Context(), binary, arguments...).CombinedOutput()
	require.NoError(t, err, string(told))
	require.Eventually(t, func() bool {
		missing, err := door.Missing(t.Context(), e.temporal, space)
		return err == nil && len(missing) == 0
	}, 20*time.Second, 100*time.Millisecond)
}

func TestLinksLeadToRuns(t *testing.T) {
	links := door.Links{UI: "http://127.0.0.1:8233/", Namespace: "default"}
	const base = "http://127.0.0.1:8233/namespaces/default/workflows/"
	require.Equal(t, base+"friendpay%2Ffpr_1", links.Request("fpr_1"))
	require.Equal(t, base+"friendpay-refund%2FR1", links.Refund("R1"))
	require.Equal(t, base+"friendpay-reconcile%2Falipay", links.Books("alipay"))
	require.Empty(t, door.Links{}.Request("fpr_1"))
}

func placed(e *engine, app string) models.Request {
	e.t.Helper()
	request := fresh()
	request.App, request.Order = app, "ord_"+request.ID
	_, err := e.Place(e.t.Context(), request)
	require.NoError(e.t, err)
	return request
}

func (e *engine) list(query string) (found []string) {
	e.t.Helper()
	answer, err := e.temporal.ListWorkflow(e.t.Context(), &workflowservice.ListWorkflowExecutionsRequest{
		Namespace: e.space, Query: query,
	})
	require.NoError(e.t, err)
	for _, run := range answer.GetExecutions() {
		found = append(found, run.GetExecution().GetWorkflowId())
	}
	return found
}

func sameSet(got, want []string) bool {
	slices.Sort(got)
	slices.Sort(want)
	return slices.Equal(got, want)
}

// strand pays a request after its end, so that its money goes back, and lets the refund break.
func (e *engine) strand(request models.Request) {
	e.t.Helper()
	ctx := e.t.Context()
	ask := pay("pay_9")
	_, err := e.Deliver(ctx, request.ID, ask.Attempt, ask)
	require.NoError(e.t, err)
	e.says(models.QueryPayment, func(call models.Call) (models.Event, error) {
		return models.Event{Kind: models.PaymentSucceeded, Attempt: call.Ref, Spare: mint.Number(),
			Capture: &models.Capture{Money: models.CNY(12900), Transaction: "tx9", PaidAt: time.Now().UTC()}}, nil
	})
	hint := models.Event{Kind: models.PaymentReported, Attempt: ask.Attempt, Actor: "provider"}
	_, err = e.Post(ctx, e.stored(request.ID), "evt_9", hint)
	require.NoError(e.t, err)
	e.mu.Lock()
	e.broken = true
	e.mu.Unlock()
	whole := models.CNY(12900)
	_, err = e.Deliver(ctx, request.ID, "r1", models.Event{Kind: models.RefundAsked, Actor: "merchant",
		Money: &whole, Refund: mint.Number()})
	require.NoError(e.t, err)
	require.Eventually(e.t, func() bool { return e.stored(request.ID).State == models.RefundStuck },
		20*time.Second, 50*time.Millisecond)
}
