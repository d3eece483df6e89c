package door_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"

	"github.com/friendpay/friendpay/internal/door"
	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
)

func TestPlaceAgainIsTheSameRequest(t *testing.T) {
	e := newEngine(t).work()
	request := fresh()
	first, err := e.Place(t.Context(), request)
	require.NoError(t, err)
	require.Equal(t, models.Open, first.State)
	second, err := e.Place(t.Context(), request)
	require.NoError(t, err)
	require.Equal(t, first, second)

	_, err = e.Deliver(t.Context(), request.ID, "c1", cancelled)
	require.NoError(t, err)
	e.ended(request.ID)
	third, err := e.Place(t.Context(), request)
	require.NoError(t, err, "the answer outlives the run")
	require.Equal(t, first, third)
	_, running := e.run(request.ID)
	require.False(t, running, "and nothing began anew")
}

func TestAnIneligibleRequestIsOverAtOnce(t *testing.T) {
	e := newEngine(t).work()
	e.says(models.CheckOrder, func(models.Call) (models.Event, error) {
		return models.Event{Kind: models.OrderIneligible, Reason: "no_channel"}, nil
	})
	request := fresh()
	for range 2 {
		after, err := e.Place(t.Context(), request)
		require.NoError(t, err)
		require.Equal(t, models.Ineligible, after.State)
		e.ended(request.ID)
	}
}

// Another request of the order was faster: the save fails for good, and so does the
// run. Whoever placed it tries again, and finds the other.
func TestARequestThatLostItsOrderFails(t *testing.T) {
	e := newEngine(t).work()
	e.save = func(models.Step) error {
		return temporal.NewNonRetryableApplicationError("Open already.", "request_open", nil,
			models.Error{Code: models.Conflict, Reason: "request_open"})
	}
	request := fresh()
	_, err := e.Place(t.Context(), request)
	_ = refused(t, err, models.Conflict, "request_open")
	e.ended(request.ID)
	_, err = e.Place(t.Context(), request)
	_ = refused(t, err, models.Conflict, "request_open")
}

func TestARefusalArrivesWhole(t *testing.T) {
	e := newEngine(t).work()
	request := fresh()
	_, err := e.Place(t.Context(), request)
	require.NoError(t, err)
	ask := pay("pay_1")
	paying, err := e.Deliver(t.Context(), request.ID, ask.Attempt, ask)
	require.NoError(t, err)
	require.Equal(t, models.LiveAttempt, paying.Attempts[0].State, "answered when the order exists")

	_, err = e.Deliver(t.Context(), request.ID, "other", pay("pay_2"))
	known := refused(t, err, models.Conflict, "slot_taken")
	require.Equal(t, paying.SlotUntil, known.Until)
	require.Equal(t, "Someone is paying right now.", known.Message)
	require.NotEmpty(t, known.Fix)

	bad := pay("pay_3")
	bad.Pay.Quoted.Minor = 0
	_, err = e.Deliver(t.Context(), request.ID, "bad", bad)
	require.Equal(t, "pay.quoted", refused(t, err, models.Invalid, "malformed_event").Field)

	again, err := e.Deliver(t.Context(), request.ID, ask.Attempt, ask)
	require.NoError(t, err, "the same knock is answered the same")
	require.Equal(t, paying, again)
}

func TestNobodyIsBehindTheDoor(t *testing.T) {
	e := newEngine(t).work()
	_, err := e.Deliver(t.Context(), "fpr_nobody", "u", cancelled)
	_ = refused(t, err, models.Gone, "ended")
	_, err = e.Durable(t.Context(), "fpr_nobody")
	_ = refused(t, err, models.Gone, "ended")

	request := fresh()
	_, err = e.Place(t.Context(), request)
	require.NoError(t, err)
	after, err := e.Deliver(t.Context(), request.ID, "c1", cancelled)
	require.NoError(t, err)
	require.Equal(t, models.CancelledBuyer, after.State)
	e.ended(request.ID)
	_, err = e.Deliver(t.Context(), request.ID, "p1", pay("pay_1"))
	_ = refused(t, err, models.Gone, "ended")
	e.rest()
	brief, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	_, err = e.Durable(brief, request.ID)
	_ = refused(t, err, models.Gone, "ended") // also when the workers of its build are gone
}

// Money that comes after the run is over starts it again, from the stored request.
func TestPostStartsAClosedRunAgain(t *testing.T) {
	e := newEngine(t).work()
	request := fresh()
	_, err := e.Place(t.Context(), request)
	require.NoError(t, err)
	ask := pay("pay_1")
	_, err = e.Deliver(t.Context(), request.ID, ask.Attempt, ask)
	require.NoError(t, err)
	_, err = e.Deliver(t.Context(), request.ID, "c1", cancelled)
	require.NoError(t, err)
	first := e.ended(request.ID)

	e.says(models.QueryPayment, func(call models.Call) (models.Event, error) {
		return models.Event{Kind: models.PaymentSucceeded, Attempt: call.Ref, Spare: mint.Number(),
			Capture: &models.Capture{Money: models.CNY(12900), Transaction: "tx1", PaidAt: time.Now().UTC()}}, nil
	})
	hint := models.Event{Kind: models.PaymentReported, Attempt: ask.Attempt, Actor: "provider"}
	after, err := e.Post(t.Context(), e.stored(request.ID), "evt_1", hint)
	require.NoError(t, err)
	require.Equal(t, models.Late, after.Attempts[0].Disposition)
	require.Len(t, after.Refunds, 1)
	require.NotEqual(t, first, e.ended(request.ID), "in a run of its own")
	require.Equal(t, models.RefundSucceeded, e.stored(request.ID).Refunds[0].State)

	again, err := e.Post(t.Context(), e.stored(request.ID), "evt_1", hint)
	require.NoError(t, err, "the same event once more, after a crash before it was marked")
	require.Len(t, again.Refunds, 1)

	_, err = e.Post(t.Context(), e.stored(request.ID), "evt_2",
		models.Event{Kind: models.PaymentReported, Attempt: mint.Number(), Actor: "provider"})
	_ = refused(t, err, models.NotFound, "unknown_attempt")
}

// A provider takes its time: whoever waits is told so, and asks again by the same id.
func TestStillWorking(t *testing.T) {
	e := newEngine(t).work()
	request := fresh()
	_, err := e.Place(t.Context(), request)
	require.NoError(t, err)
	free := make(chan struct{})
	e.says(models.OpenPayment, func(call models.Call) (models.Event, error) {
		<-free
		return models.Event{Kind: models.PaymentOpened, Attempt: call.Ref}, nil
	})
	ask := pay("pay_1")
	brief, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	_, err = e.Deliver(brief, request.ID, ask.Attempt, ask)
	_ = refused(t, err, models.Unavailable, "still_working")
	close(free)
	after, err := e.Deliver(t.Context(), request.ID, ask.Attempt, ask)
	require.NoError(t, err)
	require.Equal(t, models.LiveAttempt, after.Attempts[0].State)
}

// What nobody took in yet is not being worked on: it is the engine that is not there.
func TestTheEngineIsDown(t *testing.T) {
	e := newEngine(t)
	request := fresh()
	for _, d := range []*door.Door{e.Door, door.New(quiet(t))} {
		for _, knock := range []func(context.Context) error{
			func(ctx context.Context) error { _, err := d.Place(ctx, request); return err },
			func(ctx context.Context) error { _, err := d.Post(ctx, request, "u", cancelled); return err },
			func(ctx context.Context) error { _, err := d.Durable(ctx, request.ID); return err },
		} {
			brief, cancel := context.WithTimeout(t.Context(), time.Second)
			_ = refused(t, knock(brief), models.Unavailable, "engine_unavailable")
			cancel()
		}
	}
	e.work()
	after, err := e.Place(t.Context(), request)
	require.NoError(t, err, "what was placed is taken up when the worker comes")
	require.Equal(t, models.Open, after.State)
}

func TestDurableGrowsWithTheSteps(t *testing.T) {
	e := newEngine(t).work()
	request := fresh()
	placed, err := e.Place(t.Context(), request)
	require.NoError(t, err)
	version, err := e.Durable(t.Context(), request.ID)
	require.NoError(t, err)
	require.Equal(t, placed.Version, version)
	require.Equal(t, e.stored(request.ID).Version, version)
	ask := pay("pay_1")
	paying, err := e.Deliver(t.Context(), request.ID, ask.Attempt, ask)
	require.NoError(t, err)
	version, err = e.Durable(t.Context(), request.ID)
	require.NoError(t, err)
	require.Equal(t, paying.Version, version)
}
