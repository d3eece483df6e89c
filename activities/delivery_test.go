package activities_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/testsuite"

	"github.com/friendpay/friendpay/activities"
	"github.com/friendpay/friendpay/internal/webhook"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
	"github.com/friendpay/friendpay/workflows"
)

// office is a run of a delivery in time that passes by itself, with its row and its receiver.
type office struct {
	env      *testsuite.TestWorkflowEnvironment
	began    time.Time
	mu       sync.Mutex
	row      store.Delivery
	at       []time.Duration // when each try was, from the beginning
	tried    []store.Tried
	held     int
	disabled string
	answer   func(try int) error
}

func (o *office) Trying(_ context.Context, _ string, round int) (store.Delivery, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.row.Round != round || o.row.State != store.DeliveryTrying {
		return store.Delivery{}, models.Refuse(models.NotFound, "unknown_delivery", "Gone.")
	}
	return o.row, nil
}

func (o *office) EndpointSecrets(context.Context, string) ([]string, error) {
	return []string{"whsec_bmV3", "whsec_b2xk"}, nil
}

func (o *office) RecordTry(_ context.Context, _ string, tried store.Tried) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.row.Tries, o.row.State, o.row.NextTryAt = o.row.Tries+1, tried.State, tried.Next
	if o.row.FailingSince.IsZero() && tried.State != store.Delivered {
		o.row.FailingSince = tried.Try.At
	}
	o.tried, o.disabled = append(o.tried, tried), tried.Disable
	return nil
}

func (o *office) HoldDelivery(context.Context, string, int) error {
	o.held++
	return nil
}

func (o *office) Deliver(_ context.Context, to webhook.Endpoint, m webhook.Message) webhook.Report {
	o.mu.Lock()
	defer o.mu.Unlock()
	now := o.env.Now()
	o.at = append(o.at, now.Sub(o.began))
	err := o.answer(len(o.at))
	if to.Secret != "whsec_bmV3" || len(to.Also) != 1 || m.ID != "msg_1" {
		err = errors.New("not what was to be delivered")
	}
	return webhook.Report{At: now, Status: 500, Err: err}
}

// delivering runs a delivery whose receiver answers so, to its end.
func delivering(t *testing.T, speed int64, answer func(try int) error, changes ...func(*office)) *office {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	o := &office{env: suite.NewTestWorkflowEnvironment(), answer: answer, row: store.Delivery{
		ID: "dlv_1", Message: "msg_1", Endpoint: "whe_1", Round: 1, State: store.DeliveryTrying,
		Receiver: store.EndpointEnabled,
	}}
	o.began = o.env.Now()
	for _, change := range changes {
		change(o)
	}
	d := &activities.Deliveries{
		Post: o, Receivers: o, Clock: o.env.Now, Speed: speed, Log: slog.New(slog.DiscardHandler),
	}
	o.env.SetTestTimeout(20 * time.Second)
	o.env.RegisterWorkflow(workflows.Delivery)
	o.env.RegisterActivityWithOptions(d.DeliverWebhook, activity.RegisterOptions{Name: workflows.DeliverWebhook})
	o.env.ExecuteWorkflow(workflows.Delivery, models.DeliveryRun{Delivery: "dlv_1", Round: 1})
	require.True(t, o.env.IsWorkflowCompleted())
	require.NoError(t, o.env.GetWorkflowError())
	return o
}

var errRefused = errors.New("the receiver answered 500")

func TestADeliveryKeepsTheScheduleOfTheSpecification(t *testing.T) {
	o := delivering(t, 1, func(int) error { return errRefused })
	require.Len(t, o.at, 10)
	for i, after := range []time.Duration{
		5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour,
		14 * time.Hour, 20 * time.Hour, 24 * time.Hour,
	} {
		waited := o.at[i+1] - o.at[i]
		require.GreaterOrEqual(t, waited, after)
		require.LessOrEqual(t, waited, after+after/10+time.Second, "and up to a tenth later")
		require.WithinDuration(t, o.began.Add(o.at[i+1]), o.tried[i].Next, time.Second, "as its row says")
	}
	require.GreaterOrEqual(t, o.at[9], 75*time.Hour)
	require.Equal(t, store.DeliveryDead, o.row.State)
	require.Empty(t, o.disabled, "three days are not five")
}

func TestADeliveryEndsWhenItIsTaken(t *testing.T) {
	o := delivering(t, 1, func(try int) error {
		if try < 3 {
			return errRefused
		}
		return nil
	})
	require.Len(t, o.at, 3)
	require.Equal(t, store.Delivered, o.row.State)
	require.True(t, o.tried[2].Next.IsZero())
}

func TestAGoneReceiverIsDisabled(t *testing.T) {
	o := delivering(t, 1, func(int) error { return webhook.ErrGone })
	require.Len(t, o.at, 1)
	require.Equal(t, store.DeliveryDead, o.row.State)
	require.Equal(t, store.DisabledGone, o.disabled)
}

func TestAReceiverThatFailsForFiveDaysIsDisabled(t *testing.T) {
	o := delivering(t, 1, func(int) error { return errRefused }, func(o *office) {
		o.row.FailingSince = o.began.Add(-5*24*time.Hour + time.Hour) // by other deliveries
	})
	require.Len(t, o.at, 5, "the first try after five days")
	require.Equal(t, store.DeliveryHeld, o.row.State, "it waits, and can go on")
	require.Equal(t, store.DisabledFailing, o.disabled)
}

func TestADisabledReceiversDeliveryWaits(t *testing.T) {
	o := delivering(t, 1, func(int) error { return nil }, func(o *office) {
		o.row.Receiver = store.EndpointDisabled
	})
	require.Empty(t, o.at)
	require.Equal(t, 1, o.held)
}

func TestARunOfAnotherRoundDoesNothing(t *testing.T) {
	o := delivering(t, 1, func(int) error { return nil }, func(o *office) { o.row.Round = 2 })
	require.Empty(t, o.at)
	require.Zero(t, o.held)
}

func TestTheScheduleIsAsFastAsTheHouse(t *testing.T) {
	o := delivering(t, 60, func(int) error { return errRefused })
	require.Len(t, o.at, 10)
	require.Less(t, o.at[9], 90*time.Minute)
}
