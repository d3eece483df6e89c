package store_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

func TestAnOrderNumberIsOneOrder(t *testing.T) {
	w := open(t)
	first := w.order()
	again := first
	again.ID = mint.ID(mint.Order)
	again.PayDeadline = time.Time{}
	stored, err := w.CreateOrder(t.Context(), again)
	require.NoError(t, err)
	require.Equal(t, first, stored)

	other := again
	other.Title = "Coffee"
	_, err = w.CreateOrder(t.Context(), other)
	refused(t, err, models.Conflict, "order_differs")

	require.NoError(t, w.UpdatePrice(t.Context(), first.ID, models.Price{Payable: models.CNY(1), Version: 3}))
	require.NoError(t, w.UpdatePrice(t.Context(), first.ID, models.Price{Payable: models.CNY(2), Version: 2}))
	stored, err = w.CreateOrder(t.Context(), again)
	require.NoError(t, err, "the same order, whose price has changed since")
	require.Equal(t, models.CNY(1), stored.Payable, "an older price changes nothing")

	bad := again
	bad.Number, bad.Payable = "other", models.CNY(0)
	_, err = w.CreateOrder(t.Context(), bad)
	require.Equal(t, "payable", refused(t, err, models.Invalid, "bad_amount").Field)
	_, err = w.Order(t.Context(), "ord_nobody")
	refused(t, err, models.NotFound, "unknown_order")
}

func TestOneOfManyClaimsWins(t *testing.T) {
	w := open(t)
	stores := []*store.Store{w.Store, w.another()}
	for range 30 { // a race is lost now and then only
		order := w.order()
		var mu sync.Mutex
		won := map[string]bool{}
		w.race(8, func(i int) {
			claim := store.Claim{Order: order.ID, Price: order.Payable, PriceVersion: 1}
			claim.Request, claim.Attempt = []string{"fpr_a", "fpr_b"}[i%2], []string{"A", "B"}[i%2]
			reason, err := stores[i%2].ClaimOrder(t.Context(), claim)
			require.NoError(t, err)
			if reason != "" {
				require.Equal(t, store.ClaimDuplicate, reason)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			won[claim.Request] = true
		})
		require.Len(t, won, 1)
		stored, err := w.Order(t.Context(), order.ID)
		require.NoError(t, err)
		require.True(t, won[stored.AppliedRequest])
	}
}

func TestClaimsAreRefusedWithAReason(t *testing.T) {
	w := open(t)
	l, number := w.paying()
	claim := func(change func(*store.Claim)) string {
		asked := l.claim(number)
		change(&asked)
		reason, err := w.ClaimOrder(t.Context(), asked)
		require.NoError(t, err)
		return reason
	}
	as := func(*store.Claim) {}
	price := func(fen, version int64) {
		newer := models.Price{Payable: models.CNY(fen), Version: version}
		require.NoError(t, w.UpdatePrice(t.Context(), l.request.Order, newer))
	}
	price(13000, 2)
	require.Equal(t, store.ClaimStalePrice, claim(as))
	price(12000, 3)
	require.Equal(t, store.ClaimStalePrice, claim(func(c *store.Claim) { c.Price.Currency = "USD" }))
	require.Empty(t, claim(as), "a price that fell is paid more than enough")
	require.Empty(t, claim(as), "again is the same")
	require.Equal(t, store.ClaimDuplicate, claim(func(c *store.Claim) { c.Request = "fpr_other" }))
}

func TestLateMoneyMayReopenAReleasedOrder(t *testing.T) {
	w := open(t)
	l := w.opened()
	l.save(models.Event{Kind: models.RequestLapsed})
	late := l.claim(mint.Number())
	reason, err := w.ClaimOrder(t.Context(), late)
	require.NoError(t, err)
	require.Equal(t, store.ClaimOrderGone, reason)

	order, err := w.Order(t.Context(), l.request.Order)
	require.NoError(t, err)
	second := w.live(order)
	second.save(models.Event{Kind: models.Placed}, models.Event{Kind: models.OrderEligible})
	late.Reopen = true
	reason, err = w.ClaimOrder(t.Context(), late)
	require.NoError(t, err)
	require.Equal(t, store.ClaimOrderGone, reason, "another friend has been asked")

	second.save(models.Event{Kind: models.BuyerCancelled})
	reason, err = w.ClaimOrder(t.Context(), late)
	require.NoError(t, err)
	require.Empty(t, reason)
}

// A reopened request asks for its order while another one is open: no deadlock
// of constraints, and the order is not paid twice.
func TestAReopenedRequestLivesBesideAnOpenOne(t *testing.T) {
	w := open(t)
	l, number := w.paying()
	l.request.AcceptLate = time.Hour
	l.save(models.Event{Kind: models.RequestLapsed})
	l.save(models.Event{Kind: models.PaymentClosed, Attempt: number})
	require.Equal(t, models.Expired, l.request.State)
	order, err := w.Order(t.Context(), l.request.Order)
	require.NoError(t, err)
	second := w.live(order)
	second.save(models.Event{Kind: models.Placed}, models.Event{Kind: models.OrderEligible})
	l.save(capture(number, 12900))
	require.Equal(t, models.Applying, l.request.State)
	l.save(models.Event{Kind: models.OrderRefused, Attempt: number, Reason: "order_gone", Spare: mint.Number()})
	require.Equal(t, models.Expired, l.request.State)
	l.totals(12900, 0, 0)
}

// FM-21: the sum of refunds is guarded where all instances meet.
func TestFiftyRefundsNeverExceedTheCapture(t *testing.T) {
	w := open(t)
	l, number := w.settled()
	const refund = `INSERT INTO refunds SELECT $1, request_id, number, 1, 1000, 'CNY', '', 'due', '', now()
		FROM attempts WHERE number = $2`
	var done atomic.Int64
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			if err := w.exec(refund, mint.Number(), number); err == nil {
				done.Add(1)
			}
		})
	}
	all.Wait()
	require.EqualValues(t, 12, done.Load())
	const returned = "SELECT refunded_minor FROM attempts WHERE number = $1"
	require.EqualValues(t, 12000, value[int64](w, returned, number))
	require.NoError(t, w.exec("UPDATE refunds SET state = 'replaced' WHERE request_id = $1", l.request.ID))
	require.EqualValues(t, 0, value[int64](w, returned, number))
}

// The same by saves: agents judge from the same snapshot, as a broken law might let them.
func TestConcurrentRefundStepsNeverExceedTheCapture(t *testing.T) {
	w := open(t)
	l, number := w.settled()
	var all sync.WaitGroup
	for range 50 {
		greedy := models.Step{Request: l.request}
		greedy.Request.Version++
		for range 14 {
			greedy.Request.Refunds = append(greedy.Request.Refunds, models.Refund{
				Number: mint.Number(), Attempt: number, Amount: models.CNY(1000), State: models.RefundDue,
				CreatedAt: l.at,
			})
		}
		all.Go(func() { refused(t, w.SaveStep(t.Context(), greedy), models.Conflict, "refund_exceeds") })
	}
	all.Wait()
	require.EqualValues(t, 0, value[int64](w, "SELECT count(*) FROM refunds"))
}

func TestRefundsMoveTheLedger(t *testing.T) {
	w := open(t)
	l, number := w.settled()
	refund := mint.Number()
	back := models.CNY(2900)
	l.save(models.Event{Kind: models.RefundAsked, Refund: refund, Money: &back})
	l.save(models.Event{Kind: models.RefundDone, Refund: refund})
	require.Equal(t, models.PartlyRefunded, l.request.State)
	l.totals(12900, 2900, 10000)
	located, err := w.Locate(t.Context(), refund)
	require.NoError(t, err)
	require.Equal(t, number, located.Attempt)
	require.Equal(t, refund, located.Refund)
	require.EqualValues(t, 1, value[int64](w, `SELECT count(*) FROM messages
		WHERE kind = 'sms' AND type = 'request.refunded' AND payload->'data'->>'refund' = $1`, refund))
}

func TestAFallenPriceNeverBecomesTheMerchants(t *testing.T) {
	w := open(t)
	l, number := w.paying()
	l.save(models.Event{Kind: models.PriceChanged, Price: &models.Price{Payable: models.CNY(10000), Version: 2}})
	l.save(capture(number, 12900))
	l.save(models.Event{Kind: models.OrderAccepted, Attempt: number, Spare: mint.Number()})
	l.totals(12900, 0, 10000)
	l.save(models.Event{Kind: models.RefundDone, Refund: l.request.Refunds[0].Number})
	l.totals(12900, 2900, 10000)
}
