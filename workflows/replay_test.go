package workflows_test

import (
	"log/slog"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/interceptor"
	sdklog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/friendpay/friendpay/internal/tracing"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/workflows"
)

// paths are the recorded lives; tests/integration writes them with -record.
var paths = []string{
	"paid", "expired", "late_money", "cancelled", "two_payers", "refused", "polled", "restarted",
	"given_up", "reconciled", "found", "delivered",
}

// Every recorded history still replays: no running request is broken by this code.
func TestRecordedHistoriesReplay(t *testing.T) {
	for _, path := range paths {
		t.Run(path, func(t *testing.T) { require.NoError(t, replay(t, path)) })
	}
}

// Spans are no part of what is replayed: tracing may be turned on and off under running requests.
func TestRecordedHistoriesReplayWhenTraced(t *testing.T) {
	traces, err := tracing.New(tracetest.NewInMemoryExporter(), "friendpay")
	require.NoError(t, err)
	defer func() { require.NoError(t, traces.Close()) }()
	var options client.Options
	require.NoError(t, traces.Temporal(&options))
	traced, ok := options.Interceptors[0].(interceptor.WorkerInterceptor)
	require.True(t, ok, "a worker takes its client's interceptors when they are a worker's, too")
	for _, path := range paths {
		t.Run(path, func(t *testing.T) { require.NoError(t, replay(t, path, traced)) })
	}
}

// The guard is itself guarded: two effects of the law swapped must not replay.
func TestASwappedEffectDoesNotReplay(t *testing.T) {
	for _, swap := range []swapped{
		{models.OpenPayment: models.ClosePayment, models.ClosePayment: models.OpenPayment},
		{models.CheckLogin: models.ApplyOrder, models.ApplyOrder: models.CheckLogin},
	} {
		require.ErrorContains(t, replay(t, "paid", &swapper{swapped: swap}), "TMPRL1100")
	}
}

func TestEveryRecordingIsReplayed(t *testing.T) {
	files, err := filepath.Glob("testdata/histories/v1/*.json")
	require.NoError(t, err)
	require.Len(t, files, len(paths))
}

func replay(t *testing.T, path string, changes ...interceptor.WorkerInterceptor) error {
	t.Helper()
	replayer, err := worker.NewWorkflowReplayerWithOptions(worker.WorkflowReplayerOptions{Interceptors: changes})
	require.NoError(t, err)
	registered := workflow.RegisterOptions{Name: workflows.RequestWorkflow}
	replayer.RegisterWorkflowWithOptions(workflows.FriendPay, registered)
	reconciling := workflow.RegisterOptions{Name: workflows.ReconcileWorkflow}
	replayer.RegisterWorkflowWithOptions(workflows.Reconcile, reconciling)
	delivering := workflow.RegisterOptions{Name: workflows.DeliveryWorkflow}
	replayer.RegisterWorkflowWithOptions(workflows.Delivery, delivering)
	log := sdklog.NewStructuredLogger(slog.New(slog.DiscardHandler))
	return replayer.ReplayWorkflowHistoryFromJSONFile(log, "testdata/histories/v1/"+path+".json")
}

// swapped is a law in which effects stand in each other's place.
type swapped map[models.EffectKind]models.EffectKind

func (s swapped) name(kind string) string {
	if other, ok := s[models.EffectKind(kind)]; ok {
		return string(other)
	}
	return kind
}

type swapper struct {
	interceptor.WorkerInterceptorBase
	swapped
}

func (s *swapper) InterceptWorkflow(
	_ workflow.Context, next interceptor.WorkflowInboundInterceptor,
) interceptor.WorkflowInboundInterceptor {
	in := &inbound{swapped: s.swapped}
	in.Next = next
	return in
}

type inbound struct {
	interceptor.WorkflowInboundInterceptorBase
	swapped
}

func (i *inbound) Init(out interceptor.WorkflowOutboundInterceptor) error {
	swapping := &outbound{swapped: i.swapped}
	swapping.Next = out
	return i.Next.Init(swapping)
}

type outbound struct {
	interceptor.WorkflowOutboundInterceptorBase
	swapped
}

func (o *outbound) ExecuteActivity(ctx workflow.Context, kind string, args ...any) workflow.Future {
	return o.Next.ExecuteActivity(ctx, o.name(kind), args...)
}

func (o *outbound) ExecuteLocalActivity(ctx workflow.Context, kind string, args ...any) workflow.Future {
	return o.Next.ExecuteLocalActivity(ctx, o.name(kind), args...)
}
