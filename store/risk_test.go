package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/policy"
	"github.com/friendpay/friendpay/store"
)

// paidBy is a request that this payer has paid.
func (w *world) paidBy(payer string) (*life, string) {
	w.t.Helper()
	l, number := w.opened(), mint.Number()
	asked := l.ask(number)
	asked.Pay.Payer = payer
	l.save(asked, models.Event{Kind: models.LoginPassed, Attempt: number})
	l.save(models.Event{Kind: models.PaymentOpened, Attempt: number})
	taken := models.Event{Kind: models.OrderAccepted, Attempt: number, Spare: mint.Number()}
	l.save(capture(number, 12900), taken)
	return l, number
}

func (w *world) held(number string) []string {
	w.t.Helper()
	seen, err := w.ShipmentRisks(w.t.Context(), number)
	require.NoError(w.t, err)
	require.Len(w.t, seen, 4)
	return policy.Held(seen)
}

func TestARingIsHeldAndABirthdayIsNot(t *testing.T) {
	w := open(t)
	var last string
	for i := range 6 {
		_, last = w.paidBy(fmt.Sprintf("pay_friend_%d", i))
	}
	require.Empty(t, w.held(last), "six friends pay on a birthday")
	for i := range 4 {
		_, last = w.paidBy(fmt.Sprintf("pay_stranger_%d", i))
	}
	require.Equal(t, []string{"buyer_strangers"}, w.held(last))
	require.NoError(t, w.exec(`UPDATE first_payments SET at = at - interval '2 days'
		WHERE payer_id LIKE 'pay_friend%'`))
	require.Empty(t, w.held(last), "friends who have paid before are no strangers")
	require.NoError(t, w.exec(`INSERT INTO risk_rules (app_id, kind, window_seconds, most)
		VALUES ('app_1', 'buyer_strangers', 3600, 3)`))
	require.Equal(t, []string{"buyer_strangers"}, w.held(last), "an app has its own thresholds")
}

func TestEachAppliedPaymentIsLookedAtOnce(t *testing.T) {
	w := open(t)
	l, number := w.paidBy("pay_1")
	checks, err := w.TakeShipmentChecks(t.Context(), 9, time.Minute)
	require.NoError(t, err)
	require.Equal(t, []store.ShipmentCheck{{
		Request: l.request.ID, Attempt: number, Version: l.request.Version,
	}}, checks)
	again, err := w.TakeShipmentChecks(t.Context(), 9, time.Minute)
	require.NoError(t, err)
	require.Empty(t, again, "leased")
	require.NoError(t, w.ShipmentChecked(t.Context(), l.request.ID, number))
	require.Zero(t, value[int64](w, "SELECT count(*) FROM shipment_checks"))

	lost, first := w.paying()
	require.NoError(t, w.SaveStep(t.Context(), lost.judge(capture(first, 12900),
		models.Event{Kind: models.OrderAccepted, Attempt: first, Spare: mint.Number()})))
	lost.save(models.Event{Kind: models.PaymentClosed, Attempt: first})
	require.Zero(t, value[int64](w, "SELECT count(*) FROM shipment_checks"), "what was lost is not looked at")
}
