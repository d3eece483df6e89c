package integration

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/support"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// While no worker runs a command waits in its row. Then it is done, and what had ended is paid.
func TestACommandReopensWhenTheEngineIsBack(t *testing.T) {
	e := newEngine(t)
	e.trade()
	request := e.place(wish{guard: time.Minute})
	_, err := e.door.Deliver(t.Context(), request.ID, "cancel", models.Event{
		Kind: models.BuyerCancelled, Actor: "buyer",
	})
	require.NoError(t, err)
	e.await(request.ID, models.CancelledBuyer)
	e.rest()
	desk := &support.Desk{Rows: e.store, Door: e.door, Clock: time.Now}
	given, err := desk.Submit(t.Context(), support.Wish{
		Key: "k1", Command: "reopen", Subject: request.ID, Reason: "ticket 7",
		Args: map[string]string{"until": time.Now().Add(time.Hour).UTC().Format(time.RFC3339)},
		By:   support.Person{Name: "staff:boss", Role: support.Supervisor},
	})
	require.NoError(t, err)
	require.Equal(t, store.CommandQueued, given.State)
	e.work(e.store)
	e.await(request.ID, models.Open)
	require.Eventually(t, func() bool {
		now, err := e.store.Command(t.Context(), given.ID)
		return err == nil && now.State == store.CommandDone
	}, 20*time.Second, 50*time.Millisecond)
}
