package store_test

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/friendpay/friendpay/internal/mint"
	"github.com/friendpay/friendpay/models"
	"github.com/friendpay/friendpay/store"
)

// spender is a payer with a share of his day that he would take.
func (w *world) spender() store.DayShare {
	w.t.Helper()
	payer, err := w.PayerByPhone(w.t.Context(), phone)
	require.NoError(w.t, err)
	return store.DayShare{Payer: payer.ID, Amount: models.CNY(12900), Limit: models.CNY(30000)}
}

// asks lets the payer ask to pay one more request, as far as it is saved.
func (w *world) asks(share store.DayShare) (l *life, number string) {
	l, number = w.opened(), mint.Number()
	asked := l.ask(number)
	asked.Pay.Payer = share.Payer
	l.save(asked, models.Event{Kind: models.LoginPassed, Attempt: number})
	l.save(models.Event{Kind: models.PaymentOpened, Attempt: number})
	return l, number
}

func (w *world) fits(share store.DayShare, now time.Time) bool {
	w.t.Helper()
	if share.Request == "" {
		share.Request, share.Attempt = mint.ID(mint.Request), mint.Number()
	}
	fits, err := w.TakeFromDay(w.t.Context(), share, now)
	require.NoError(w.t, err)
	require.NoError(w.t, w.exec("DELETE FROM day_shares WHERE request_id = $1", share.Request))
	return fits
}

func TestTheDayIsShanghais(t *testing.T) {
	w := open(t)
	share := w.spender()
	l, number := w.asks(share)
	paid := capture(number, 12900)
	paid.Capture.PaidAt = time.Date(2026, 3, 1, 16, 30, 0, 0, time.UTC) // half past midnight in Shanghai
	l.save(paid)
	share.Limit = models.CNY(20000)
	require.False(t, w.fits(share, time.Date(2026, 3, 2, 15, 59, 0, 0, time.UTC)))
	require.True(t, w.fits(share, time.Date(2026, 3, 2, 16, 0, 0, 0, time.UTC)), "the next day")
}

// What may still be captured counts like what was: else several requests at once would
// take more of a payer than his limit.
func TestWhatIsBeingPaidCounts(t *testing.T) {
	w, now := open(t), time.Now()
	share := w.spender()
	require.True(t, w.fits(share, now))
	l, number := w.asks(share)
	require.True(t, w.fits(share, now), "25800 of 30000")
	w.asks(share)
	require.False(t, w.fits(share, now))
	own := share
	own.Request, own.Attempt = l.request.ID, mint.Number()
	require.True(t, w.fits(own, now), "another channel of the same request takes the place of the first")
	l.save(models.Event{Kind: models.PaymentClosed, Attempt: number})
	require.True(t, w.fits(share, now), "closed is over")
}

func TestChecksAtOnceSeeEachOther(t *testing.T) {
	w, now := open(t), time.Now()
	share, other := w.spender(), w.another()
	share.Limit = models.CNY(100_000) // seven times 129 yuan
	var passed atomic.Int64
	w.race(40, func(i int) {
		mine := share
		mine.Request, mine.Attempt = mint.ID(mint.Request), mint.Number()
		for range 2 { // a step that was lost is judged again
			fits, err := []*store.Store{w.Store, other}[i%2].TakeFromDay(t.Context(), mine, now)
			require.NoError(t, err)
			if fits {
				passed.Add(1)
			}
		}
	})
	require.EqualValues(t, 2*7, passed.Load())
	require.False(t, w.fits(share, now))
	require.NoError(t, w.exec("UPDATE day_shares SET taken_at = taken_at - interval '5 min'"))
	require.True(t, w.fits(share, now), "nobody ever saved those attempts")
	pruned, err := w.PruneLimits(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 7, pruned)
}
