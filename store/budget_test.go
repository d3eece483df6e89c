package store_test

import (
	"encoding/json"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// Of 129 yuan the channel gives five and the merchant three.
var given = []models.Discount{{Promotion: "rail", Sponsor: "channel", Minor: 500},
	{Promotion: "shop", Sponsor: "merchant", Minor: 300}}

const discounted = 12900 - 800

// takes wants one more discount of 500 for an attempt, of a budget.
func takes(t *testing.T, s *store.Store, request, attempt string, budget int64) bool {
	t.Helper()
	fits, err := s.TakeFromBudgets(t.Context(), "app_1", request, attempt, []store.BudgetShare{
		{Promotion: "shop", Minor: 300, Budget: 1_000_000}, {Promotion: "rail", Minor: 500, Budget: budget},
	})
	require.NoError(t, err)
	return fits
}

func (w *world) spent() map[string]int64 {
	w.t.Helper()
	spent, err := w.PromotionsSpent(w.t.Context(), "app_1")
	require.NoError(w.t, err)
	return spent
}

// saving is a request that is paid with the offers, as far as its attempt is live.
func (w *world) saving() (*life, string) {
	l, number := w.opened(), mint.Number()
	require.True(w.t, takes(w.t, w.Store, l.request.ID, number, 1_000_000))
	asked := l.ask(number)
	asked.Pay.Quoted, asked.Pay.Discounts = models.CNY(discounted), given
	l.save(asked, models.Event{Kind: models.LoginPassed, Attempt: number})
	l.save(models.Event{Kind: models.PaymentOpened, Attempt: number})
	return l, number
}

func TestABudgetGivesWhatItHasAndNoMore(t *testing.T) {
	w := open(t)
	stores := []*store.Store{w.Store, w.another()}
	var passed atomic.Int64
	w.race(100, func(i int) {
		request, attempt := mint.ID(mint.Request), mint.Number()
		for range 2 { // a step that was lost is judged again
			if takes(t, stores[i%2], request, attempt, 7*500+499) {
				passed.Add(1)
			}
		}
	})
	require.EqualValues(t, 2*7, passed.Load())
	require.Equal(t, map[string]int64{"rail": 7 * 500, "shop": 7 * 300}, w.spent())

	require.NoError(t, w.exec("UPDATE promotion_uses SET taken_at = taken_at - interval '5 min'"))
	require.True(t, takes(t, w.Store, mint.ID(mint.Request), mint.Number(), 500), "nobody saved those attempts")
	require.NoError(t, w.exec("UPDATE promotion_uses SET taken_at = taken_at - interval '5 min'"))
	pruned, err := w.PruneLimits(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 2, pruned, "of both offers")
	require.Equal(t, map[string]int64{"rail": 0, "shop": 0}, w.spent())
}

func TestAnAttemptHoldsItsDiscountUntilItIsOver(t *testing.T) {
	w := open(t)
	l, number := w.saving()
	held := map[string]int64{"rail": 500, "shop": 300}
	require.Equal(t, held, w.spent())
	require.True(t, takes(t, w.Store, l.request.ID, number, 500), "it has it already")
	require.True(t, takes(t, w.Store, l.request.ID, mint.Number(), 500), "its next one takes its place")
	require.NoError(t, w.exec("DELETE FROM promotion_uses WHERE attempt <> $1", number))
	l.save(models.Event{Kind: models.PaymentClosed, Attempt: number})
	require.Equal(t, map[string]int64{"rail": 0, "shop": 0}, w.spent())
}

func TestWhatOffersGaveIsInTheBooks(t *testing.T) {
	w := open(t)
	l, number := w.saving()
	l.save(capture(number, discounted))
	l.books(discounted, 0, 0, 0)
	step := l.save(models.Event{Kind: models.OrderAccepted, Attempt: number, Spare: mint.Number()})
	l.books(discounted, 0, discounted, 500)
	require.Equal(t, map[string]int64{"rail": 500, "shop": 300}, w.spent())
	require.EqualValues(t, 800, value[int64](w, "SELECT discount_minor FROM attempts WHERE number = $1", number))
	w.told(step, "request.settled", models.CNY(discounted), models.CNY(12900))

	l.undo(4300)
	l.books(discounted, 4033, discounted-4033, 500-166)
	require.Equal(t, map[string]int64{"rail": 500 - 166, "shop": 300 - 100}, w.spent())
	l.undo(8600)
	l.books(discounted, discounted, 0, 0)
	require.Equal(t, map[string]int64{"rail": 0, "shop": 0}, w.spent())
	require.Equal(t, models.Refunded, l.request.State)
}

// undo gives a part of the order back.
func (l *life) undo(fen int64) {
	l.w.t.Helper()
	number, part := mint.Number(), models.CNY(fen)
	l.save(models.Event{Kind: models.RefundAsked, Refund: number, OrderAmount: &part})
	l.save(models.Event{Kind: models.RefundDone, Refund: number})
}

// told holds the newest message of a kind against what it should say.
func (w *world) told(step models.Step, kind string, amount, order models.Money) {
	w.t.Helper()
	var notice store.Notice
	payload := value[string](w, `SELECT payload FROM messages WHERE request_id = $1 AND type = $2
		AND kind = 'webhook' ORDER BY version DESC LIMIT 1`, step.Request.ID, kind)
	require.NoError(w.t, json.Unmarshal([]byte(payload), &notice))
	require.Equal(w.t, amount, notice.Data.Amount)
	require.Equal(w.t, order, notice.Data.OrderAmount)
	require.Equal(w.t, given, notice.Data.Discounts)
}
