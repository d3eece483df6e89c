package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// later opens a request again, or moves its end, by so much from now.
func (l *life) later(kind models.EventKind, d time.Duration) models.Event {
	at := l.at.Add(d)
	return models.Event{Kind: kind, Actor: "staff:anna", Until: at, HardEnd: at}
}

// The order as it is now says why an end is not taken back.
func TestTheOrderSaysWhyAnEndStays(t *testing.T) {
	w := open(t)
	why := func(l *life) string {
		t.Helper()
		said, err := w.WhyNotReopen(t.Context(), l.request)
		require.NoError(t, err)
		return said
	}
	l := w.opened()
	l.save(models.Event{Kind: models.MerchantCancelled})
	require.Empty(t, why(l), "cancelled by itself only")
	order, err := w.Order(t.Context(), l.request.Order)
	require.NoError(t, err)
	other := w.live(order)
	other.save(models.Event{Kind: models.Placed}, models.Event{Kind: models.OrderEligible})
	require.Equal(t, models.RequestOpen, why(l))
	refused(t, w.SaveStep(t.Context(), l.judge(l.later(models.Reopened, time.Hour),
		models.Event{Kind: models.OrderEligible})), models.Conflict, models.RequestOpen)
	other.save(models.Event{Kind: models.MerchantCancelled})
	require.Equal(t, store.ReopenCancelled, why(l))
	require.NoError(t, w.UpdatePrice(t.Context(), order.ID, models.Price{Payable: models.CNY(12000),
		Version: 2}))
	l2 := w.opened()
	l2.save(models.Event{Kind: models.BuyerCancelled})
	require.NoError(t, w.UpdatePrice(t.Context(), l2.request.Order, models.Price{Payable: models.CNY(12000),
		Version: 2}))
	require.Equal(t, store.ReopenPrice, why(l2))
	paid, _ := w.settled()
	require.Equal(t, store.ReopenPaid, why(paid))
}

// An order whose request is opened again waits for money again, and links live as long as it.
func TestAReopenedOrderWaitsAgain(t *testing.T) {
	w := open(t)
	l := w.opened()
	made, err := w.CreateInvite(t.Context(), store.Invite{
		ID: mint.ID(mint.Invite), Request: l.request.ID, Generation: 1, TokenHash: hash(9),
		ExpiresAt: l.request.HardEnd,
	})
	require.NoError(t, err)
	l.save(l.later(models.Extended, 60*time.Hour))
	l.save(models.Event{Kind: models.MerchantCancelled})
	l.save(l.later(models.Reopened, 70*time.Hour), models.Event{Kind: models.OrderEligible})
	order, err := w.Order(t.Context(), l.request.Order)
	require.NoError(t, err)
	require.Equal(t, store.OrderUnpaid, order.State)
	invite, err := w.Invite(t.Context(), made.ID)
	require.NoError(t, err)
	require.WithinDuration(t, l.request.HardEnd, invite.ExpiresAt, time.Millisecond)
	require.True(t, invite.ExpiresAt.After(made.ExpiresAt))
}
