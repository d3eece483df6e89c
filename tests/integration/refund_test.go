package integration

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// Long after the guard the merchant gives the money back: the run, which is over,
// starts again from the row. The provider never finishes, and a human is told.
func TestARefundLongAfterTheEndThatIsOverdueIsACase(t *testing.T) {
	e := newEngine(t)
	request := e.place(wish{})
	number := e.pay(request)
	e.press(number)
	e.report(number)
	e.await(request.ID, models.Settled)
	e.history(request.ID) // the run is over
	e.simulated("/sim/faults", `{"op":"refund","mode":"stuck_processing"}`)
	stored, err := e.store.Request(t.Context(), request.ID)
	require.NoError(t, err)
	stored.Speed = 1_000_000 // a day of patience is its shortest, ten seconds

	refund, amount := mint.Number(), models.CNY(12900)
	after, err := e.door.Post(t.Context(), stored, refund, models.Event{
		Kind: models.RefundAsked, Actor: "merchant", Refund: refund, Money: &amount,
	})
	require.NoError(t, err)
	require.Equal(t, models.Refunding, after.State)
	require.Eventually(t, func() bool {
		row, err := e.store.Request(t.Context(), request.ID)
		return err == nil && row.State == models.RefundStuck && row.Refunds[0].Failure == "overdue"
	}, 40*time.Second, 100*time.Millisecond)
	cases, err := e.store.Cases(t.Context(), store.CaseFilter{Request: request.ID})
	require.NoError(t, err)
	require.Equal(t, models.CaseRefund, cases.Items[0].Kind)
}
