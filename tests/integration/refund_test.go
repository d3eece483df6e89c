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

	// Nobody calls back: the money arrives, and is found all the same.
	e.simulated("/sim/mockpay/refunds", `{"number":"`+refund+`","state":"done"}`)
	e.await(request.ID, models.Refunded)
	require.Equal(t, truth{12900, 12900, 1}, e.moved(""))
	require.True(t, e.holds(request.ID, number))
}

// The provider closes a refund for good: staff try again, under a new number, and the
// audit says who.
func TestStaffRetryARefundThatTheProviderClosed(t *testing.T) {
	e := newEngine(t)
	e.trade()
	request := e.settled()
	e.simulated("/sim/faults", `{"op":"refund","mode":"closed_no_funds","count":1}`)
	closed := e.owes(request, 12900)
	e.await(request.ID, models.RefundStuck)
	for range 2 { // twice: the second finds nothing that failed
		t.Log(e.command("staff", "refund", "retry", "--request", request.ID, "--refund", closed, "--by", "anna",
			"--reason", "ticket-7"))
	}
	row := e.await(request.ID, models.Refunded)
	require.Len(t, row.Refunds, 2)
	require.Equal(t, models.RefundReplaced, row.Refunds[0].State)
	require.Equal(t, truth{12900, 12900, 1}, e.moved(""), "given back once")
	require.True(t, e.holds(request.ID, request.Winner))
	deeds, err := e.store.Deeds(t.Context(), closed)
	require.NoError(t, err)
	require.Len(t, deeds, 1)
	require.Equal(t, "staff:anna", deeds[0].Actor)
	require.Equal(t, request.ID, deeds[0].Detail["request"])
}
