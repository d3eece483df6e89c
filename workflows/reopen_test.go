package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/models"
)

func again(at time.Time) models.Event {
	return models.Event{Kind: models.Reopened, Actor: "staff:anna", Until: at, HardEnd: at}
}

func TestAnEndedRequestIsOpenedAgainAndPaid(t *testing.T) {
	h := newHouse(t)
	h.at(0, placed())
	fresh := h.fresh()
	reopened := h.at(2*time.Hour, again(fresh.EnteredAt.Add(4*time.Hour)))
	h.at(3*time.Hour, pay(first, "pay_1"))
	h.env.RegisterDelayedCallback(func() { h.capture(first) }, 3*time.Hour+time.Minute)
	told := h.at(3*time.Hour+2*time.Minute, reported(first))
	h.run(fresh)
	require.Equal(t, models.Open, reopened.request.State)
	require.Equal(t, models.Settled, told.request.State)
}

// Another request of the order was opened while the check went on: the save cannot succeed,
// ever. Whoever asked is told so, nothing else has changed, and the run goes on.
func TestAReopeningThatComesTooLateIsTakenBack(t *testing.T) {
	h := newHouse(t)
	h.taken = true
	h.at(0, placed())
	fresh := h.fresh()
	reopened := h.at(2*time.Hour, again(fresh.EnteredAt.Add(4*time.Hour)))
	late := h.at(3*time.Hour, models.Event{Kind: models.BuyerCancelled, Actor: "buyer"})
	request := h.run(fresh)
	require.ErrorContains(t, reopened.err, "open request")
	require.ErrorContains(t, late.rejected, "ended")
	require.Equal(t, models.Expired, request.State)
	require.EqualValues(t, 3, request.Version, "placed, expired, end of the guard")
}
