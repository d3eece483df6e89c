package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

func TestAPayerWithTheBuyersPhoneIsTheBuyer(t *testing.T) {
	w := open(t)
	untold := w.order()
	told := untold
	told.ID, told.Number, told.BuyerPhone = mint.ID(mint.Order), mint.Number(), "13800138000"
	stored, err := w.CreateOrder(t.Context(), told)
	require.NoError(t, err)
	require.Empty(t, stored.BuyerPhone, "it goes in and never comes out")
	again := told
	again.ID = mint.ID(mint.Order)
	same, err := w.CreateOrder(t.Context(), again)
	require.NoError(t, err)
	require.Equal(t, stored, same)
	again.BuyerPhone = "13800138001"
	_, err = w.CreateOrder(t.Context(), again)
	refused(t, err, models.Conflict, "order_differs")

	for phone, isBuyer := range map[string]bool{
		"13800138000": true, "+8613800138000": true, "13800138001": false,
	} {
		payer, err := w.PayerByPhone(t.Context(), phone)
		require.NoError(t, err)
		same, err := w.PayerIsBuyer(t.Context(), payer.ID, told.ID)
		require.NoError(t, err)
		require.Equal(t, isBuyer, same, phone)
		same, err = w.PayerIsBuyer(t.Context(), payer.ID, untold.ID)
		require.NoError(t, err)
		require.False(t, same, "the merchant told no phone")
	}
	same2, err := w.PayerIsBuyer(t.Context(), "pay_nobody", told.ID)
	require.NoError(t, err)
	require.False(t, same2)
	require.EqualValues(t, 0, value[int](w, "SELECT count(*) FROM orders o WHERE o::text LIKE '%13800138000%'"))
}

// What waits for something else of ours is not worn out by waiting.
func TestWaitingCountsNoTry(t *testing.T) {
	w := open(t)
	w.opened()
	past := time.Now().Add(-time.Minute)
	for range 3 {
		none, err := w.TakeMessages(t.Context(), 1, time.Minute, "app_0", "app_1")
		require.NoError(t, err)
		require.Empty(t, none, "its app is to be skipped")
		messages, err := w.TakeMessages(t.Context(), 1, time.Minute, "app_0")
		require.NoError(t, err)
		require.Len(t, messages, 1)
		require.Equal(t, 1, messages[0].Tries)
		require.NoError(t, w.PutOffMessage(t.Context(), messages[0].ID, past, "not durable"))
	}

	_, err := w.KeepEvent(t.Context(), store.ProviderEvent{Provider: "mockpay", Account: "acc_1", Key: "k",
		Kind: "payment", Number: mint.Number(), Raw: []byte("{}")})
	require.NoError(t, err)
	for i, untried := range []bool{true, true, false, true} {
		events, err := w.TakeEvents(t.Context(), 1, time.Minute)
		require.NoError(t, err)
		require.Len(t, events, 1)
		require.Equal(t, []int{1, 1, 1, 2}[i], events[0].Tries)
		require.NoError(t, w.MarkEvent(t.Context(), events[0].ID,
			store.Mark{Status: store.EventPending, NextTry: past, Untried: untried}))
	}
}
