package integration

import (
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	standard "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/activities"
	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

const hookSecret = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

// hook is a merchant's order system that answers in one way, to signed questions.
func hook(t *testing.T, answer string) (address string, asked *atomic.Int64) {
	t.Helper()
	asked = new(atomic.Int64)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		key, keyErr := standard.NewWebhook(hookSecret)
		if err != nil || keyErr != nil || key.Verify(body, r.Header) != nil {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		asked.Add(1)
		_, _ = io.WriteString(w, answer)
	}))
	t.Cleanup(server.Close)
	return server.URL, asked
}

func TestTheMerchantsSystemTakesTheMoney(t *testing.T) {
	address, asked := hook(t, `{"accepted":true}`)
	e := newEngineWith(t, address, func(rows *store.Store) activities.Store { return rows })
	request := e.place(wish{})
	number := e.pay(request)
	e.press(number)
	e.report(number)
	row := e.await(request.ID, models.Settled)
	require.EqualValues(t, 1, asked.Load())
	order, err := e.store.Order(t.Context(), row.Order)
	require.NoError(t, err)
	require.Equal(t, store.OrderPaid, order.State, "nobody can be asked to pay it again")
	require.Equal(t, number, order.AppliedAttempt)
}

func TestWhatTheMerchantsSystemRefusesGoesBack(t *testing.T) {
	address, _ := hook(t, `{"accepted":false,"reason":"order_gone"}`)
	e := newEngineWith(t, address, func(rows *store.Store) activities.Store { return rows })
	request := e.place(wish{speed: 60})
	number := e.pay(request)
	e.press(number)
	e.report(number)
	row := e.await(request.ID, models.Refunded)
	attempt, _ := row.Attempt(number)
	require.Equal(t, models.OrderGone, attempt.Disposition)
	order, err := e.store.Order(t.Context(), row.Order)
	require.NoError(t, err)
	require.Empty(t, order.AppliedAttempt, "the claim is given back")
}

// A system that is dead for good: the merchant withdraws, the money goes back, and the
// run can end, since nobody asks that system any more.
func TestAWithdrawalGivesBackWhatWaitsForADeadSystem(t *testing.T) {
	e := newEngineWith(t, "http://127.0.0.1:1", func(rows *store.Store) activities.Store { return rows })
	request := e.place(wish{speed: 60})
	number := e.pay(request)
	e.press(number)
	e.report(number)
	e.await(request.ID, models.Applying)
	_, err := e.door.Deliver(t.Context(), request.ID, mint.Number(), models.Event{
		Kind: models.MerchantWithdrew, Actor: "merchant", Spare: mint.Number(),
	})
	require.NoError(t, err)
	row := e.await(request.ID, models.CancelledMerchant)
	attempt, _ := row.Attempt(number)
	require.Equal(t, models.OrderGone, attempt.Disposition)
	e.history(request.ID)
	require.Equal(t, truth{12900, 12900, 1}, e.moved(""))
	require.True(t, e.holds(request.ID, number))
	order, err := e.store.Order(t.Context(), row.Order)
	require.NoError(t, err)
	require.Equal(t, store.OrderCancelled, order.State)
	require.Empty(t, order.AppliedAttempt)
}
