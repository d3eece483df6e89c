package integration

import (
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enums "go.temporal.io/api/enums/v1"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/workflows"
)

// long is the patience for a takeover. Temporal gives a silent worker ten seconds for each
// task, and goes on giving him some for as long as the polls that he left open last: a minute.
const long = 2 * time.Minute

// A worker sleeps in the middle of a save, for longer than its task may take. Another
// one takes the request over and judges anew. When the sleeper wakes it finds its
// time is up, or tries to finish its save and loses: what it judged is older than what is
// stored.
func TestAZombieLosesToTheFence(t *testing.T) {
	e := newHouse(t, "")
	e.trade()
	zombie := e.spawn("worker", "FRIENDPAY_LOG_LEVEL=debug")
	request := e.place(wish{guard: time.Hour})
	order := e.hold("SELECT 1 FROM orders WHERE id = '" + request.Order + "' FOR UPDATE")
	var caller sync.WaitGroup
	caller.Go(func() {
		// Heard, or told to look again: the update outlives its caller's patience.
		_, err := e.door.Deliver(t.Context(), request.ID, mint.Number(),
			models.Event{Kind: models.BuyerCancelled, Actor: "buyer"})
		t.Log("the buyer hears:", err)
	})
	e.eventually("the save waits", func() bool { return e.count("SELECT count(*) FROM "+waiting) > 0 })
	zombie.signal(syscall.SIGSTOP)
	e.spawn("worker")
	order.release(t)
	require.Eventually(t, func() bool {
		row, err := e.store.Request(t.Context(), request.ID)
		return err == nil && row.State == models.CancelledBuyer
	}, long, 50*time.Millisecond, "nobody took over")
	caller.Wait()
	before, err := e.store.Request(t.Context(), request.ID)
	require.NoError(t, err)
	seen := len(zombie.logs())
	zombie.signal(syscall.SIGCONT)
	require.Eventually(t, func() bool { return len(zombie.logs()) > seen }, long, 50*time.Millisecond,
		"the sleeper never woke")
	e.eventually("nothing is written", func() bool { return e.count("SELECT count(*) FROM "+writing) == 0 })
	after, err := e.store.Request(t.Context(), request.ID)
	require.NoError(t, err)
	require.Equal(t, before, after)
	require.Equal(t, int(after.Seq), e.count("SELECT count(*) FROM transitions WHERE request_id = $1", after.ID))
	require.Equal(t, 1, e.count(`SELECT count(*) FROM transitions WHERE request_id = $1
		AND to_state = 'cancelled_buyer'`, after.ID))
}

// writing are the sessions of this database, but for our own, in a transaction. Whether
// the sleeper tries to save, or gives up since its time is over, is for two clocks to
// decide: neither may change the row. What the fence itself refuses, package store tests.
const writing = `pg_stat_activity WHERE datname = current_database() AND xact_start IS NOT NULL
	AND pid <> pg_backend_pid()`

// A worker sleeps while the provider is answering it. The call is repeated by another
// under the same number; what the sleeper says when it wakes is nobody's any more.
func TestAZombieDoublesNoPayment(t *testing.T) {
	e := newHouse(t, "")
	e.trade()
	zombie := e.spawn("worker", "FRIENDPAY_LOG_LEVEL=debug")
	request := e.place(wish{guard: time.Hour})
	e.simulated("/sim/faults", `{"op":"create","mode":"hold","count":1}`)
	asked := make(chan string, 1)
	go func() {
		number, _, _ := e.ask(request) // it takes longer than a caller waits
		asked <- number
	}()
	e.eventually("the provider is answering", func() bool { return e.happened("order_created", "") == 1 })
	zombie.signal(syscall.SIGSTOP)
	e.spawn("worker")
	var first models.Attempt
	require.Eventually(t, func() bool {
		row, err := e.store.Request(t.Context(), request.ID)
		if err != nil || len(row.Attempts) != 1 || row.Attempts[0].State == models.NewAttempt {
			return false
		}
		first = row.Attempts[0]
		return true
	}, long, 50*time.Millisecond, "nobody took over")
	require.Equal(t, first.Number, <-asked)
	seen := len(zombie.logs())
	e.simulated("/sim/faults/release", `{}`)
	zombie.signal(syscall.SIGCONT)
	number, attempts := first.Number, 1
	if first.State != models.LiveAttempt {
		// Temporal may give every try to the polls that the sleeper left open, until the
		// attempt's half minute is over: it is closed then, and the friend asks again.
		e.await(request.ID, models.Open)
		number, _, _ = e.ask(request)
		attempts = 2
	}
	e.press(number)
	e.report(number)
	e.await(request.ID, models.Settled)
	require.Eventually(t, func() bool { return len(zombie.logs()) > seen }, long, 50*time.Millisecond)

	require.Equal(t, 1, e.happened("order_created", number))
	require.Equal(t, 1, e.happened("order_created", first.Number))
	if attempts == 1 {
		require.GreaterOrEqual(t, e.happened("order_repeated", number), 1, "asked again under the same number")
	}
	require.Equal(t, truth{12900, 0, attempts}, e.moved(""))
	require.True(t, e.holds(request.ID, number))
	require.Equal(t, attempts, e.count("SELECT count(*) FROM attempts"))
	require.Equal(t, 1, e.opened(request.ID), "Temporal has one answer")
}

// opened counts the answers of OpenPayment in the history of a request.
func (e *engine) opened(id string) (answers int) {
	e.t.Helper()
	scheduled := map[int64]bool{}
	events := e.temporal.GetWorkflowHistory(e.t.Context(), workflows.RequestID(id), "", false,
		enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		event, err := events.Next()
		require.NoError(e.t, err)
		activity := event.GetActivityTaskScheduledEventAttributes().GetActivityType().GetName()
		if activity == string(models.OpenPayment) {
			scheduled[event.GetEventId()] = true
		}
		if scheduled[event.GetActivityTaskCompletedEventAttributes().GetScheduledEventId()] {
			answers++
		}
	}
	return answers
}
