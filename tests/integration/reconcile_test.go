package integration

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"github.com/friendpay/friendpay/internal/reconcile"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
	"github.com/friendpay/friendpay/worker"
	"github.com/friendpay/friendpay/workflows"
)

// compare compares today, as far as it has come.
func (e *engine) compare() reconcile.Outcome {
	e.t.Helper()
	about := models.StatementDay{
		Provider: "mockpay", Account: "acc_1", Day: time.Now().In(models.Shanghai).Format(time.DateOnly),
	}
	out, err := e.books.Day(e.t.Context(), reconcile.Job{StatementDay: about, Final: true})
	require.NoError(e.t, err)
	return out
}

func (e *engine) found() []store.Finding {
	e.t.Helper()
	list, err := e.store.Findings(e.t.Context(), models.StatementDay{}, "", 10)
	require.NoError(e.t, err)
	return list
}

// R7: money is taken after the guard has ended, and its callback is lost for ever. Nobody
// asks any more; the bill tells, the provider is asked, and the money goes back.
func TestTheBillFindsLateMoneyThatNoCallbackTold(t *testing.T) {
	e := newEngine(t)
	request := e.place(wish{speed: 60, expires: 3 * time.Second})
	number := e.pay(request)
	e.await(request.ID, models.Expired)
	e.history(request.ID) // the run is over
	e.capture(number)
	require.EqualValues(t, 1, e.compare().Opened)
	require.Equal(t, "hint", e.found()[0].Route)
	require.Equal(t, number, e.found()[0].Subject)
	require.Eventually(t, func() bool {
		row, err := e.store.Request(t.Context(), request.ID)
		return err == nil && len(row.Refunds) == 1 && row.Refunds[0].State == models.RefundSucceeded
	}, 20*time.Second, 20*time.Millisecond)
	e.wentBack(request.ID, models.Late)
	require.EqualValues(t, 1, e.compare().Healed)
	require.Empty(t, e.found())
	require.Equal(t, reconcile.Outcome{}, e.compare(), "a second run changes nothing")
}

// One schedule a provider, however often workers start; its run takes up what is due.
func TestTheScheduleComparesWhatIsDue(t *testing.T) {
	e := newEngine(t)
	schedules := &worker.Schedules{
		Temporal: e.temporal, Providers: []string{"mockpay"}, At: 10 * time.Hour, Log: slog.Default(),
	}
	for range 2 {
		require.NoError(t, schedules.Run(t.Context()))
	}
	handle := e.temporal.ScheduleClient().GetHandle(t.Context(), workflows.ReconcileID("mockpay"))
	seen, err := handle.Describe(t.Context())
	require.NoError(t, err)
	require.Equal(t, enums.SCHEDULE_OVERLAP_POLICY_SKIP, seen.Schedule.Policy.Overlap)
	next := seen.Info.NextActionTimes[0].In(models.Shanghai)
	require.Equal(t, 10, next.Hour(), next)

	require.NoError(t, handle.Trigger(t.Context(), client.ScheduleTriggerOptions{}))
	about := models.StatementDay{
		Provider: "mockpay", Account: "acc_1",
		Day: time.Now().In(models.Shanghai).AddDate(0, 0, -1).Format(time.DateOnly),
	}
	require.Eventually(t, func() bool {
		day, err := e.store.StatementDay(t.Context(), about)
		return err == nil && day.State == store.StatementCompared
	}, 20*time.Second, 50*time.Millisecond)
}

// The history of a run grows by three events for an account's day beyond what any run has.
func TestTheRunOfAComparisonIsShort(t *testing.T) {
	e := newEngine(t)
	run, err := e.temporal.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{
		ID: workflows.ReconcileID("mockpay"), TaskQueue: workflows.Queue,
	}, workflows.ReconcileWorkflow, models.StatementDay{Provider: "mockpay"})
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	require.NoError(t, run.Get(ctx, nil))
	events := len(e.readRun(run.GetID()).GetEvents())
	t.Logf("one account's day: %d events", events)
	require.LessOrEqual(t, events, 17)
	e.keepRun(run.GetID(), "reconciled")
}
